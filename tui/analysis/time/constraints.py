"""What had to come before what: how much later each piece of work could have ended, and what it cost the whole.

Every activity has two points, its start and its end, and each point waits for others: the start for what ended last
before it, the end of a wait for what was sent, the first turn of an agent for the call that started it. The time that
went by between a point and the last of those it waited for is kept as it was. With these constraints the session is
computed again: backwards for slack, forwards without one activity for what it cost.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Generator, Iterator
from itertools import islice
from typing import NamedTuple

from tui.analysis.messages.view import EdgeView
from tui.analysis.time.activities import Activities, Activity, AgentActivities, TimePoint, Turn
from tui.analysis.time.arrivals import Arrivals
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef

POINTS_PER_STEP = 2_000
"""Points or links that are looked at in one step: some milliseconds."""

LINKED_PER_STEP = 200
"""The same of activities whose links are looked for."""


class Slack(NamedTuple):
    """By how many milliseconds an activity could have ended later without a later end of the session."""

    node: NodeRef
    agent: ThreadId
    ms: int


class _Link(NamedTuple):
    """One point comes at least `lag` milliseconds behind another. `node`: the work that takes this time, if any."""

    before: int
    after: int
    lag: int
    node: NodeRef | None


class Constraints:
    """The points of a session and what holds them apart, for a graph as it is; linear in its activities."""

    def __init__(self, activities: Activities, arrivals: Arrivals) -> None:
        """Nothing counts before the last of its `steps`."""
        self._activities = activities
        self._arrivals = arrivals
        self._moments: list[TimePoint] = []
        self._links: list[_Link] = []
        self._starts: dict[NodeRef, int] = {}
        self._ends: dict[NodeRef, int] = {}
        self._owners: dict[NodeRef, ThreadId] = {}
        self._order: list[int] = []
        self._into: dict[int, list[_Link]] = {}
        self._latest: list[int] = []
        self.slack_by_agent: dict[ThreadId, int] = {}
        """The least slack of all that an agent did: by so much all of it could have come later; 0 on the path."""
        self._begin = self._point(TimePoint(0, activities.trace.started_at_unix_ms))

    def steps(self) -> Iterator[None]:
        """Take in agent after agent, then compute how late each point may come."""
        for thread_id in self._activities.threads:
            yield from self._add_points(thread_id)
            yield
        for thread_id in self._activities.threads:
            yield from self._add_links(thread_id)
            yield
        self._order = sorted(range(len(self._moments)), key=[moment.seq for moment in self._moments].__getitem__)
        self._end = self._last_point()
        yield
        yield from self._group(self._into, by_after=True)
        yield from self._find_latest_times()
        yield from self._find_slack_by_agent()

    def holds(self, node: NodeRef) -> bool:
        """Whether `node` is work that takes time."""
        return node in self._ends

    def work(self) -> Iterator[NodeRef]:
        """Everything that took time, turns left out."""
        return (node for node in self._ends if node.kind != "turn")

    @property
    def end_ms(self) -> int:
        """When the session ended: the end of the root's last turn, or of what went on last in it."""
        return self._moments[self._end].ms

    def slack(self) -> list[Slack]:
        """Of every activity, the most critical first; of one on the critical path it is 0."""
        found = [
            Slack(node, self._owners[node], max(0, self._latest[point] - self._moments[point].ms))
            for node, point in self._ends.items()
            if node.kind != "turn"
        ]
        return sorted(found, key=lambda one: (one.ms, self._moments[self._ends[one.node]]))

    def saved_without(self, nodes: Collection[NodeRef]) -> Generator[None, None, int]:
        """By how many milliseconds the session would have been shorter if none of `nodes` had taken any time.

        In steps: it is a pass over all points.
        """
        times = yield from self._times(frozenset(nodes))
        return max(0, self.end_ms - times[self._end])

    # Points

    def _point(self, moment: TimePoint) -> int:
        self._moments.append(moment)
        return len(self._moments) - 1

    def _add_points(self, thread_id: ThreadId) -> Iterator[None]:
        agent = self._activities.of_agent(thread_id)
        for turn in agent.turns:
            self._starts[turn.node] = self._point(turn.start)
        for number, one in enumerate(self._all_of(agent)):
            if number % POINTS_PER_STEP == POINTS_PER_STEP - 1:
                yield
            self._owners[one.node] = thread_id
            self._starts[one.node], self._ends[one.node] = self._point(one.start), self._point(one.end)
        for turn in agent.turns:
            self._ends[turn.node] = self._point(turn.end)
            self._owners[turn.node] = thread_id

    def _all_of(self, agent: AgentActivities) -> Iterator[Activity]:
        """The activities of an agent and those of its scripts, each once: several calls may wait for one script."""
        met: set[NodeRef] = set()
        for one in agent.by_end:
            yield one
            for nested in self._activities.of_script(one.cell).by_end if one.cell is not None else ():
                if nested.node not in met:
                    met.add(nested.node)
                    yield nested

    # Links

    def _link(self, before: int, after: int, node: NodeRef | None = None, there_ms: int | None = None) -> None:
        """Let a point come after another as it did; `there_ms`: when it could have come, if that was earlier."""
        until = self._moments[after].ms if there_ms is None else min(there_ms, self._moments[after].ms)
        self._links.append(_Link(before, after, until - self._moments[before].ms, node))

    def _bound(self, before: int, after: int, lag: int) -> None:
        """A point that waited for several: only the last of them was waited for, the others came early enough."""
        self._links.append(_Link(before, after, min(lag, self._moments[after].ms - self._moments[before].ms), None))

    def _add_links(self, thread_id: ThreadId) -> Iterator[None]:
        agent = self._activities.of_agent(thread_id)
        previous: Turn | None = None
        for turn in agent.turns:
            self._begin_turn(thread_id, turn, previous)
            last = agent.last_ended(turn.end.seq, turn.start.seq)
            self._link(self._starts[turn.node] if last is None else self._ends[last.node], self._ends[turn.node])
            previous = turn
        batch: list[Activity] = []
        for number, one in enumerate(sorted(agent.by_end, key=lambda activity: activity.start)):
            if number % LINKED_PER_STEP == LINKED_PER_STEP - 1:
                yield
            self._begin_activity(agent, one, batch)
            self._end_activity(thread_id, one)

    def _begin_turn(self, thread_id: ThreadId, turn: Turn, previous: Turn | None) -> None:
        start = self._starts[turn.node]
        if previous is not None:
            edge = self._arrivals.beginning(thread_id, turn, previous)
            if edge is not None and self._sent(edge, start):
                self._bound(self._ends[previous.node], start, 0)
            else:
                self._link(self._ends[previous.node], start)
            return
        spawn = self._arrivals.spawn_of(thread_id)
        if spawn is None or not self._sent(spawn, start):
            self._link(self._begin, start)

    def _begin_activity(self, agent: AgentActivities, one: Activity, batch: list[Activity]) -> None:
        """The start waits for what ended last before it; that of a request for every call of the answer before it."""
        start = self._starts[one.node]
        turn = agent.turn_before(one.start.seq)
        not_before = 0 if turn is None else turn.start.seq
        last, asking = agent.last_ended(one.start.seq, not_before), agent.request_open_at(one.start.seq)
        if asking is not None and asking.node != one.node and (last is None or asking.start > last.end):
            self._link(self._starts[asking.node], start, asking.node)
        elif last is not None:
            self._link(self._ends[last.node], start)
            lag = one.start.ms - last.end.ms
            for other in batch if one.work == "model" else ():
                if other.node != last.node and other.end.seq < one.start.seq:
                    self._bound(self._ends[other.node], start, lag)
        else:
            self._link(self._begin if turn is None else self._starts[turn.node], start)
        if one.work == "model":
            batch.clear()
        batch.append(one)

    def _end_activity(self, thread_id: ThreadId, one: Activity) -> None:
        start, end = self._starts[one.node], self._ends[one.node]
        if one.work == "wait":
            self._wait_for_ready(thread_id, one)
            edge = self._arrivals.ending(thread_id, one)
            if edge is not None and self._sent(edge, end):
                self._bound(start, end, 0)
                return
            child = self._arrivals.at_work_below(self._activities, thread_id, one.end.seq) if one.is_open else None
            if child is not None and child.target_agent is not None:
                self._bound(start, end, 0)
                self._link(self._ends[self._activities.of_agent(child.target_agent).turns[-1].node], end)
                return
        elif one.cell is not None:
            self._run_script(thread_id, one)
            return
        self._link(start, end, one.node)

    def _wait_for_ready(self, thread_id: ThreadId, wait: Activity) -> None:
        """A wait takes what came since the last request, too: without it, it would have lasted until that came."""
        if wait.is_open or wait.timed_out:
            return
        asked = self._activities.of_agent(thread_id).asked_last(wait.start.seq)
        for edge in self._arrivals.between(thread_id, asked, wait.start.seq):
            self._sent(edge, self._ends[wait.node], edge.started_at_unix_ms)

    def _run_script(self, thread_id: ThreadId, script: Activity) -> None:
        """A script's own time lies between the calls that it made."""
        assert script.cell is not None  # noqa: S101  # the caller asked
        nested = self._activities.of_script(script.cell)
        for one in nested.by_end:
            if not script.start.seq <= one.start.seq < script.end.seq:
                continue
            last = nested.last_ended(one.start.seq, script.start.seq)
            self._link(self._starts[script.node] if last is None else self._ends[last.node], self._starts[one.node])
            self._end_activity(thread_id, one)
        last = nested.ended_within(script)
        before = self._starts[script.node] if last is None else self._ends[last.node]
        self._link(before, self._ends[script.node], script.node)
        if last is not None and last.start.seq < script.start.seq:  # a wait for a script that was at work already
            self._bound(self._starts[script.node], self._ends[script.node], 0)

    def _sent(self, edge: EdgeView, arrival: int, there_ms: int | None = None) -> bool:
        """Let a point wait for what was sent and there at `there_ms`, or just then; whether the sender is known."""
        if edge.source_agent is None or edge.started_seq >= self._moments[arrival].seq:
            return False
        source = edge.source if edge.source.kind == "tool_call" else None
        if source is not None and source in self._starts:
            if self._moments[self._ends[source]].seq < self._moments[arrival].seq:
                self._link(self._ends[source], arrival, None, there_ms)
            else:
                self._link(self._starts[source], arrival, source, there_ms)
            return True
        agent = self._activities.of_agent(edge.source_agent)
        turn = agent.turn_before(edge.started_seq)
        if turn is None:
            return False
        last = agent.last_ended(edge.started_seq, turn.start.seq)
        self._link(self._starts[turn.node] if last is None else self._ends[last.node], arrival, None, there_ms)
        return True

    # Times

    def _last_point(self) -> int:
        trace = self._activities.trace
        root = ThreadId(trace.root_thread_id)
        turns = self._activities.of_agent(root).turns if root in self._activities.threads else []
        return self._ends[turns[-1].node] if turns else self._order[-1]

    def _group(self, grouped: dict[int, list[_Link]], *, by_after: bool) -> Iterator[None]:
        for number, link in enumerate(self._links):
            grouped.setdefault(link.after if by_after else link.before, []).append(link)
            if number % POINTS_PER_STEP == 0:
                yield

    def _find_latest_times(self) -> Iterator[None]:
        """How late each point may come so that the session ends no later."""
        out: dict[int, list[_Link]] = {}
        yield from self._group(out, by_after=False)
        latest = self._latest = [self.end_ms] * len(self._moments)
        for number, point in enumerate(reversed(self._order)):
            limits = [latest[link.after] - link.lag for link in out.get(point, ())]
            latest[point] = min(limits, default=max(self.end_ms, self._moments[point].ms))
            if number % POINTS_PER_STEP == 0:
                yield

    def _find_slack_by_agent(self) -> Iterator[None]:
        for number, (node, point) in enumerate(self._ends.items()):
            if node.kind != "turn":
                agent, ms = self._owners[node], max(0, self._latest[point] - self._moments[point].ms)
                self.slack_by_agent[agent] = min(ms, self.slack_by_agent.get(agent, ms))
            if number % POINTS_PER_STEP == 0:
                yield

    def _times(self, without: frozenset[NodeRef]) -> Generator[None, None, list[int]]:
        """When each point comes if some activities take no time."""
        times = [moment.ms for moment in self._moments]
        yield
        start = min(self._moments[self._starts[node]].seq for node in without)  # what came before has its time from it
        first = bisect_left(self._order, start, key=lambda point: self._moments[point].seq)
        yield
        for number, point in enumerate(islice(self._order, first, None)):
            links = self._into.get(point)
            if links:
                times[point] = max(times[link.before] + (0 if link.node in without else link.lag) for link in links)
            if number % POINTS_PER_STEP == POINTS_PER_STEP - 1:
                yield
        return times
