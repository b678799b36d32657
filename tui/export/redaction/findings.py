"""Where secrets are in a text: as it is, inside escaped JSON, and across the pieces in which it came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tui.export.redaction.escapes import readings_of, resolved
from tui.export.redaction.rules import RuleSet


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
        for rule in rules.worth_trying(reading.text):
            for match in rule.pattern.finditer(reading.text):
                start, end = map(reading.source, match.span(rule.group))
                found.append(Finding(start, end, rule.name, ""))
    return [_named(text, finding) for finding in _merged(found)] if found else found


def findings_across(pieces: Sequence[str], rules: RuleSet) -> list[list[Finding]]:
    """The secrets in each of the pieces in which a text came; one that spans several is found in each of them."""
    whole = "".join(pieces)
    found: list[Finding] = list(findings_in(whole, rules))
    offset = 0
    for piece in pieces if len(pieces) > 1 else ():
        # A piece may begin with a secret that looks like the end of a word when it is joined.
        alone = findings_in(piece, rules)
        found += [Finding(one.start + offset, one.end + offset, one.rule, "") for one in alone]
        offset += len(piece)
    return _cut_up([_named(whole, finding) for finding in _merged(found)], pieces)


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
    for one in sorted(found, key=lambda finding: (finding.start, -finding.end)):
        last = merged[-1] if merged else None
        if last is None or one.start >= last.end:
            merged.append(one)
        elif one.end > last.end:
            merged[-1] = Finding(last.start, one.end, last.rule, "")
    return merged


def _named(text: str, finding: Finding) -> Finding:
    secret = "".join(resolved(text[finding.start : finding.end]).split())
    return Finding(finding.start, finding.end, finding.rule, secret)
