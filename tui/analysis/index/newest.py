"""The newest time and event that a graph knows of: until then lasts what is open in a recording that does not live.

Its objects say when they were heard of, and its evidence when the newest event came, which may change none of them.
So ages, bars, waiting and the path end together at any event, whether the log goes on behind it or was cut there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from tui.model.conversation import ConversationItem
from tui.model.execution import ExecutionWindow
from tui.model.kinds import GraphObject
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.schema.payloads import RawPayloadRef


class Newest:
    """Grows with every object that it is shown. Times are Unix milliseconds."""

    __slots__ = ("seq", "unix_ms")

    def __init__(self, started_at_unix_ms: int) -> None:
        self.unix_ms = started_at_unix_ms
        self.seq = 0

    def see(self, found: GraphObject) -> None:
        """Take in when an object of the graph was heard of.

        A session of a terminal says nothing of its own, nor does an event of the agent program.
        """
        match found:
            case ConversationItem():
                self.hear(found.first_seen_at_unix_ms)
            case Compaction():
                self.hear(found.installed_at_unix_ms)
            case InteractionEdge():
                self.hear(found.ended_at_unix_ms or found.started_at_unix_ms)
            case TerminalSession() | ProtocolEvent() | RawPayloadRef():
                pass
            case Thread() | CodexTurn() | InferenceCall() | ToolCall() | CodeCell() | CompactionRequest():
                self.see_window(found.execution)
            case TerminalOperation():
                self.see_window(found.execution)
            case other:
                assert_never(other)

    def hear(self, unix_ms: int | None) -> None:
        """Take in a time at which something was heard."""
        if unix_ms is not None and unix_ms > self.unix_ms:
            self.unix_ms = unix_ms

    def see_window(self, window: ExecutionWindow) -> None:
        """Take in when something began and ended."""
        self.see_windows((window,))

    def see_windows(self, windows: Iterable[ExecutionWindow]) -> None:
        """The same of many."""
        unix_ms, seq = self.unix_ms, self.seq
        for window in windows:
            if window.started_at_unix_ms > unix_ms:
                unix_ms = window.started_at_unix_ms
            if window.started_seq > seq:
                seq = window.started_seq
            ended_at, ended_seq = window.ended_at_unix_ms, window.ended_seq
            if ended_at is not None and ended_at > unix_ms:
                unix_ms = ended_at
            if ended_seq is not None and ended_seq > seq:
                seq = ended_seq
        self.unix_ms, self.seq = unix_ms, seq
