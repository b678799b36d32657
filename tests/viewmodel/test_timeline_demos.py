"""The timeline of every demo bundle: read in pieces it is what it is when read at once, and nothing is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.viewmodel.test_timeline import outline
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.linked import links_of, primary_link
from tui.analysis.links.why import why
from tui.bundle.open import open_bundle
from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.timeline.columns import timeline_line
from tui.viewmodel.timeline.filter import parse_filter
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.row import TimelineRow, Work
from tui.viewmodel.timeline.row_maker import RowMaker

DEMOS = sorted(
    path.parent
    for path in Path("demo_bundles").glob("*/manifest.json")
    if path.parent.name == "refused-schema1" or "-schema" not in path.parent.name
)
"""Each session once: what it is in an earlier schema is the reducer's business."""


@pytest.fixture(params=DEMOS, ids=lambda path: path.name)
def store(request) -> TraceStore:
    store = TraceStore(open_bundle(request.param))
    store.load_all()
    return store


def test_reading_event_by_event_gives_the_same_rows(store):
    at_once = TimelineModel(store.trace, TraceIndex(store.trace), store.diagnostics)
    at_once.perform(Move.UNFOLD_ALL)
    piecewise = growing(store)
    piecewise.perform(Move.UNFOLD_ALL)
    assert outline(piecewise) == outline(at_once)
    assert piecewise.problem_count == at_once.problem_count


def test_kept_rows_show_what_fresh_ones_would(store):
    """While a recording grows, all rows are drawn after each event, and now and then made by another maker.

    The clock goes on in between, up to half a second ahead of the newest event, and back to that.
    """
    steps = 0

    def compare(model: TimelineModel, live: TraceStore) -> None:
        nonlocal steps
        steps += 1
        model.perform(Move.UNFOLD_ALL)
        model.tick(live.index.newest_unix_ms + 250 * (steps % 3))
        kept = [drawn(row) for row in model.rows(0, model.row_count)]
        if steps % 8 == 0:
            maker = RowMaker(live.trace, live.index, live.diagnostics, model.labels)
            fresh = [maker.row(node, depth, model.tree, model.axis) for node, depth in model.tree.rows.rows_from(0)]
            assert kept == [drawn(row) for row in fresh]

    growing(store, compare)
    assert steps


def test_filters_leave_the_same_rows_while_a_recording_grows(store):
    """What leaves a row may come with another object: a message that arrives ends the `pending` of its call."""
    steps: Counter[str] = Counter()

    def compare(model: TimelineModel, live: TraceStore) -> None:
        steps[str(model.filter)] += 1
        if steps[str(model.filter)] % 8 == 0:
            at_once = TimelineModel(live.trace, live.index, live.diagnostics)
            at_once.set_filter(model.filter)
            for either in (model, at_once):
                either.perform(Move.UNFOLD_ALL)
            assert outline(model) == outline(at_once)

    growing(store, compare, typed=("pending", "-pending", "status:ok"))
    assert len(steps) == 3


def _no_bar(_cells: int) -> Sequence[Work]:
    return ()


def drawn(row: TimelineRow) -> tuple[object, ...]:
    """All that a row shows."""
    return (row._replace(bar=_no_bar), list(row.bar(30)))


def growing(
    store: TraceStore,
    after_each: Callable[[TimelineModel, TraceStore], object] = lambda _model, _live: None,
    typed: Sequence[str] = ("",),
) -> TimelineModel:
    """A timeline of the same bundle for each filter, updated after every event; returns the first."""
    from tui.source.reading import read_batches

    live = TraceStore(store.source)
    models = filtered(live, typed)
    for batch in read_batches(live.source, live.payloads):
        live.enqueue(batch)
        generation = live.generation
        while live.has_pending:
            delta = live.advance(0.0)
            if live.generation != generation:
                generation, models = live.generation, filtered(live, typed)
            else:
                for model in models:
                    model.apply(delta)
            if not live.is_ahead_of_index:
                for model in models:
                    after_each(model, live)
    return models[0]


def filtered(store: TraceStore, typed: Sequence[str]) -> list[TimelineModel]:
    models = [TimelineModel(store.trace, store.index, store.diagnostics) for _ in typed]
    for model, text in zip(models, typed, strict=True):
        if text:
            model.set_filter(parse_filter(text))
    return models


def test_every_agent_turn_request_and_call_has_exactly_one_row(store):
    model = TimelineModel(store.trace, store.index, store.diagnostics)
    model.perform(Move.UNFOLD_ALL)
    shown = [node.ref for node in model.tree.rows.walk() if not node.is_run]
    trace = store.trace
    expected = {NodeRef("thread", name) for name in trace.threads}
    expected |= {NodeRef("turn", name) for name in trace.codex_turns}
    expected |= {NodeRef("inference", name) for name in trace.inference_calls}
    expected |= {NodeRef("tool_call", name) for name in trace.tool_calls}
    expected |= {NodeRef("compaction", name) for name in trace.compactions}
    assert expected <= set(shown)
    assert len(shown) == len(set(shown))


def test_every_object_leads_to_a_row_and_every_row_can_be_drawn_and_explained(store):
    model = TimelineModel(store.trace, store.index, store.diagnostics)
    trace, index = store.trace, store.index
    kinds: dict[NodeKind, Mapping[Any, Any]] = {
        "item": trace.conversation_items,
        "code_cell": trace.code_cells,
        "payload": trace.raw_payloads,
    }
    kinds |= {"terminal_operation": trace.terminal_operations, "edge": trace.interaction_edges}
    kinds |= {"terminal_session": trace.terminal_sessions}
    lost = [(kind, name) for kind, names in kinds.items() for name in names if not model.reveal(NodeRef(kind, name))]
    assert [one for one in lost if one[0] != "payload"] == []
    for row in model.rows(0, model.row_count):
        assert cell_len("".join(span.text for span in timeline_line(row, 60, cell_len))) <= 60
        assert why(trace, index, row.node)[0].node == row.node
        links_of(trace, index, row.node)
        primary_link(trace, index, row.node)
