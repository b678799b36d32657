"""Finds out whether a process has an event log open for writing: a recorder keeps it open while it runs.

Nothing is written and nobody is disturbed. The kernel knows best: it grants a read lease on a file only while nobody
has it open for writing, whatever its owner and place on this machine. Where it does not say, the descriptors of the
processes that may be looked at are searched. On file systems that other machines may write, neither proves anything.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tui.bundle.disk.regular import open_regular
from tui.source.writer import LogWriter

SEARCH_SECONDS = 0.25
"""How long the search through the processes may take."""

LOCAL_FILE_SYSTEMS = frozenset(
    ["bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "overlay", "ramfs", "reiserfs", "tmpfs", "xfs", "zfs"]
)
"""Only processes of this machine write files there."""

_PROCESSES = Path("/proc")
_MOUNTS = Path("/proc/self/mountinfo")
_ACCESS_MODE = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
_NOBODY_SAYS = "it is unknown who writes"


def writer_of(log: Path, *, processes: Path = _PROCESSES, mounts: Path = _MOUNTS) -> LogWriter:
    """Who has the file `log` open for writing now.

    Takes a fraction of a millisecond, and at most `SEARCH_SECONDS` where a process has to be found. Never raises.
    """
    try:
        descriptor, status = open_regular(log)
    except OSError:
        return LogWriter("unknown", _NOBODY_SAYS)
    try:
        leased = _is_open_for_writing(descriptor)
    finally:
        os.close(descriptor)
    if leased is False:
        return _nobody(status.st_dev, mounts)
    if leased is None and status.st_uid != os.geteuid():
        return LogWriter("unknown", "the log belongs to another user; it is unknown who writes")
    return _search(log.name, status, leased is True, processes, mounts)


def still_holds(writer: LogWriter, log: Path, *, processes: Path = _PROCESSES) -> bool:
    """Whether the process that was found still has the log open; much cheaper than finding it."""
    if writer.pid is None:
        return False
    try:
        status = log.stat()
        return any(_holders(processes / str(writer.pid), log.name, (status.st_dev, status.st_ino)))
    except OSError:
        return False


def _is_open_for_writing(descriptor: int) -> bool | None:
    """By the kernel's word; None where it says nothing (another system, another user's file, a remote file)."""
    try:
        import fcntl

        set_lease, set_signal = fcntl.F_SETLEASE, fcntl.F_SETSIG
    except (ImportError, AttributeError):
        return None
    try:
        # Should somebody open the log for writing in the very microsecond of the lease, this signal is the notice of
        # it; unlike the usual one, it is ignored.
        fcntl.fcntl(descriptor, set_signal, signal.SIGURG)
        fcntl.fcntl(descriptor, set_lease, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, set_lease, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    return False


def _nobody(device: int, mounts: Path) -> LogWriter:
    kind = _file_system(device, mounts)
    if kind in LOCAL_FILE_SYSTEMS:
        return LogWriter("gone")
    where = f"a {kind} file system" if kind else "this file system"
    return LogWriter("unknown", f"{where} does not show who writes")


def _file_system(device: int, mounts: Path) -> str:
    """The kind of file system with this device number; empty if it is not known. The list is read once a second."""
    return _kind_of(device, mounts, int(time.monotonic()))


@lru_cache(maxsize=16)
def _kind_of(device: int, mounts: Path, _second: int) -> str:
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        before, _, after = line.partition(" - ")
        if before.split()[2:3] == [number] and after:
            return after.split()[0]
    return ""


def _search(name: str, log: os.stat_result, is_open: bool, processes: Path, mounts: Path) -> LogWriter:
    """Look for the process that has the log open; `is_open` if it is known that there is one."""
    deadline = time.monotonic() + SEARCH_SECONDS
    hidden: Path | None = None
    for process in _own_processes(processes, log.st_uid):
        if time.monotonic() > deadline:
            return LogWriter("holds", "a process") if is_open else LogWriter("unknown", _NOBODY_SAYS)
        try:
            if any(_holders(process, name, (log.st_dev, log.st_ino))):
                return LogWriter("holds", _process_name(process), int(process.name))
        except PermissionError:
            hidden = hidden or process
        except OSError:
            continue  # it has just ended
    if is_open:
        return LogWriter("holds", "a process" if hidden is None else f"a process, perhaps {_bare_name(hidden)},")
    if hidden is not None:
        return LogWriter("unknown", f"{_process_name(hidden)} does not show what it writes")
    if not (processes / "self").exists():
        return LogWriter("unknown", _NOBODY_SAYS)
    return _nobody(log.st_dev, mounts)


def _own_processes(processes: Path, owner: int) -> Iterator[Path]:
    """The processes that run as the owner of the log, the newest first: what records runs seldom since long ago."""
    try:
        numbers = sorted((int(entry.name) for entry in processes.iterdir() if entry.name.isdigit()), reverse=True)
    except OSError:
        return
    for number in numbers:
        process = processes / str(number)
        if _runs_as(process) == owner:
            yield process


def _runs_as(process: Path) -> int | None:
    """The user of a process. By its own word: the owner of its directory is root if it hides its descriptors."""
    try:
        for line in (process / "status").read_bytes().splitlines():
            if line.startswith(b"Uid:"):
                return int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return None


def _holders(process: Path, name: str, identity: tuple[int, int]) -> Iterator[str]:
    """The descriptors by which a process can write the file. Raises `PermissionError` if they may not be seen."""
    for descriptor in (process / "fd").iterdir():
        try:
            # The name first: asking a file on a dead network drive for its status would wait without end.
            if name not in str(descriptor.readlink()):
                continue
            status = descriptor.stat()
            if (status.st_dev, status.st_ino) == identity and _is_writing(process / "fdinfo" / descriptor.name):
                yield descriptor.name
        except OSError:
            continue  # it has just been closed


def _is_writing(entry: Path) -> bool:
    for line in entry.read_bytes().splitlines():
        if line.startswith(b"flags:"):
            return int(line.split()[1], 8) & _ACCESS_MODE != os.O_RDONLY
    return False


def _process_name(process: Path) -> str:
    return "this program" if process.name == str(os.getpid()) else f"process {_bare_name(process)}"


def _bare_name(process: Path) -> str:
    try:
        command = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        command = ""
    return f"{process.name} ({command})" if command else process.name
