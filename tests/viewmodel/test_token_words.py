"""Sums of tokens in words: of which requests they are, and what is unknown."""

from __future__ import annotations

import pytest

from tui.analysis.requests.tokens import Tokens
from tui.viewmodel.text.token_words import of_requests, plain_number, tokens_cell


@pytest.mark.parametrize(
    ("tokens", "sentence", "cell"),
    [
        (Tokens(900, requests=2), "900", "900"),
        (Tokens(900, requests=2, without_usage=1), "900 in 1 of 2 requests", "≥900"),
        (Tokens(requests=1, without_usage=1), "? in 1 request", "?"),
        (Tokens(unrecorded=1), "?", "?"),
        (Tokens(900, requests=2, unrecorded=1), "≥900", "≥900"),
        (Tokens(900, requests=2, without_usage=1, unrecorded=1), "≥900 in 1 of 2 requests", "≥900"),
    ],
)
def test_sums_say_what_is_missing(tokens: Tokens, sentence: str, cell: str) -> None:
    assert plain_number(tokens.total, tokens) + of_requests(tokens) == sentence
    assert tokens_cell(tokens.total, tokens) == cell
