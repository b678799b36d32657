"""`rtrace-tui show`: one object of the graph: its fields, texts, payload files, and what it is linked with."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import msgspec

from tui.analysis.kinds.facts import facts_of
from tui.analysis.requests.mcp_answer import mcp_answer_of
from tui.analysis.requests.texts import texts_of
from tui.commands.answer import answer
from tui.commands.answers.show import fields_of, payload_answer, show_answer
from tui.commands.asked_object import Asked, add_object, asked_object
from tui.commands.moment import add_at
from tui.commands.object_names import full_id
from tui.commands.object_text import gap_lines, link_lines, named, section
from tui.model.noderef import NodeRef
from tui.viewmodel.payload.raw_evidence import payloads_behind
from tui.viewmodel.text.clean import clean, clean_lines, format_offset
from tui.viewmodel.text.mcp_words import MCP_HEADING, mcp_parts

DESCRIPTION = "Print one object: its fields, texts, payload files, links; of an MCP call also what the server answered."

SHOWN_IDS = 8
"""Entries of a list that are written out; the JSON has all."""

SHOWN_CHARACTERS = 160
"""Characters of a field that are written out; whole texts stand below the fields."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, an object of it, and how to print it."""
    add_object(parser)
    add_at(parser)


def run(given: argparse.Namespace) -> int:
    """Show what the command line names."""
    return answer("show", given, asked_object, lambda asked: show_answer(*asked), show_lines)


def show_lines(asked: Asked) -> Iterator[str]:
    """The object for people."""
    store, node = asked
    yield named(store, node)
    yield from section("Fields", _field_lines(asked, fields_of(*asked)))
    yield from section("What was said of it", _field_lines(asked, facts_of(store.trace, node)))
    for label, text in texts_of(store.trace, store.index, node):
        yield from section(label.capitalize(), (f"  {line}" for line in clean_lines(text)))
    yield from section(MCP_HEADING, _mcp_lines(asked))
    yield from section("Payloads", _payload_lines(asked))
    yield from section("Upstream", link_lines(store, node, "upstream"))
    yield from section("Downstream", link_lines(store, node, "downstream"))
    yield from section("Unproven", gap_lines(store, node))


def _field_lines(asked: Asked, fields: dict[str, Any]) -> Iterator[str]:
    rows = list(_flat("", fields))
    width = max((len(name) for name, _ in rows), default=0)
    started = asked.store.trace.started_at_unix_ms
    for name, value in rows:
        at = f"  ({format_offset(value - started)})" if name.endswith("_at_unix_ms") and isinstance(value, int) else ""
        yield f"  {name:<{width}}  {_value_text(value)}{at}"


def _flat(prefix: str, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields with those of nested objects as `execution.status`."""
    for name, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from _flat(f"{prefix}{name}.", inner)
        else:
            yield f"{prefix}{name}", inner


def _value_text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        shown = ", ".join(_value_text(one) for one in value[:SHOWN_IDS])
        return f"{shown} … {len(value)} in total" if len(value) > SHOWN_IDS else shown or "none"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}… {len(text):,} characters"


def _mcp_lines(asked: Asked) -> Iterator[str]:
    store, node = asked
    answer = mcp_answer_of(store.trace, store.index, node, store.payloads.read)
    for part in () if answer is None else mcp_parts(answer):
        yield f"  {clean(part.label)}{f' ({part.note})' if part.note else ''}"
        yield from (f"    {line}".rstrip() for line in clean_lines(part.text))


def _payload_lines(asked: Asked) -> Iterator[str]:
    for ref in payloads_behind(asked.store.trace, asked.store.index, asked.node):
        found = payload_answer(asked.store, ref)
        place = "" if found.line is None else f"  (seq {found.seq}, line {found.line})"
        name = full_id(NodeRef("payload", ref.raw_payload_id))
        yield f"  {ref.kind.type}  {found.path or ref.place}  {name}{place}"
