"""The paths that people give instead of a bundle: each is named, with what to do."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
from pathlib import Path

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.cli import main

RECORD = "set CODEX_ROLLOUT_TRACE_ROOT before you start codex to record bundles"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err.removeprefix("rtrace-tui: ").rstrip("\n")


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    """As Codex keeps them: transcripts in folders by date."""
    day = tmp_path / "sessions/2026/11/27"
    day.mkdir(parents=True)
    (day / "rollout-2026-11-27T07-00-00-01a2.jsonl").write_text('{"type": "session_meta"}\n')
    return tmp_path / "sessions"


@pytest.mark.parametrize("command", ["check", "ls"])
def test_session_file_is_named(command: str, sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = sessions.rglob("*.jsonl")
    assert refused(capsys, command, str(file)) == (
        f"{file}: is a session file of Codex (a transcript), not a recording; {RECORD}"
    )


def test_folder_of_session_files_is_named(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (sessions, sessions / "2026/11/27"):
        assert refused(capsys, "check", str(folder)).endswith(
            f"it holds session files of Codex (transcripts): {RECORD}"
        )
    assert main(["ls", str(sessions)]) == 0
    assert f"it holds no bundle; it holds session files of Codex (transcripts): {RECORD}" in (capsys.readouterr().err)


@pytest.mark.parametrize("command", ["check", "ls"])
def test_transcript_is_known_by_its_beginning(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "saved.txt"
    file.write_text('{"timestamp": "2026-11-27T07:00:00Z", "type": "session_meta", "payload": {}}\n')
    assert "is a session file of Codex" in refused(capsys, command, str(file))
    file.write_text('{"payload": {"text": "a \\"type\\": \\"session_meta\\""}}\n')
    assert "is not a directory" in refused(capsys, command, str(file))


@pytest.mark.parametrize("name", ["t.zip", "t.tar.gz", "t.TGZ", "t.tar.zst", "trace.jsonl.gz"])
def test_packed_file_is_to_be_unpacked(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_bytes(b"")
    assert refused(capsys, "check", str(tmp_path / name)).endswith(
        "is a packed file; unpack it and open the directory that holds manifest.json"
    )


PACKED = (
    gzip.compress(b"x"),
    bz2.compress(b"x"),
    lzma.compress(b"x"),
    b"PK\x03\x04",
    b"\x28\xb5\x2f\xfd",
    b"a".ljust(257, b"\0") + b"ustar",
)


@pytest.mark.parametrize("beginning", PACKED, ids=["gz", "bz2", "xz", "zip", "zst", "tar"])
def test_packed_file_of_any_name_is_told(beginning: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "download").write_bytes(beginning)
    assert "is a packed file; unpack it" in refused(capsys, "check", str(tmp_path / "download"))


@pytest.mark.parametrize("address", ["file:///srv/a", "file://localhost/srv/a", "https://example.org/a"])
def test_address_is_printed_as_given(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "check", address).startswith(f"{address}: ")


def test_payloads_lead_to_their_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = shutil.copytree(DEMO_BUNDLES / "answer-schema2", tmp_path / "bundle")
    expected = f"; it is the payloads of a bundle: open {bundle}"
    assert refused(capsys, "check", str(bundle / "payloads")).endswith(expected)
    assert main(["ls", str(bundle / "payloads")]) == 0
    assert capsys.readouterr().err.endswith(f"{expected}\n")


def test_other_folders_are_not_called_sessions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    assert refused(capsys, "check", str(tmp_path)).endswith("there is no manifest.json in it")


@pytest.mark.parametrize("command", ["check", "ls"])
@pytest.mark.parametrize("name", ["trace.jsonl", "payloads/1.json"])
def test_file_of_a_bundle_leads_to_its_directory(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = shutil.copytree(DEMO_BUNDLES / "answer-schema2", tmp_path / "bundle")
    assert refused(capsys, command, str(bundle / name)) == (
        f"{bundle / name}: is a file of a bundle; open its directory, {bundle}"
    )


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("file:///srv/trace", "give the path without file:, as in /srv/trace"),
        ("file://localhost/srv/a%20trace", "give the path without file:, as in /srv/a trace"),
        ("~/no-such-trace", "the shell did not replace ~: leave out the quotes"),
        ("$HOME/no-such-trace", "the shell did not replace $HOME: leave out the quotes"),
        ("https://example.org/trace", "download the recording and give the path of its directory"),
    ],
)
def test_address_is_answered_with_advice(address: str, advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "ls"):
        assert refused(capsys, command, address).endswith(advice)
