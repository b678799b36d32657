"""What a rule is, and a fast way from a text to the rules that may match in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

import msgspec

LONGEST_NAME = 80
"""Characters before a value that are looked at for its name."""

_HEAD = 3
"""Characters of a word by which rules for keys are looked up."""

_LETTERS: Final = bytes(code if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiling all patterns takes longer than many an export; most are never needed."""
    return re.compile(pattern)


class SecretRule(msgspec.Struct, frozen=True):
    """A kind of secret: its name, as it appears in marks and reports, and what it looks like.

    `needles`: one of them is in every text that the pattern can match; looking for them is fast. `group`: what of a
    match is the secret. `named`: what must end where a match begins. `is_key`: every match begins with a needle, and
    no letter or digit is before it.
    """

    name: str
    pattern: str
    needles: tuple[str, ...]
    group: int = 0
    named: str | None = None
    is_key: bool = False

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the secrets of this kind are."""
        matches = self._at_needles(text) if self.is_key else _compiled(self.pattern).finditer(text)
        for match in matches:
            before = text[max(0, match.start() - LONGEST_NAME) : match.start()]
            if self.named is None or _compiled(self.named).search(before):
                yield match.span(self.group)

    def _at_needles(self, text: str) -> Iterator[re.Match[str]]:
        pattern = _compiled(self.pattern)
        for needle in self.needles:
            place = text.find(needle)
            while place >= 0:
                match = pattern.match(text, place)
                if match is not None:
                    yield match
                place = text.find(needle, place + 1 if match is None else match.end())


class RuleSet:
    """Rules, and a fast way to those that may match."""

    def __init__(self, rules: Sequence[SecretRule]) -> None:
        self.framed = frozenset(rule.name for rule in rules if rule.group)
        """Names of the rules for secrets that only the text around them gives away."""
        self._frames = [(needle, rule) for rule in rules if not rule.is_key for needle in rule.needles]
        self._keys: dict[bytes, list[tuple[str, SecretRule]]] = {}
        for rule in rules:
            for needle in rule.needles if rule.is_key else ():
                self._keys.setdefault(_head(needle), []).append((needle, rule))

    def worth_trying(self, text: str) -> Iterable[SecretRule]:
        """The rules of which the text holds a needle."""
        found = [rule for needle, rule in self._frames if needle in text]
        if self._keys:
            words = set(text.encode("ascii", "replace").translate(_LETTERS).split())
            for head in sorted(self._keys.keys() & {word[:_HEAD] for word in words}):
                found += [rule for needle, rule in self._keys[head] if needle in text]
        return found if len(found) < 2 else {id(rule): rule for rule in found}.values()


@cache  # every export asks it of the same needles
def _head(needle: str) -> bytes:
    """How a word begins in which the needle does; raise `ValueError` for one that fits almost any word."""
    word = needle.encode().translate(_LETTERS).split()[0]
    if len(word) == len(needle) < _HEAD:
        raise ValueError(f"{needle!r} is too short to find a key by")
    return word[:_HEAD]


def make_rule(
    name: str, needles: Sequence[str], pattern: str, group: int = 0, *, named: str | None = None
) -> SecretRule:
    """A rule with a pattern of its own."""
    return SecretRule(name, pattern, tuple(needles), group, None if named is None else f"(?:{named})$")


BEFORE: Final = "(?<![A-Za-z0-9])"
"""A key does not begin inside a word; in names of files and variables, one follows a hyphen or an underscore."""

APART: Final = r"(?<!_)(?<![^\s:]-)"
"""Nor do those begin there whose prefix is a common part of names; a hyphen that begins a word or a line is a sign."""

AFTER: Final = r"(?![A-Za-z0-9])"
"""Nor does it end inside one."""


def key_rule(name: str, prefix: str, body: str, *needles: str) -> SecretRule:
    """A key that begins with the provider's own prefix; `needles` are all beginnings unless the prefix is the one."""
    return SecretRule(name, f"{BEFORE}{prefix}{body}{AFTER}", needles or (prefix,), is_key=True)
