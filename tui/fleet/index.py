"""What is known of recordings without reading them: asked by path, by folder, and by the words in them.

A row is of one state of a log: its size, the time of its last change and its last seq. The caller compares; a row of
another state still says what was true then. Nothing here raises for a damaged index: it is empty, and made again by
the next program that opens it alone.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import msgspec

from tui.analysis.recording.facts import SessionFacts
from tui.fleet.database import IndexFile, is_damage, remove_index
from tui.model.noderef import NodeRef
from tui.schema.summary import BundleSummary

if TYPE_CHECKING:
    from tui.analysis.recording.session_texts import SessionText

PLACES_BITS = 20
"""A text has the number of its recording, and behind it its own number in this many bits."""

_MOST_TEXTS = (1 << PLACES_BITS) - 1

_encoder = msgspec.json.Encoder()
_summary_decoder = msgspec.json.Decoder(BundleSummary)
_facts_decoder = msgspec.json.Decoder(SessionFacts)


class Known(NamedTuple):
    """What the index holds of a recording, of the state of the log that its summary says.

    `facts` is None where nobody has read the recording yet.
    """

    summary: BundleSummary
    facts: SessionFacts | None


class KnownRow(NamedTuple):
    """A row as the file has it."""

    checksum: int
    summary: bytes
    facts: bytes

    def known(self) -> Known | None:
        """What it says; None if it is damaged."""
        try:
            if crc32(self.summary + self.facts) != self.checksum:
                return None
            facts = _facts_decoder.decode(self.facts) if self.facts else None
            return Known(_summary_decoder.decode(self.summary), facts)
        except (msgspec.DecodeError, TypeError, UnicodeDecodeError):
            return None


class IndexEntry(NamedTuple):
    """What is to be kept of a recording; `path` is absolute."""

    path: str
    known: Known
    texts: Sequence[SessionText] = ()


class FoundTexts(NamedTuple):
    """The texts of one recording that hold what was looked for, by their numbers, in the order of the recording."""

    path: str
    numbers: tuple[int, ...]


class FleetIndex:
    """The index in a folder. For one thread at a time; to be closed."""

    def __init__(self, folder: Path) -> None:
        """Raises `IndexUnavailableError` if there can be none."""
        self._file = IndexFile(folder)
        self.is_damaged = False
        """Whether the file turned out to be damaged: it holds nothing any more."""

    def close(self) -> None:
        """Let go of the file; a damaged one goes, unless another program has it open."""
        self._file.close()
        if self.is_damaged:
            remove_index(self._file.path)

    def get(self, path: str) -> Known | None:
        """What is known of the recording at an absolute path."""
        for row in self._rows(_ONE, (os.fsencode(path),)):
            return KnownRow(*row).known()
        return None

    def rows(self, root: str) -> dict[str, KnownRow]:
        """Everything that is known of the recordings at and below an absolute path, by path."""
        return {os.fsdecode(path): KnownRow(*row) for path, *row in self._rows(_ALL, _range(root))}

    def paths(self, root: str) -> set[str]:
        """The recordings at and below the absolute path `root` of which something is known."""
        return {os.fsdecode(path) for _, path in self._rows(_IDS, _range(root))}

    def put(self, entries: Iterable[IndexEntry]) -> bool:
        """Keep what was read, all of it or nothing; whether it could be."""
        with self._writing() as connection:
            for entry in entries:
                _put(connection, entry)
            return True
        return False

    def put_glances(self, glances: Iterable[tuple[str, BundleSummary]]) -> None:
        """Keep what a glance showed of recordings, by absolute path; what reading one showed stays as it is."""
        with self._writing() as connection:
            rows = (_row(path, Known(summary, None)) for path, summary in glances)
            connection.executemany(_GLANCE, (row for row in rows if row is not None))

    def forget(self, paths: Iterable[str]) -> None:
        """Recordings that are not there any more."""
        with self._writing() as connection:
            for path in paths:
                _forget(connection, os.fsencode(path))

    def find(self, words: str, root: str) -> list[FoundTexts]:
        """The recordings below `root` that hold the words one behind the other; the last one may be a beginning.

        Letter case, and what is between words, do not count. Recordings come in the order in which they were read.
        """
        query = phrase(words)
        if not query:
            return []
        ids = dict(self._rows(_IDS, _range(root)))
        found: dict[int, list[int]] = {}
        for (number,) in self._rows("SELECT rowid FROM said WHERE said MATCH ? ORDER BY rowid", (query,)):
            found.setdefault(number >> PLACES_BITS, []).append(number)
        return [FoundTexts(os.fsdecode(ids[one]), tuple(numbers)) for one, numbers in found.items() if one in ids]

    def text(self, number: int) -> SessionText | None:
        """A text that was found; None if it is gone by now."""
        for kind, node, text in self._rows(
            "SELECT place.kind, place.node, said.text FROM place JOIN said ON said.rowid = place.id WHERE place.id = ?",
            (number,),
        ):
            from tui.analysis.recording.session_texts import SessionText  # a list of recordings needs no texts

            node_kind, _, node_id = node.partition(":")
            return SessionText(kind, NodeRef(node_kind, node_id), text)
        return None

    def _rows(self, query: str, values: Sequence[object]) -> Iterator[tuple]:  # type: ignore[type-arg]  # of any columns
        try:
            yield from self._file.connection.execute(query, values)
        except sqlite3.Error as error:
            self._note(error)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._file.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._note(error)

    def _note(self, error: sqlite3.Error) -> None:
        self.is_damaged = self.is_damaged or is_damage(error)


_ONE = "SELECT checksum, summary, facts FROM recording WHERE path = ?"
_ALL = "SELECT path, checksum, summary, facts FROM recording WHERE path = ? OR (path >= ? AND path < ?)"
_IDS = "SELECT id, path FROM recording WHERE path = ? OR (path >= ? AND path < ?)"


def _range(root: str) -> tuple[bytes, bytes, bytes]:
    """The path itself, and the bounds of what is below it."""
    path = os.fsencode(root).rstrip(b"/")
    return path, path + b"/", path + b"0"  # "0" is the character behind "/"


def phrase(words: str) -> str:
    """The words as a query of the full-text search; empty if there is no word in it."""
    if not any(character.isalnum() for character in words):
        return ""
    quoted = words.replace('"', '""').replace("\0", " ")
    return f'"{quoted}"*' if words[-1].isalnum() else f'"{quoted}"'


_COLUMNS = "path, log_bytes, log_modified_ns, newest_seq, summary, facts, checksum"
_RECORDING = f"INSERT INTO recording ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608  # of constants
_GLANCE = (
    f"{_RECORDING} ON CONFLICT (path) DO UPDATE SET log_bytes = excluded.log_bytes,"
    " log_modified_ns = excluded.log_modified_ns, newest_seq = excluded.newest_seq, summary = excluded.summary,"
    " checksum = excluded.checksum WHERE facts = x''"
)


def _row(path: str, known: Known) -> tuple[object, ...] | None:
    """The columns of a recording; None with half a character in a name: such a one is read again every time."""
    summary = msgspec.structs.replace(known.summary, path="", name="", writer="unknown", writer_name="")
    try:
        data = _encoder.encode(summary)
        facts = b"" if known.facts is None else _encoder.encode(known.facts)
    except (UnicodeEncodeError, msgspec.MsgspecError):
        return None
    stamp = (summary.log_bytes, summary.log_modified_ns, summary.newest_seq)
    return (os.fsencode(path), *stamp, data, facts, crc32(data + facts))


def _put(connection: sqlite3.Connection, entry: IndexEntry) -> None:
    row = _row(entry.path, entry.known)
    if row is None:
        return
    texts = [(text, text.text.encode("utf-8", "replace").decode()) for text in entry.texts[:_MOST_TEXTS]]
    _forget(connection, os.fsencode(entry.path))
    number = connection.execute(_RECORDING, row).lastrowid
    first = (number or 0) << PLACES_BITS
    connection.executemany(
        "INSERT INTO place (id, kind, node) VALUES (?, ?, ?)",
        [(first + place, text.kind, f"{text.node.kind}:{text.node.id}") for place, (text, _) in enumerate(texts)],
    )
    connection.executemany(
        "INSERT INTO said (rowid, text) VALUES (?, ?)", [(first + place, said) for place, (_, said) in enumerate(texts)]
    )


def _forget(connection: sqlite3.Connection, path: bytes) -> None:
    for (number,) in connection.execute("SELECT id FROM recording WHERE path = ?", (path,)).fetchall():
        first = number << PLACES_BITS
        between = (first, first + _MOST_TEXTS)
        places = connection.execute("SELECT id FROM place WHERE id BETWEEN ? AND ?", between).fetchall()
        connection.executemany("DELETE FROM said WHERE rowid = ?", places)
        connection.execute("DELETE FROM place WHERE id BETWEEN ? AND ?", between)
        connection.execute("DELETE FROM recording WHERE id = ?", (number,))
