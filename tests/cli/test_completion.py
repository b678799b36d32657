"""Completion scripts and the manual page: they know every command and option, and the shells take them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tui.cli import COMMANDS, _parser_of, main


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def long_options(command: str) -> list[str]:
    return [flag[2:] for action in _parser_of(command)._actions for flag in action.option_strings if flag[:2] == "--"]


@pytest.fixture
def bash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    script = tmp_path / "completion.bash"
    script.write_text(printed(capsys, "--print-completion", "bash"))
    return script


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["ag"], {"agents"}),
        (["--print-c"], {"--print-completion"}),
        (["--print-completion", ""], {"bash", "zsh", "fish"}),
        (["ls", "--so"], {"--sort"}),
        (["ls", "--sort", "tok"], {"tokens"}),
        (["stats", "--jso"], {"--json"}),
        (["stats", "tra"], {"traces"}),
        (["reduce", "-o", "gra"], {"graph.json"}),
        (["cache", ""], {"clear"}),
        (["some-recording", "--the"], {"--theme"}),
    ],
)
def test_bash_completes(typed: list[str], offered: set[str], bash: Path, tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    (tmp_path / "graph.json").touch()
    words = " ".join(f"'{word}'" for word in ["rtrace-tui", *typed])
    program = f"source {bash}; COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _rtrace_tui"
    program += '; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stderr == ""
    assert set(done.stdout.split()) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_option_is_in_the_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    script = printed(capsys, "--print-completion", shell)
    words = set(re.findall(r"[\w-]+", script))
    for command in COMMANDS:
        assert command in words
        options = long_options(command)
        assert [option for option in options if option not in words and f"--{option}" not in words] == []
    if shutil.which(shell) is not None:
        assert subprocess.run([shell, "-n"], input=script, text=True, capture_output=True).stderr == ""


def test_the_manual_page_has_every_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, "--print-man")
    for command in COMMANDS:
        section = page.partition(f".SS {command}\n")[2].partition(".SS ")[0]
        for name in long_options(command):
            assert "\\-\\-" + name.replace("-", "\\-") in section
    assert ".SH EXIT STATUS" in page
    if shutil.which("groff") is not None:
        done = subprocess.run(["groff", "-man", "-Kutf8", "-Tutf8", "-ww"], input=page, text=True, capture_output=True)
        assert done.returncode == 0
        assert done.stderr == ""
        assert "a mistake in the program itself" in done.stdout
