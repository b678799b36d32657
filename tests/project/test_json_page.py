"""`rtrace-tui help json` names each field of the documents that commands print, and no field that they lack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.cli import main
from tui.help.pages import page

AGENTS, FAILURES, CODE = (str(DEMO_BUNDLES / name) for name in ("agents", "failures", "code-mode"))
MCP, MCP_CALL = str(DEMO_BUNDLES / "mcp"), "tool_call:call_f80b99a03360f0edc1e638f3"
ANSWER = str(DEMO_BUNDLES / "answer")

DOCUMENTS: dict[str, list[list[str]]] = {
    "check": [[AGENTS], [FAILURES], [str(DEMO_BUNDLES / "killed")]],
    "why": [[AGENTS, "terminal_operation:1"], [CODE, "conversation_item:9"]],
    "show": [[AGENTS, "conversation_item:3"], [AGENTS, "raw_payload:1"], [MCP, MCP_CALL]],
    "edges": [[AGENTS], [FAILURES]],
    "path": [[AGENTS]],
    "diff": [[AGENTS, CODE], [ANSWER, ANSWER]],
    "agents": [[AGENTS], [FAILURES], [str(DEMO_BUNDLES / "killed")]],
    "stats": [[AGENTS], [CODE]],
    "grep": [[AGENTS, "the"], [AGENTS, "the", "-c"]],
    "ls": [[str(DEMO_BUNDLES)]],
}
"""Commands, and calls of them that together bring each field."""

NAMES_OF_DATA: dict[str, set[str]] = {
    "check": {"events", "objects"},
    "show": {"object", "facts", "structured_content"},
    "edges": {"envelope"},
    "path": {"by_kind"},
    "diff": {"ignored"},
    "agents": {"counts", "models"},
}
"""Objects whose names come from the recording, or are those of the reduced graph."""

LIKE = {"stats": ("agents",), "show": ("why",), "diff": ("agents",)}
"""Sections to which another one points."""


def section(command: str) -> str:
    found = re.search(rf"^## `{command}`\n(.*?)(?=^## |\Z)", page("json"), re.MULTILINE | re.DOTALL)
    assert found is not None, command
    return found.group(1)


def names_in(text: str) -> set[str]:
    """All words of the marked pieces: of `reading`, `{"kind", "id"}`, `agents[].state`."""
    return {word for piece in re.findall(r"`([^`]+)`", text) for word in re.findall(r"\w+", piece)}


def fields_of(value: Any, data: set[str]) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from fields_of(one, data)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            if name not in data:
                yield from fields_of(inner, data)


def printed(command: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found = []
    for given in DOCUMENTS[command]:
        main([command, *given, "--json"])
        found.append(json.loads(capsys.readouterr().out))
    return found


@pytest.mark.parametrize("command", DOCUMENTS)
def test_every_printed_field_is_documented(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    common = page("json").partition("\n## ")[0]
    told = names_in(common + "".join(map(section, (command, *LIKE.get(command, ())))))
    fields = {name for one in printed(command, capsys) for name in fields_of(one, NAMES_OF_DATA.get(command, set()))}
    assert fields - told == set()


@pytest.mark.parametrize("command", DOCUMENTS)
def test_every_documented_field_is_printed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = re.findall(r"^\| ((?:`[^`]+`[, ]*)+) \|", section(command), re.MULTILINE)
    told = {piece for row in rows for piece in re.findall(r"`([^`]+)`", row)}
    fields = {name for one in printed(command, capsys) for name in fields_of(one, set())}
    assert {piece for piece in told if not set(re.findall(r"\w+", piece)) <= fields} == set()


def test_every_section_is_looked_at() -> None:
    """`notes` prints what a person wrote in the viewer, which has tests of its own."""
    assert set(re.findall(r"^## `(\w+)`$", page("json"), re.MULTILINE)) == {*DOCUMENTS, "notes"}
