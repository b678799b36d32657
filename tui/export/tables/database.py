"""Tables of recordings in DuckDB: filled recording by recording, asked in SQL, written as Parquet."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tui.export.format import ExportError, Subject
from tui.export.tables.making import TableMaker
from tui.export.tables.rows import TABLES, Column, columns_of

if TYPE_CHECKING:
    import duckdb

EXTRA = "sql"
"""The extra of this program that brings the library."""

_encode = msgspec.json.Encoder().encode


class TableFiles:
    """Rows on their way into the database: a file of JSON lines for each table, which it reads fast."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._files = {name: self._stack.enter_context((folder / name).open("wb")) for name in TABLES}

    def add(self, subject: Subject) -> None:
        """Write the rows of a recording."""
        for name, rows in TableMaker(subject).tables.items():
            file = self._files[name]
            for row in rows():
                file.write(_encode(row) + b"\n")

    def finish(self) -> None:
        """All rows are written."""
        self._stack.close()

    def rows_of(self, table: str) -> str:
        """A query for the rows of a table. They stay in their file: nothing is held in memory."""
        return _query(table, self._folder / table)


def _query(table: str, file: Path) -> str:
    columns = columns_of(table)
    shape = ", ".join(f"{one.name}: '{_stored(one)}'" for one in columns)
    chosen = ", ".join(
        f"epoch_ms({one.name}) AS {one.name}" if one.type == "TIMESTAMP" else one.name for one in columns
    )
    source = f"'{_quoted(file)}', format = 'newline_delimited', columns = {{{shape}}}, maximum_object_size = 16777216"
    return f"SELECT {chosen} FROM read_json({source})"  # noqa: S608 - names are ours


def _stored(column: Column) -> str:
    return "BIGINT" if column.type == "TIMESTAMP" else column.type


class Database:
    """The tables of some recordings, in memory; gone when it is closed."""

    def __init__(self) -> None:
        try:
            import duckdb
        except ImportError:
            raise ExportError(f"this needs a library: pip install 'rtrace-tui[{EXTRA}]'") from None
        self._duckdb = duckdb
        self._stack = ExitStack()
        self.connection = self._stack.enter_context(duckdb.connect())
        self._files = TableFiles(Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="rtrace-tui-"))))

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # files that were in the way to the tables, on a disk that is full
            self._stack.close()

    def add(self, subject: Subject) -> None:
        """Take in a recording. Raises `ExportError` if the disk has no room for its rows."""
        with _room_for_rows():
            self._files.add(subject)

    def make_tables(self) -> None:
        """All recordings are in: make the tables. Raises `ExportError` if the disk has no room for them."""
        with _room_for_rows():
            self._files.finish()
        for name in TABLES:
            self.connection.execute(f"CREATE TABLE {name} AS {self._files.rows_of(name)}")

    def ask(self, question: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """The names of the columns of the answer, and its rows. Raises `ExportError` for what is not SQL."""
        try:
            answer = self.connection.execute(question)
            names = [one[0] for one in answer.description or ()]
        except self._duckdb.Error as error:
            hint = f"; the tables are {', '.join(TABLES)}" if isinstance(error, self._duckdb.CatalogException) else ""
            raise ExportError(" ".join(str(error).split()) + hint) from error
        return names, _rows(answer)

    def write_parquet(self, folder: Path, subject: Subject) -> None:
        """Write each table to `TABLE/date=YYYY-MM-DD/TRACE.parquet`; a recording written again is replaced.

        Raises `OSError` if one of them cannot be written, then none is there that was not there before, and
        `ExportError` if the disk has no room for the rows.
        """
        with _room_for_rows():
            self._files.finish()
        self.connection.execute("SET threads = 1")  # each more holds rows of its own, and none of the files is large
        date = datetime.fromtimestamp(subject.store.trace.started_at_unix_ms / 1000, UTC).strftime("%Y-%m-%d")
        parts: dict[Path, Path] = {}
        made: list[Path] = []
        try:
            for name in TABLES:
                place = folder / name / f"date={date}"
                made += [one for one in (place, place.parent, folder) if not one.exists()]
                place.mkdir(parents=True, exist_ok=True)
                part = place / f".{_file_name(subject)}.part"
                parts[part] = place / f"{_file_name(subject)}.parquet"
                rows = self._files.rows_of(name)
                self.connection.execute(f"COPY ({rows}) TO '{_quoted(part)}' (FORMAT parquet, COMPRESSION zstd)")
        except (OSError, self._duckdb.Error) as error:
            for part in parts:
                part.unlink(missing_ok=True)
            for one in sorted(set(made), reverse=True):
                with suppress(OSError):  # somebody else has put something there
                    one.rmdir()
            raise _as_os_error(error) from error
        for part, whole in parts.items():
            part.replace(whole)


@contextmanager
def _room_for_rows() -> Iterator[None]:
    """Say which disk has no room for rows on their way into the database."""
    try:
        yield
    except OSError as error:
        raise ExportError(f"{tempfile.gettempdir()}: no room for the tables: {error.strerror or error}") from error


def _as_os_error(error: Exception) -> OSError:
    """What the database says of a file, as the system would: its own words are many lines of JSON."""
    if isinstance(error, OSError):
        return error
    known = (number for number in errno.errorcode if os.strerror(number) in str(error))
    number = next(known, errno.EIO)
    return OSError(number, os.strerror(number))


def _rows(answer: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := answer.fetchmany(1_000):
        yield from rows


def _file_name(subject: Subject) -> str:
    """A name for the file of a recording: its id, as far as that can be a name."""
    name = "".join(one if one.isalnum() or one in "-_." else "_" for one in subject.store.trace.trace_id)
    return subject.disclosure.label(name)[:100].strip(".") or "recording"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
