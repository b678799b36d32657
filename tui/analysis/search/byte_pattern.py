r"""A pattern over the bytes of payloads: counts and places, in a whole body or through a window that moves over it.

A body is folded first where case is ignored (ASCII letters to lower case, the rest stays), and then searched with
case counting: lowering a body and looking for one text is several times quicker than ignoring case.

A match of a regular expression stays within a line of the file, as with grep, unless the expression asks for a line
feed; a line break inside a JSON string is the two characters `\n`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from tui.analysis.search.pattern import Pattern, PatternError, json_forms, normal_forms
from tui.analysis.search.regex_text import (
    begins_with_literal,
    folded_expression,
    literal_text,
    required_literal,
    tokens_of,
    within_lines,
)

WINDOW_BYTES = 1 << 20
"""Bytes searched at once for text: a millisecond."""

REGEX_WINDOW_BYTES = 256 << 10
"""The same for a regular expression, which is slower."""

REGEX_REACH = 16 << 10
"""Bytes that neighbouring windows share for a regular expression: in a body larger than a window, a longer match may
not be found."""

_MANY_HOLD = 0.25
"""The part of the bodies so far that hold a text from which on it is quicker to look into each of the next."""

_JUDGED_AFTER = 30
"""Bodies from which on that part is known well enough."""

_VERBATIM = re.compile(rb"[ !#-.0-\[\]-~]+")
"""What JSON need not write in another way: printable ASCII without the quote, the slash and the backslash."""

Span = tuple[int, int]
"""Start and end of a match, in bytes."""

Read = Callable[[int, int], bytes]
"""Gives the bytes from an offset on, at most this many; fewer at the end."""


class BytePattern:
    """Finds a `Pattern` in bytes. Raises `PatternError` for what cannot be asked of bytes."""

    def __init__(self, pattern: Pattern) -> None:
        self._folds = pattern.ignores_case
        self._needles: tuple[bytes, ...] = ()
        self._regex: re.Pattern[bytes] | None = None
        self._required = b""
        self._by_lines = False
        literal = literal_text(pattern.source) if pattern.is_regex else None
        if literal is not None and literal.isascii():  # one text as it is, which is found without the engine
            self._needles = (literal.encode().lower() if self._folds else literal.encode(),)
        elif pattern.is_regex:
            self._take_regex(pattern.source)
        elif self._folds and any(map(_has_cased_beyond_ascii, normal_forms(pattern.source))):
            self._regex = re.compile(b"|".join(map(_either_case, normal_forms(pattern.source))))
        else:
            self._needles = _needles(pattern.source, folds=self._folds)
        self._escape = b"" if pattern.is_regex else _escape_begin(pattern.source)
        self._escaped = tuple(needle for needle in self._needles if needle.isascii())
        self.is_regex = self._regex is not None
        """Whether an expression is run, whose time is unknown in advance."""
        self.reach = REGEX_REACH if self.is_regex else max(map(len, self._needles))
        """Bytes that a match may have."""
        self.is_verbatim = len(self._needles) == 1 and _VERBATIM.fullmatch(self._needles[0]) is not None
        """Whether JSON holds it as it is, unless a character is written as `\\uXXXX`: no sign of its own among them."""
        self.window = REGEX_WINDOW_BYTES if self.is_regex else WINDOW_BYTES
        """A body of at most this many bytes is searched whole."""

    def count(self, body: bytes) -> int:
        """How many matches a whole body holds, none inside another."""
        can_only_be_escaped = bool(self._escape) and body.isascii()
        if self._regex is not None:
            if can_only_be_escaped and self._escape not in body:
                return 0
            return self._count_regex(self._regex, self._folded(body))
        body = self._folded(body)
        # A long form is found quicker than the short begin of an escape.
        counts = [body.count(form) for form in (self._escaped if can_only_be_escaped else self._needles)]
        # Where several forms occur, one may lie inside another.
        return sum(counts) if counts.count(0) >= len(counts) - 1 else sum(1 for _ in self._spans(body, 0))

    def counts(self, data: bytes, places: Callable[[], Sequence[Span]]) -> list[int] | None:
        """How many matches each of many bodies holds, which are at these places of `data`, in order.

        None if none of them holds any: then the places are not asked for.
        """
        if self._regex is not None:
            return [self.count(data[start:end]) for start, end in places()]
        folded = self._folded(data)
        # Looking backwards for a text that is not there takes a quarter less time than looking forwards.
        if all(folded.rfind(needle) < 0 for needle in self._needles):
            return None
        if len(self._needles) == 1:
            return _counts_within(folded, self._needles[0], places())
        return [self.count(data[start:end]) for start, end in places()]

    def spans(self, body: bytes, start: int = 0) -> Iterator[Span]:
        """The matches in a whole body from `start` on, in order, none inside another."""
        return self._spans(self._folded(body), start)

    def windows(self, read: Read, size: int, *, window: int | None = None) -> Iterator[list[Span]]:
        """The matches in `size` bytes of any number, one list for each window that was read.

        Together they are what `spans` gives for the whole, as long as no match is longer than `reach`.
        """
        step = max(1, window or self.window)
        context = self.reach
        base, start, carried = 0, 0, b""
        while base + len(carried) < size:
            data = read(base + len(carried), step)
            if not data:
                return
            body = carried + data
            is_last = base + len(body) >= size
            # A match that begins further on may reach beyond the window: it is left to the next one.
            limit = len(body) if is_last else max(0, len(body) - self.reach)
            found = [span for span in self.spans(body, start - base) if span[0] < limit]
            yield [(first + base, last + base) for first, last in found]
            start = max(start, base + limit, base + found[-1][1] if found else 0)
            kept = max(base, start - context)
            base, carried = kept, body[kept - base :]

    def _take_regex(self, source: str) -> None:
        expression = _in_bytes(source)
        folded = folded_expression(expression) if self._folds else expression
        flags = re.MULTILINE
        if folded is None:  # too unusual to be rewritten: the engine ignores case itself
            self._folds, folded, flags = False, expression, flags | re.IGNORECASE
        else:
            self._required = required_literal(folded).encode("latin-1")
        in_lines = within_lines(folded)
        if in_lines is not None:
            self._by_lines = bool(self._required) and not begins_with_literal(in_lines)
        try:
            self._regex = re.compile((in_lines or folded).encode("latin-1"), flags)
        except (re.error, OverflowError, RecursionError) as error:
            raise PatternError(
                f"{source!r} cannot be searched for in bytes: {error}; expected ASCII classes"
            ) from error

    def _folded(self, body: bytes) -> bytes:
        return body.lower() if self._folds else body

    def _count_regex(self, regex: re.Pattern[bytes], body: bytes) -> int:
        if regex.groups:
            return sum(1 for _ in self._spans(body, 0))
        # An empty match is none.
        return sum(len(list(filter(None, regex.findall(body, *piece)))) for piece in self._pieces(body, 0))

    def _spans(self, body: bytes, start: int) -> Iterator[Span]:
        if self._regex is None:
            yield from self._needle_spans(body, start)
            return
        for piece in self._pieces(body, start):
            for match in self._regex.finditer(body, *piece):
                if match.end() > match.start():
                    yield match.span()

    def _pieces(self, body: bytes, start: int) -> Iterator[Span]:
        """The parts of a body in which an expression may match: all of it, or the lines with what it requires."""
        at = body.find(self._required, start) if self._required else start
        if at < 0:
            return
        if not self._by_lines:
            yield start, len(body)
            return
        while at >= 0:
            end = body.find(b"\n", at)
            end = len(body) if end < 0 else end
            yield max(start, body.rfind(b"\n", start, at) + 1), end
            at = body.find(self._required, end)

    def _needle_spans(self, body: bytes, start: int) -> Iterator[Span]:
        """Leftmost first; of those that begin at the same byte the longest."""
        waiting = {needle: body.find(needle, start) for needle in self._needles}
        while waiting := {needle: at for needle, at in waiting.items() if at >= 0}:
            needle = min(waiting, key=lambda one: (waiting[one], -len(one)))
            end = waiting[needle] + len(needle)
            yield waiting[needle], end
            waiting = {one: at if at >= end else body.find(one, end) for one, at in waiting.items()}


def _counts_within(data: bytes, needle: bytes, places: Sequence[Span]) -> list[int]:
    """How often a text is at each of the places, which follow each other; costs little where it is not."""
    count = data.count
    counts = [0] * len(places)
    starts = [start for start, _ in places]
    at, held, last = data.find(needle), 0, len(places) - 1
    while at >= 0:
        number = bisect_right(starts, at) - 1
        if number >= 0 and at + len(needle) <= places[number][1]:
            counts[number] = count(needle, at, places[number][1])
            held += 1
        if number == last:
            break
        if (
            held > _MANY_HOLD * (number + 1) and number >= _JUDGED_AFTER
        ):  # it is quicker to ask each than to look for the next
            return counts[: number + 1] + [count(needle, *place) for place in places[number + 1 :]]
        at = data.find(needle, starts[number + 1])
    return counts


def _needles(source: str, *, folds: bool) -> tuple[bytes, ...]:
    forms = json_forms(source)
    # Some writers spell the digits of an escape in capitals.
    forms += [re.sub(r"\\u[0-9a-f]{4}", lambda found: "\\u" + found[0][2:].upper(), form) for form in forms]
    encoded = [form.encode("utf-8", "surrogatepass") for form in forms]
    return tuple(dict.fromkeys(form.lower() if folds else form for form in encoded))


def _escape_begin(source: str) -> bytes:
    r"""What an ASCII body must hold for a text beyond ASCII to be in it, as in `\u00`; empty for a text in ASCII."""
    letters = [next((letter for letter in form if not letter.isascii()), "") for form in normal_forms(source)]
    cases = {case for letter in letters for case in (letter, letter.lower(), letter.upper()) if len(case) == 1}
    return _common_start([form for case in sorted(cases) for form in _needles(case, folds=False) if form.isascii()])


def _common_start(forms: list[bytes]) -> bytes:
    shortest = min(forms, key=len, default=b"")
    ends = (end for end in range(len(shortest), 0, -1) if all(form.startswith(shortest[:end]) for form in forms))
    return shortest[: next(ends, 0)]


def _has_cased_beyond_ascii(source: str) -> bool:
    return any(not letter.isascii() and letter.lower() != letter.upper() for letter in source)


def _either_case(source: str) -> bytes:
    """An expression for a text in any case and any JSON form, over folded bytes."""
    return b"".join(_letter(letter) for letter in source)


def _letter(letter: str) -> bytes:
    cases = [case for case in (letter, letter.lower(), letter.upper()) if len(case) == 1]
    forms = dict.fromkeys(form for case in cases for form in _needles(case, folds=True))
    return b"(?:" + b"|".join(map(re.escape, sorted(forms, key=len, reverse=True))) + b")"


def _in_bytes(source: str) -> str:
    """A regular expression over bytes, one character for each byte: what is not ASCII becomes its UTF-8 bytes."""
    if source.isascii():
        return source
    tokens = tokens_of(source)
    beyond = next((token.text for token in tokens or () if token.kind == "class" and not token.text.isascii()), None)
    if tokens is None or beyond is not None:
        what = beyond or "what is not ASCII"
        raise PatternError(f"{what} cannot be searched for in bytes; expected alternatives such as (?:é|è)")
    return "".join(
        text if text.isascii() else f"(?:{text[-1].encode('utf-8', 'surrogatepass').decode('latin-1')})"
        for _, text in tokens
    )
