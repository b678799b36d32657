"""Findings by kind: one change of a recorder is one finding, however many lines it touches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from tui.model.diagnostic import Diagnostic, Severity

ALONE_AT_MOST: Final = 3
"""This many findings of one code are reported one by one."""

KEPT_PLACES: Final = 20
"""Further places that a finding lists."""


class OtherPlace(msgspec.Struct):
    """Where the same was found again."""

    message: str
    line: int | None = None
    seq: int | None = None
    object_id: str | None = None
    payload_id: str | None = None


class FindingKind(msgspec.Struct, kw_only=True):
    """One kind of finding. All fields but `count` and `others` speak of the first time.

    `count` is how often it was found, `others` are the next places; a field that lines have in common is counted, but
    its other places are not kept.
    """

    code: str
    severity: Severity
    message: str
    consequence: str
    count: int
    line: int | None
    seq: int | None
    object_id: str | None
    payload_id: str | None
    others: list[OtherPlace]


def by_kind(findings: Iterable[Diagnostic]) -> list[FindingKind]:
    """The findings, those of a code that comes often put together: by what follows from them, or else all of them."""
    by_code: dict[tuple[str, str], list[FindingKind]] = {}
    for found in findings:
        by_code.setdefault((found.severity, found.code), []).append(_alone(found))
    return [finding for same in by_code.values() for finding in _put_together(same)]


def _alone(found: Diagnostic) -> FindingKind:
    return FindingKind(
        code=found.code,
        severity=found.severity,
        message=found.message,
        consequence=found.consequence,
        count=found.count,
        line=found.line,
        seq=found.seq,
        object_id=found.object_id,
        payload_id=found.payload_id,
        others=[],
    )


def _put_together(same: list[FindingKind]) -> list[FindingKind]:
    if len(same) <= ALONE_AT_MOST:
        return same
    by_consequence: dict[str, list[FindingKind]] = {}
    for finding in same:
        by_consequence.setdefault(finding.consequence, []).append(finding)
    merged = [_merged(group) for group in by_consequence.values()]
    if len(merged) <= ALONE_AT_MOST:
        return merged
    whole = _merged(same)
    whole.consequence = "; ".join(list(by_consequence)[:ALONE_AT_MOST]) + "; …"
    return [whole]


def _merged(group: Sequence[FindingKind]) -> FindingKind:
    """The first of a group for all of it. The findings stay: they may be put together in another way, too."""
    first, *others = group
    count = sum(finding.count for finding in group)
    return msgspec.structs.replace(first, count=count, others=[_place(finding) for finding in others[:KEPT_PLACES]])


def _place(finding: FindingKind) -> OtherPlace:
    return OtherPlace(finding.message, finding.line, finding.seq, finding.object_id, finding.payload_id)
