"""`ls --json`: the recordings in a folder."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tui.viewmodel.folder.board import totals_of
from tui.viewmodel.folder.row import FolderRow


class SumsAnswer(msgspec.Struct, frozen=True):
    """What the recordings come to together; `is_part`: not all of them were read, or say how much they used."""

    runs: int
    live: int
    failed: int
    cut_off: int
    tokens: int | None
    is_part: bool
    not_read: int


class BundleAnswer(msgspec.Struct, frozen=True):
    """One recording; null is unknown, also where it has not been read (`is_read`)."""

    path: str
    name: str
    state: str
    evidence: str
    is_read: bool
    outcome: str | None
    why: str | None
    took_ms: int | None
    agents: int | None
    requests: int | None
    tokens: int | None
    input_tokens: int | None
    cached_input_tokens: int | None
    requests_without_usage: int | None
    problems: int | None
    schema_version: int | None
    trace_id: str | None
    rollout_id: str | None
    started_at_unix_ms: int | None
    newest_at_unix_ms: int | None
    newest_seq: int | None
    log_bytes: int | None
    first_request: str | None
    problem: str | None


class ListAnswer(msgspec.Struct, frozen=True):
    """The document; `is_cut`: there is more below the folder than is looked at."""

    root: str
    is_cut: bool
    totals: SumsAnswer
    bundles: list[BundleAnswer]


def list_answer(root: str, rows: Sequence[FolderRow], *, is_cut: bool) -> ListAnswer:
    """The document on a folder."""
    totals = totals_of(rows)
    sums = SumsAnswer(
        runs=totals.runs,
        live=totals.live,
        failed=totals.failed,
        cut_off=totals.cut_off,
        tokens=totals.tokens,
        is_part=totals.is_part,
        not_read=totals.unread,
    )
    return ListAnswer(root, is_cut, sums, [_bundle(row) for row in rows])


def _bundle(row: FolderRow) -> BundleAnswer:
    summary, manifest, facts = row.summary, row.summary.manifest, row.facts
    is_known = facts is not None and facts.requests is not None and not facts.tokens.is_unknown
    tokens = facts.tokens if facts is not None and is_known else None
    return BundleAnswer(
        path=summary.path,
        name=summary.name,
        state=row.state.word,
        evidence=row.state.evidence,
        is_read=facts is not None,
        outcome=row.outcome,
        why=(row.why or None) if facts is not None else None,
        took_ms=None if facts is None else facts.took_ms,
        agents=None if facts is None else facts.agents,
        requests=None if facts is None else facts.requests,
        tokens=None if tokens is None else tokens.total,
        input_tokens=None if tokens is None else tokens.input,
        cached_input_tokens=None if tokens is None else tokens.known_cached,
        requests_without_usage=None if facts is None else facts.tokens.without_usage,
        problems=None if facts is None else facts.problems,
        schema_version=summary.schema_version,
        trace_id=None if manifest is None else manifest.trace_id,
        rollout_id=None if manifest is None else manifest.rollout_id,
        started_at_unix_ms=summary.started_at_unix_ms,
        newest_at_unix_ms=summary.newest_at_unix_ms,
        newest_seq=summary.newest_seq,
        log_bytes=summary.log_bytes,
        first_request=summary.title or None,
        problem=summary.problem or row.problem or None,
    )
