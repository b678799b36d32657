"""Which words of two texts differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.viewmodel.compare.word_diff import MOST_WORDS, word_diff


def marked(ours: str, theirs: str) -> tuple[str, str]:
    """Both texts, what differs in brackets."""
    sides = word_diff(ours, theirs)
    a, b = ("".join(f"[{one.text}]" if one.differs else one.text for one in side) for side in sides)
    return a, b


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("", "", ("", "")),
        ("same words", "same words", ("same words", "same words")),
        ("cat src/parser.py", "head -5 src/parser.py", ("[cat] src/parser.py", "[head -5] src/parser.py")),
        ("one", "one two", ("one", "one[ two]")),
        ("a b c", "a x c", ("a [b] c", "a [x] c")),
        ("Wall time: 0.1 s, ok", "Wall time: 0.7 s, no", ("Wall time: 0.1 s, [ok]", "Wall time: 0.7 s, [no]")),
        ("12:00:01 a 12:00:02", "13:00:01 b 13:00:02", ("12:00:01 [a] 12:00:02", "13:00:01 [b] 13:00:02")),
    ],
)
def test_only_words_that_differ_are_marked(ours: str, theirs: str, expected: tuple[str, str]) -> None:
    assert marked(ours, theirs) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_are_the_whole_texts(ours: str, theirs: str) -> None:
    a, b = word_diff(ours, theirs)
    assert ("".join(one.text for one in a), "".join(one.text for one in b)) == (ours, theirs)


def test_long_texts_are_compared_at_their_ends() -> None:
    ours = "start " + "a b " * MOST_WORDS + "end"
    theirs = "start " + "c d " * MOST_WORDS + "end"
    a, _ = word_diff(ours, theirs)
    assert [one.differs for one in a] == [False, True, False]
