"""What the first rows wait for is cheaper to load than in the standard library, and otherwise the same."""

from __future__ import annotations

import pickle
import re
import typing
from typing import TYPE_CHECKING, Any

import pytest

from tui.late_pattern import late_pattern
from tui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal


class Ours(NamedTuple):
    """A name and a number."""

    name: str
    number: int = 3
    exact: Decimal | None = None  # loaded for the type checker alone

    @property
    def doubled(self) -> int:
        """Twice the number."""
        return self.number * 2

    @classmethod
    def of(cls, text: str) -> Ours:
        """From `a=1`."""
        name, _, number = text.partition("=")
        return cls(name, int(number))


class Theirs(typing.NamedTuple):
    """A name and a number."""

    name: str
    number: int = 3


def test_named_tuple_is_that_of_the_standard_library() -> None:
    assert Ours.__doc__ == Theirs.__doc__
    assert Ours.__module__ == Theirs.__module__
    assert Ours.__bases__ == Theirs.__bases__ == (tuple,)
    assert Ours._fields[:2] == Theirs._fields
    assert Ours._field_defaults == {"number": 3, "exact": None}
    assert repr(Ours("a")) == "Ours(name='a', number=3, exact=None)"
    assert Ours.of("b=4").doubled == 8
    assert Ours("a")._replace(number=5) == ("a", 5, None)
    assert pickle.loads(pickle.dumps(Ours("a"))) == Ours("a")


@pytest.mark.parametrize(
    ("text", "flags", "given"),
    [(r"a(\d)", 0, "a1"), ("A.b", re.IGNORECASE | re.DOTALL, "a\nb"), ("x", 0, "y")],
)
def test_late_pattern_finds_what_a_compiled_one_finds(text: str, flags: int, given: str) -> None:
    def found(pattern: Any) -> list[object]:
        return [pattern.pattern, pattern.flags, pattern.findall(given), bool(pattern.fullmatch(given))]

    assert found(late_pattern(text, flags)) == found(re.compile(text, flags))
