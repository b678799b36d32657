"""A message of the session to people, in one line."""

from __future__ import annotations

import pytest

from tui.viewmodel.frame.notice import LONGEST, notice_text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"type": "warning", "message": "disk full"}', "disk full"),
        (b'{"msg": {"type": "error", "message": "one\\ntwo\\u001b[31m"}}', "one⏎two␛[31m"),
        (b'{"message": 5, "inner": {"message": "here"}}', "here"),
        (b"[1, 2]", ""),
        (b"{torn", ""),
        (b'"\xff"', ""),
    ],
)
def test_the_message_is_found_and_made_harmless(body: bytes, text: str) -> None:
    assert notice_text(body) == text


def test_a_long_message_is_cut() -> None:
    assert len(notice_text(b'{"message": "' + b"x" * 5_000 + b'"}')) == LONGEST
