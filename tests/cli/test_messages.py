"""What cannot be shown is refused in one line on standard error, with exit code 2, and nothing else happens."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DEMO_BUNDLES
from tui import __version__
from tui.cli import main

COMMAND = [sys.executable, "-c", "import sys; from tui.cli import main; sys.exit(main())"]


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The real process, without a terminal anywhere."""
    settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 60}
    return subprocess.run([*COMMAND, *arguments], check=False, **(settings | options))


def no_such_path(tmp_path: Path) -> Path:
    return tmp_path / "nowhere"


def empty_directory(tmp_path: Path) -> Path:
    return tmp_path


def a_file(tmp_path: Path) -> Path:
    (tmp_path / "notes.txt").write_text("hello")
    return tmp_path / "notes.txt"


def a_fifo(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def manifest_is_a_fifo(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "manifest.json")
    return tmp_path


def manifest_of_another_program(tmp_path: Path) -> Path:
    (tmp_path / "manifest.json").write_text('{"name": "extension", "manifest_version": 3}')
    return tmp_path


def name_that_drives_terminals(tmp_path: Path) -> Path:
    return tmp_path / "\x1b]0;owned\x07"


NO_BUNDLES = [
    no_such_path,
    empty_directory,
    a_file,
    a_fifo,
    manifest_is_a_fifo,
    manifest_of_another_program,
    name_that_drives_terminals,
]


@pytest.mark.parametrize("make", NO_BUNDLES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("command", [[], ["reduce"], ["check"]], ids=["view", "reduce", "check"])
def test_no_bundle_is_one_line_and_exit_code_2(
    command: list[str], make: Callable[[Path], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([*command, str(make(tmp_path))])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("rtrace-tui: ")
    assert err.count("\n") == 1
    assert err.rstrip("\n").isprintable()
    assert tmp_path.name in err


def test_a_directory_without_permission_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever runs the tests may be allowed everything, so the refusal is the operating system's in person."""
    (tmp_path / "manifest.json").write_text("{}")
    real_open = os.open

    def refuse(path: object, *arguments: object, **options: object) -> int:
        if str(path).endswith("manifest.json"):
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    assert main(["check", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert "Permission denied" in err
    assert err.count("\n") == 1


def test_without_a_terminal_the_viewer_refuses_and_names_the_commands_for_scripts(demo_bundles: Path) -> None:
    done = run(str(demo_bundles / "answer"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "needs a terminal" in done.stderr
    assert "rtrace-tui reduce" in done.stderr


def test_the_demo_refuses_likewise(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("demo").returncode == 2
    assert main(["demo", "no-such-demo"]) == 2
    assert "there is no demo no-such-demo; the demos are agents" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--colour"], ["reduce"], ["check", "a", "b"], ["demo", "--speed", "fast"], ["demo", "--speed", "-1"]],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_that_points_to_the_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    out, err = capsys.readouterr()
    assert (stopped.value.code, out) == (2, "")
    assert err.count("\n") == 1
    assert "--help" in err


def test_an_empty_path_is_not_the_current_directory(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", ""]) == 2
    assert capsys.readouterr().err == "rtrace-tui: the path of the bundle is empty\n"


@pytest.mark.parametrize("command", [[], ["demo"], ["reduce"], ["check"]], ids=["view", "demo", "reduce", "check"])
def test_each_command_has_help_with_its_exit_codes(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert "exit codes:" in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"rtrace-tui {__version__}\n"


def test_a_reader_that_goes_away_ends_the_command_quietly(demo_bundles: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "reduce", str(demo_bundles / "shell")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("command", [("reduce", "BUNDLE"), ("check", "BUNDLE"), ("--help",), ("ls", "--help")])
def test_a_full_disk_behind_standard_output_is_one_line(command: tuple[str, ...], demo_bundles: Path) -> None:
    words = (str(demo_bundles / "answer") if word == "BUNDLE" else word for word in command)
    with Path("/dev/full").open("w") as full:
        done = run(*words, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (2, "rtrace-tui: the output cannot be written: No space left on device\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_closed_streams_are_no_reason_to_fail_in_another_way(closed: str, demo_bundles: Path) -> None:
    command = " ".join(shlex.quote(word) for word in [*COMMAND, str(demo_bundles / "answer")])
    done = subprocess.run(["sh", "-c", f"{command} {closed}"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_standard_error_that_takes_nothing_changes_no_exit_code(unbuffered: str, tmp_path: Path) -> None:
    """What could not be written waits in a buffer; the interpreter tries again at exit, and would fail with 120."""
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = run("check", str(tmp_path), capture_output=False, stdout=subprocess.PIPE, stderr=full, env=environment)
    assert (done.returncode, done.stdout) == (2, "")


def test_an_interrupt_ends_the_command_quietly(
    demo_bundles: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.commands.check.check_bundle", interrupted)
    assert main(["check", str(demo_bundles / "answer")]) == 130
    assert capsys.readouterr() == ("", "")


def test_every_demo_is_listed_with_what_it_shows(
    demo_bundles: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    assert main(["demo", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(
        path.parent.name for path in demo_bundles.glob("*/trace.jsonl")
    )
    assert all(len(line.split()) > 5 for line in lines)


def test_demos_are_listed_as_wide_as_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    main(["demo", "--list"])
    words = capsys.readouterr().out.split()
    monkeypatch.setenv("COLUMNS", "60")
    main(["demo", "--list"])
    narrow = capsys.readouterr().out
    assert max(map(len, narrow.splitlines())) <= 60
    assert narrow.split() == words


@pytest.mark.parametrize("first", ["agentz", "x" * 5000, "a\0b"])
def test_a_command_that_does_not_exist_is_told_from_a_bundle_too_many(
    first: str, demo_bundles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = str(demo_bundles / "answer")
    with pytest.raises(SystemExit):
        main([first, bundle])
    err = capsys.readouterr().err
    assert "is neither a command nor a directory; the commands are demo, reduce" in err
    assert err.count("\n") == 1
    with pytest.raises(SystemExit):
        main([bundle, bundle])
    assert "unrecognized arguments" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--no-restore", "demo", "agents"])
    assert "write the command first, and its own options behind it: rtrace-tui demo …" in capsys.readouterr().err


def test_the_help_of_a_command_tells_its_own_exit_codes_only(capsys: pytest.CaptureFixture[str]) -> None:
    for command, expected in (
        ("agents", "  0    done\n  2 "),
        ("grep", "  0    found\n  1    nothing found\n"),
        ("diff", "are the same\n  1    the two recordings differ\n"),
    ):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert expected in capsys.readouterr().out


def test_a_mistake_in_a_command_is_one_line_and_70(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("tui.commands.console.abandon", lambda _stream: None)
    monkeypatch.setattr("tui.commands.check.run", lambda _given: dict[str, int]()["odd"])
    assert main(["check", str(DEMO_BUNDLES / "answer")]) == 70
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("rtrace-tui: a mistake in this program ended it: KeyError: 'odd'")
    assert "KeyError" in (tmp_path / "rtrace-tui" / "crash.txt").read_text()
