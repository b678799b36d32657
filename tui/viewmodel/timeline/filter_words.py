"""The words of a filter: `-outcome:failed,cancelled tokens>1m "exit code"` cut into conditions, amounts with units.

What the keys mean is the business of those who filter: the timeline, a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

MILLISECONDS: Mapping[str, int] = {"": 1_000, "ms": 1, "s": 1_000, "m": 60_000, "min": 60_000, "h": 3_600_000}
"""Units of a duration."""

TIMES: Mapping[str, int] = {"": 1, "k": 1_000, "m": 1_000_000}
"""Units of a count."""

PERCENT: Mapping[str, int] = {"": 1, "%": 1}
"""Units of a share."""

_WORD = re.compile(r'(?P<minus>-?)(?:(?P<key>[A-Za-z]+)(?P<sign>[:<>]))?(?P<value>(?:"[^"]*"?|[^\s"])*)')
_VALUE = re.compile(r'"([^"]*)"?|([^,"]+)')
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([a-z]*|%)")


class FilterError(ValueError):
    """The text is not a filter. The message is one line: what is wrong and what was expected."""


class TypedWord(NamedTuple):
    """One condition as it was typed. `key` is None for a text by itself; `written` is what is behind the sign."""

    typed: str
    key: str | None
    sign: str
    written: str
    is_negated: bool

    @property
    def values(self) -> tuple[str, ...]:
        """What is between the commas, without quotes."""
        return tuple(quoted or plain for quoted, plain in _VALUE.findall(self.written))

    @property
    def plain(self) -> str:
        """The text without its quotes."""
        return self.written.replace('"', "")

    def amount(self, units: Mapping[str, int]) -> float | None:
        """The number with its unit; None if there is none, or the sign compares nothing."""
        found = _AMOUNT.fullmatch(self.written.lower())
        return None if self.sign == ":" or found is None or found[2] not in units else float(found[1]) * units[found[2]]


def typed_words(text: str) -> Iterator[TypedWord]:
    """The conditions in a text, in order."""
    position = 0
    while position < len(text):
        match = _WORD.match(text, position)
        if match is None or match.end() == position:
            position += 1
            continue
        position = match.end()
        yield TypedWord(
            match[0], match["key"] and match["key"].lower(), match["sign"] or "", match["value"], bool(match["minus"])
        )
