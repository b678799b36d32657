"""`TimelineModel`: the timeline without a terminal. Rows, a cursor, and what every command does to them.

    graph ──delta──▶ TimelineTree (placing) ──▶ RowTree (counting) ──▶ rows(first, count) ──▶ lines
                                   ▲
                 perform(Move.STEP_IN) (MOVES)

The cursor is an object, not a number: it stays on its row while others come and go around it. Code that shows the model
asks for `row_count`, `cursor` and the few rows on the screen after each change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import TimeSpan, span_of, whole_duration_ms
from tui.analysis.messages.calls import kind_of_call
from tui.analysis.state.recording import RecordingState
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.ids import ToolCallId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.rows.made_when_asked import MadeWhenAsked
from tui.viewmodel.rows.moves import ROW_MOVES, Move, Rows
from tui.viewmodel.timeline.conditions import TimelineFilter
from tui.viewmodel.timeline.crumbs import crumb
from tui.viewmodel.timeline.face import Face
from tui.viewmodel.timeline.folding import Stance, TimelineFolding
from tui.viewmodel.timeline.labels.faces import Labels
from tui.viewmodel.timeline.match import RowMatcher
from tui.viewmodel.timeline.moves import MOVES
from tui.viewmodel.timeline.newest_row import NewestRow
from tui.viewmodel.timeline.owners import owners_of
from tui.viewmodel.timeline.pins import pinned_rows
from tui.viewmodel.timeline.problems import ProblemStops
from tui.viewmodel.timeline.row import TimelineRow
from tui.viewmodel.timeline.row_maker import RowMaker
from tui.viewmodel.timeline.runs import members
from tui.viewmodel.timeline.time_axis import TimeAxis
from tui.viewmodel.timeline.tree import DIAGNOSTICS, TimelineTree

HALF_DONE = 0.5
"""From here on a filter that is applied in steps changes rows."""


Result = TypeVar("Result")


class TimelineModel:
    """State of the timeline. `page_height` (the rows of a page) is set by the code that shows it."""

    def __init__(
        self,
        trace: RolloutTrace,
        index: TraceIndex,
        diagnostics: Sequence[Diagnostic] = (),
        *,
        first: TraceDelta | None = None,
    ) -> None:
        """`first` are the objects that have rows at once, all by default; the others are to be given to `fill`."""
        self.trace = trace
        self.index = index
        self.page_height = 20
        self.top = 0
        """The first row on the screen; code that shows the model keeps it, `restore` sets it."""
        self.follow = False
        self.has_followed = False
        """Whether a person ever wanted to follow: then going to the end means to follow again."""
        self.new_count = 0
        """Rows that came since following stopped."""
        self.axis = TimeAxis()
        self.labels = Labels(trace, index)
        self.tree = TimelineTree(trace, index, diagnostics, self.labels.face, first=first)
        self.folds = TimelineFolding(trace, self.tree, is_partial=first is not None)
        self._maker = RowMaker(trace, index, diagnostics, self.labels)
        self.tree.runs.on_note = self._maker.kept.note
        self.problem_stops = ProblemStops(trace, self.tree, diagnostics)
        self.filter = TimelineFilter()
        self._newest = NewestRow(trace, self.tree)
        self._diagnostics = diagnostics
        self._changes = 0
        self._matcher = RowMatcher(trace, index, self.face, self._known_tokens)
        self._focus = self._first_row()
        self.folds.settle(trace.codex_turns, self._focus_way)
        self._extend_axis()

    # What is on the screen

    @property
    def revision(self) -> object:
        """Another value whenever rows came, or say something else, or are filtered otherwise than before."""
        return self._changes, self.labels.recording.word

    @property
    def row_count(self) -> int:
        """How many rows there are to scroll through."""
        return self.tree.rows.row_count

    @property
    def focus(self) -> RowNode | None:
        """The row under the cursor, None while there is none."""
        return self._focus

    @property
    def focused(self) -> NodeRef | None:
        """The object under the cursor; on a run the first of its objects."""
        return None if self._focus is None else members(self._focus)[0].ref

    @property
    def cursor(self) -> int:
        """The number of the row under the cursor."""
        return 0 if self._focus is None else self.tree.rows.row_of(self._focus)

    def row_number(self, node: RowNode | None) -> int | None:
        """The number of a row, or of what it is folded into; None if it is gone."""
        return self.tree.rows.row_of(node) if node is not None and self.tree.holds(node) else None

    @property
    def is_at_start(self) -> bool:
        """Whether the cursor is where a person begins: on the first agent, or nowhere yet."""
        return self._focus is None or self._focus is self._first_row()

    @property
    def problem_count(self) -> int:
        """How many rows have a problem, folded ones too, and those that are still to come."""
        return self.tree.problem_count

    @property
    def is_behind(self) -> bool:
        """Whether rows are still to come for what is known already: `apply` goes on with them."""
        return self.tree.is_behind

    @property
    def is_looking_again(self) -> bool:
        """Whether rows that show what is known may still change their place: `apply` goes on with them."""
        return self.tree.is_looking_again

    def rows(self, first: int, count: int) -> list[TimelineRow]:
        """Up to `count` rows from number `first`. Costs what is asked for, however many rows there are."""
        shown = islice(self.tree.rows.rows_from(first), max(0, count))
        return [self._maker.row(node, depth, self.tree, self.axis) for node, depth in shown]

    def refs_near(self) -> list[NodeRef]:
        """The objects of the rows that are on the screen, or within half a page of it."""
        first = max(0, self.top - self.page_height // 2)
        shown = islice(self.tree.rows.rows_from(first), 2 * self.page_height)
        return [ref.ref for node, _ in shown for ref in members(node)]

    def pinned_rows(self, top: int) -> list[int]:
        """Numbers of the rows to pin over a screen that begins with row `top`."""
        return pinned_rows(self.tree.rows, top)

    def breadcrumb(self) -> Sequence[str]:
        """Short names of the visible rows from the top to the cursor, each made when it is asked for."""
        if self._focus is None:
            return ()
        return MadeWhenAsked([*self.tree.rows.visible_above(self._focus), self._focus], self._crumb)

    # Commands

    def perform(self, move: Move, count: int | None = None) -> bool:
        """Do a move; whether anything changed. `count` is the number typed before the key.

        Raises KeyError for a move that the timeline does not have (see `MOVES` and `ROW_MOVES`).
        """
        before = (self._focus, self.row_count, self.follow, self.axis.start, self.axis.end)
        own = MOVES.get(move)
        if own is None:
            self.move_rows(move, count)
        else:
            own(self, count)
        return before != (self._focus, self.row_count, self.follow, self.axis.start, self.axis.end)

    def move_rows(self, move: Move, count: int | None) -> None:
        """Do a move that every pane has."""
        moved = ROW_MOVES[move](Rows(self.cursor, self.top, self.row_count, self.page_height), count)
        self.top = max(0, moved.top)
        self.move_to(moved.cursor)

    def move_to(self, row: int) -> None:
        """Put the cursor on a row number, clamped. Moving up stops following."""
        at = self.cursor
        node = self.tree.rows.node_at(max(0, min(row, self.row_count - 1)))
        if node is not None:
            self._focus = node
        if self.cursor < at:
            self.stop_following()

    def focus_on(self, node: RowNode) -> None:
        """Put the cursor on a row of the tree, or on the visible row above it."""
        self._focus = self.tree.rows.visible(node)

    def reveal(self, node: NodeRef) -> bool:
        """Put the cursor on an object: unfold the way to it; what has no row leads to the row that reports it.

        False if nothing in the timeline reports it. A filter that hides it is undone.
        """
        row = self._row_for(node)
        if row is None:
            return False
        if not row.is_shown:
            self.set_filter(TimelineFilter())
        self.folds.unfold_way(row)
        self.stop_following()
        self._focus = row
        return True

    def fold(self, node: RowNode, *, folded: bool) -> None:
        """Fold or unfold a row for a person: it stays as it is until a person changes it again."""
        self.folds.fold(node, folded=folded)

    def fold_everything(self, *, folded: bool) -> None:
        """Fold all, so that only the agents are left, also those that are still to come; or unfold all."""
        self.folds.fold_everything(folded=folded)
        self._stay_visible()

    def folding(self) -> Stance:
        """The state of the timeline: what is folded, where the cursor is, and on which line of the screen."""
        return self.folds.stance(self.focused, self.cursor - self.top)

    def restore(self, stance: object) -> None:
        """Stand as it was when `stance` was taken; rows that came since keep their folding."""
        if not isinstance(stance, Stance):
            return
        self.folds.restore(stance)
        self.stop_following()
        if stance.focused is not None and stance.focused in self.tree.nodes:
            self.focus_on(self.tree.nodes[stance.focused])
        self._stay_visible()
        self.top = max(0, self.cursor - stance.screen_line)

    def set_filter(self, chosen: TimelineFilter) -> None:
        """Show only rows that match, and the way to them; an empty filter shows all."""
        self.filter = chosen
        self._changes += 1
        self.folds.forget()
        self.tree.rows.set_filter(self._matcher.predicate(chosen) if chosen else None)
        self._stay_visible()

    def filter_steps(self, chosen: TimelineFilter) -> Iterator[float]:
        """Do what `set_filter` does in many small steps, for a large recording; yield the part that is done."""
        nodes = [*self.tree.nodes.values(), *self.tree.runs.nodes.values()]
        for done in self.tree.rows.filter_steps(nodes, self._matcher.predicate(chosen) if chosen else None):
            if done >= HALF_DONE:
                self.filter = chosen
                self._changes += 1
                self.folds.forget()
            yield done
        self.filter = chosen
        self._changes += 1
        self._stay_visible()

    @property
    def hidden_count(self) -> int:
        """Rows that the filter hides, of all there are."""
        runs = sum(run.is_shown for run in self.tree.runs.nodes.values())
        return len(self.tree.nodes) - self.tree.rows.shown_count + runs

    def start_following(self) -> None:
        """Go to the newest row and stay with it."""
        self.follow = True
        self.has_followed = True
        self.new_count = 0
        self._follow(self.tree.rows.node_at(self.row_count - 1))

    def stop_following(self) -> None:
        """Stay here, whatever comes."""
        self.follow = False

    def leads_elsewhere(self, node: NodeRef) -> bool:
        """Whether a row is a message, or a call that sends something to another agent."""
        tool = self.trace.tool_calls.get(ToolCallId(node.id)) if node.kind == "tool_call" else None
        return node.kind == "edge" or (tool is not None and kind_of_call(tool) is not None)

    def span_under_cursor(self) -> TimeSpan | None:
        """When the focused object ran."""
        return None if self._focus is None else span_of(self.trace, self.index, self._focus.ref)

    # New data

    def tick(self, now_unix_ms: int) -> None:
        """It is so late now: what is open has lasted until now."""
        self.index.tick(now_unix_ms)
        self._newest.tick()

    def follow_on(self) -> bool:
        """A second went by: go to newer work of another agent if the one that is followed does nothing."""
        row = self._newest.after_tick() if self.follow else None
        self._follow(row)
        return row is not None

    def apply(self, delta: TraceDelta, *, stays: bool = False) -> None:
        """Take in what changed in the graph; the index must know it already. `stays` as for `NewestRow.after`."""
        if self.focused == DIAGNOSTICS and self.row_count == 1 and not self.filter:
            self._focus = None
        self._changes += 1
        self.labels.forget_faces()
        self._maker.kept.note_names(delta)
        self._maker.forget_sums()
        new = self._while_kept_open(lambda: self.tree.apply(delta))
        self.folds.take_in(new)
        self.folds.settle(delta.codex_turns, self._focus_way)
        self._extend_axis()
        self._maker.bars.apply(delta, self.axis)
        self._stay_visible()
        if self.follow:
            self._follow(self._newest.after(delta, self._focus, stays=stays))
        else:
            self.new_count += len(new)

    def tell_recording(self, recording: RecordingState) -> bool:
        """The state of the recording; whether rows say something else by it: what is under way may never arrive."""
        before, self.labels.recording = self.labels.recording, recording
        if before.word == recording.word:
            return False
        self._maker.kept.forget()
        if recording.is_over:  # from the same picture on that says so, open work lasts until the newest event
            self.tick(0)
        return True

    def fill(self, part: TraceDelta) -> None:
        """Make rows that are still to come. The cursor stays on its line of the screen."""
        line = self.cursor - self.top
        self._changes += 1
        self._maker.kept.forget()
        new = self._while_kept_open(lambda: self.tree.apply(part))
        self.folds.take_in(new)
        self.folds.settle(part.codex_turns, self._focus_way)
        self.folds.forget()
        self._stay_visible()
        self.top = max(0, self.cursor - line)

    def end_filling(self) -> None:
        """All rows were made: from now on they come as the graph grows."""
        self.tree.is_partial = False
        self.folds.end_filling()
        self._maker.kept.forget()

    def forget_bars(self) -> None:
        """Work the bars out again: time has passed by leaps, so that what was painted of open work falls short."""
        self._maker.bars.forget()

    def go_back(self, delta: TraceDelta, depending: Sequence[NodeRef]) -> None:
        """Take in that the graph went back to an earlier event; the index must know it already.

        `depending` is what `tree.depending_on` said of `delta` before that. The cursor goes to what its row was below
        if the row is gone.
        """
        above = [] if self._focus is None else [self._focus, *self.tree.rows.visible_above(self._focus)[::-1]]
        self._changes += 1
        self.folds.forget()
        self.labels.forget()
        self._maker.bars.forget()
        self._maker.kept.forget()
        self._maker.forget_sums()
        self._while_kept_open(lambda: self.tree.go_back(delta, depending))
        self._focus = next((row for row in above if self.tree.holds(row)), None)
        self.axis = self.axis if self.axis.is_zoomed else TimeAxis()
        self._extend_axis()
        self._stay_visible()

    def face(self, ref: NodeRef) -> Face:
        """Status, sign and label of the row of an object."""
        return self._maker.face(ref)

    def _crumb(self, node: RowNode) -> str:
        return crumb(self._maker.face_of(node).label, node.ref.kind, is_last=node is self._focus)

    def _known_tokens(self, ref: NodeRef) -> int | None:
        tokens = self._maker.tokens(ref, self.tree)
        return None if tokens is None or tokens.is_unknown else tokens.total

    def left_by(self, chosen: TimelineFilter) -> Callable[[NodeRef], bool]:
        """A function that says whether a filter leaves the row that reports an object, whatever is shown now."""
        leaves = self._matcher.predicate(chosen)

        def is_left(node: NodeRef) -> bool:
            row = self._row_for(node)
            return row is not None and leaves(row.ref)

        return is_left

    def _row_for(self, node: NodeRef) -> RowNode | None:
        row = self.tree.nodes.get(node)
        if row is not None:
            return row
        owners = (self.tree.nodes.get(owner) for owner in owners_of(self.trace, self.index, node))
        return next((owner for owner in owners if owner is not None), None)

    # Keeping things in place

    def _while_kept_open(self, change: Callable[[], Result]) -> Result:
        """Make a change that may make runs of rows: none of them hides where a person is, unless they follow."""
        first = None if self._focus is None else members(self._focus)[0]
        self.tree.runs.kept_open = frozenset() if self.follow else frozenset(self._focus_way())
        result = change()
        if self._focus is not None and self._focus.is_run and not self.tree.holds(self._focus):
            self._focus = first
        return result

    def _stay_visible(self) -> None:
        """The row under the cursor may have been folded or filtered away: move to the one that represents it."""
        if self._focus is None:
            self._focus = self._first_row()
        else:
            visible = self.tree.rows.visible(self._focus)
            self._focus = visible if visible.is_shown else self.tree.rows.node_at(0)

    def _first_row(self) -> RowNode | None:
        """Where a person begins: the first agent. The status line already counts what the diagnostics say."""
        first = self.tree.rows.node_at(0)
        if first is not None and first.ref == DIAGNOSTICS:
            return self.tree.rows.node_at(1) or first
        return first

    def _focus_way(self) -> set[RowNode]:
        way = set()
        step = self._focus
        while step is not None:
            way.add(step)
            step = step.parent
        return way

    def _extend_axis(self) -> None:
        self.axis.extend(whole_duration_ms(self.trace, self.index), is_growing=self.trace.status == "running")

    def _follow(self, newest: RowNode | None) -> None:
        """Go to the row where work went on last; stay if there is none."""
        if newest is not None:
            self._focus = self.tree.rows.visible(newest)
