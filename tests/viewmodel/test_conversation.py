"""The conversation pane as a state machine: (actions, expected focus)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.conversation import Body, EncodedPart, PayloadRefPart, TextPart, ToolProducer
from tui.model.evidence import ItemSource
from tui.model.ids import CompactionId, InferenceCallId, ItemId, RawPayloadId, ThreadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import TerminalResult, TokenUsage
from tui.schema.sequence import SharedSequence
from tui.viewmodel.conversation.model import ConversationModel
from tui.viewmodel.conversation.opening import Opening
from tui.viewmodel.conversation.scope import ConversationScope, scope_of
from tui.viewmodel.rows.heights import EntryLine
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.text.styled_lines import search_pattern


def shown(model: ConversationModel) -> list[str]:
    """All rows; the cursor's begins with `>`."""
    model.layout.measure_around(0, 10_000)
    rows = range(model.layout.row_count)
    return [(">" if row == model.cursor else " ") + line_text(model.row(row)) for row in rows]


def model_of(graph: SmallGraph, node: NodeRef | None = None, *, width: int = 60) -> ConversationModel:
    index = TraceIndex(graph.trace)
    model = ConversationModel(graph.trace, index, cell_len)
    model.layout.set_width(width)
    if node is not None:
        model.show(scope_of(graph.trace, index, node))
    return model


def session() -> SmallGraph:
    """Two requests; the second repeats the first, its response, and adds the output of the call.

    call 1: system, ask → say, do
    call 2: system, ask, say, do, done → bye
    """
    graph = small_graph()
    graph.item("system", role="system", text="Be good.")
    graph.item("ask", text="Please do.")
    graph.item("say", role="assistant", text="I will.")
    graph.item("do", role="assistant", text="rm -r /", kind="function_call", call_id="c")
    graph.inference("call 1", sends=["system", "ask"], returns=["say", "do"])
    graph.tool("c", call_id="c", call_items=["do"], output_items=["done"], kind="other", label="shell")
    graph.item("done", role="tool", text="one\ntwo\nthree", kind="function_call_output", call_id="c")
    graph.item("bye", role="assistant", text="Bye.")
    graph.inference("call 2", sends=["system", "ask", "say", "do", "done"], returns=["bye"])
    graph.trace.threads[ThreadId("root")].conversation_item_ids = [
        ItemId("system"),
        ItemId("ask"),
        ItemId("say"),
        ItemId("do"),
        ItemId("done"),
        ItemId("bye"),
    ]
    return graph


def test_a_request_with_other_tools_says_that_no_cache_can_hold_it() -> None:
    """What stands before the items decides first: with other tools, the items that are the same help nothing."""
    graph = session()
    graph.trace.evidence.changed_heads[InferenceCallId("call 2")] = ("instructions", "tools")
    rows = shown(model_of(graph, NodeRef("inference", "call 2"), width=100))
    assert rows[1].strip() == "── ≠ instructions and tools changed since request 1 ──"
    assert any("same up to here: " in row for row in rows)


def test_a_request_shows_what_was_sent_what_is_new_and_what_came_back() -> None:
    model = model_of(session(), NodeRef("inference", "call 2"), width=90)

    assert line_text(model.title) == "/root · as sent in request 2"
    assert shown(model) == [
        "   5 items, 1 new · model-1",
        "   system  Be good.",
        "   user  Please do.",
        ">  ── new since request 1 · same up to here: 2 items · usage: ? cached ──",
        "   assistant  I will.",
        "   assistant → shell  rm -r /",
        " + tool ← shell 13 B",
        "     one",
        "     two",
        "     three",
        "   ── response completed ──",
        "   assistant  Bye.",
    ]


def test_a_thread_shows_its_items_so_far() -> None:
    model = model_of(session(), NodeRef("thread", "root"))

    assert shown(model)[0] == "   the thread so far · 6 items"
    assert len(model.entries) == 7
    assert model.focused == "bye"


@pytest.mark.parametrize(
    ("kind", "node_id", "inference", "focus"),
    [
        ("inference", "call 1", "call 1", None),
        ("turn", "turn", "call 2", None),
        ("tool_call", "c", "call 1", "do"),
        ("item", "bye", "call 2", "bye"),
        ("item", "done", "call 2", "done"),
        ("item", "system", "call 1", "system"),
        ("thread", "root", None, None),
    ],
)
def test_the_scope_of_a_node(kind: str, node_id: str, inference: str | None, focus: str | None) -> None:
    graph = session()

    scope = scope_of(graph.trace, TraceIndex(graph.trace), NodeRef(kind, node_id))  # type: ignore[arg-type]

    assert scope == ConversationScope("root", inference, focus)  # type: ignore[arg-type]


@pytest.mark.parametrize("node", [NodeRef("item", "nowhere"), NodeRef("payload", "raw_payload:1")])
def test_what_has_no_conversation_has_no_scope(node: NodeRef) -> None:
    graph = session()

    assert scope_of(graph.trace, TraceIndex(graph.trace), node) is None


def test_a_nested_call_leads_to_the_request_that_wrote_the_script() -> None:
    graph = session()
    graph.cell("code_cell:c", "do", "nested")
    graph.tool("nested", cell="code_cell:c")
    graph.operation("operation", "nested", "ls")

    index = TraceIndex(graph.trace)

    expected = ConversationScope(ThreadId("root"), InferenceCallId("call 1"), ItemId("do"))
    assert scope_of(graph.trace, index, NodeRef("tool_call", "nested")) == expected
    assert scope_of(graph.trace, index, NodeRef("terminal_operation", "operation")) == expected
    assert scope_of(graph.trace, index, NodeRef("code_cell", "code_cell:c")) == expected


# Entry numbers in `call 2`: 0 summary, 1 system, 2 ask, 3 difference, 4 say, 5 do, 6 done, 7 response, 8 bye.
@pytest.mark.parametrize(
    ("start", "actions", "expected"),
    [
        (EntryLine(3, 0), ["next_sibling"], EntryLine(4, 0)),
        (EntryLine(3, 0), ["previous_sibling"], EntryLine(2, 0)),
        (EntryLine(6, 0), ["next_sibling"], EntryLine(8, 0)),
        (EntryLine(8, 0), ["next_sibling"], EntryLine(8, 0)),
        (EntryLine(1, 0), ["previous_sibling"], EntryLine(1, 0)),
        (EntryLine(6, 2), ["previous_sibling"], EntryLine(6, 0)),
        (EntryLine(6, 2), ["previous_sibling", "previous_sibling"], EntryLine(5, 0)),
        (EntryLine(0, 0), ["next_new_item"], EntryLine(6, 0)),
        (EntryLine(6, 0), ["next_new_item"], EntryLine(6, 0)),
        (EntryLine(8, 0), ["previous_new_item"], EntryLine(6, 0)),
        (EntryLine(8, 0), ["go_first_difference"], EntryLine(3, 0)),
        (EntryLine(5, 0), ["go_pair"], EntryLine(6, 0)),
        (EntryLine(6, 3), ["go_pair"], EntryLine(5, 0)),
        (EntryLine(4, 0), ["go_pair"], EntryLine(4, 0)),
        (EntryLine(6, 3), ["step_out"], EntryLine(6, 0)),
        (EntryLine(6, 3), ["fold_all"], EntryLine(6, 0)),
    ],
)
def test_actions_move_the_cursor(start: EntryLine, actions: list[str], expected: EntryLine) -> None:
    model = model_of(session(), NodeRef("inference", "call 2"))
    model.listing.place = start

    for action in actions:
        model.perform(Move(action))

    assert model.listing.place == expected


@pytest.mark.parametrize(
    ("call", "actions", "expected"),
    [
        ("call 1", ["go_pair"], ("call 2", "done")),
        ("call 1", ["go_pair", "go_pair"], ("call 1", "do")),
        ("call 1", ["go_pair", "go_pair", "go_pair"], ("call 2", "done")),
        ("call 1", ["go_pair", "previous_sibling", "go_pair", "go_pair"], ("call 1", "do")),
        ("call 2", ["go_pair"], ("call 2", "done")),
    ],
)
def test_the_output_of_a_call_is_shown_where_a_request_sent_it_first(
    call: str, actions: list[str], expected: tuple[str, str]
) -> None:
    graph = session()
    model = model_of(graph)
    model.show(ConversationScope(ThreadId("root"), InferenceCallId(call), ItemId("do")))

    for action in actions:
        model.perform(Move(action))

    assert model.scope is not None
    assert (model.scope.inference_id, model.focused) == expected


def test_a_call_whose_output_was_never_sent_stays() -> None:
    graph = session()
    graph.trace.inference_calls[InferenceCallId("call 2")].request_item_ids = SharedSequence(
        [ItemId("system"), ItemId("ask")]
    )
    model = model_of(graph)
    model.show(ConversationScope(ThreadId("root"), InferenceCallId("call 1"), ItemId("do")))

    model.perform(Move.GO_PAIR)

    assert model.focused == "do"


def test_a_count_repeats_a_step() -> None:
    model = model_of(session(), NodeRef("inference", "call 2"))
    model.listing.place = EntryLine(0, 0)

    model.perform(Move.NEXT_SIBLING, 3)

    assert model.focused == "say"


def test_folding_hides_the_body_and_shows_how_it_begins() -> None:
    model = model_of(session(), NodeRef("item", "done"))

    model.perform(Move.TOGGLE_FOLD)
    folded = [row for row in shown(model) if row.startswith(">")]
    model.perform(Move.TOGGLE_FOLD)

    assert folded == [">+ tool ← shell 13 B  one"]
    assert ">+ tool ← shell 13 B" in shown(model)
    assert "     three" in shown(model)


@pytest.mark.parametrize(
    ("actions", "rows"),
    [
        ([], 14),
        (["step_in"], 31),
        (["step_in", "step_out"], 14),
        (["step_out"], 1),
        (["step_out", "step_in"], 14),
        (["step_out", "step_in", "step_in"], 31),
        (["toggle_fold"], 31),
        (["toggle_fold", "toggle_fold"], 1),
        (["unfold_all"], 31),
        (["fold_all"], 1),
    ],
)
def test_a_long_output_unfolds_in_steps(actions: list[str], rows: int) -> None:
    graph = session()
    graph.trace.conversation_items[ItemId("done")].body = Body([TextPart("\n".join(map(str, range(30))))])
    model = model_of(graph, NodeRef("item", "done"))

    for action in actions:
        model.perform(Move(action))

    assert len(model.layout.rows_of(model.listing.place.entry)) == rows


def compacted() -> SmallGraph:
    graph = session()
    graph.item("summary", role="assistant", text="In short.")
    compaction = graph.compaction("compaction", replacement=["summary"])
    compaction.input_item_ids.extend(map(ItemId, ("system", "ask", "say", "do", "done", "bye")))
    graph.inference("call 3", sends=["summary", "ask"])
    return graph


def test_a_compaction_leads_to_the_request_that_shows_what_it_dropped() -> None:
    graph = compacted()

    scope = scope_of(graph.trace, TraceIndex(graph.trace), NodeRef("compaction", "compaction"))

    assert scope == ConversationScope(ThreadId("root"), InferenceCallId("call 3"), lists_gone=True)


def test_a_compaction_that_no_request_used_yet_leads_to_its_marker() -> None:
    graph = session()
    graph.compaction("compaction")

    scope = scope_of(graph.trace, TraceIndex(graph.trace), NodeRef("compaction", "compaction"))

    assert scope is not None
    assert (scope.inference_id, scope.focus) == (
        None,
        graph.trace.compactions[CompactionId("compaction")].marker_item_id,
    )


def test_a_failed_request_says_why_before_anything_else() -> None:
    graph = session()
    graph.trace.evidence.failure_texts[InferenceCallId("call 2")] = "stream\x1b[2J lost"

    model = model_of(graph, NodeRef("inference", "call 2"), width=90)

    assert shown(model)[:2] == ["   ✗ stream␛[2J lost", "   5 items, 1 new · model-1"]


def test_items_that_are_gone_are_counted_and_listed_on_demand() -> None:
    model = model_of(compacted(), NodeRef("inference", "call 3"), width=140)
    before = shown(model)

    model.listing.place = EntryLine(1, 0)
    model.activate()

    assert before[1] == (
        "   ── compaction 1 dropped 5 of 6 items (39 B of text), kept 1, added 1"
        " · 5 items gone since request 2 · Enter lists them ──"
    )
    assert shown(model)[1:5] == [
        ">  ── compaction 1 dropped 5 of 6 items (39 B of text), kept 1, added 1 · 5 items gone since request 2 ──",
        " - system  Be good.",
        " - assistant  I will.",
        " - assistant → shell  rm -r /",
    ]
    model.activate()
    assert [row[1:] for row in shown(model)] == [row[1:] for row in before]


def test_compaction_says_what_the_requests_around_it_sent() -> None:
    graph = compacted()
    for name, tokens in (("call 2", 29_500), ("call 3", 2_040)):
        graph.trace.inference_calls[InferenceCallId(name)].usage = TokenUsage(tokens, 0, 0, 1, 0)

    model = model_of(graph, NodeRef("inference", "call 3"), width=140)

    assert "kept 1, added 1 · 29.5k → 2.0k tok in · 5 items gone since request 2" in shown(model)[1]


def test_rule_that_is_too_wide_loses_its_end_first() -> None:
    graph = compacted()
    for width in range(40, 140):
        rows = shown(model_of(graph, NodeRef("inference", "call 3"), width=width))
        assert [row for row in rows if row.strip(" >─") == "" and row.strip()] == [], width


def test_row_knows_whether_its_entry_goes_on() -> None:
    model = model_of(compacted(), NodeRef("inference", "call 3"), width=40)
    rows = range(len(shown(model)))
    entries = [model.layout.place_of(row).entry for row in rows]
    assert [model.layout.goes_on(row) for row in rows] == [
        here == below for here, below in zip(entries, [*entries[1:], -1], strict=True)
    ]
    assert len(set(map(model.layout.goes_on, rows))) == 2


def test_dropped_item_that_was_never_sent_is_listed() -> None:
    graph = compacted()
    graph.item("late", "tool", "Nobody read this.", "function_call_output")
    graph.trace.compactions[CompactionId("compaction")].input_item_ids.append(ItemId("late"))

    model = model_of(graph, NodeRef("inference", "call 3"), width=140)
    model.listing.place = EntryLine(1, 0)
    model.activate()

    rows = shown(model)
    assert "dropped 6 of 7 items" in rows[1]
    assert "of these 5 in request 2 or its answer, 1 in none before it" in " ".join(rows[1:3])
    listed = model.listing.entries
    assert [entry.item_id for entry in listed if entry.novelty == "gone"][-1] == "late"
    assert sum(entry.novelty == "gone" for entry in listed) == 6
    assert "   ── dropped, in no request before it ──" in rows


def test_wrapped_facts_do_not_end_with_a_dot() -> None:
    rows = shown(model_of(compacted(), NodeRef("inference", "call 3"), width=70))
    facts = [row for row in rows if "kept 1, added 1" in row]
    assert facts
    assert not any(row.rstrip().endswith("·") for row in rows)


def test_what_is_encrypted_holds_no_text_to_count() -> None:
    graph = compacted()
    for name in ("system", "say", "do", "done"):
        graph.trace.conversation_items[ItemId(name)].body = Body([EncodedPart("encrypted_content", f"of {name}")])

    model = model_of(graph, NodeRef("inference", "call 3"), width=140)

    assert "dropped 5 of 6 items (4 B of text, 4 encrypted), kept 1" in shown(model)[1]


def test_the_same_scope_again_only_moves_the_cursor() -> None:
    model = model_of(session(), NodeRef("inference", "call 2"))
    entries = model.entries

    model.show(ConversationScope("root", "call 2", "ask"))  # type: ignore[arg-type]

    assert model.entries is entries
    assert model.focused == "ask"


def test_switching_the_scope_keeps_the_item_and_finds_the_way_back() -> None:
    model = model_of(session(), NodeRef("item", "done"))

    model.switch_scope()
    in_thread = (model.scope, model.focused)
    model.switch_scope()

    assert in_thread == (ConversationScope("root", None, "done"), "done")  # type: ignore[arg-type]
    assert (model.scope.inference_id, model.focused) == ("call 2", "done")  # type: ignore[union-attr]


def test_the_cursor_stays_on_its_item_when_the_thread_grows() -> None:
    graph = session()
    model = model_of(graph, NodeRef("thread", "root"))
    model.listing.place = EntryLine(5, 2)
    graph.take_delta()

    graph.item("again", text="Again.")
    graph.trace.threads[ThreadId("root")].conversation_item_ids.append(ItemId("again"))
    graph.touch("threads", "root")

    assert model.update(graph.take_delta())
    assert (model.focused, model.listing.place.line) == ("done", 2)
    assert len(model.entries) == 8


def test_a_change_elsewhere_is_no_change() -> None:
    graph = session()
    model = model_of(graph, NodeRef("inference", "call 2"))
    graph.take_delta()
    graph.thread("other", "/root/other", parent="root")

    assert not model.update(graph.take_delta())


def test_an_item_of_a_damaged_graph_is_said_to_be_missing() -> None:
    graph = session()
    del graph.trace.conversation_items[ItemId("ask")]

    assert "   ask: not in the recording" in shown(model_of(graph, NodeRef("inference", "call 1")))


# Opening what stands elsewhere


def test_enter_on_a_cut_opens_the_missing_bytes() -> None:
    output = "".join(f"{number}\n" for number in range(10_000))
    graph = session()
    item = graph.trace.conversation_items[ItemId("done")]
    item.body = Body([TextPart(f"{output[:10]}…900 tokens truncated…{output[-10:]}")])
    item.produced_by = [ToolProducer(ToolCallId("c"))]
    operation = graph.operation("operation", "c", "seq 10000")
    operation.result = TerminalResult(0, output, "", None, None, None)
    operation.raw_payload_ids = ["raw_payload:begin", "raw_payload:end"]
    model = model_of(graph, NodeRef("item", "done"))
    model.listing.place = EntryLine(model.listing.place.entry, 1)

    opening = model.activate()

    assert opening == Opening(
        ItemId("done"), RawPayloadId("raw_payload:end"), ("aggregated_output",), (10, len(output) - 10)
    )


def test_enter_on_an_image_opens_the_place_where_it_was_first_seen() -> None:
    graph = session()
    item = graph.trace.conversation_items[ItemId("ask")]
    item.body = Body([TextPart("Look:"), PayloadRefPart("input_image", RawPayloadId("raw_payload:1"))])
    graph.trace.evidence.item_sources[ItemId("ask")] = ItemSource(RawPayloadId("raw_payload:1"), "input", 3)
    model = model_of(graph, NodeRef("item", "ask"))

    model.listing.place = EntryLine(model.listing.place.entry, 2)
    with_source = model.activate()
    del graph.trace.evidence.item_sources[ItemId("ask")]

    assert with_source == Opening(ItemId("ask"), RawPayloadId("raw_payload:1"), ("input", "3", "content", "1"))
    assert model.activate() == Opening(ItemId("ask"), RawPayloadId("raw_payload:1"))


def test_enter_elsewhere_unfolds() -> None:
    model = model_of(session(), NodeRef("item", "done"))

    assert model.activate() is None
    assert len(model.layout.rows_of(model.listing.place.entry)) == 1


# Raw items


def test_abridged_items_are_asked_for_once_and_shown_whole_when_they_come() -> None:
    graph = session()
    graph.trace.conversation_items[ItemId("ask")].body = Body(
        [PayloadRefPart("input_image", RawPayloadId("raw_payload:1"))]
    )
    model = model_of(graph, NodeRef("inference", "call 1"))
    shown(model)

    wanted = model.layout.take_wanted()
    model.supply(ItemId("ask"), b'{"content":[{"image_url":"data:image/png;base64,AAAA"}]}')

    assert wanted == ["ask"]
    assert any("image/png · 3 B" in row for row in shown(model))
    assert model.layout.take_wanted() == []


# Search


def search(*needles: str, forward: bool = True) -> Callable[[ConversationModel], bool]:
    def run(model: ConversationModel) -> bool:
        return [model.finder.search(search_pattern(needle), forward=forward) for needle in needles][-1]

    return run


@pytest.mark.parametrize(
    ("start", "run", "found", "expected"),
    [
        (EntryLine(0, 0), search("two"), True, EntryLine(6, 2)),
        (EntryLine(0, 0), search("t", "t"), True, EntryLine(6, 2)),
        (EntryLine(6, 2), search("t"), True, EntryLine(6, 3)),
        (EntryLine(6, 3), search("t"), True, EntryLine(6, 0)),
        (EntryLine(6, 3), search("t", forward=False), True, EntryLine(6, 2)),
        (EntryLine(8, 0), search("please"), True, EntryLine(2, 0)),
        (EntryLine(3, 0), search("nowhere"), False, EntryLine(3, 0)),
        (EntryLine(3, 0), search("Please"), True, EntryLine(2, 0)),
        (EntryLine(3, 0), search("PLEASE"), False, EntryLine(3, 0)),
    ],
)
def test_search(start: EntryLine, run: Callable[[ConversationModel], bool], found: bool, expected: EntryLine) -> None:
    model = model_of(session(), NodeRef("inference", "call 2"))
    model.listing.place = start

    assert run(model) is found
    assert model.listing.place == expected


def test_search_unfolds_what_hides_a_match_and_marks_it() -> None:
    graph = session()
    graph.trace.conversation_items[ItemId("done")].body = Body([TextPart("\n".join(f"line {n}" for n in range(90)))])
    model = model_of(graph, NodeRef("inference", "call 2"))

    assert model.finder.search(search_pattern("line 77"))

    model.layout.measure_around(0, 1_000)
    assert [span for span in model.row(model.cursor) if span.style == "match"] == [("line 77", "match")]
    model.finder.search(None)
    assert not [span for span in model.row(model.cursor) if span.style == "match"]


def test_only_what_is_near_the_screen_is_laid_out() -> None:
    graph = small_graph()
    ids = [f"item {number}" for number in range(5_000)]
    for item_id in ids:
        graph.item(item_id, text=f"text of {item_id}")
    graph.inference("call", sends=ids)
    model = model_of(graph, NodeRef("inference", "call"))
    built: list[int] = []
    real_rows_of = model.layout.rows_of
    model.layout.rows_of = lambda number: (built.append(number), real_rows_of(number))[1]  # type: ignore[method-assign]

    model.layout.measure_around(model.cursor, 40)
    for row in range(model.cursor, model.cursor + 40):
        model.row(row)

    assert len(set(built)) < 200
