"""`rtrace-tui help json` names each field of the documents that commands print, and no field that they lack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import msgspec
import msgspec.inspect
import pytest

from tests.conftest import DEMO_BUNDLES
from tui.analysis.recording.check import CheckReport
from tui.cli import main
from tui.commands.answers.agents import AgentsAnswer
from tui.commands.answers.diff import DiffAnswer
from tui.commands.answers.edges import EdgesAnswer
from tui.commands.answers.ls import ListAnswer
from tui.commands.answers.notes import NotesAnswer
from tui.commands.answers.path import PathAnswer
from tui.commands.answers.show import ShowAnswer
from tui.commands.answers.sql import SqlAnswer
from tui.commands.answers.stats import StatsAnswer
from tui.commands.answers.why import WhyAnswer
from tui.help.pages import page

AGENTS = str(DEMO_BUNDLES / "agents")

DOCUMENTS: dict[str, type[msgspec.Struct]] = {
    "check": CheckReport,
    "why": WhyAnswer,
    "show": ShowAnswer,
    "edges": EdgesAnswer,
    "path": PathAnswer,
    "diff": DiffAnswer,
    "agents": AgentsAnswer,
    "stats": StatsAnswer,
    "ls": ListAnswer,
    "notes": NotesAnswer,
    "sql": SqlAnswer,
}
"""What commands print as one struct. `grep` writes its document while it searches."""

SEARCHES = [[AGENTS, "the"], [AGENTS, "the", "-c"], [AGENTS, "the", "--payloads-only"]]
"""Calls of `grep` that together bring each of its fields."""

COMMON = ("format", "reading")
"""Fields of every document, which no struct has."""

LIKE = {"stats": ("agents",), "show": ("why",), "diff": ("agents",)}
"""Sections to which another one points."""


def section(command: str) -> str:
    found = re.search(rf"^## `{command}`\n(.*?)(?=^## |\Z)", page("json"), re.MULTILINE | re.DOTALL)
    assert found is not None, command
    return found.group(1)


def names_in(text: str) -> set[str]:
    """All words of the marked pieces: of `reading`, `{"kind", "id"}`, `agents[].state`."""
    return {word for piece in re.findall(r"`([^`]+)`", text) for word in re.findall(r"\w+", piece)}


def fields_of(kind: msgspec.inspect.Type) -> Iterator[str]:
    """Names of fields, those of structs inside included."""
    if isinstance(kind, msgspec.inspect.StructType):
        for field in kind.fields:
            yield field.encode_name
            yield from fields_of(field.type)
    elif isinstance(kind, msgspec.inspect.UnionType):
        for one in kind.types:
            yield from fields_of(one)
    elif isinstance(kind, msgspec.inspect.ListType):
        yield from fields_of(kind.item_type)
    elif isinstance(kind, msgspec.inspect.DictType):
        yield from fields_of(kind.value_type)


def names_of(value: Any) -> Iterator[str]:
    """Names of the fields of a printed document."""
    for one in value if isinstance(value, list) else ():
        yield from names_of(one)
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield name
        yield from names_of(inner)


def told_of(command: str) -> set[str]:
    common = page("json").partition("\n## ")[0]
    return names_in(common + "".join(map(section, (command, *LIKE.get(command, ())))))


def rows_of(command: str) -> set[str]:
    """The marked pieces of the first column of a section's table."""
    rows = re.findall(r"^\| ((?:`[^`]+`[, ]*)+) \|", section(command), re.MULTILINE)
    return {piece for row in rows for piece in re.findall(r"`([^`]+)`", row)}


@pytest.fixture(scope="module")
def searched() -> set[str]:
    """Fields that `grep` prints."""
    found: set[str] = set()
    for given in SEARCHES:
        with redirect_stdout(StringIO()) as out:
            main(["grep", *given, "--json"])
        found |= set(names_of(json.loads(out.getvalue())))
    return found


@pytest.mark.parametrize("command", DOCUMENTS)
def test_every_field_is_documented(command: str) -> None:
    fields = set(fields_of(msgspec.inspect.type_info(DOCUMENTS[command])))
    assert fields - told_of(command) == set()


@pytest.mark.parametrize("command", DOCUMENTS)
def test_every_documented_field_is_there(command: str) -> None:
    fields = {*fields_of(msgspec.inspect.type_info(DOCUMENTS[command])), *COMMON}
    assert {piece for piece in rows_of(command) if not set(re.findall(r"\w+", piece)) <= fields} == set()


def test_fields_of_grep_are_documented(searched: set[str]) -> None:
    assert searched - told_of("grep") == set()


def test_documented_fields_of_grep_are_printed(searched: set[str]) -> None:
    assert {piece for piece in rows_of("grep") if not set(re.findall(r"\w+", piece)) <= searched} == set()


def test_every_section_is_looked_at() -> None:
    assert set(re.findall(r"^## `(\w+)`$", page("json"), re.MULTILINE)) == {*DOCUMENTS, "grep"}
