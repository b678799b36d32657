"""Sums of tokens in words and in cells: `12.4k`, `≥12.4k` where requests are missing from the sum, `?` for unknown."""

from __future__ import annotations

from tui.analysis.requests.tokens import Tokens
from tui.viewmodel.text.clean import format_tokens
from tui.viewmodel.text.percent import percent

UNKNOWN = "?"


def tokens_cell(number: int | None, tokens: Tokens) -> str:
    """A number of `tokens`, one of its sums, for a column; None where requests do not say it."""
    if tokens.is_unknown or number is None:
        return UNKNOWN
    return f"≥{format_tokens(number)}" if tokens.is_part else format_tokens(number)


def of_requests(tokens: Tokens) -> str:
    """Of how many requests a sum is, to follow it; empty if it is of all."""
    if not tokens.without_usage:
        return ""
    if tokens.is_unknown:
        return f" in {tokens.requests:,} request{'s' * (tokens.requests > 1)}"
    return f" in {tokens.requests - tokens.without_usage:,} of {tokens.requests:,} requests"


def plain_number(number: int | None, tokens: Tokens) -> str:
    """A number of `tokens` for a sentence that says of how many requests it is.

    Of requests that were not recorded nobody can say how many there were: the sum is the least.
    """
    if tokens.is_unknown or number is None:
        return UNKNOWN
    return f"≥{format_tokens(number)}" if tokens.unrecorded else format_tokens(number)


def cached_part(tokens: Tokens) -> str:
    """How much of the input was cached, `61%`; empty without input."""
    if not tokens.input:
        return ""
    return UNKNOWN if tokens.no_cached else percent(tokens.cached_input, tokens.input)
