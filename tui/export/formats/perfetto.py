"""A trace for the Perfetto UI: a track an agent, arrows for what went between agents, counters for context and tokens.

Slices of one track must lie inside each other, and calls run side by side: requests and calls get as many tracks below
their agent's as they need.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.analysis.kinds.naming import agent_name
from tui.analysis.problems.of_object import problem_of
from tui.export.format import ExportError, FileFormat, Subject
from tui.export.genai import DescribedSpan, attributes_of, subject_of
from tui.export.spans import Operation, Spans, WorkSpan
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import InferenceCall

if TYPE_CHECKING:
    from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import TracePacket

EXTRA = "perfetto"
"""The extra of this program that brings the library."""

_SEQUENCE = 1
_REALTIME, _BOOTTIME = 1, 6
"""Perfetto's numbers of clocks: the wall's, and the one that packets are in unless they say another."""

_LANE_NAMES: dict[Operation, str] = {"invoke_agent": "turns", "chat": "requests", "execute_tool": "calls"}


class _Event(NamedTuple):
    """One packet in time: the end of a slice comes before the begin of the next one."""

    at_ns: int
    order: int
    packet: TracePacket


class _Lane:
    """A track on which slices follow each other."""

    def __init__(self, uuid: int) -> None:
        self.uuid = uuid
        self.free_from = 0


def write(subject: Subject) -> Iterator[bytes]:
    """The trace, packet by packet."""
    try:
        from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as protocol
    except ImportError:
        raise ExportError(f"--to perfetto needs a library: pip install 'rtrace-tui[{EXTRA}]'") from None
    writing = _Writing(subject, protocol)
    for packet in writing.packets():
        yield protocol.Trace(packet=[packet]).SerializeToString()


class _Writing:
    """One export while it is written."""

    def __init__(self, subject: Subject, protocol: Any) -> None:
        self._subject = subject
        self._protocol = protocol
        self._trace = subject.store.trace
        self._spans = Spans(subject)
        self._began = self._spans.moments.ns(self._trace.started_at_unix_ms, None)
        self._uuids = count(1)
        self._orders = count()
        self._agents: dict[ThreadId, int] = {}
        self._lanes: dict[tuple[ThreadId, Operation], list[_Lane]] = {}
        self._descriptors: list[TracePacket] = []
        self._counters: dict[tuple[ThreadId, str], int] = {}
        self._tokens: dict[ThreadId, int] = {}
        self._flows: dict[NodeRef, list[int]] = {}

    def packets(self) -> Iterator[TracePacket]:
        """The clock, the tracks, then everything in order of time."""
        for thread in self._subject.scope.threads(self._trace, self._subject.store):
            self._agent(thread.thread_id)
        spans = list(self._spans.in_order())
        known = {span.node for span in spans}
        ends = self._flow_ends(spans, known)
        events = [event for span in spans for event in self._events(span, ends.get(span.node, []))]
        yield self._clock()
        yield from self._descriptors
        for event in sorted(events, key=lambda one: one[:2]):
            yield event.packet

    def _clock(self) -> TracePacket:
        packet = self._packet()
        packet.sequence_flags = 1  # nothing of an earlier sequence counts
        for clock_id, timestamp in ((_BOOTTIME, 0), (_REALTIME, self._began)):
            clock = packet.clock_snapshot.clocks.add()
            clock.clock_id, clock.timestamp = clock_id, timestamp
        return packet

    def _packet(self, at_ns: int = 0) -> TracePacket:
        packet: TracePacket = self._protocol.TracePacket()
        packet.timestamp = at_ns
        packet.trusted_packet_sequence_id = _SEQUENCE
        return packet

    # Tracks

    def _agent(self, thread_id: ThreadId) -> int:
        if thread_id not in self._agents:
            name = self._subject.disclosure.label(agent_name(self._trace, thread_id))
            self._agents[thread_id] = self._track(name, None)
        return self._agents[thread_id]

    def _track(self, name: str, parent: int | None, *, is_counter: bool = False) -> int:
        uuid = next(self._uuids)
        packet = self._packet()
        packet.track_descriptor.uuid = uuid
        packet.track_descriptor.name = name
        if parent is not None:
            packet.track_descriptor.parent_uuid = parent
        if is_counter:
            packet.track_descriptor.counter.SetInParent()
        self._descriptors.append(packet)
        return uuid

    def _lane(self, span: WorkSpan, start: int, end: int) -> int:
        """A track on which nothing runs at that time."""
        lanes = self._lanes.setdefault((span.thread_id, span.operation), [])
        free = next((lane for lane in lanes if lane.free_from <= start), None)
        if free is None:
            agent = self._agent(span.thread_id)
            number = f" {len(lanes) + 1}" if lanes else ""
            is_own = span.operation == "invoke_agent" and not lanes
            free = _Lane(agent if is_own else self._track(f"{_LANE_NAMES[span.operation]}{number}", agent))
            lanes.append(free)
        free.free_from = end
        return free.uuid

    # Events

    def _events(self, span: WorkSpan, arriving: list[int]) -> Iterator[_Event]:
        window, moments = span.window, self._spans.moments
        start = moments.ns(window.started_at_unix_ms, window.started_seq) - self._began
        last = (self._subject.store.index.now_unix_ms, None)
        ended = last if window.ended_at_unix_ms is None else (window.ended_at_unix_ms, window.ended_seq)
        start = max(0, start)
        end = max(start, moments.ns(*ended) - self._began)
        lane = self._lane(span, start, end)
        begin = self._track_event(start, lane, self._protocol.TrackEvent.TYPE_SLICE_BEGIN)
        asked = DescribedSpan(self._subject, span, problem_of(self._trace, span.node))
        attributes = attributes_of(asked)
        begin.track_event.name = subject_of(span, attributes) or span.operation
        begin.track_event.categories.append(span.operation)
        for name, value in attributes:
            note = begin.track_event.debug_annotations.add()
            note.name = name
            if isinstance(value, str):
                note.string_value = value
            else:
                note.int_value = value
        begin.track_event.flow_ids.extend(self._flows.get(span.node, []))
        begin.track_event.terminating_flow_ids.extend(arriving)
        yield self._event(start, begin)
        yield self._event(end, self._track_event(end, lane, self._protocol.TrackEvent.TYPE_SLICE_END))
        yield from self._counts(span, start, end)

    def _flow_ends(self, spans: list[WorkSpan], known: set[NodeRef]) -> dict[NodeRef, list[int]]:
        """The flows that end at each span; those that begin at it are remembered."""
        numbers = count(1)
        ends: dict[NodeRef, list[int]] = {}
        for span in spans:
            for link in self._spans.links(span.node):
                if link.source in known and link.source != span.node:
                    number = next(numbers)
                    self._flows.setdefault(link.source, []).append(number)
                    ends.setdefault(span.node, []).append(number)
        return ends

    def _counts(self, span: WorkSpan, start: int, end: int) -> Iterator[_Event]:
        """How full the agent's context was in a request, and how many tokens its requests took so far."""
        found = span.found
        if not isinstance(found, InferenceCall) or found.known_usage is None:
            return
        usage, agent = found.known_usage, span.thread_id
        self._tokens[agent] = self._tokens.get(agent, 0) + usage.input_tokens + usage.output_tokens
        for name, at, value in (("context tokens", start, usage.input_tokens), ("tokens", end, self._tokens[agent])):
            if (agent, name) not in self._counters:
                self._counters[agent, name] = self._track(name, self._agent(agent), is_counter=True)
            kind = self._protocol.TrackEvent.TYPE_COUNTER
            packet = self._track_event(at, self._counters[agent, name], kind)
            packet.track_event.counter_value = value
            yield self._event(at, packet)

    def _track_event(self, at_ns: int, track: int, kind: int) -> TracePacket:
        packet = self._packet(at_ns)
        packet.track_event.track_uuid = track
        packet.track_event.type = kind
        return packet

    def _event(self, at_ns: int, packet: TracePacket) -> _Event:
        return _Event(at_ns, next(self._orders), packet)


FORMAT = FileFormat(name="perfetto", suffix=".pftrace", takes=frozenset({"agent", "turn"}), write=write, is_text=False)
