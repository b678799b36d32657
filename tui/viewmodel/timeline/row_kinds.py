"""Which kinds of objects have rows in the timeline, and what these are like."""

from __future__ import annotations

from tui.model.kinds import ByKind, NodeKind, all_entries
from tui.named_tuple import NamedTuple


class RowKind(NamedTuple):
    """A kind of row.

    `words`: what people call it in a filter; the first one is offered. `is_moment`: it has no duration to show.
    `name_spans`: how many parts of the row's label make its name. `folds`: equal rows beside each other become one.
    `shows_below`: the row sums up what is below it.
    """

    words: tuple[str, ...]
    is_moment: bool = False
    name_spans: int = 1
    folds: bool = False
    shows_below: bool = False


ROW_KINDS: ByKind[RowKind | None] = {
    "thread": RowKind(("agent", "thread")),
    "turn": RowKind(("turn",)),
    "inference": RowKind(("request", "inference"), folds=True, shows_below=True),
    "tool_call": RowKind(("tool", "command"), name_spans=3, folds=True, shows_below=True),
    "code_cell": RowKind(("script", "cell"), folds=True, shows_below=True),
    "compaction": RowKind(("compaction",)),
    "compaction_request": RowKind(("attempt",), folds=True),
    "edge": RowKind(("message", "edge"), is_moment=True, name_spans=2, folds=True),
    "event": RowKind(("event",), is_moment=True, folds=True),
    "item": RowKind(
        ("provider",), is_moment=True, folds=True
    ),  # only work of the provider: what else came of it is not recorded
    "diagnostic": RowKind(("diagnostic",)),
    "terminal_operation": None,  # the row of its tool call shows it
    "terminal_session": None,
    "payload": None,
}
"""In the order in which a filter offers them; None for what has no row of its own."""

KIND_OF_WORD: dict[str, NodeKind] = {
    word: kind for kind, row in all_entries(ROW_KINDS) if row is not None for word in row.words
}
"""What people call a kind of row → the kind."""

OFFERED_KINDS: tuple[str, ...] = tuple(row.words[0] for _, row in all_entries(ROW_KINDS) if row is not None)
