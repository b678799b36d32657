"""Which events a slice holds: those of the chosen agents and turns, and what these cannot do without.

The reducer itself says what they cannot do without: it replays the events, and where it reports that something is
missing, turns before the chosen ones are added; what it reports even then is left out. So a slice of a damaged
recording is a sound one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

import msgspec

from tui.analysis.agents.counts import parent_of
from tui.export.slice.owners import OF_SESSION, OF_THREAD, Owner, owner_of
from tui.model.ids import CodexTurnId, ThreadId
from tui.reducer.reducer import TraceReducer
from tui.schema.decode import EventLine
from tui.schema.events import AgentResultObserved, OtherEvent, RawTraceEvent, UnknownEvent
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.store import TraceStore

Read = Callable[[RawPayloadRef], bytes | PayloadFault]
"""The body of a payload as the slice will hold it."""


class Wanted(msgspec.Struct):
    """What was chosen. `turns` of an agent that is not in it are all wanted."""

    agents: list[ThreadId]
    turns: dict[ThreadId, list[CodexTurnId]]


class SliceChoice:
    """Chooses among `all_events`, which are those of the recording in order."""

    def __init__(self, store: TraceStore, all_events: Sequence[RawTraceEvent], read: Read, wanted: Wanted) -> None:
        self.added_turns = 0
        """Turns that were not chosen and had to come along."""
        self.left_out = 0
        """Events that were chosen and that no reducer could use."""
        self.events: list[RawTraceEvent] = []
        self._store = store
        self._read = read
        self._wanted = wanted
        self._events = [event for event in all_events if not isinstance(event.payload, (OtherEvent, UnknownEvent))]
        self._owners = [owner_of(store.trace, event) for event in self._events]
        self._around = {name for agent in wanted.agents for name in _parents(store, agent)}
        self._refused: set[int] = set()
        """Numbers of the events that do not fit, as the log has them."""

    def steps(self) -> Iterator[None]:
        """Choose: `events` are those of the slice then, numbered from 1."""
        while True:
            chosen = [
                event
                for event, owner in zip(self._events, self._owners, strict=True)
                if event.seq not in self._refused and self._is_wanted(event, owner)
            ]
            unfit = yield from self._unfit(chosen)
            if not unfit:
                self.events = _numbered(chosen)
                return
            if not self._add_turns(unfit):
                self._refused |= unfit
                self.left_out += len(unfit)

    def _is_wanted(self, event: RawTraceEvent, owner: Owner) -> bool:
        if isinstance(event.payload, OF_SESSION):
            return True
        if isinstance(event.payload, OF_THREAD):
            return owner.thread in self._around
        if owner.thread not in self._wanted.agents:
            return False
        if isinstance(event.payload, AgentResultObserved) and event.payload.parent_thread_id not in self._around:
            return False
        turns = self._wanted.turns.get(owner.thread) if owner.thread is not None else None
        return turns is None or owner.turn in turns

    def _unfit(self, events: Sequence[RawTraceEvent]) -> Generator[None, None, set[int]]:
        """Numbers of the events, as the log has them, about which the reducer reports something."""
        reducer = TraceReducer(self._store.manifest, reads_protocol_events=True)
        unfit = set()
        for number, event in enumerate(_numbered(events), 1):
            line = EventLine(number, event)
            known = len(reducer.diagnostics)
            bodies = {ref.raw_payload_id: self._read(ref) for ref in reducer.needs(line)}
            reducer.apply(line, bodies)
            reducer.take_delta()
            yield
            found = reducer.diagnostics[known:]
            unreadable = any(isinstance(body, PayloadFault) for body in bodies.values())
            if unreadable or any(one.severity != "note" for one in found):
                unfit.add(events[number - 1].seq)
        return unfit

    def _add_turns(self, unfit: Iterable[int]) -> bool:
        """Add the turns before those that lack something, twice as many each time; whether there were any."""
        place = {event.seq: number for number, event in enumerate(self._events)}
        threads = {self._owners[place[seq]].thread for seq in unfit}
        has_added = False
        for thread in threads & set(self._wanted.turns):
            assert thread is not None  # noqa: S101  # no turn is chosen of no agent
            chosen, known = self._wanted.turns[thread], list(self._store.index.turns.of(thread))
            first = min(known.index(turn) for turn in chosen)
            earlier = known[max(0, first - len(chosen)) : first]
            self._wanted.turns[thread] = [*earlier, *chosen]
            self.added_turns += len(earlier)
            has_added = has_added or bool(earlier)
        return has_added


def _numbered(events: Sequence[RawTraceEvent]) -> list[RawTraceEvent]:
    return [msgspec.structs.replace(event, seq=number) for number, event in enumerate(events, 1)]


def _parents(store: TraceStore, agent: ThreadId) -> list[ThreadId]:
    """The agent, and those above it."""
    found = [agent]
    while (parent := parent_of(store.trace, found[-1])) is not None and parent not in found:
        found.append(parent)
    root = ThreadId(store.trace.root_thread_id)
    return found if root in found or root not in store.trace.threads else [*found, root]
