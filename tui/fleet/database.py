"""The file of the index: opened, made and, if it does not fit or is damaged, made again. Private to the user.

SQLite, with a write-ahead log: what a program writes is there as a whole or not at all, whenever it is killed, and
others may read meanwhile. The name holds the version of the shape and of the program, whose rules decide what rows
say, so that programs of two versions never share a file. A damaged file is removed only while nobody else has it open:
each program holds a shared lock on a file beside it for as long.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from tui import __version__
from tui.bundle.disk.folders import make_private

SHAPE = 5
"""Version of the tables, and of the rules by which rows are made."""

_NAME = f"folders-{SHAPE}-{__version__}.sqlite3"
_PATTERN = "folders-*.sqlite3"
_BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite appends to the name for the files that belong together."""

_WAIT_SECONDS = 5.0
"""How long to wait for another program that writes."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})

_TABLES = """
CREATE TABLE recording (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    log_bytes INTEGER,
    log_modified_ns INTEGER NOT NULL,
    newest_seq INTEGER,
    summary BLOB NOT NULL,
    facts BLOB NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE TABLE place (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, node TEXT NOT NULL);
CREATE VIRTUAL TABLE said USING fts5(text, tokenize = 'unicode61 remove_diacritics 0', detail = full);
"""
"""`recording`: one row each; `facts` are empty where somebody only glanced at it. `place`: where a text is, one row
each, with the number of its row in `said`."""


class IndexUnavailableError(Exception):
    """There is no index, and why, in one line."""


class IndexFile:
    """An open index. For one thread at a time; close it when it was used."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`; raise `IndexUnavailableError` if that cannot be."""
        self.path = folder / _NAME
        try:
            make_private(folder)
            self._lock = os.open(folder / f"{_NAME}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise IndexUnavailableError(f"no index can be kept: {error.strerror or error} ({folder})") from error
        fcntl.flock(self._lock, fcntl.LOCK_SH)
        try:
            self.connection = self._opened()
        except sqlite3.Error as error:
            self.connection = self._made_again(error)

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self.connection.close()
        os.close(self._lock)

    def _opened(self) -> sqlite3.Connection:
        descriptor = os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        os.close(descriptor)  # SQLite would make it readable by others
        connection = sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = FAST")
            if connection.execute("PRAGMA user_version").fetchone()[0] != SHAPE:
                self._make(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _make(self, connection: sqlite3.Connection) -> None:
        """Make the tables, unless another program does so at this moment."""
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] != SHAPE:
            for statement in _TABLES.split(";")[:-1]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SHAPE}")
        connection.execute("COMMIT")
        self._remove_others()

    def _made_again(self, error: sqlite3.Error) -> sqlite3.Connection:
        """A new index in the place of a damaged one; raise `IndexUnavailableError` where that cannot be."""
        try:
            if is_damage(error):
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(self.path)
                connection = self._opened()
                fcntl.flock(self._lock, fcntl.LOCK_SH)
                return connection
        except (sqlite3.Error, OSError) as again:
            os.close(self._lock)
            raise IndexUnavailableError(f"the index is damaged and cannot be made again now: {again}") from again
        os.close(self._lock)
        raise IndexUnavailableError(f"the index cannot be opened: {error}") from error

    def _remove_others(self) -> None:
        """Remove the indexes of other versions that nobody has open."""
        for path in self.path.parent.glob(_PATTERN):
            if path != self.path:
                remove_index(path)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file does not hold what it should."""
    code = getattr(error, "sqlite_errorcode", None)
    return (code is not None and code & 0xFF in _DAMAGED) or (
        isinstance(error, sqlite3.OperationalError) and ("no such" in str(error) or "has no column" in str(error))
    )


def remove_indexes(folder: Path) -> tuple[int, int]:
    """Remove every index in `folder` that no program has open; how many there were, and their bytes."""
    removed, size = 0, 0
    for path in folder.glob(_PATTERN):
        held = sum(beside.stat().st_size for suffix in _BESIDE if (beside := Path(f"{path}{suffix}")).exists())
        if remove_index(path):
            removed, size = removed + 1, size + held
    return removed, size


def remove_index(path: Path) -> bool:
    """Remove the index at `path` unless a program has it open; whether it is gone."""
    try:
        lock = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(path)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


def _remove(path: Path) -> None:
    for suffix in _BESIDE:
        Path(f"{path}{suffix}").unlink(missing_ok=True)
