"""Sessions for tests about time: who did what from when to when, in milliseconds, in a few lines each.

The event of a moment is ten times its millisecond, so that what begins at one time and ends at it can be told apart:
ends come before starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.analysis.small_graph import SmallGraph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.messages.passed_text import Passed
from tui.analysis.messages.view import EdgeView
from tui.analysis.time.session_time import SessionTime
from tui.model.conversation import Body, TextPart
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId
from tui.model.noderef import NodeRef
from tui.model.objects import EdgeKind
from tui.schema.events import WaitAgentSummary

TASKS: dict[str, EdgeKind] = {"spawn": "spawn_agent", "task": "assign_agent_task", "message": "send_message"}


class _Book:
    """Knows the edges that a test wrote down."""

    def __init__(self, edges: list[EdgeView]) -> None:
        self._edges = edges

    def prepare(self, _most: int) -> bool:
        return True

    def find_views(self, found: list[EdgeView], _is_over: bool) -> Iterator[None]:
        found += sorted(self._edges, key=lambda edge: edge.started_seq)
        yield


class Session:
    """A session under construction. Ends of None are open."""

    def __init__(self) -> None:
        self.graph = SmallGraph()
        self.edges: list[EdgeView] = []

    def agent(self, name: str, start: int, end: int | None, parent: str = "") -> None:
        path = "/root" if name == "root" else f"/root/{name}"
        self._timed(self.graph.thread(name, path, parent), start, end)

    def turn(self, agent: str, name: str, start: int, end: int | None) -> None:
        self._timed(self.graph.turn(name, agent), start, end)

    def model(self, turn: str, name: str, start: int, end: int | None, asks: tuple[str, ...] = ()) -> None:
        self._timed(self.graph.inference(name, turn, tools=asks), start, end)

    def tool(self, turn: str, name: str, start: int, end: int | None, **more: Any) -> None:
        self._timed(self.graph.tool(name, turn_id=turn, **more), start, end)

    def wait(self, turn: str, name: str, start: int, end: int | None, *, says: str = "", **more: Any) -> None:
        tool = self.graph.tool(name, turn_id=turn, kind="wait_agent", **more)
        tool.summary = WaitAgentSummary()
        if says:
            item = self.graph.item(f"{name} output", role="tool", text="", kind="function_call_output")
            item.body = Body([TextPart(says)])
            tool.model_visible_output_item_ids = [item.item_id]
        self._timed(tool, start, end)

    def script(self, turn: str, name: str, start: int, end: int, *calls: str) -> None:
        self.graph.item(f"{name} source", role="assistant", kind="custom_tool_call")
        cell = self.graph.cell(name, f"{name} source", *calls)
        cell.codex_turn_id, cell.thread_id = CodexTurnId(turn), self.graph.trace.codex_turns[turn].thread_id  # type: ignore[index]  # plain ids
        self._timed(cell, start, end)

    def answers(self, script: str, at: int, wait: str) -> None:
        """A script answered while it went on, and a later call waited for the rest."""
        cell = self.graph.trace.code_cells[script]  # type: ignore[index]  # plain ids
        cell.initial_response_at_unix_ms, cell.initial_response_seq = at, 10 * at
        cell.wait_tool_call_ids = [wait]  # type: ignore[list-item]  # plain ids

    def sends(self, call: str, to: str, how: str = "message") -> None:
        """A call reached an agent."""
        tool = self.graph.trace.tool_calls[call]  # type: ignore[index]  # plain ids
        window = tool.execution
        self._edge(f"{how} {call}", TASKS[how], NodeRef("tool_call", call), tool.thread_id, to, window.started_seq)

    def result(self, agent: str, to: str, at: int) -> None:
        """An agent's answer was handed to another one."""
        self._edge(f"result {agent}", "agent_result", NodeRef("thread", agent), agent, to, 10 * at)

    def time(self) -> SessionTime:
        time = SessionTime()
        for _ in self.steps(time, TraceIndex(self.graph.trace)):
            pass
        return time

    def steps(self, time: SessionTime, index: TraceIndex) -> Iterator[None]:
        """Work out the time, in steps."""
        book: Any = _Book([*self.edges])  # it is asked for its views only
        return time.steps(self.graph.trace, index, book, is_over=True)

    def path(self) -> list[tuple[str, str, str, int, int]]:
        """Agent, kind, object, from and to."""
        return [
            (piece.agent, piece.kind, piece.node.id, piece.start.ms, piece.end.ms)
            for piece in self.time().path.pieces
            if piece.duration_ms
        ]

    def _edge(self, name: str, kind: EdgeKind, source: NodeRef, sender: str, to: str, seq: int) -> None:
        made = EdgeView(
            id=name,
            kind=kind,
            source=source,
            source_agent=sender,  # type: ignore[arg-type]  # plain ids
            target=NodeRef("thread", to),
            target_agent=to,  # type: ignore[arg-type]  # plain ids
            named="",
            delivery="delivered",
            reason="",
            passed=Passed(),
            started_seq=seq,
            started_at_unix_ms=seq // 10,
        )
        self.edges.append(made)

    def _timed(self, made: Any, start: int, end: int | None) -> None:
        window = ExecutionWindow(start, 10 * start + 1)
        if end is not None:
            window.end(end, 10 * end, "completed")
        made.execution = window
