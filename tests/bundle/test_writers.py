"""Who has a log open for writing: by the kernel's word, or by looking at the processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui.bundle.log import writers
from tui.bundle.log.writers import still_holds, writer_of
from tui.source.writer import LogWriter

KEEP_OPEN = "import sys; f = open(sys.argv[1], sys.argv[2]); print(flush=True); sys.stdin.read()"


@contextmanager
def open_elsewhere(log: Path, mode: str) -> Iterator[int]:
    """Another process has the log open; gives its id."""
    process = subprocess.Popen(
        [sys.executable, "-c", KEEP_OPEN, str(log), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process.pid
    finally:
        process.communicate()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "trace.jsonl"
    path.write_bytes(b"{}\n")
    return path


@pytest.fixture(params=[True, False], ids=["leases", "no leases"])
def local(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without the kernel's word; the file system counts as a local one, whatever the tests run on."""
    if not request.param:
        monkeypatch.setattr(writers, "_is_open_for_writing", lambda _descriptor: None)
    monkeypatch.setattr(writers, "_file_system", lambda *_: "ext4")


@pytest.mark.usefixtures("local")
def test_a_process_that_writes_is_found(log: Path) -> None:
    with open_elsewhere(log, "a") as pid:
        writer = writer_of(log)
    assert writer.evidence == "holds"
    assert writer.pid == pid
    assert writer.name.startswith(f"process {pid} (")


def test_a_process_that_was_found_is_looked_at_again(log: Path) -> None:
    with open_elsewhere(log, "a") as pid:
        writer = LogWriter("holds", "", pid)
        assert still_holds(writer, log)
        assert not still_holds(LogWriter("holds"), log)
    assert not still_holds(writer, log)


@pytest.mark.usefixtures("local")
def test_whoever_only_reads_is_no_writer(log: Path) -> None:
    with open_elsewhere(log, "r"), log.open():
        assert writer_of(log).evidence != "holds"


@pytest.mark.usefixtures("local")
def test_this_program_counts_when_it_writes_itself(log: Path) -> None:
    with log.open("ab"):
        assert writer_of(log) == LogWriter("holds", "this program", os.getpid())


@pytest.mark.usefixtures("local")
def test_a_file_of_the_same_name_elsewhere_is_another_one(log: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with (tmp_path / "other" / "trace.jsonl").open("ab"):
        assert writer_of(log).evidence != "holds"


def test_nobody_has_the_log_open(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "_is_open_for_writing", lambda _descriptor: False)
    monkeypatch.setattr(writers, "_file_system", lambda *_: "ext4")
    assert writer_of(log) == LogWriter("gone")


@pytest.mark.parametrize(("kind", "name"), [("nfs4", "a nfs4 file system"), ("", "this file system")])
def test_on_a_file_system_that_others_may_write_nothing_is_proved(
    log: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    monkeypatch.setattr(writers, "_is_open_for_writing", lambda _descriptor: False)
    monkeypatch.setattr(writers, "_file_system", lambda *_: kind)
    assert writer_of(log) == LogWriter("unknown", f"{name} does not show who writes")


def test_the_kind_of_file_system_is_read_from_the_list_of_mounts(log: Path, tmp_path: Path) -> None:
    device = log.stat().st_dev
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "20 1 0:999 / /proc rw - proc proc rw\n"
        f"36 35 {os.major(device)}:{os.minor(device)} / /mnt rw,noatime shared:1 - cifs //server/share rw\n"
    )
    assert writers._file_system(device, mounts) == "cifs"
    assert writers._file_system(device, tmp_path / "missing") == ""


def test_without_a_list_of_processes_nothing_can_be_told(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "_is_open_for_writing", lambda _descriptor: None)
    assert writer_of(log, processes=tmp_path / "no-proc") == LogWriter("unknown", "it is unknown who writes")


def test_a_process_that_hides_what_it_writes_leaves_it_open(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hardened programs do not let other programs of the same user look at their descriptors."""
    monkeypatch.setattr(writers, "_is_open_for_writing", lambda _descriptor: None)

    def refuse(*_: object) -> Iterator[str]:
        raise PermissionError
        yield ""

    monkeypatch.setattr(writers, "_holders", refuse)
    process = tmp_path / "4711"
    process.mkdir()
    (process / "status").write_text(f"Name:\tcodex\nUid:\t{log.stat().st_uid}\t0\t0\t0\n")
    (process / "comm").write_text("codex\n")
    writer = writer_of(log, processes=tmp_path)
    assert writer == LogWriter("unknown", "process 4711 (codex) does not show what it writes")


def test_the_log_of_another_user_tells_nothing(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "_is_open_for_writing", lambda _descriptor: None)
    monkeypatch.setattr(os, "geteuid", lambda: log.stat().st_uid + 1)
    assert writer_of(log).evidence == "unknown"


def test_a_log_that_is_not_there_has_no_writer_that_could_be_told(tmp_path: Path) -> None:
    assert writer_of(tmp_path / "trace.jsonl").evidence == "unknown"
