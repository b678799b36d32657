"""Sums of tokens, and of how many requests they are: what was not recorded is unknown, not 0."""

from __future__ import annotations

from collections.abc import Iterable
from operator import add, attrgetter, sub

from tui.model.objects import InferenceCall, TokenUsage
from tui.named_tuple import NamedTuple


class Tokens(NamedTuple):
    """Sums over requests, as the provider counted. Cached input is a part of the input, reasoning of the output.

    `requests` is how many requests there are, `without_usage` of how many the tokens are not recorded (their response
    cannot be read, says nothing, or never came), and `open` how many of these have not ended. `unrecorded` is how many
    agents called tools as the model asked, while no request of theirs is recorded. `no_cached` and `no_reasoning` are
    the requests whose tokens are recorded, but not that part of them.
    """

    input: int = 0
    cached_input: int = 0
    output: int = 0
    reasoning: int = 0
    cache_write_input: int = 0
    requests: int = 0
    without_usage: int = 0
    open: int = 0
    unrecorded: int = 0
    no_cached: int = 0
    no_reasoning: int = 0

    @property
    def total(self) -> int:
        """Input and output."""
        return self.input + self.output

    @property
    def hit_rate(self) -> float | None:
        """The part of the input that was cached, 0 to 1; None without input, or where it is not recorded of all."""
        return self.cached_input / self.input if self.input and not self.no_cached else None

    @property
    def known_cached(self) -> int | None:
        """The cached part of the input; None where some requests do not say it."""
        return None if self.no_cached else self.cached_input

    @property
    def known_reasoning(self) -> int | None:
        """The part of the output that was reasoning; None where some requests do not say it."""
        return None if self.no_reasoning else self.reasoning

    @property
    def is_unknown(self) -> bool:
        """Whether there were requests, and the tokens of none of them are recorded."""
        return self.requests == self.without_usage and (self.requests > 0 or self.unrecorded > 0)

    @property
    def is_part(self) -> bool:
        """Whether requests that are over are missing from the sums."""
        return self.without_usage > self.open or self.unrecorded > 0

    @property
    def known_requests(self) -> int | None:
        """How many requests there were; None where none is recorded."""
        return None if self.unrecorded and not self.requests else self.requests

    def plus(self, more: Tokens) -> Tokens:
        """These and others."""
        return Tokens._make(map(add, self, more))

    def minus(self, less: Tokens) -> Tokens:
        """These without others."""
        return Tokens._make(map(sub, self, less))


Spent = TokenUsage | bool
"""What one request used up; where that is not recorded, whether the request is still open."""


def spent_by(call: InferenceCall) -> Spent:
    """What a request used up so far. It stays as it is when the request goes on."""
    usage = call.known_usage
    return call.execution.is_open if usage is None else usage


def tokens_of_request(call: InferenceCall) -> Tokens:
    """The tokens of one request."""
    return tokens_spent(spent_by(call))


def tokens_spent(usage: Spent) -> Tokens:
    """The same of what one request used up."""
    if isinstance(usage, bool):
        return Tokens(requests=1, without_usage=1, open=int(usage))
    return Tokens(
        usage.input_tokens,
        usage.cached_input_tokens or 0,
        usage.output_tokens,
        usage.reasoning_output_tokens or 0,
        usage.cache_write_input_tokens,
        requests=1,
        no_cached=int(usage.cached_input_tokens is None),
        no_reasoning=int(usage.reasoning_output_tokens is None),
    )


def tokens_of_all(spent: Iterable[Spent]) -> Tokens:
    """The tokens of many requests: sums field by field, without those of each request being made."""
    every = list(spent)
    used = [one for one in every if not isinstance(one, bool)]
    counts = [[*map(field, used)] for field in _SUMMED]
    lacking = [column.count(None) for column in counts]
    sums = [sum(filter(None, column) if lack else column) for column, lack in zip(counts, lacking, strict=True)]
    known = Tokens._make([*sums, len(every), len(every) - len(used), every.count(True), 0, 0, 0])
    return known._replace(no_cached=lacking[1], no_reasoning=lacking[3]) if any(lacking) else known


_SUMMED = tuple(
    map(
        attrgetter,
        (
            "input_tokens",
            "cached_input_tokens",
            "output_tokens",
            "reasoning_output_tokens",
            "cache_write_input_tokens",
        ),
    )
)
"""The fields of `Tokens`, in order, as the provider's usage names them."""


def sum_of(parts: Iterable[Tokens]) -> Tokens:
    """All of them together."""
    return Tokens(*map(sum, zip(*parts, strict=True)))
