"""`rtrace-tui sql`: questions in SQL to the tables of one recording, or of all recordings of a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from tui.commands.answers.sql import SqlAnswer
from tui.commands.arguments import add_bundle, add_json
from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.json_output import print_json
from tui.commands.loaded import loaded_store
from tui.commands.over_folder import recordings_in
from tui.commands.text_table import table_lines
from tui.export.disclosure import Disclosure
from tui.export.format import ExportError, Subject
from tui.export.redaction.redactor import Redactor
from tui.export.tables.database import Database
from tui.export.tables.rows import TABLES, columns_of
from tui.inputs import open_source
from tui.source.opening import OpeningError
from tui.viewmodel.text.clean import clean

DESCRIPTION = """\
Ask a recording, or all recordings of a folder, in SQL (DuckDB). Needs the extra rtrace-tui[sql].

The tables are threads, turns, requests, items, calls, commands, edges, compactions, problems and payloads; every row
begins with bundle, trace_id and rollout_id. Texts are there up to 1 kB, never whole bodies; nothing is hidden, as the
answer goes nowhere but to standard output. The tables are made for each question and kept nowhere; to keep them,
export --to parquet."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A recording or a folder, a question, and how to print the answer."""
    add_bundle(parser)
    parser.add_argument("question", metavar="SQL", nargs="?", help="what to ask; without it, the columns are listed")
    add_json(parser)
    parser.epilog = f"{_columns()}\n{parser.epilog or ''}"


def _columns() -> str:
    lines = (f"  {name:<12} {', '.join(one.name for one in columns_of(name)[3:])}" for name in TABLES)
    return "\n".join(["tables:", *lines, ""])


def run(given: argparse.Namespace) -> int:
    """Answer the question of the command line."""
    try:
        if given.question is None:
            if not recordings_in(given.bundle):
                open_source(given.bundle)
            _print(given, ["table", "column", "type", "meaning"], _documented())
            return EXIT_OK
        with Database() as database:
            _fill(database, given.bundle)
            names, rows = database.ask(given.question)
            _print(given, names, rows)
    except (OpeningError, ExportError) as error:
        complain(str(error))
        return EXIT_UNUSABLE
    return EXIT_OK


def _documented() -> Iterator[tuple[Any, ...]]:
    for name in TABLES:
        yield from ((name, one.name, one.type, one.meaning) for one in columns_of(name))


def _fill(database: Database, path: str) -> None:
    """Take in a recording, or those of a folder; one that cannot be read is named and left out."""
    folder = [one.path for one in recordings_in(path)]
    for one in folder or [path]:
        try:
            store = loaded_store(one)
        except OpeningError as error:
            if not folder:
                raise
            complain(f"{error}; it is left out")
            continue
        if store.reading.note is not None:
            complain(f"{store.source.name}: {store.reading.note}" if folder else store.reading.note)
        database.add(Subject(store, Disclosure(Redactor(()), with_content=True)))
    database.make_tables()


def _print(given: argparse.Namespace, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    if given.json:
        print_json("sql", SqlAnswer(names, [[_json(value) for value in row] for row in rows]))
        return
    found = list(rows)
    if not names:
        return
    numbers = [all(isinstance(row[place], (int, float, type(None))) for row in found) for place in range(len(names))]
    left = next((place for place in range(len(names), 0, -1) if not numbers[place - 1]), 0)
    for line in table_lines([clean(name) for name in names], [[_shown(value) for value in row] for row in found], left):
        say(line)


def _shown(value: Any) -> str:
    return "?" if value is None else clean(str(value))


def _json(value: Any) -> Any:
    """A value as JSON has it; a timestamp as text."""
    return value if isinstance(value, (bool, int, float, str, type(None))) else str(value)
