"""What is counted of a recording: the figures of calls, agents, tools, programs and models.

Durations are milliseconds from the start to the end of a call by the recorder's clock; sizes are bytes.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from tui.analysis.requests.tokens import Tokens
from tui.analysis.statistics.cached import CachedRequest
from tui.analysis.statistics.output import Output
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef

LEAST_CACHED = 100
"""Requests that are listed by how much of their input was cached."""


class CallStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of one kind, scripts among them, also those that no recorded call dispatched.

    `failed` counts exit codes other than 0, too; it and `cancelled` are None where some ended in a way that could not
    be read. A call left behind by its turn is `open`, and so is a script that runs on after its first answer.

    `p50_ms`, `p95_ms`, `max_ms` are None, and `total_ms` is 0, where no call has ended, and where the clock of the
    recording could not measure them (`clock_ms`). `slowest` is the call with the
    longest duration, the earliest of several.
    """

    count: int
    failed: int | None
    cancelled: int | None
    open: int
    p50_ms: int | None
    p95_ms: int | None
    max_ms: int | None
    total_ms: int
    slowest: NodeRef | None

    @property
    def known_total_ms(self) -> int | None:
        """The sum; None while calls have begun and none has ended, or none was measured."""
        return None if self.count and self.max_ms is None else self.total_ms

    def known_put_out(self, output: Output) -> int | None:
        """Bytes that these calls put out; None while all of them are open and nothing is recorded."""
        return None if 0 < self.count == self.open and not output.put_out else output.put_out


class ToolStatistics(NamedTuple):
    """Calls of one tool, by the name that the model knows, and what they put out."""

    name: str
    calls: CallStatistics
    output: Output


class ProgramStatistics(NamedTuple):
    """Tool calls that ran one program in a terminal, by the name of the program."""

    name: str
    calls: CallStatistics


class ModelStatistics(NamedTuple):
    """Requests to one model and their tokens; compactions are apart, they have no tokens."""

    name: str
    requests: CallStatistics
    compactions: CallStatistics
    tokens: Tokens


class ContextPoint(NamedTuple):
    """How full an agent's context was in one request: `input_tokens`, sent `at_ms` after the start of the recording."""

    node: NodeRef
    at_ms: int
    input_tokens: int
    cached_tokens: int | None


class AgentStatistics(NamedTuple):
    """One agent. `context` has the requests in order of start, as far as their tokens are recorded.

    `context_window`: tokens that the model can take, the largest that a turn of the agent was started with.
    `compacted_before`: for each compaction, the place in `context` of the first request that started after it.
    `first_token_p50_ms`: time to the first token of a turn, by the agent program; None where it did not say.
    """

    thread_id: ThreadId
    path: str
    name: str
    turns: CallStatistics
    requests: CallStatistics
    calls: CallStatistics
    compactions: int
    tokens: Tokens
    output: Output
    context: tuple[ContextPoint, ...]
    context_window: int | None = None
    first_token_p50_ms: int | None = None
    compacted_before: tuple[int, ...] = ()

    @property
    def largest_input(self) -> int:
        """Input tokens of the largest request; 0 without one."""
        return max((point.input_tokens for point in self.context), default=0)


class SlowCall(NamedTuple):
    """One of the slowest calls; `name` as recorded."""

    node: NodeRef
    thread_id: ThreadId
    name: str
    duration_ms: int


class Statistics(NamedTuple):
    """All of it. Agents in the order of the tree; tools, programs and models by total time, then by name.

    `slowest` are calls of any kind, `slowest_work` those that are not requests: tools, commands, scripts.
    `least_cached`: requests of which the tokens are known, those with least of their input cached first; of equals the
    earliest. There are at most `LEAST_CACHED`; `with_tokens` is how many there are in all.
    """

    agents: tuple[AgentStatistics, ...]
    tools: tuple[ToolStatistics, ...]
    models: tuple[ModelStatistics, ...]
    slowest: tuple[SlowCall, ...]
    requests: CallStatistics
    calls: CallStatistics
    compactions: int
    tokens: Tokens
    output: Output
    programs: tuple[ProgramStatistics, ...] = ()
    slowest_requests: tuple[SlowCall, ...] = ()
    slowest_work: tuple[SlowCall, ...] = ()
    least_cached: tuple[CachedRequest, ...] = ()
    with_tokens: int = 0
