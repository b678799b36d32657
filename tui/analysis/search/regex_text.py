"""What the text of a regular expression shows without running it: literals that every match holds, and a folded twin.

Only the usual constructs are read. Where anything else appears the answer is None, and the expression is used as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["literal", "escape", "class", "open", "close", "or", "repeat", "other"]


class Token(NamedTuple):
    """A piece of an expression. `escape` is a backslash and a letter or digit; `other` is `.`, `^` or `$`."""

    kind: Kind
    text: str


_TOKEN = re.compile(
    r"""(?P<escape>\\[A-Za-z0-9])"""
    r"""|(?P<literal>\\[^A-Za-z0-9]|[^\\\[\](){}|*+?.^$])"""
    r"""|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])"""
    r"""|(?P<open>\((?:\?(?::|=|!|<=|<!|>|P<\w+>))?(?!\?))"""
    r"""|(?P<close>\))"""
    r"""|(?P<or>\|)"""
    r"""|(?P<repeat>(?:[*+?]|\{\d*(?:,\d*)?\})[?+]?)"""
    r"""|(?P<other>[.^$])""",
    re.DOTALL,
)
_UNREADABLE_ESCAPES = frozenset("xuUN0123456789")
"""A character or a group by number: what it represents does not follow from its letters."""

_UPPER = range(ord("A"), ord("Z") + 1)


def tokens_of(source: str) -> list[Token] | None:
    """The pieces of an expression; None if it holds anything that is not read here."""
    found = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            return None
        token = Token(match.lastgroup, match.group())  # type: ignore[arg-type]  # the groups are the kinds
        if token.kind == "escape" and token.text[1] in _UNREADABLE_ESCAPES:
            return None
        found.append(token)
        position = match.end()
    return found


def literal_text(source: str) -> str | None:
    """The one text that an expression matches, as with a plain word; None if it may match another."""
    tokens = tokens_of(source)
    if not tokens or any(token.kind != "literal" for token in tokens):
        return None
    return "".join(token.text[-1] for token in tokens)


def required_literal(source: str) -> str:
    """The longest text that every match of an expression holds; empty if none can be told."""
    tokens = tokens_of(source)
    if tokens is None:
        return ""
    runs: list[str] = [""]
    depth = 0
    for token, behind in zip(tokens, [*tokens[1:], None], strict=True):
        if token.kind == "or" and depth == 0:
            return ""
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind != "literal" or depth:
            runs.append("")
        elif behind is None or behind.kind != "repeat":
            runs[-1] += token.text[-1]
        else:  # `x+` holds one x, yet what follows need not stand right behind it
            runs[-1] += token.text[-1] if behind.text.startswith("+") else ""
            runs.append("")
    return max(runs, key=len)


def folded_expression(source: str) -> str | None:
    """An expression that finds in lowered ASCII text, case counting, what `source` finds regardless of case.

    Regardless of case, everything an expression can ask of a character it asks of both cases, so lowering the text
    changes no answer; it only remains to write the literals and ranges in lower case. None if that cannot be done.
    """
    tokens = tokens_of(source)
    parts = [_folded(token) for token in tokens or ()]
    return None if tokens is None or None in parts else "".join(part for part in parts if part is not None)


def within_lines(source: str) -> str | None:
    """The expression with its wildcards kept from matching a line feed, so that every match stays within a line.

    None if it asks for a line feed itself, or where that cannot be told.
    """
    tokens = tokens_of(source)
    parts = [_within_line(token) for token in tokens or ()]
    return None if tokens is None or None in parts else "".join(part for part in parts if part is not None)


def begins_with_literal(source: str) -> bool:
    """Whether every match begins with a known character: the engine finds such places quickly by itself."""
    tokens = tokens_of(source) or []
    followed = len(tokens) > 1 and tokens[1].kind == "repeat" and not tokens[1].text.startswith("+")
    return bool(tokens) and tokens[0].kind == "literal" and not followed


_IN_LINE = {r"\s": r"[^\S\n]", r"\W": r"[^\w\n]", r"\D": r"[^\d\n]", r"\n": None, r"\Z": None, r"\A": None}


def _within_line(token: Token) -> str | None:
    """A token that matches no line feed, with groups that remember nothing; None if it may want one."""
    kind, text = token
    if kind == "escape":
        return _IN_LINE.get(text, text)
    if kind == "class":
        return _class_within_line(text)
    if kind == "open":
        return "(?:" if text == "(" or text.startswith("(?P<") else text
    return None if "\n" in text else text


def _class_within_line(text: str) -> str | None:
    if re.search(r"\\[sWDn]|\n", text):
        return None
    return f"{text[:-1]}\\n]" if text.startswith("[^") else text


def _folded(token: Token) -> str | None:
    if token.kind == "literal":
        return token.text.lower() if token.text.isascii() else token.text
    return _folded_class(token.text) if token.kind == "class" else token.text


def _folded_class(text: str) -> str | None:
    """A class with the lower case of its capitals added."""
    inner = text[2:-1] if text.startswith("[^") else text[1:-1]
    added = ""
    for first, last in _members(inner):
        if len(first) > 1 and first[1] in _UNREADABLE_ESCAPES:
            return None
        if len(first) == len(last) == 1:
            low, high = max(ord(first), _UPPER.start), min(ord(last), _UPPER.stop - 1)
            added += f"{chr(low).lower()}-{chr(high).lower()}" if low <= high else ""
        elif first != last:
            return None
    return f"{text[:-1]}{added}]"


_MEMBER = re.compile(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", re.DOTALL)


def _members(inner: str) -> Iterator[tuple[str, str]]:
    for match in _MEMBER.finditer(inner):
        yield match[1], match[2] or match[1]
