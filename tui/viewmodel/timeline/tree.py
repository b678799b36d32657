"""The rows of the timeline, kept in step with a growing graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter

from tui.analysis.index.ends import anchor_node
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.places import order_of, order_of_object, parents_of_object
from tui.analysis.links.provenance import cell_dispatched_by, dispatch_of_cell
from tui.analysis.problems.own import holders_to_judge, own_problem_of
from tui.analysis.requests.server_work import is_server_work
from tui.analysis.requests.tokens import Tokens, tokens_of_request
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.ids import CodeCellId, EdgeId, ItemId, ToolCallId
from tui.model.kinds import ByGraphKind, GraphObject, NodeKind, entries, whole_delta
from tui.model.lookup import find_object, window_of
from tui.model.noderef import NodeRef
from tui.model.objects import InteractionEdge, Thread
from tui.model.trace import RolloutTrace
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.rows.tree import RowTree
from tui.viewmodel.timeline.face import Face
from tui.viewmodel.timeline.labels.faces import Labels
from tui.viewmodel.timeline.later_calls import LaterCalls
from tui.viewmodel.timeline.runs import Runs
from tui.viewmodel.timeline.same_rows import SameRows
from tui.viewmodel.timeline.touched_calls import TouchedCalls

DIAGNOSTICS = NodeRef("diagnostic", "all")
"""The row above all diagnostics; it is there when there is one."""

DIAGNOSTICS_AT_ONCE = 1_000
"""Diagnostics that get their rows in one step, some milliseconds: a broken log may have one for every line."""

_BEFORE_EVERYTHING = -1


class TimelineTree:
    """Places every object of the graph in a `RowTree` and moves it when the graph learns better.

    An object is looked at again when a delta names it or something that its place depends on, so a delta costs what it
    holds, not what came before.
    """

    def __init__(
        self,
        trace: RolloutTrace,
        index: TraceIndex,
        diagnostics: Sequence[Diagnostic] = (),
        face: Callable[[NodeRef], Face] | None = None,
        *,
        first: TraceDelta | None = None,
    ) -> None:
        """`face` gives what the row of an object shows: equal rows beside each other become a run.

        `first` are the objects that get their rows at once, all by default; the others come by `apply`.
        """
        self.rows = RowTree()
        self.runs = Runs(self.rows, SameRows(trace, face or Labels(trace, index).face))
        self.nodes: dict[NodeRef, RowNode] = {}
        self.is_partial = first is not None
        """Whether objects that are in the graph have no rows yet: sums of what is below a row fall short."""
        self.tokens: dict[NodeRef, Tokens] = {}
        """Tokens of the requests of a thread or turn so far, without those of agents below."""
        self._trace = trace
        self._index = index
        self._touched = TouchedCalls(trace, index)
        self._later = LaterCalls(self.nodes)
        self.troubled: dict[NodeRef, None] = {}
        """Objects with a problem, in the order in which they had it."""
        self._diagnostics = diagnostics
        self._shown_diagnostics = 0
        self._counted_diagnostics = 0
        self._unshown_problems = 0
        self._counted: dict[str, Tokens] = {}
        self._waiting: set[NodeRef] = set()
        self._wishes: dict[NodeRef, set[NodeRef]] = {}
        self._new: list[RowNode] = []
        self.apply(whole_delta(trace) if first is None else first)

    def apply(self, delta: TraceDelta) -> list[RowNode]:
        """Take in what changed; return the rows that are new, in the order of the log, all diagnostics being one.

        Of many diagnostics only some get their rows, and of many altered calls only some are looked at; the others
        follow with the next calls, see `is_behind` and `is_looking_again`.
        """
        self._new = []
        with self.rows.held():
            for node in self._affected(delta, in_parts=True):
                self._place(node)
            self._place_diagnostics()
            self.runs.settle()
        for name in delta.inference_calls:
            self._count_tokens(name)
        return self._new

    def depending_on(self, delta: TraceDelta) -> list[NodeRef]:
        """The rows that may go or change when the graph goes back; to be asked before it does. See `go_back`."""
        for name in delta.inference_calls:
            self._count_tokens(name, is_leaving=True)
        self._touched = TouchedCalls(self._trace, self._index)
        return [*self._affected(delta), *self._dispatched(delta.tool_calls)]

    def go_back(self, delta: TraceDelta, depending: Sequence[NodeRef]) -> None:
        """Take in that the graph went back to an earlier event: what had not begun then loses its row.

        `depending` is what `depending_on` said of `delta` before.
        """
        self._touched = TouchedCalls(self._trace, self._index)
        gone = [node for ref in depending if (node := self.nodes.get(ref)) is not None and not self._has_row(ref)]
        with self.rows.held():
            for node in sorted(gone, key=lambda one: one.key, reverse=True):
                self._take_out(node)
            for ref in (*depending, *self._affected(delta)):
                if self._has_row(ref):
                    self._place(ref)
            self._take_out_diagnostics()
            self.runs.settle()
        for name in delta.inference_calls:
            self._count_tokens(name)

    def _has_row(self, ref: NodeRef) -> bool:
        """Whether an object is to have a row, as far as that can change for one that had or has one."""
        if find_object(self._trace, ref) is None:
            return False
        if ref.kind == "item":
            return is_server_work(self._trace.conversation_items[ItemId(ref.id)])
        return ref.kind != "code_cell" or dispatch_of_cell(self._index, CodeCellId(ref.id)) is None

    def _dispatched(self, names: Iterable[ToolCallId]) -> Iterator[NodeRef]:
        """The scripts that tool calls ran, if they ran any."""
        tools = (self._trace.tool_calls.get(name) for name in names)
        cells = (cell_dispatched_by(self._index, tool) for tool in tools if tool is not None)
        return (NodeRef("code_cell", cell) for cell in cells if cell is not None)

    def holds(self, node: RowNode) -> bool:
        """Whether a row is still in the tree."""
        return (self.runs if node.is_run else self).nodes.get(node.ref) is node

    @property
    def is_behind(self) -> bool:
        """Whether diagnostics wait for their rows: `apply` goes on with them, also if nothing else has changed."""
        return self._shown_diagnostics < len(self._diagnostics)

    @property
    def is_looking_again(self) -> bool:
        """Whether altered calls wait to be looked at: `apply` goes on with them, also if nothing else has changed."""
        return bool(self._later)

    @property
    def problem_count(self) -> int:
        """Objects and diagnostics with a problem, also those that wait for their rows."""
        return self.rows.problem_count + self._unshown_problems

    def _affected(self, delta: TraceDelta, *, in_parts: bool = False) -> Iterator[NodeRef]:
        """The rows that a delta may add, move or alter; parents before children where the log says so.

        `in_parts`: of very many calls only some, and some of those that were left before.
        """
        events = self._trace.protocol_events
        told = [name for name in delta.protocol_events if name in events and events[name].has_row]
        edges = delta.interaction_edges | self._edges_touched(delta)
        touched = self._touched.of(delta).union(self._touched.senders_of(edges))
        if self.is_partial:  # the others come in parts, each with its own row: a response may ask for thousands
            touched = {name for name in touched if NodeRef("tool_call", name) in self.nodes}
        tools = delta.tool_calls | touched
        if in_parts:
            tools = self._later.now(tools)
        affected: ByGraphKind[Iterable[NodeRef]] = {
            "thread": self._in_order("thread", delta.threads),
            "turn": self._in_order("turn", delta.codex_turns),
            "inference": self._in_order("inference", delta.inference_calls),
            "code_cell": self._cells(delta, tools),
            "item": self._in_order("item", self._server_work(delta)),
            "tool_call": self._in_order("tool_call", tools),
            "compaction": self._compactions(delta),
            "compaction_request": self._in_order("compaction_request", self._attempts(delta)),
            "edge": self._edges(edges),
            "event": self._in_order("event", told),
            "terminal_operation": (),
            "terminal_session": (),
            "payload": (),
        }
        for _, nodes in entries(affected):
            yield from nodes
        yield from (NodeRef(*holder) for holder in holders_to_judge(self._trace, delta))

    def _in_order(self, kind: NodeKind, names: Iterable[str]) -> list[NodeRef]:
        trace, index = self._trace, self._index
        refs = ((ref, find_object(trace, ref)) for ref in _refs(kind, names))
        ordered = [(order_of_object(trace, index, found), ref) for ref, found in refs if found is not None]
        return [ref for _, ref in sorted(ordered, key=itemgetter(0))]

    def _server_work(self, delta: TraceDelta) -> Iterable[ItemId]:
        """Items of answers that are work of the provider: no tool call represents them."""
        items, calls = self._trace.conversation_items, self._trace.inference_calls
        answers = (calls[name].response_item_ids for name in delta.inference_calls if name in calls)
        names = dict.fromkeys(chain.from_iterable(answers))
        return [name for name in names if (item := items.get(name)) is not None and is_server_work(item)]

    def _compactions(self, delta: TraceDelta) -> list[NodeRef]:
        """Compactions, also those whose attempts tell when they happened; of two at one place the first comes first."""
        attempts = (self._trace.compaction_requests.get(name) for name in delta.compaction_requests)
        names = delta.compactions.union(one.compaction_id for one in attempts if one is not None)
        return self._in_order("compaction", sorted(names, key=lambda name: self._index.ordinal("compaction", name)))

    def _edges_touched(self, delta: TraceDelta) -> set[EdgeId]:
        """Edges whose item came, or was accepted, after them."""
        edges = self._trace.interaction_edges
        if len(delta.conversation_items) > len(edges):
            return {name for name, edge in edges.items() if anchor_node(edge.target).id in delta.conversation_items}
        return set(self._index.edges_to.of_all(NodeRef("item", name) for name in delta.conversation_items))

    def _cells(self, delta: TraceDelta, tools: Iterable[ToolCallId]) -> Iterator[NodeRef]:
        """Cells that no tool call ran; the others are known from their call, one of `tools` if it came now."""
        for node in self._in_order("code_cell", delta.code_cells):
            if dispatch_of_cell(self._index, CodeCellId(node.id)) is None:
                yield node
        for ref in self._dispatched(tools):
            # The call that ran a cell appeared: the cell needs no row of its own.
            row = self.nodes.get(ref)
            if row is not None:
                self._take_out(row)

    def _take_out(self, row: RowNode) -> None:
        """Take a row away; what was below it moves."""
        self.nodes.pop(row.ref, None)
        for child in list(row.all_children()):
            self._place(child.ref)
        self.runs.remove(row)
        self.troubled.pop(row.ref, None)

    def _attempts(self, delta: TraceDelta) -> set[str]:
        attempts: set[str] = set(delta.compaction_requests)
        for name in delta.compactions:
            attempts.update(self._index.compaction_attempts.of(name))
        return attempts

    def _edges(self, names: set[EdgeId]) -> Iterator[NodeRef]:
        """Edges have a row where they arrive; a spawning edge instead puts the child below the call."""
        for node in sorted(_refs("edge", names), key=lambda node: order_of(self._trace, self._index, node)):
            edge = find_object(self._trace, node)
            if isinstance(edge, InteractionEdge) and edge.kind != "spawn_agent":
                yield node
        for name in names:
            yield from _refs("thread", self._index.spawned_by_edge.of(name))

    # Placing one row

    def _place(self, ref: NodeRef) -> RowNode | None:
        """Make, move or refresh the row of an object. None if the graph does not hold it."""
        found = find_object(self._trace, ref)
        if found is None:
            return None
        key = order_of_object(self._trace, self._index, found)
        parent = self._parent(ref, found)
        node = self.nodes.get(ref)
        if node is None:
            node = self.nodes[ref] = RowNode(ref, key, is_frame=isinstance(found, Thread))
            self.runs.insert(node, parent)
            self._new.append(node)
            self._grant_wishes(ref)
        elif node.key != key or (node.home or self.rows.root) is not (parent or self.rows.root):
            self._move(node, key, parent)
        else:
            self.runs.note(node)
        self._set_problem(node, has_problem=own_problem_of(self._trace, self._index, ref) is not None)
        self.rows.rematch(node)
        return node

    def _set_problem(self, node: RowNode, *, has_problem: bool) -> None:
        if node.has_problem == has_problem:
            return
        self.rows.set_problem(node, has_problem)
        if has_problem:
            self.troubled[node.ref] = None
        else:
            self.troubled.pop(node.ref, None)

    def _grant_wishes(self, ref: NodeRef) -> None:
        """Rows that belong below an object that had no row yet can go there now."""
        for waiting in self._wishes.pop(ref, ()):
            if waiting in self.nodes:
                self._place(waiting)

    def _move(self, node: RowNode, key: int, parent: RowNode | None) -> None:
        self.runs.remove(node)
        node.key = key
        self.runs.insert(node, parent)

    def _parent(self, ref: NodeRef, found: GraphObject) -> RowNode | None:
        """The row to stand below: the first candidate that has one, or can have one, and is not below `ref` itself."""
        for candidate in parents_of_object(self._trace, self._index, found):
            row = self.nodes.get(candidate)
            if row is None and self._can_have_row(candidate):
                row = self._place_above(candidate, ref)
            if row is None:
                self._wishes.setdefault(candidate, set()).add(ref)
            elif not self._is_below(row, ref):
                return row
        return None

    def _place_above(self, candidate: NodeRef, ref: NodeRef) -> RowNode | None:
        """Place a parent that the log brought later than its child, unless the two claim each other.

        What lacks a row above it comes first, the highest at first: agents may be hundreds deep.
        """
        if ref in self._waiting:
            return None
        chain = {ref: None} | self._lacking_above(candidate, ref)
        new = chain.keys() - self._waiting
        self._waiting |= new
        try:
            for above in reversed(chain):
                if above != ref and above not in self.nodes:
                    self._place(above)
        finally:
            self._waiting -= new
        return self.nodes.get(candidate)

    def _lacking_above(self, candidate: NodeRef, below: NodeRef) -> dict[NodeRef, None]:
        """An object without a row, and those above it that have none either, up to a circle."""
        chain: dict[NodeRef, None] = {}
        step: NodeRef | None = candidate
        while step is not None and step not in chain and step != below:
            chain[step] = None
            step = self._lacking_parent(step)
        return chain

    def _lacking_parent(self, ref: NodeRef) -> NodeRef | None:
        """The object that an object's row belongs below, if that one can have a row and has none."""
        found = find_object(self._trace, ref)
        for candidate in () if found is None else parents_of_object(self._trace, self._index, found):
            if candidate in self.nodes:
                return None
            if self._can_have_row(candidate):
                return candidate
        return None

    def _can_have_row(self, ref: NodeRef) -> bool:
        return ref.kind != "code_cell" and find_object(self._trace, ref) is not None

    def _is_below(self, row: RowNode, ref: NodeRef) -> bool:
        """Whether a row is that of an object or below it; mostly that is known without walking up."""
        node = self.nodes.get(ref)
        if node is None or (node is not row and (node.children is None or node.home is row)):
            return False
        step: RowNode | None = row
        while step is not None:
            if step.ref == ref:
                return True
            step = step.parent
        return False

    # What is not an object of its own

    def _count_tokens(self, name: str, *, is_leaving: bool = False) -> None:
        """Count what a request used, instead of what was counted of it before; nothing if it is leaving."""
        call = self._trace.inference_calls.get(name)  # type: ignore[call-overload]  # rows have plain ids
        if call is None:
            return
        nothing = Tokens()
        before, now = self._counted.pop(name, nothing), nothing if is_leaving else tokens_of_request(call)
        if not is_leaving:
            self._counted[name] = now
        if now == before:
            return
        more = now if before is nothing else now.minus(before)
        for ref in (NodeRef("turn", call.codex_turn_id), NodeRef("thread", call.thread_id)):
            self.tokens[ref] = self.tokens.get(ref, nothing).plus(more)
            if self.tokens[ref] == nothing:
                del self.tokens[ref]

    def _place_diagnostics(self) -> None:
        self._count_problems()
        if not self.is_behind:
            return
        group = self.nodes.get(DIAGNOSTICS)
        if group is None:
            group = self.nodes[DIAGNOSTICS] = RowNode(DIAGNOSTICS, _BEFORE_EVERYTHING, folded=True)
            self.rows.insert(group)
            self._new.append(group)
        end = min(len(self._diagnostics), self._shown_diagnostics + DIAGNOSTICS_AT_ONCE)
        for number in range(self._shown_diagnostics, end):
            node = RowNode(NodeRef("diagnostic", str(number)), number)
            node.has_problem = self._diagnostics[number].severity != "note"
            self.nodes[node.ref] = node
            self.rows.insert(node, group)
            self._unshown_problems -= node.has_problem
        self._shown_diagnostics = end

    def _take_out_diagnostics(self) -> None:
        """Take away the rows of findings that were not made yet."""
        left = len(self._diagnostics)
        for number in range(left, self._shown_diagnostics):
            self.rows.remove(self.nodes.pop(NodeRef("diagnostic", str(number))))
        if not left and DIAGNOSTICS in self.nodes:
            self.rows.remove(self.nodes.pop(DIAGNOSTICS))
        self._shown_diagnostics = min(self._shown_diagnostics, left)
        self._counted_diagnostics = left
        unshown = self._diagnostics[self._shown_diagnostics :]
        self._unshown_problems = sum(found.severity != "note" for found in unshown)

    def _count_problems(self) -> None:
        came = self._diagnostics[self._counted_diagnostics :]
        self._unshown_problems += sum(found.severity != "note" for found in came)
        self._counted_diagnostics += len(came)


def _refs(kind: NodeKind, names: Iterable[str]) -> list[NodeRef]:
    return [NodeRef(kind, name) for name in names]


def seq_of(trace: RolloutTrace, ref: NodeRef) -> int:
    """The seq at which an object was last heard of; 0 for what has no window."""
    window = window_of(find_object(trace, ref))
    if window is None:
        return 0
    return window.started_seq if window.ended_seq is None else max(window.started_seq, window.ended_seq)
