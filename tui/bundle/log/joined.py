"""A log that is packed, or cut into segments, as one file of text that grows as they do."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError
from tui.bundle.disk.packed import HEAD_BYTES, Unpacker
from tui.bundle.disk.regular import error_text
from tui.bundle.disk.stream import StreamDamageError
from tui.bundle.log.encodings import text_of_log
from tui.bundle.log.files import LogFile, log_files
from tui.bundle.log.merged import end_of_lines, merged_lines, overlap
from tui.schema.manifest import EVENT_LOG_FILE_NAME

LARGEST_TEXT_BYTES = 4 << 30
"""More text than this is not unpacked: a small file may claim to hold any amount of it."""

_CHUNK_BYTES = 1 << 20
_FEWEST_MERGED = 2


class JoinedLog:
    """Copies the text of the files of a log into one file, in a temporary folder that goes when this does.

    Lines are numbered, and their places counted, over the whole. May be used by several threads.
    """

    def __init__(self, directory: Path, files: Sequence[LogFile]) -> None:
        self.names = [file.name for file in files]
        """The files of the log, in the order in which they were read."""
        self.fault: str | None = None
        """Why the rest of the log cannot be read, in one line."""
        self._files = files
        self._directory = directory
        self._confined = ConfinedDirectory(directory)
        self._lock = threading.Lock()
        self._number = 0
        """Which of the files is being read."""
        self._read = 0
        """How many of its bytes were."""
        self._unpacker: Unpacker | None = None
        self._written = 0
        self._ends_in_line = False
        self._path: Path | None = None

    @property
    def path(self) -> Path:
        """The file with the text, which `grow` brings up to date."""
        if self._path is None:
            try:
                self._path = self._new_file()
            except OSError as error:  # no room for it, for instance
                self.fault = f"{self.names[0]}: cannot be unpacked: {error_text(error)}"
                return Path(self._directory, self.names[0])
        return self._path

    def grow(self) -> None:
        """Take in what was written since the last time."""
        path = self.path
        if path != self._path:
            return
        with self._lock:
            try:
                with path.open("ab", buffering=0) as text:
                    self._take_in(text.fileno())
            except OSError as error:
                self.fault = f"{self.names[self._number]}: cannot be unpacked: {error_text(error)}"

    def _new_file(self) -> Path:
        import shutil  # late, as the next one: they load much, and few logs are packed
        import tempfile

        folder = tempfile.mkdtemp(prefix="rtrace-tui-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        path = Path(folder, EVENT_LOG_FILE_NAME)
        path.touch(0o600)
        return path

    def _take_in(self, target: int) -> None:
        if self._number == self._read == 0:
            self._merge(target)
        while self.fault is None and self._copy(target) and self._go_to_next():
            if self._ends_in_line:  # its recorder was killed in the middle of a line
                os.write(target, b"\n")
                self._ends_in_line = False

    def _merge(self, target: int) -> None:
        """Take in all files at once where their events belong between each other's; then go on with the last one."""
        if len(self._files) < _FEWEST_MERGED or any(file.is_packed for file in self._files):
            return
        with ExitStack() as opened:
            try:
                files = [opened.enter_context(self._opened(file.name)) for file in self._files]
            except (OSError, RefusedPathError):
                return  # reading it says why
            if not overlap(files, [file.first_seq for file in self._files]):
                return
            end = end_of_lines(files[-1])
            self._number, self._read = len(files) - 1, end
            try:
                for line in merged_lines(files, end):
                    self._write(target, line + b"\n")
            except StreamDamageError as error:
                self.fault = f"the log {error}; what follows was not read"

    def _opened(self, name: str) -> BinaryIO:
        descriptor, _ = self._confined.open_file(name)
        return os.fdopen(descriptor, "rb", buffering=_CHUNK_BYTES)

    def _copy(self, target: int) -> bool:
        """Copy the rest of the file in hand; whether that could be read."""
        name = self.names[self._number]
        try:
            descriptor, _ = self._confined.open_file(name)
        except RefusedPathError as refusal:
            self.fault = f"{name}: {refusal}"
            return False
        try:
            if self._read == 0:
                self._unpacker = text_of_log(os.pread(descriptor, HEAD_BYTES, 0))
            while chunk := os.pread(descriptor, _CHUNK_BYTES, self._read):
                self._read += len(chunk)
                for piece in self._unpacked(chunk):
                    self._write(target, piece)
        except StreamDamageError as error:
            self.fault = f"{name}: {error}; what follows was not read"
        except OSError as error:
            self.fault = f"{name}: cannot be read at byte {self._read:,}: {error_text(error)}"
        finally:
            os.close(descriptor)
        return self.fault is None

    def _unpacked(self, chunk: bytes) -> Iterator[bytes]:
        return iter((chunk,)) if self._unpacker is None else self._unpacker.feed(chunk)

    def _write(self, target: int, piece: bytes) -> None:
        if self._written + len(piece) > LARGEST_TEXT_BYTES:
            raise StreamDamageError(f"has more than {LARGEST_TEXT_BYTES >> 30} GiB of text")
        os.write(target, piece)
        self._written += len(piece)
        self._ends_in_line = not piece.endswith(b"\n")

    def _go_to_next(self) -> bool:
        """Begin the next file, which may have come only now; whether there is one."""
        if self._number + 1 == len(self.names):
            self.names += [file.name for file in log_files(self._directory) if file.name not in self.names]
        if self._number + 1 == len(self.names):
            return False
        self._number += 1
        self._read = 0
        return True
