"""The examples in the help of the commands: each command has two, and each of them works."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.cli import COMMANDS, main
from tui.commands.examples import EXAMPLES, examples_of

OF_ITS_OWN = {"ls", "grep"}
"""Commands whose `--help` writes examples beside what they explain."""


@pytest.mark.parametrize(
    ("command", "arguments"), [(name, line) for name, lines in EXAMPLES.items() for line, _ in lines]
)
def test_each_example_works(
    command: str, arguments: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if command == "demo" and "--list" not in arguments:
        monkeypatch.setattr("tui.commands.demo.missing_terminal", lambda: "no terminal")
    (tmp_path / "demo_bundles").symlink_to(DEMO_BUNDLES)
    monkeypatch.chdir(tmp_path)
    code = main([command, *shlex.split(arguments)])
    out, err = capsys.readouterr()
    if command == "demo" and "--list" not in arguments:
        assert err == "rtrace-tui: no terminal\n"
    else:
        assert code in (0, 1), err
        assert out or any(tmp_path.glob("*.json"))


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"cache"}))  # that does one thing only
def test_help_of_each_command_has_two_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    out = capsys.readouterr().out
    assert out.count(f"  rtrace-tui {command} ") >= 2, out


def test_what_has_no_example_says_nothing() -> None:
    assert examples_of("nonsense") == ""
