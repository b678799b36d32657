"""A log that ends anywhere, in the middle of a line too: what is on the screen is that of its whole lines."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from tui.bundle.batch import BundleBatchReader
from tui.bundle.open import open_bundle
from tui.model.diagnostic import Diagnostic
from tui.model.encode import encode_trace
from tui.source.reading import read_batches
from tui.store import TraceStore
from tui.viewmodel.conversation.model import ConversationModel
from tui.viewmodel.conversation.scope import scope_of
from tui.viewmodel.text.spans import Line
from tui.viewmodel.timeline.model import TimelineModel

DEMO = "killed"
"""The shortest demo recording."""

STEP = 23
"""Among bytes that differ in nothing, each so many-th is tried."""

Shown = tuple[list[dict[str, object]], list[Line]]


def shown(store: TraceStore) -> Shown:
    """The rows of the timeline, and the lines of the first agent's conversation."""
    timeline = TimelineModel(store.trace, store.index, store.diagnostics)
    conversation = ConversationModel(store.trace, store.index, len)
    conversation.layout.set_width(80)
    root = timeline.focused
    if root is not None:
        conversation.show(scope_of(store.trace, store.index, root))
    lines = [conversation.layout.line(row) for row in range(conversation.layout.row_count)]
    rows = [row._asdict() | {"bar": tuple(row.bar(20))} for row in timeline.rows(0, timeline.row_count)]
    return rows, lines


def graph(store: TraceStore) -> bytes:
    return b"".join(encode_trace(store.trace))


@pytest.fixture
def bundle(tmp_path: Path, demo_bundles: Path) -> Path:
    path = tmp_path / DEMO
    shutil.copytree(demo_bundles / DEMO, path)
    return path


def places(data: bytes) -> list[int]:
    """Where a recorder may have got to: both ends of each line with what lies next to them, the inside of each
    character of several bytes, and places between.
    """
    ends = [number for number, byte in enumerate(data) if byte == 0x0A]
    near = {place for end in ends for place in range(end - 2, end + 4)}
    inside = {place for number, byte in enumerate(data) if byte >= 0x80 for place in (number, number + 1)}
    every = {*range(0, len(data), STEP), *range(4), len(data)}
    return sorted(place for place in near | inside | every if place <= len(data))


def whole_lines(data: bytes, cut: int) -> int:
    """Where the last line ends that is whole in the first `cut` bytes; its newline may be missing."""
    end = data.rfind(b"\n", 0, cut) + 1
    return cut if data[cut : cut + 1] == b"\n" else end


def test_a_log_that_grows_by_some_bytes_changes_what_is_shown_at_the_ends_of_lines_only(bundle: Path) -> None:
    log = bundle / "trace.jsonl"
    data = log.read_bytes()
    log.write_bytes(b"")
    source = open_bundle(bundle)
    store = TraceStore(source)
    with log.open("ab", buffering=0) as recorder, closing(BundleBatchReader(source, store.payloads)) as reader:
        before = shown(store)
        for piece in _pieces(data):
            recorder.write(piece)
            while batch := reader.next():
                store.enqueue(batch)
                while store.has_pending:
                    store.advance()
            now = shown(store)
            assert b"\n" in piece or now == before
            before = now
    whole = TraceStore(open_bundle(bundle))
    whole.load_all()
    assert shown(store) == shown(whole)
    assert graph(store) == graph(whole)


def test_a_log_cut_at_any_byte_gives_what_its_whole_lines_give(bundle: Path) -> None:
    """Rows are made of the graph and the problems alone, so these are compared."""
    log = bundle / "trace.jsonl"
    data = log.read_bytes()
    expected: tuple[int, bytes, list[Diagnostic]] = (-1, b"", [])
    for cut in places(data):
        end = whole_lines(data, cut)
        if end != expected[0]:
            log.write_bytes(data[:end])
            expected = (end, *_opened(bundle))
        log.write_bytes(data[:cut])
        assert _opened(bundle) == expected[1:], cut


def _opened(bundle: Path) -> tuple[bytes, list[Diagnostic]]:
    store = TraceStore(open_bundle(bundle))
    for batch in read_batches(store.source, store.payloads):
        store.enqueue(batch)
    while store.has_pending:
        store.advance()
    return graph(store), store.diagnostics


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[start:end] for start, end in pairwise(places(data)))
