"""What a request sends before its items, as entries of the conversation: settings, instructions, tools.

Each is folded to its header, which says what changed since the request before: that decides whether a prompt cache can
hold anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from tui.analysis.requests.prompt_head import HeadDifference, HeadPlace, PromptHead, SettingChange, ToolDefinition
from tui.viewmodel.conversation.body import Block, ItemBody, NoteBlock, TextBlock
from tui.viewmodel.text.clean import Measure, clean, format_bytes
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.styled_lines import wrap_line

HeadName = Literal["settings", "instructions", "tools"]

NAMED_TOOLS = 6
"""Tools that a header in one row names; the others are counted."""

FOLDED_ROWS = 3
"""Rows that the names of all tools get while the entry is folded."""

_FIRST_SETTINGS = ("model", "reasoning.effort", "text.verbosity", "tool_choice", "parallel_tool_calls")
"""Settings that a header names, in this order."""


class HeadEntry(NamedTuple):
    """A part of the head: its name, what it says, and where each of its lines is in the recording.

    `enumerated`: all names, of which the last span of the header has the first; empty where it has none.
    """

    name: HeadName
    body: ItemBody
    places: tuple[HeadPlace | None, ...] = ()
    enumerated: tuple[str, ...] = ()

    def folded_rows(self, width: int, measure: Measure) -> list[Line]:
        """The header with as many of the names as have room in a few rows, and how many more there are."""
        lead, names = self.body.header[:-1], [clean(name) for name in self.enumerated]
        fitting = len(names)
        while True:
            more = len(names) - fitting
            text = ", ".join([*names[:fitting], *([f"… {more} more"] if more else [])])
            rows = wrap_line((*lead, Span(f"  {text}", "dim")), width, measure)
            if len(rows) <= FOLDED_ROWS or not fitting:
                return rows
            fitting = fitting // 2 if len(rows) > 2 * FOLDED_ROWS else fitting - 1


def head_entries(head: PromptHead, difference: HeadDifference | None, named: str) -> list[HeadEntry]:
    """The entries of a head. `difference` is against the request `named`; None if there is none to compare with."""
    changed = difference or HeadDifference()
    entries = [_settings_entry(head, changed, named)] if head.settings else []
    if head.instructions is not None:
        entries.append(_instructions_entry(head, changed, named))
    if head.tools is not None:
        entries.append(_tools_entry(head.tools, changed, named))
    return entries


def _settings_entry(head: PromptHead, changed: HeadDifference, named: str) -> HeadEntry:
    values = dict(head.settings)
    told = [f"{name.rpartition('.')[2]} {plain(values[name])}" for name in _FIRST_SETTINGS if name in values]
    header: Line = (Span("settings", "label"), Span(f"  {clean(' · '.join(told))}", "dim"))
    header = (*header, *(span for change in changed.settings for span in _change_spans(change)))
    if changed.settings:
        header = (*header, Span(f"  since {named}", "dim"))
    lines = [f"{name}: {plain(value)}" for name, value in head.settings]
    return HeadEntry("settings", ItemBody(header, (TextBlock("\n".join(lines), "plain"),)))


def _change_spans(change: SettingChange) -> Iterator[Span]:
    before, now = (("not set" if value is None else plain(value)) for value in (change.before, change.now))
    yield Span(f"  ≠ {clean(change.name)} {clean(before)} → {clean(now)}", "cut")


def plain(value: str) -> str:
    """A setting for people: text without its quotation marks."""
    decoded = msgspec.json.decode(value)
    return decoded if isinstance(decoded, str) else value


def _instructions_entry(head: PromptHead, changed: HeadDifference, named: str) -> HeadEntry:
    text = head.instructions or ""
    size = format_bytes(len(text.encode(errors="replace")))
    header: Line = (Span("instructions", "role.system"), Span(f" {size}", "dim"))
    if head.origin:
        header = (*header, Span(f" from {clean(head.origin)}", "dim"))
    if changed.instructions_changed:
        header = (*header, Span(f"  ≠ changed since {named}", "cut"))
    return HeadEntry("instructions", ItemBody(header, (TextBlock(text, "markdown"),)), (head.instructions_at,))


def _tools_entry(tools: tuple[ToolDefinition, ...], changed: HeadDifference, named: str) -> HeadEntry:
    header: Line = (Span("tools", "label"), Span(f" {len(tools)}", "number"), *_changed_tools(changed, named))
    if not changed.tools_differ and tools:
        header = (*header, Span(f"  {clean(_names([tool.name for tool in tools]))}", "dim"))
    blocks: list[Block] = [_tool_line(tool, changed) for tool in tools]
    blocks += [NoteBlock((Span(f"− {clean(name)}", "gone"),)) for name in changed.tools_removed]
    places = (None, *(tool.place for tool in tools), *(None for _ in changed.tools_removed))
    enumerated = () if changed.tools_differ else tuple(tool.name for tool in tools)
    return HeadEntry("tools", ItemBody(header, tuple(blocks)), places, enumerated)


def _changed_tools(changed: HeadDifference, named: str) -> Iterator[Span]:
    for sign, names in (("+", changed.tools_added), ("−", changed.tools_removed), ("≠", changed.tools_changed)):
        if names:
            yield Span(f"  {sign}{len(names)} {clean(_names(list(names)))}", "cut")
    if changed.tools_moved:
        yield Span("  ≠ in another order", "cut")
    if changed.tools_differ:
        yield Span(f"  since {named}", "dim")


def _names(names: list[str]) -> str:
    more = f" and {len(names) - NAMED_TOOLS} more" if len(names) > NAMED_TOOLS else ""
    return ", ".join(names[:NAMED_TOOLS]) + more


def _tool_line(tool: ToolDefinition, changed: HeadDifference) -> NoteBlock:
    mark, style = " ", "kind.tool"
    if tool.name in changed.tools_added:
        mark, style = "+", "new"
    elif tool.name in changed.tools_changed:
        mark, style = "≠", "cut"
    size = Span(f"  {format_bytes(len(tool.definition))}", "dim")
    return NoteBlock((Span(f"{mark} {clean(tool.name)}", style), size, *_description(tool)))


def _description(tool: ToolDefinition) -> Line:
    """The first line of what the definition says the tool is for."""
    found = msgspec.json.decode(tool.definition).get("description")
    text = found.strip().partition("\n")[0] if isinstance(found, str) else ""
    return (Span(f"  {clean(text)}", "dim"),) if text else ()
