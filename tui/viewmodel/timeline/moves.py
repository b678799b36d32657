"""What a move does to a timeline, where it does more than go to another row of the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.timeline.time_axis import PAN

if TYPE_CHECKING:
    from tui.viewmodel.timeline.model import TimelineModel

TimelineMove = Callable[["TimelineModel", "int | None"], None]
"""What a move does to the model; the number is the count typed before the key, if one was."""


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
    if node.is_foldable and (not node.folded or (node.keeps_frames and node.rows > 1)):
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
        model.move_rows(Move.PAGE_DOWN, count)


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
    """The first of the next sort of problem; behind the last sort the first, which one who begins below would miss."""
    for _ in range(count or 1):
        stops, here = model.problem_stops.all(), model.problem_stops.place(model.focus)
        if not stops:
            return
        after = (stop for stop in stops if model.problem_stops.place(stop.row) > here)
        model.reveal(next(after, stops[0]).row.ref)


def _previous_problem(model: TimelineModel, count: int | None) -> None:
    for _ in range(count or 1):
        stops, here = model.problem_stops.all(), model.problem_stops.place(model.focus)
        if not stops:
            return
        before = (stop for stop in reversed(stops) if model.problem_stops.place(stop.row) < here)
        model.reveal(next(before, stops[-1]).row.ref)


def _zoom_time_in(model: TimelineModel, _count: int | None) -> None:
    span = model.span_under_cursor()
    if span is not None:
        model.axis.zoom_in(span.start_ms + span.duration_ms / 2)


def _zoom_time_out(model: TimelineModel, _count: int | None) -> None:
    model.axis.zoom_out()


def _zoom_time_to_row(model: TimelineModel, _count: int | None) -> None:
    """Let the row under the cursor fill the bars; once more shows all of the time again."""
    span = model.span_under_cursor()
    before = (model.axis.start, model.axis.end)
    if span is not None:
        model.axis.fit(span)
    if before == (model.axis.start, model.axis.end):
        model.axis.show_all()


def _pan_time_later(model: TimelineModel, count: int | None) -> None:
    model.axis.pan(PAN * (count or 1))


def _pan_time_earlier(model: TimelineModel, count: int | None) -> None:
    model.axis.pan(-PAN * (count or 1))


def _follow_newest(model: TimelineModel, _count: int | None) -> None:
    model.start_following()


MOVES: dict[Move, TimelineMove] = {
    Move.GO_FIRST: _go_first,
    Move.GO_LAST: _go_last,
    Move.STEP_IN: _step_in,
    Move.STEP_OUT: _step_out,
    Move.TOGGLE_FOLD: _toggle_fold,
    Move.TOGGLE_OR_PAGE: _toggle_or_page,
    Move.FOLD_ALL: _fold_all,
    Move.UNFOLD_ALL: _unfold_all,
    Move.NEXT_SIBLING: _next_sibling,
    Move.PREVIOUS_SIBLING: _previous_sibling,
    Move.NEXT_TURN: _next_turn,
    Move.PREVIOUS_TURN: _previous_turn,
    Move.NEXT_PROBLEM: _next_problem,
    Move.PREVIOUS_PROBLEM: _previous_problem,
    Move.ZOOM_TIME_IN: _zoom_time_in,
    Move.ZOOM_TIME_OUT: _zoom_time_out,
    Move.ZOOM_TIME_TO_ROW: _zoom_time_to_row,
    Move.PAN_TIME_LATER: _pan_time_later,
    Move.PAN_TIME_EARLIER: _pan_time_earlier,
    Move.FOLLOW_NEWEST: _follow_newest,
}
"""The timeline's own moves; all others are those of every pane (`ROW_MOVES`)."""
