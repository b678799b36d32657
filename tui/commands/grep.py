"""`rtrace-tui grep`: every place of a recording that holds a text: in the graph and in the payload files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

from tui.analysis.byte_pattern import BytePattern
from tui.analysis.pattern import REGEX_PREFIX, Pattern, PatternError, make_pattern
from tui.analysis.search import Excerpt, GraphSearch, Hit, excerpt, text_of_hit
from tui.bundle.body_search import count_in_bodies, matches_in_body
from tui.bundle.open import BundleError
from tui.bundle.payloads import PayloadFault
from tui.bundle.time_limit import time_limit
from tui.commands.arguments import add_bundle, add_json
from tui.commands.console import EXIT_FINDINGS, EXIT_OK, EXIT_UNUSABLE, complain
from tui.commands.grep_output import GrepOutput, output_for
from tui.commands.loaded import loaded_store
from tui.model.noderef import NodeRef
from tui.schema.payloads import RawPayloadRef, path_in_bundle
from tui.store import TraceStore
from tui.viewmodel.excerpts import byte_excerpt
from tui.viewmodel.row_words import row_words
from tui.viewmodel.timeline import TimelineModel
from tui.viewmodel.timeline_filter import FilterError, TimelineFilter, parse_filter

DESCRIPTION = "Print every place of a recording that holds PATTERN: in its objects and in its payload files."

SECONDS_PER_TEXT = 5.0
"""A regular expression that computes longer on one text is stopped, and the text told as left out."""

OBJECTS_PER_STEP = 1_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, a pattern, where to look, and what to print."""
    add_bundle(parser)
    parser.add_argument(
        "pattern", metavar="PATTERN", help="text; any case unless it holds a capital; re:… is a regular expression"
    )
    parser.add_argument("-e", "--regex", action="store_true", help="PATTERN is a regular expression, as after re:")
    case = parser.add_mutually_exclusive_group()
    case.add_argument("-i", "--ignore-case", action="store_true", help="in any case, whatever PATTERN holds")
    case.add_argument("-s", "--exact", action="store_true", help="in exactly this case")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--graph-only", action="store_true", help="leave the payload files out")
    where.add_argument("--payloads-only", action="store_true", help="leave the objects of the graph out")
    parser.add_argument(
        "-f",
        "--filter",
        default="",
        metavar="FILTER",
        help="only in rows that the viewer's filter leaves: 'tool:exec status:failed'",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("-c", "--count", action="store_true", help="print how often each object holds it, and the sum")
    what.add_argument("-l", "--list", action="store_true", help="print only the objects that hold it")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    """Search as the command line says: 0 if something was found, 1 if nothing."""
    try:
        pattern, chosen = _pattern(given), parse_filter(given.filter)
        finder = BytePattern(pattern)
        store = loaded_store(given.bundle)
    except PatternError as error:
        # What follows -e is an expression without a word before it.
        complain(str(error).replace("without re:", "without -e") if given.regex else str(error))
        return EXIT_UNUSABLE
    except (FilterError, BundleError) as error:
        complain(str(error))
        return EXIT_UNUSABLE
    where = _Where(in_graph=not given.payloads_only, in_payloads=not given.graph_only, is_left=_left_by(store, chosen))
    search = _Search(store, pattern, finder, where)
    output = output_for(pattern, counts=given.count, names=given.list, as_json=given.json)
    found = search.count(output) if given.count or given.list else search.print_matches(output)
    output.finish(found)
    for line in search.left_out:
        complain(line)
    return EXIT_OK if found else EXIT_FINDINGS


def _pattern(given: argparse.Namespace) -> Pattern:
    typed: str = given.pattern
    is_regex = given.regex
    if not is_regex and typed.startswith(REGEX_PREFIX):
        typed = typed.removeprefix(REGEX_PREFIX)
        is_regex = not typed.startswith(REGEX_PREFIX)
    return make_pattern(typed, is_regex=is_regex, ignores_case=given.ignore_case or (False if given.exact else None))


def _left_by(store: TraceStore, chosen: TimelineFilter) -> Callable[[NodeRef], bool]:
    """Whether a filter leaves the row of an object; without one, all are left, those that have no row among them."""
    if not chosen:
        return lambda _node: True
    timeline = TimelineModel(store.trace, store.index, store.diagnostics)
    timeline.labels.is_over = store.recording.word in ("ended", "cut off")
    return timeline.left_by(chosen)


class _Where(NamedTuple):
    """Where to look."""

    in_graph: bool
    in_payloads: bool
    is_left: Callable[[NodeRef], bool]


class _Place(NamedTuple):
    """What is told of a match beside its text."""

    node: NodeRef
    where: str
    facts: dict[str, Any]


class _Search:
    """One search through a recording that is in memory."""

    def __init__(self, store: TraceStore, pattern: Pattern, finder: BytePattern, where: _Where) -> None:
        self.left_out: list[str] = []
        """Texts that could not be searched, one line each."""
        self._store = store
        self._pattern = pattern
        self._finder = finder
        self._label_of = row_words(store.trace, store.index)
        self._where = where
        refs = store.trace.raw_payloads.values() if where.in_payloads else ()
        self._refs: list[RawPayloadRef] = [ref for ref in refs if where.is_left(NodeRef("payload", ref.raw_payload_id))]

    def count(self, output: GrepOutput) -> int:
        """Tell how often each object holds the pattern; return the sum."""
        total = 0
        counts: dict[NodeRef, int] = {}
        for hit in self._graph_hits():
            counts[hit.node] = counts.get(hit.node, 0) + hit.matches
        for node, found in counts.items():
            output.count(node, found, {})
            total += found
        for ref, found in self._payload_counts():
            output.count(NodeRef("payload", ref.raw_payload_id), found, self._facts(ref))
            total += found
        return total

    def print_matches(self, output: GrepOutput) -> int:
        """Tell every match as it is found; return how many there are."""
        total = 0
        for place, found in self._matches():
            output.match(place.node, place.where, found, place.facts)
            total += 1
        return total

    def _matches(self) -> Iterator[tuple[_Place, Excerpt]]:
        store = self._store
        for hit in self._graph_hits():
            text = text_of_hit(store.trace, store.diagnostics, hit, self._label_of)
            for start, end in self._pattern.spans(text):
                yield _Place(hit.node, hit.where, {"start": start, "end": end}), excerpt(text, start, end)
        for ref in self._refs:
            node, facts = NodeRef("payload", ref.raw_payload_id), self._facts(ref)
            for match in matches_in_body(store.payloads, ref, self._finder, self._limited):
                if isinstance(match, PayloadFault):
                    self.left_out.append(match.reason)
                    continue
                stop = None if match.start is None else match.start + len(match.match)
                place = _Place(node, "payload", {**facts, "start": match.start, "end": stop})
                yield place, byte_excerpt(match.before, match.match, match.after)

    def _graph_hits(self) -> Iterator[Hit]:
        if not self._where.in_graph:
            return
        store = self._store
        search = GraphSearch(
            store.trace, store.diagnostics, self._pattern, label_of=self._label_of, limited=self._limited
        )
        while not search.is_done:
            yield from (hit for hit in search.advance(OBJECTS_PER_STEP) if self._where.is_left(hit.node))
        if search.skipped:
            self.left_out.append(f"the expression takes too long on {search.skipped:,} texts of the graph")

    def _payload_counts(self) -> Iterator[tuple[RawPayloadRef, int]]:
        found = 0
        for part in count_in_bodies(self._store.payloads, self._refs, self._finder, self._limited):
            found += part.found
            if part.fault is not None:
                self.left_out.append(part.fault.reason)
            if part.is_done and found:
                yield part.ref, found
            found = 0 if part.is_done else found

    def _facts(self, ref: RawPayloadRef) -> dict[str, Any]:
        users = self._store.index.payload_users.of(ref.raw_payload_id)  # type: ignore[arg-type]  # the schema has plain ids
        return {
            "raw_payload_id": ref.raw_payload_id,
            "path": path_in_bundle(ref),
            "shard": ref.shard,
            "used_by": [{"kind": user.kind, "id": user.id} for user in users],
        }

    def _limited(self) -> AbstractContextManager[None]:
        return time_limit(SECONDS_PER_TEXT) if self._finder.is_regex else nullcontext()
