"""The short names of rows in the path to the cursor."""

from __future__ import annotations

from itertools import takewhile

from tui.model.kinds import NodeKind
from tui.viewmodel.text.spans import Line, line_text
from tui.viewmodel.timeline.labels.faces import OUTGOING
from tui.viewmodel.timeline.row_kinds import ROW_KINDS

CRUMB_CHARACTERS = 40
"""Longest name of a row in a breadcrumb."""


def crumb(label: Line, kind: NodeKind, *, is_last: bool) -> str:
    """What a row begins with: of calls also their argument, of messages their sender, to tell one from another.

    Whom a call meant is named for the cursor's row alone, the last one: above it, that agent is the next crumb.
    """
    row_kind = ROW_KINDS[kind]
    spans = label[: 1 if row_kind is None else row_kind.name_spans]
    if not is_last:
        spans = tuple(takewhile(lambda span: span.text != OUTGOING, spans))
    name = line_text(spans).strip(" →")
    return name if len(name) <= CRUMB_CHARACTERS else f"{name[: CRUMB_CHARACTERS - 1]}…"
