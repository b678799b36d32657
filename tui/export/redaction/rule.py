"""What a rule is, and a fast way from a text to the rules that may match in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Final

import msgspec

LONGEST_NAME = 80
"""Characters before a value that are looked at for its name."""

_HEAD = 3
"""Characters of a word by which rules for keys are looked up."""

_GATES: Final = ("$", ".com", "hook", "login")
"""Parts of several needles, besides the needles that are parts of others."""

_LETTERS: Final = bytes(code if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiling all patterns takes longer than many an export; most are never needed."""
    return re.compile(pattern)


class SecretRule(msgspec.Struct, frozen=True):
    """A kind of secret: its name, as it appears in marks and reports, and what it looks like.

    `needles`: one of them is in every text that the pattern can match; looking for them is fast. `group`: what of a
    match is the secret. `named`: what must end where a match begins. `is_key`: every match begins with a needle, and
    no letter or digit is before it. `at_needle`: every match begins with a needle, whatever is before it.
    """

    name: str
    pattern: str
    needles: tuple[str, ...]
    group: int = 0
    named: str | None = None
    is_key: bool = False
    at_needle: bool = False

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the secrets of this kind are."""
        matches = self._at_needles(text) if self.is_key or self.at_needle else _compiled(self.pattern).finditer(text)
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
        frames: dict[str, list[int]] = {}
        self._rules = rules
        for place, rule in enumerate(rules):
            for needle in () if rule.is_key else rule.needles:
                frames.setdefault(needle.lower(), []).append(place)
        self._frames = _gated(frames)
        self._keys: dict[bytes, list[tuple[str, SecretRule]]] = {}
        for rule in rules:
            for needle in rule.needles if rule.is_key else ():
                self._keys.setdefault(_head(needle), []).append((needle, rule))

    def worth_trying(self, text: str) -> Iterable[SecretRule]:
        """The rules of which the text holds a needle."""
        small = text.lower()
        places = {
            place
            for gate, frames in self._frames.items()
            if gate in small
            for needle, places in frames
            if needle in small
            for place in places
        }
        found = [self._rules[place] for place in sorted(places)]
        if self._keys:
            words = set(text.encode("ascii", "replace").translate(_LETTERS).split())
            for head in sorted(self._keys.keys() & {word[:_HEAD] for word in words}):
                found += [rule for needle, rule in self._keys[head] if needle in text]
        return found if len(found) < 2 else {id(rule): rule for rule in found}.values()


@lru_cache(maxsize=8)
def rule_set(rules: tuple[SecretRule, ...]) -> RuleSet:
    """The way to these rules, which never changes: to make it takes longer than to hide what a short text holds."""
    return RuleSet(rules)


def _gated(frames: dict[str, list[int]]) -> dict[str, list[tuple[str, list[int]]]]:
    """Needles, in small letters, by a part that several of them have: where it is not, none of them is."""
    gates: list[str] = []
    found: dict[str, list[tuple[str, list[int]]]] = {}
    for needle in sorted({*frames, *_GATES}, key=len):
        gate = next((one for one in gates if one in needle), None)
        if gate is None:
            gate = needle
            if len(needle) >= _HEAD or needle in _GATES:
                gates.append(needle)
        if needle in frames:
            found.setdefault(gate, []).append((needle, frames[needle]))
    return found


@cache  # every export asks it of the same needles
def _head(needle: str) -> bytes:
    """How a word begins in which the needle does; raise `ValueError` for one that fits almost any word."""
    word = needle.encode().translate(_LETTERS).split()[0]
    if len(word) == len(needle) < _HEAD:
        raise ValueError(f"{needle!r} is too short to find a key by")
    return word[:_HEAD]


def make_rule(
    name: str,
    needles: Sequence[str],
    pattern: str,
    group: int = 0,
    *,
    named: str | None = None,
    at_needle: bool = False,
) -> SecretRule:
    """A rule with a pattern of its own."""
    end = None if named is None else f"(?:{named})$"
    return SecretRule(name, pattern, tuple(needles), group, end, at_needle=at_needle)


BEFORE: Final = "(?<![A-Za-z0-9])"
"""A key does not begin inside a word; in names of files and variables, one follows a hyphen or an underscore."""

APART: Final = r"(?<!_)(?<![^\s:]-)"
"""Nor do those begin there whose prefix is a common part of names; a hyphen that begins a word or a line is a sign."""

AFTER: Final = r"(?![A-Za-z0-9])"
"""Nor does it end inside one."""


def key_rule(name: str, prefix: str, body: str, *needles: str) -> SecretRule:
    """A key that begins with the provider's own prefix; `needles` are all beginnings unless the prefix is the one."""
    return SecretRule(name, f"{BEFORE}{prefix}{body}{AFTER}", needles or (prefix,), is_key=True)
