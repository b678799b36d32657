"""`rtrace-tui reduce`: the reference's bytes, to standard output or to a file that is whole or untouched."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.bundles import append_to_log, write_bundle
from tui.cli import main
from tui.commands.console import escaped_for_terminal

DEMOS = Path(__file__).parents[2] / "demo_bundles"


def accepted(bundle: Path) -> bool:
    return (bundle / "state.json").exists()


def test_standard_output_gets_the_reference_graph_byte_for_byte(
    demo_bundle: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["reduce", str(demo_bundle)]) == 0
    out, err = capfdbinary.readouterr()
    if accepted(demo_bundle):
        assert out == (demo_bundle / "state.json").read_bytes()
        assert err == b""
    else:
        assert json.loads(out)["conversation_items"]
        assert b"1 warning; to see what that means" in err


def test_a_file_gets_the_same(demo_bundles: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph.json"
    assert main(["reduce", str(demo_bundles / "patch"), "-o", str(target)]) == 0
    assert target.read_bytes() == (demo_bundles / "patch/state.json").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["graph.json"]


def test_strict_accepts_what_the_reference_accepts(demo_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["reduce", str(demo_bundle), "--strict", "-o", os.devnull])
    err = capsys.readouterr().err
    if accepted(demo_bundle):
        assert (code, err) == (0, "")
    else:
        assert code == 1
        reason = (demo_bundle / "reference-error.txt").read_text().split("Error: ")[1].strip()
        assert reason in err
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("tail", "payload", "reason"),
    [
        (b"garbage\n", b"{}", "is not an event"),
        (b'{"schema_version":2,"se', b"{}", "cut after 23 bytes"),
        (b"", b"{oops", "not JSON"),
        (b"", b"\xff", "not UTF-8"),
    ],
    ids=["malformed line", "torn tail", "unread payload no JSON", "unread payload no text"],
)
def test_strict_prints_nothing_but_the_first_damage(
    tail: bytes, payload: bytes, reason: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    bundle, target = tmp_path / "bundle", tmp_path / "graph.json"
    write_bundle(bundle, complete=False, schema_version=2)
    append_to_log(bundle, tail)
    (bundle / "payloads/2.json").write_bytes(payload)
    assert main(["reduce", str(bundle), "--strict"]) == 1
    assert main(["reduce", str(bundle), "--strict", "-o", str(target)]) == 1
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert reason.encode() in err
    assert not target.exists()
    assert main(["reduce", str(bundle), "-o", str(target)]) == 0
    assert json.loads(target.read_bytes())["status"] == "completed"


@pytest.mark.parametrize("name", ["answer-schema2", "terminal-schema1"])
@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        (b'{"a":' * 127 + b"1" + b"}" * 127, "128 nested arrays and objects, at most 127 are read"),
        (b'"\xff"', "not UTF-8: byte 0xff at offset 6"),
    ],
    ids=["too deep", "no text"],
)
def test_strict_refuses_what_the_reference_cannot_read_beside_the_items(
    extra: bytes, reason: str, name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bundle = _with_extra_field(name, tmp_path / "bundle", extra)
    assert main(["reduce", str(bundle), "--strict"]) == 1
    out, err = capfd.readouterr()
    assert (out, reason in err) == ("", True)
    assert main(["check", str(bundle)]) == 1
    assert reason in capfd.readouterr().out


def test_strict_accepts_the_deepest_nesting_that_the_reference_reads(tmp_path: Path) -> None:
    brackets_in_text = b'"' + b"[" * 200 + b'\\""'
    bundle = _with_extra_field("answer-schema2", tmp_path / "bundle", b"[" * 126 + brackets_in_text + b"]" * 126)
    assert main(["reduce", str(bundle), "--strict", "-o", os.devnull]) == 0


def _with_extra_field(name: str, bundle: Path, extra: bytes) -> Path:
    """A demo bundle whose first request has a field that nobody knows."""
    shutil.copytree(DEMOS / name, bundle)
    events = [json.loads(line)["payload"] for line in (bundle / "trace.jsonl").read_bytes().splitlines()]
    request = next(event["request_payload"] for event in events if event["type"] == "inference_started")
    payload = bundle / request["path"]
    payload.write_bytes(payload.read_bytes().replace(b"{", b'{"x":' + extra + b",", 1))
    return bundle


def test_schema_1_never_asked_for_payloads_that_nobody_reads(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", schema_version=1)
    (tmp_path / "bundle/payloads/2.json").unlink()
    assert main(["reduce", str(tmp_path / "bundle"), "--strict", "-o", os.devnull]) == 0


@pytest.mark.parametrize("complete", [False, True], ids=["any event", "recording_completed"])
def test_a_last_line_counts_without_its_newline_unless_it_completes_the_recording(
    complete: bool, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    write_bundle(tmp_path / "bundle", complete=complete)
    log = tmp_path / "bundle/trace.jsonl"
    log.write_bytes(log.read_bytes().rstrip(b"\n"))
    assert main(["reduce", str(tmp_path / "bundle"), "--strict"]) == 0
    graph = json.loads(capfdbinary.readouterr().out)
    assert (graph["status"], graph["recording_status"]) == ("completed", "unclosed")


def test_nothing_is_ever_written_into_a_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = tmp_path / "bundle"
    write_bundle(bundle)
    (tmp_path / "link").symlink_to(bundle)
    before = {path: path.stat().st_mtime_ns for path in bundle.rglob("*")}
    for target in (bundle / "state.json", bundle / "payloads/1.json", tmp_path / "link/new.json"):
        assert main(["reduce", str(bundle), "-o", str(target)]) == 2
        assert "inside the bundle" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in bundle.rglob("*")} == before


@pytest.mark.parametrize("target", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", ">(cat)"])
def test_a_pipe_of_the_shell_is_written_to(target: str, demo_bundles: Path) -> None:
    program = f"{sys.executable} -c 'import sys; from tui.cli import main; sys.exit(main())'"
    command = f"{program} reduce {demo_bundles / 'answer'} -o {target} | cat; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=True, timeout=60)
    assert done.stdout == (demo_bundles / "answer/state.json").read_bytes()
    assert done.stderr == b""


def test_a_target_that_cannot_be_written_is_one_line_and_exit_code_2(
    tmp_path: Path, demo_bundles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for target in (tmp_path, tmp_path / "no/such/folder/graph.json"):
        assert main(["reduce", str(demo_bundles / "answer"), "-o", str(target)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_there_keeps_its_permissions_and_its_links(tmp_path: Path, demo_bundles: Path) -> None:
    target, link = tmp_path / "graph.json", tmp_path / "latest.json"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    assert main(["reduce", str(demo_bundles / "answer"), "-o", str(link)]) == 0
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_bytes() == (demo_bundles / "answer/state.json").read_bytes()


def test_on_a_terminal_nothing_in_the_json_can_drive_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo_bundles: Path
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    assert main(["reduce", str(demo_bundles / "answer")]) == 0
    assert json.loads(screen.getvalue()) == json.loads((demo_bundles / "answer/state.json").read_bytes())
    assert escaped_for_terminal('"\x9b2J\u202e\x7f é"') == '"\\u009b2J\\u202e\\u007f é"'
