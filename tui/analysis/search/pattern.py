r"""What a person searches for, wherever they search: plain text with smart case, or a regular expression.

| typed | means |
|---|---|
| `exit code` | that text, in any case |
| `Exit` | exactly that: a capital says so |
| `re:exit code [1-9]` | a regular expression; `\S` and the like are not capitals |
| `re:re:` | the text `re:` itself |

In JSON a quote, a line break or `é` may be written as an escape. Plain text is also looked for as JSON writes it; a
regular expression sees the bytes of a payload as they are. Plain text also matches in the other Unicode form: `é`
may be one character or an `e` with an accent (names of files from a Mac).
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cached_property

REGEX_PREFIX = "re:"
"""What a typed regular expression begins with."""

_ESCAPED = re.compile(r"\\.|\(\?P[<=][^>)]*[>)]", re.DOTALL)


class PatternError(ValueError):
    """The pattern cannot be searched for. The message is one line: what is wrong, where, and what was expected."""


class Pattern:
    """Something to search for. `text` finds it in the texts of the graph; `shown` also as JSON writes it."""

    def __init__(self, source: str, *, is_regex: bool, ignores_case: bool, text: re.Pattern[str]) -> None:
        self.source = source
        self.is_regex = is_regex
        self.ignores_case = ignores_case
        self.text = text
        self._folded = source.lower()
        self._forms = normal_forms(source)

    @property
    def typed(self) -> str:
        """As a person writes it in a search box."""
        return f"{REGEX_PREFIX}{self.source}" if self.is_regex or self.source.startswith(REGEX_PREFIX) else self.source

    @cached_property
    def shown(self) -> re.Pattern[str]:
        """What to mark on a screen that shows bytes as they are: the text, and what JSON may write for it."""
        if self.is_regex:
            return self.text
        return re.compile(_any_of(json_forms(self.source)), self.text.flags & re.IGNORECASE)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end of every match in `text`, in characters; a match of nothing does not count."""
        if self.is_absent(text):
            return []
        return [match.span() for match in self.text.finditer(text) if match.end() > match.start()]

    def is_absent(self, text: str) -> bool:
        """A quick no: most texts hold no match. One in texts that are joined is in none of them."""
        if self.is_regex:
            return False
        if not self.ignores_case:
            return all(form not in text for form in self._forms)
        return text.isascii() and self._folded not in text.lower()


def parse_pattern(typed: str) -> Pattern:
    """The pattern that a person typed into a search box. Raises `PatternError`."""
    is_regex = typed.startswith(REGEX_PREFIX)
    source = typed.removeprefix(REGEX_PREFIX)
    if is_regex and source.startswith(REGEX_PREFIX):
        is_regex = False
    return make_pattern(source, is_regex=is_regex)


def make_pattern(source: str, *, is_regex: bool = False, ignores_case: bool | None = None) -> Pattern:
    """A pattern of text or of a regular expression; case counts if the source holds a capital, or as told.

    Raises `PatternError` for an empty pattern and for an expression that is none.
    """
    if not source:
        expected = "a regular expression behind re:" if is_regex else "the text to look for"
        raise PatternError(f"the pattern is empty; expected {expected}")
    if ignores_case is None:
        letters = _ESCAPED.sub("", source) if is_regex else source
        ignores_case = letters == letters.lower()
    flags = re.IGNORECASE if ignores_case else re.NOFLAG
    try:
        text = re.compile(source if is_regex else _any_of(normal_forms(source)), flags | re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(_refusal(source, error)) from error
    return Pattern(source, is_regex=is_regex, ignores_case=ignores_case, text=text)


def normal_forms(source: str) -> list[str]:
    """Return a text as it is, composed (NFC) and decomposed (NFD); each form once."""
    if source.isascii():
        return [source]
    return list(dict.fromkeys([source, *(unicodedata.normalize(form, source) for form in ("NFC", "NFD"))]))


def json_forms(source: str) -> list[str]:
    """Return the normal forms of a text: as it is, as JSON writes it, and as JSON writes it in ASCII, each once."""
    forms = [
        written
        for form in normal_forms(source)
        for written in (form, json.dumps(form, ensure_ascii=False)[1:-1], json.dumps(form)[1:-1])
    ]
    return list(dict.fromkeys(forms))


def _any_of(forms: list[str]) -> str:
    """An expression for any of the texts; of those that begin at one place, the longest."""
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))


def _refusal(source: str, error: Exception) -> str:
    position = getattr(error, "pos", None)
    reason = getattr(error, "msg", None) or str(error) or "it nests too deeply"
    where = "" if position is None else f" at character {position + 1}"
    return (
        f"{source!r} is not a regular expression: {reason}{where}; expected Python's syntax, or plain text without re:"
    )
