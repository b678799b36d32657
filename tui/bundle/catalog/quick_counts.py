"""Counts a text in the payloads of a bundle without reading its log event by event.

The bodies are searched first, many at a time; then the log is asked what it calls those that hold the text, and in
which order. This answers only where the answer is surely that of the long way, and says so otherwise (`None`).
"""

from __future__ import annotations

import os
from typing import Final, NamedTuple

from tui.bundle.catalog.held_text import SearchedPayloads
from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError
from tui.bundle.files import BundleFiles
from tui.bundle.payloads.body_search import BodyFinder
from tui.schema.payloads import NamedPayload, RawPayloadRef
from tui.schema.rules import rules_for

_MOST_LOOKED_UP: Final = 16
"""Payloads that are looked up in the log; where more hold the text, reading all its references is quicker."""


class TextCount(NamedTuple):
    """How often a payload holds the text; `found` is None if its body has to be searched by itself."""

    ref: NamedPayload | RawPayloadRef
    found: int | None


def quick_counts(bundle: BundleFiles, finder: BodyFinder) -> list[TextCount] | None:
    """The payloads that hold the text, or may hold it, in the order in which the log names them; None if unsure."""
    if finder.is_regex or not finder.is_verbatim or bundle.faults or bundle.joined is not None:
        return None
    directory = ConfinedDirectory(bundle.path)
    payloads = _payloads_of(bundle, finder)
    if not payloads.read(directory):
        return None
    try:
        descriptor, _ = directory.open_file(bundle.log_name)
    except RefusedPathError:
        return None
    try:
        return _counts(descriptor, payloads)
    except (OSError, ValueError):
        return None
    finally:
        os.close(descriptor)


def _payloads_of(bundle: BundleFiles, finder: BodyFinder) -> SearchedPayloads:
    if rules_for(bundle.manifest.schema_version).has_shards:
        from tui.bundle.catalog.numbered_records import NumberedRecords

        return NumberedRecords(finder)
    from tui.bundle.catalog.numbered_files import NumberedFiles

    return NumberedFiles(finder)


def _counts(log: int, payloads: SearchedPayloads) -> list[TextCount] | None:
    if len(payloads.found) > _MOST_LOOKED_UP:
        return _counts_of_many(log, payloads)
    from tui.bundle.catalog.rare_text import names_of_few

    named = names_of_few(log, payloads.found, payloads.count)
    return None if named is None else [TextCount(ref, held.times_with(len(ref.parts))) for ref, held in named]


def _counts_of_many(log: int, payloads: SearchedPayloads) -> list[TextCount] | None:
    from tui.bundle.catalog.usual_log import UsualLog

    names = UsualLog(payloads.count)
    if not names.read(log) or not payloads.are_so_named(names):
        return None
    held = {one.number: one for one in payloads.found}
    counts: list[TextCount] = []
    for number in filter(held.__contains__, names.order):
        parts = names.parts.get(number, 0)
        found = held[number].times_with(parts)
        if found is None and parts:
            return None
        if found != 0:
            counts.append(TextCount(names.named(number), found))
    return counts
