"""What each command does to a timeline. The names are those of the bindings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.viewmodel.branch import RowNode

if TYPE_CHECKING:
    from tui.viewmodel.timeline import TimelineModel

Move = Callable[["TimelineModel", "int | None"], None]


def _move_down(model: TimelineModel, count: int | None) -> None:
    model.move_to(model.cursor + (count or 1))


def _move_up(model: TimelineModel, count: int | None) -> None:
    model.move_to(model.cursor - (count or 1))


def _page_down(model: TimelineModel, count: int | None) -> None:
    model.move_to(model.cursor + (count or 1) * model.page_height)


def _page_up(model: TimelineModel, count: int | None) -> None:
    model.move_to(model.cursor - (count or 1) * model.page_height)


def _half_page_down(model: TimelineModel, count: int | None) -> None:
    model.move_to(model.cursor + (count or 1) * model.page_height // 2)


def _half_page_up(model: TimelineModel, count: int | None) -> None:
    model.move_to(model.cursor - (count or 1) * model.page_height // 2)


def _go_first(model: TimelineModel, count: int | None) -> None:
    model.stop_following()
    model.move_to((count or 1) - 1)


def _go_last(model: TimelineModel, count: int | None) -> None:
    """The last row; following resumes if it was given up. With a count that row, and no following."""
    if count is not None:
        _go_first(model, count)
        return
    model.move_to(model.row_count - 1)
    model.new_count = 0
    model.follow = model.has_followed


def _step_in(model: TimelineModel, _count: int | None) -> None:
    node = model.focus
    if node is None or not node.is_foldable:
        return
    if node.folded:
        model.fold(node, folded=False)
    elif node.rows > 1:
        model.move_to(model.cursor + 1)


def _step_out(model: TimelineModel, _count: int | None) -> None:
    node = model.focus
    if node is None:
        return
    if node.is_foldable and not node.folded:
        model.fold(node, folded=True)
        return
    above = model.tree.rows.visible_above(node)
    if above:
        model.stop_following()
        model.focus_on(above[-1])


def _toggle_fold(model: TimelineModel, _count: int | None) -> None:
    if model.focus is not None and model.focus.is_foldable:
        model.fold(model.focus, folded=not model.focus.folded)


def _toggle_or_page(model: TimelineModel, count: int | None) -> None:
    if model.focus is not None and model.focus.is_foldable:
        _toggle_fold(model, count)
    else:
        _page_down(model, count)


def _fold_all(model: TimelineModel, _count: int | None) -> None:
    model.fold_everything(folded=True)


def _unfold_all(model: TimelineModel, _count: int | None) -> None:
    model.fold_everything(folded=False)


def _next_sibling(model: TimelineModel, count: int | None) -> None:
    """The next row of the same depth below the same row."""
    rows = model.tree.rows
    for _ in range(count or 1):
        node = model.focus
        after = rows.node_at(model.cursor + node.rows) if node is not None else None
        if node is None or after is None or len(rows.visible_above(after)) != len(rows.visible_above(node)):
            return
        model.focus_on(after)


def _previous_sibling(model: TimelineModel, count: int | None) -> None:
    rows = model.tree.rows
    for _ in range(count or 1):
        node = model.focus
        before = rows.node_at(model.cursor - 1) if model.cursor else None
        if node is None or before is None:
            return
        depth = len(rows.visible_above(node))
        way = [*rows.visible_above(before), before]
        if len(way) <= depth:
            return
        model.stop_following()
        model.focus_on(way[depth])


def _next_turn(model: TimelineModel, count: int | None) -> None:
    """The next turn of this agent; behind its last one, that of the agent above, and so on."""
    for _ in range(count or 1):
        step = model.focus
        found = _first_turn_below(step) if step is not None and step.ref.kind == "thread" else None
        while step is not None and found is None:
            if step.ref.kind == "turn":
                found = _turn_beside(step, 1)
            step = step.parent
        if found is None:
            return
        model.reveal(found.ref)


def _previous_turn(model: TimelineModel, count: int | None) -> None:
    """The start of this turn; from there the turn before, or the turn that this agent was spawned in."""
    for _ in range(count or 1):
        step = model.focus
        found = _turn_around(step) if step is not None and step.ref.kind != "turn" else None
        if found is None and step is not None and step.ref.kind == "turn":
            found = _turn_beside(step, -1) or _turn_around(step)
        if found is None:
            return
        model.reveal(found.ref)


def _turn_around(node: RowNode) -> RowNode | None:
    step = node.parent
    while step is not None and step.ref.kind != "turn":
        step = step.parent
    return step


def _first_turn_below(node: RowNode) -> RowNode | None:
    children = node.children.children() if node.children is not None else iter(())
    return next((child for child in children if child.ref.kind == "turn" and child.is_shown), None)


def _turn_beside(node: RowNode, step: int) -> RowNode | None:
    """The turn before or after among the children of the same agent."""
    siblings = node.parent.children if node.parent is not None else None
    if siblings is None:
        return None
    turns = [child for child in siblings.children() if child.ref.kind == "turn" and child.is_shown]
    place = turns.index(node) + step
    return turns[place] if 0 <= place < len(turns) else None


def _next_problem(model: TimelineModel, count: int | None) -> None:
    """The next row with a problem; behind the last one the first, which a person who begins below it would miss."""
    for _ in range(count or 1):
        found = model.tree.rows.next_problem(model.focus) or model.tree.rows.next_problem(None)
        if found is None:
            return
        model.reveal(found.ref)


def _previous_problem(model: TimelineModel, count: int | None) -> None:
    for _ in range(count or 1):
        before = model.tree.rows.previous_problem(model.focus) if model.focus is not None else None
        found = before or model.tree.rows.last_problem()
        if found is None:
            return
        model.reveal(found.ref)


def _go_parent_agent(model: TimelineModel, _count: int | None) -> None:
    """From anywhere in an agent to the call that spawned it; without that call, to the agent above."""
    step = model.focus
    while step is not None and step.ref.kind != "thread":
        step = step.parent
    if step is not None and step.parent is not None and step.parent is not model.tree.rows.root:
        model.reveal(step.parent.ref)


def _zoom_time_in(model: TimelineModel, _count: int | None) -> None:
    span = model.span_under_cursor()
    if span is not None:
        model.axis.zoom_in(span.start_ms + span.duration_ms / 2)


def _zoom_time_out(model: TimelineModel, _count: int | None) -> None:
    model.axis.zoom_out()


def _follow_newest(model: TimelineModel, _count: int | None) -> None:
    if model.follow:
        model.stop_following()
    else:
        model.start_following()


MOVES: dict[str, Move] = {
    "move_down": _move_down,
    "move_up": _move_up,
    "page_down": _page_down,
    "page_up": _page_up,
    "half_page_down": _half_page_down,
    "half_page_up": _half_page_up,
    "go_first": _go_first,
    "go_last": _go_last,
    "step_in": _step_in,
    "step_out": _step_out,
    "toggle_fold": _toggle_fold,
    "toggle_or_page": _toggle_or_page,
    "fold_all": _fold_all,
    "unfold_all": _unfold_all,
    "next_sibling": _next_sibling,
    "previous_sibling": _previous_sibling,
    "next_turn": _next_turn,
    "previous_turn": _previous_turn,
    "next_problem": _next_problem,
    "previous_problem": _previous_problem,
    "go_parent_agent": _go_parent_agent,
    "zoom_time_in": _zoom_time_in,
    "zoom_time_out": _zoom_time_out,
    "follow_newest": _follow_newest,
}
"""Every command of the timeline that needs nothing but the model."""
