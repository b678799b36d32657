"""What labels and summaries leave out of a Markdown text, and what they must keep."""

from __future__ import annotations

import pytest

from tui.viewmodel.text.unmarked import without_marks


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("# Review\n\nIt works.", "Review\n\nIt works."),
        ("## Faults ##", "Faults"),
        ("most **of it** can stay", "most of it can stay"),
        ("**Mend now:** a", "Mend now: a"),
        ("**a** and **b**", "a and b"),
        ("***a***, **b *c***", "*a*, b *c*"),
        ("read `src/parser.py`, then ``a`b``", "read src/parser.py, then a`b"),
        ("see [the notes](https://example.invalid/a)", "see the notes"),
        ("__all of it__", "all of it"),
        ("cut in **the mid", "cut in **the mid"),
        ("`__init__.py`", "__init__.py"),
        ("__init__ and 2**3**4 and a * b", "__init__ and 2**3**4 and a * b"),
        ("#1 and #fix", "#1 and #fix"),
        ("f(*args, **kwargs)", "f(*args, **kwargs)"),
        ("- one\n- two", "- one\n- two"),
    ],
)
def test_marks_go_and_words_stay(text: str, plain: str) -> None:
    assert without_marks(text) == plain
