"""Where secrets are in a text: as it is, inside escaped JSON, and across the pieces in which it came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tui.export.redaction.documents import Place, streams_in
from tui.export.redaction.encoded import encoded_texts
from tui.export.redaction.escapes import ResolvedText, readings_of, resolved, unwrapped
from tui.export.redaction.rule import RuleSet

MOST_ENCODED = 3
"""How often a text may be encoded in a row."""


class Finding(msgspec.Struct, frozen=True, order=True):
    """A secret in a text: from `start` to before `end`, in characters, and the rule that found it."""

    start: int
    end: int
    rule: str
    secret: str
    """The secret without escapes and blanks: what makes two findings the same secret."""


def findings_in(text: str, rules: RuleSet) -> list[Finding]:
    """The secrets in a text, in their order; those that overlap are one, named by the first."""
    found: list[Finding] = []
    for reading in readings_of(text):
        found += _found_in(reading, rules)
        found += _wrapped_in(reading, rules)
        found += _encoded_in(reading, rules)
        for places in streams_in(reading.text):
            found += _across(reading, places, rules)
    return _named(text, _merged(found)) if found else found


def findings_across(pieces: Sequence[str], rules: RuleSet) -> list[list[Finding]]:
    """The secrets in each of the pieces in which a text came; one that spans several is found in each of them."""
    if len(pieces) == 1:
        return [findings_in(pieces[0], rules)]
    whole = "".join(pieces)
    parts = _cut_up(findings_in(whole, rules), pieces)
    # A piece may begin with a secret that looks like the end of a word when it is joined.
    return [_merged([*part, *findings_in(piece, rules)]) for part, piece in zip(parts, pieces, strict=True)]


def _found_in(reading: ResolvedText, rules: RuleSet) -> Iterator[Finding]:
    for rule in rules.worth_trying(reading.text):
        for start, end in rule.spans(reading.text):
            yield Finding(reading.source(start), reading.source(end), rule.name, "")


def _wrapped_in(reading: ResolvedText, rules: RuleSet) -> Iterator[Finding]:
    """Secrets that the end of a line cuts; one that only has a name ends there if it is long enough to be whole."""
    whole = unwrapped(reading)
    if whole is None:
        return
    for rule in rules.worth_trying(whole.text):
        ended = {reading.source(start) for start, _ in rule.spans(reading.text)} if rule.group else ()
        for start, end in rule.spans(whole.text):
            place = whole.source(start)
            if place not in ended:
                yield Finding(place, whole.source(end), rule.name, "")


def _encoded_in(reading: ResolvedText, rules: RuleSet) -> Iterator[Finding]:
    """Words that mean a text with a secret in it; the whole word goes, as half of it would still mean half a text."""
    for start, end, meaning in encoded_texts(reading.text):
        rule = _first_rule(meaning, rules, MOST_ENCODED)
        if rule is not None:
            yield Finding(reading.source(start), reading.source(end), rule, "")


def _first_rule(meaning: str, rules: RuleSet, times: int) -> str | None:
    """The rule of a secret in what a word means; that may be encoded again."""
    for reading in readings_of(meaning):
        for one in _found_in(reading, rules):
            return one.rule
    if times > 1:
        for _, _, inner in encoded_texts(meaning):
            rule = _first_rule(inner, rules, times - 1)
            if rule is not None:
                return rule
    return None


def _across(reading: ResolvedText, places: Sequence[Place], rules: RuleSet) -> Iterator[Finding]:
    """The parts of secrets that span several pieces of a document."""
    pieces = [reading.text[start:end] for start, end in places]
    whole = "".join(pieces)
    found = [one for level in readings_of(whole) for one in _found_in(level, rules)]
    for (start, _), parts in zip(places, _cut_up(_named(whole, _merged(found)), pieces), strict=True):
        for one in parts:
            yield Finding(reading.source(start + one.start), reading.source(start + one.end), one.rule, one.secret)


def _cut_up(findings: Iterable[Finding], pieces: Sequence[str]) -> list[list[Finding]]:
    """The parts of findings that lie in each piece, counted from its start."""
    parts: list[list[Finding]] = []
    offset = 0
    left = list(findings)
    for piece in pieces:
        end = offset + len(piece)
        parts.append(
            [
                Finding(max(one.start, offset) - offset, min(one.end, end) - offset, one.rule, one.secret)
                for one in left
                if one.start < end and one.end > offset
            ]
        )
        offset = end
        left = [one for one in left if one.end > offset]
    return parts


def _merged(found: list[Finding]) -> list[Finding]:
    merged: list[Finding] = []
    # Where two begin at one place, the longer one counts, and one that knows its secret before one that does not.
    for one in sorted(found, key=lambda finding: (finding.start, -finding.end, not finding.secret)):
        last = merged[-1] if merged else None
        if last is None or one.start >= last.end:
            merged.append(one)
        elif one.end > last.end:
            merged[-1] = Finding(last.start, one.end, last.rule, last.secret)
    return merged


def _named(text: str, found: list[Finding]) -> list[Finding]:
    """The findings with their secrets, as far as these are not known."""
    return [
        one
        if one.secret
        else Finding(one.start, one.end, one.rule, "".join(resolved(text[one.start : one.end]).split()))
        for one in found
    ]
