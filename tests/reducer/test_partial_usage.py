"""Tokens that a recorder counts in part: what it counts is shown, the other sums are unknown and not 0."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from tests.reducer.recording import Recording, call_of, user
from tui.analysis.requests.tokens import tokens_of_all, tokens_of_request, tokens_spent
from tui.model.encode import encode_trace
from tui.model.objects import TokenUsage
from tui.viewmodel.text.token_words import cached_part, tokens_cell

USAGE = {"input_tokens": 100, "cached_input_tokens": 40, "output_tokens": 20, "reasoning_output_tokens": 5}


def _without(*names: str, **more: Any) -> dict[str, Any]:
    return {**{name: count for name, count in USAGE.items() if name not in names}, **more}


CASES: dict[str, tuple[dict[str, Any], TokenUsage | None, list[str]]] = {
    "every count": (USAGE, TokenUsage(100, 40, 0, 20, 5), []),
    "no cached tokens": (_without("cached_input_tokens"), TokenUsage(100, None, 0, 20, 5), ["field-missing"]),
    "no reasoning": (_without(reasoning_output_tokens=None), TokenUsage(100, 40, 0, 20, None), ["field-missing"]),
    "input and output alone": (
        _without("cached_input_tokens", "reasoning_output_tokens"),
        TokenUsage(100, None, 0, 20, None),
        ["field-missing", "field-missing"],
    ),
    "no input": (_without("input_tokens"), None, ["usage-unreadable"]),
    "a total alone": ({"total_tokens": 120}, None, ["usage-unreadable"]),
}


@pytest.mark.parametrize("name", CASES)
def test_usage_has_what_was_counted(name: str) -> None:
    recorded, usage, codes = CASES[name]
    recording = Recording()
    recording.request("i", [user("a")])
    recording.done("i", [], usage=recorded)

    reducer = recording.reduce()

    assert call_of(reducer.trace, "i").known_usage == usage
    assert [finding.code for finding in reducer.diagnostics] == codes


@pytest.mark.parametrize("name", CASES)
def test_reduced_json_has_no_usage_in_part(name: str) -> None:
    """As the reference, which reads all counts or none."""
    recorded, usage, _ = CASES[name]
    recording = Recording()
    recording.request("i", [user("a")])
    recording.done("i", [], usage=recorded)

    written = json.loads(b"".join(encode_trace(recording.reduce().trace)))["inference_calls"]["i"]["usage"]

    assert written == (msgspec.to_builtins(usage) if name == "every count" else None)


def test_sum_of_a_part_that_some_do_not_say_is_unknown() -> None:
    whole, part = TokenUsage(100, 40, 0, 20, 5), TokenUsage(10, None, 0, 2, None)

    both = tokens_of_all([whole, part])

    assert both == tokens_spent(whole).plus(tokens_spent(part))
    assert (both.input, both.output, both.total) == (110, 22, 132)
    assert (both.known_cached, both.known_reasoning, both.hit_rate) == (None, None, None)
    assert (tokens_cell(both.known_cached, both), cached_part(both), tokens_cell(both.input, both)) == ("?", "?", "110")
    assert both.minus(tokens_spent(part)).known_cached == 40


def test_request_without_usage_lacks_no_part() -> None:
    recording = Recording()
    recording.request("i", [user("a")])
    open_request = tokens_of_request(call_of(recording.graph(), "i"))

    assert (open_request.no_cached, open_request.no_reasoning, open_request.without_usage) == (0, 0, 1)
