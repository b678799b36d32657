"""The timeline without a terminal: what stands where, what commands do, and what stays when new events land."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.ids import EdgeId, InferenceCallId, ItemId, RawPayloadId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import ItemAnchor
from tui.model.trace import GRAPH_MAPS
from tui.viewmodel.rows.moves import ROW_MOVES, Move
from tui.viewmodel.timeline.filter import parse_filter
from tui.viewmodel.timeline.folding import SMALL
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.moves import MOVES


def model_of(graph: SmallGraph) -> TimelineModel:
    return TimelineModel(graph.trace, TraceIndex(graph.trace))


def outline(model: TimelineModel) -> list[str]:
    """The rows as ids, indented by depth; `+` before what is folded."""
    return [
        "  " * row.depth + ("+" if row.folded and row.foldable else "") + row.node.id
        for row in model.rows(0, model.row_count)
    ]


def focused_id(model: TimelineModel) -> str | None:
    return None if model.focused is None else model.focused.id


def update(model: TimelineModel, graph: SmallGraph) -> None:
    delta = graph.take_delta()
    model.index.update(delta)
    model.apply(delta)


def two_agents() -> SmallGraph:
    """Root with two turns; the first one spawns an agent that runs a command and sends its result back."""
    graph = SmallGraph()
    graph.thread("root")
    graph.turn("turn", status="completed")
    graph.inference("call 1", tools=["spawn"])
    graph.tool("spawn", kind="spawn_agent", label="spawn_agent", preview='{"task_name":"child","message":"look"}')
    graph.thread("child", "/root/child", parent="root")
    graph.turn("child turn", "child")
    graph.item("conversation_item:1", thread_id="child", codex_turn_id="child turn")
    graph.edge("edge:spawn:root:child", "spawn_agent", ("tool", "spawn"), ("item", "conversation_item:1"))
    graph.inference("child call", "child turn", tools=["command"])
    graph.tool("command", "child turn")
    graph.operation("terminal_operation:1", "command", "false", exit_code=1)
    graph.inference("call 2")
    graph.item("conversation_item:2", "assistant", "done", thread_id="child", codex_turn_id="child turn")
    graph.seq += 1
    graph.item("conversation_item:3", text="child says done", accepted_seq=graph.seq)
    graph.edge("edge:result", "agent_result", ("item", "conversation_item:2"), ("item", "conversation_item:3"))
    graph.turn("turn 2")
    graph.inference("call 3", "turn 2", status="running")
    graph.take_delta()
    return graph


ALL_ROWS = [
    "root",
    "  turn",
    "    call 1",
    "      spawn",
    "        child",
    "          child turn",
    "            child call",
    "              command",
    "    call 2",
    "    edge:result",
    "  turn 2",
    "    call 3",
]


def test_what_was_caused_stands_below_its_cause_in_the_order_of_the_log():
    assert outline(model_of(two_agents())) == ALL_ROWS


ROW = {name.strip(): number for number, name in enumerate(ALL_ROWS)}


@pytest.mark.parametrize(
    ("start", "actions", "expected"),
    [
        ("root", ["move_down"], "turn"),
        ("root", [("move_down", 3)], "spawn"),
        ("spawn", ["move_up"], "call 1"),
        ("root", ["move_up"], "root"),
        ("root", [("move_down", 99)], "call 3"),
        ("root", ["go_last"], "call 3"),
        ("call 3", ["go_first"], "root"),
        ("root", [("go_first", 4)], "spawn"),
        ("root", [("go_last", 4)], "spawn"),
        ("root", ["page_down"], "spawn"),
        ("root", ["half_page_down"], "call 1"),
        ("call 3", ["page_up"], "call 2"),
        ("root", ["step_in"], "turn"),
        ("spawn", ["step_in", "step_in"], "child turn"),
        ("command", ["step_in"], "command"),
        ("command", ["step_out"], "child call"),
        ("child call", ["step_out"], "child call"),
        ("child call", ["step_out", "step_out"], "child turn"),
        ("turn", ["next_sibling"], "turn 2"),
        ("call 1", ["next_sibling"], "call 2"),
        ("call 2", [("next_sibling", 5)], "edge:result"),
        ("turn 2", ["previous_sibling"], "turn"),
        ("call 1", ["previous_sibling"], "call 1"),
        ("root", ["next_turn"], "turn"),
        ("call 1", ["next_turn"], "turn 2"),
        ("command", ["next_turn"], "turn 2"),
        ("child", ["next_turn"], "child turn"),
        ("turn 2", ["next_turn"], "turn 2"),
        ("call 2", ["previous_turn"], "turn"),
        ("turn 2", ["previous_turn"], "turn"),
        ("command", [("previous_turn", 2)], "turn"),
        ("root", ["next_problem"], "command"),
        ("command", ["next_problem"], "command"),
        ("call 3", ["previous_problem"], "command"),
        ("command", ["fold_all"], "child"),
        ("command", ["fold_all", "step_out", "go_last"], "child"),
        ("root", ["fold_all", "go_last"], "child"),
        ("root", ["fold_all", "step_out", "go_last"], "root"),
        ("root", ["fold_all", "step_in", "move_down"], "turn"),
        ("command", ["fold_all", "unfold_all"], "child"),
        ("turn", ["toggle_fold", "move_down"], "child"),
        ("root", ["toggle_fold", "go_last"], "root"),
        ("turn", ["fold_all", "next_problem"], "command"),
    ],
)
def test_commands(start, actions, expected):
    model = model_of(two_agents())
    model.page_height = 4
    model.move_to(ROW[start])
    for action in actions:
        name, count = action if isinstance(action, tuple) else (action, None)
        model.perform(Move(name), count)
    assert focused_id(model) == expected


def test_commands_say_whether_they_changed_anything():
    model = model_of(two_agents())
    assert not model.perform(Move.MOVE_UP)
    assert model.perform(Move.MOVE_DOWN)
    assert model.perform(Move.TOGGLE_FOLD)
    assert model.perform(Move.NEXT_SIBLING)
    assert not model.perform(Move.NEXT_SIBLING)


def test_every_command_survives_an_empty_timeline():
    model = model_of(SmallGraph())
    for move in {**MOVES, **ROW_MOVES}:
        model.perform(move)
    assert (model.focused, model.cursor, model.row_count, list(model.breadcrumb())) == (None, 0, 0, [])


def test_nested_calls_stand_below_the_call_that_ran_their_cell():
    graph = small_graph()
    graph.inference("call", tools=["dispatch"])
    graph.tool("dispatch", kind="other", label="exec", call_id="c")
    graph.tool("nested", cell="code_cell:c")
    assert outline(model_of(graph)) == ["root", "  turn", "    call", "      dispatch", "        nested"]


def test_a_cell_gives_its_row_up_when_the_call_that_ran_it_appears():
    graph = small_graph()
    graph.inference("call", tools=["dispatch"])
    graph.cell("code_cell:c", "conversation_item:1", "nested")
    graph.tool("nested", cell="code_cell:c")
    model = model_of(graph)
    assert outline(model)[3:] == ["    code_cell:c", "      nested"]
    model.move_to(4)
    graph.take_delta()
    graph.tool("dispatch", kind="other", label="exec", call_id="c")
    update(model, graph)
    assert outline(model)[2:] == ["    call", "      dispatch", "        nested"]
    assert focused_id(model) == "nested"


def test_an_agent_moves_below_its_spawning_call_when_the_edge_is_known():
    graph = two_agents()
    edge = graph.trace.interaction_edges.pop(EdgeId("edge:spawn:root:child"))
    model = model_of(graph)
    assert "  child" in outline(model)
    model.reveal(NodeRef("tool_call", "command"))
    graph.trace.interaction_edges[edge.edge_id] = edge
    graph.touch("interaction_edges", edge.edge_id)
    update(model, graph)
    assert outline(model) == ALL_ROWS
    assert (focused_id(model), model.cursor) == ("command", ROW["command"])


def test_agents_that_claim_to_be_each_others_parents_are_shown_once():
    graph = SmallGraph()
    graph.thread("a", "/root/a", parent="b")
    graph.thread("b", "/root/b", parent="a")
    assert sorted(line.strip() for line in outline(model_of(graph))) == ["a", "b"]


def test_the_deepest_of_many_levels_can_come_first():
    graph = SmallGraph()
    names = ["root", *(f"agent {number}" for number in range(1_500))]
    graph.thread("root")
    for name, parent in pairwise(reversed(names)):
        graph.thread(name, f"/{name}", parent=parent)
    first = TraceDelta(threads={ThreadId(names[-1])})
    model = TimelineModel(graph.trace, TraceIndex(graph.trace), first=first)
    model.perform(Move.UNFOLD_ALL)
    assert [line.lstrip(" +") for line in outline(model)] == names
    circle = SmallGraph()
    for name, parent in pairwise([*reversed(names), names[-1]]):
        circle.thread(name, f"/{name}", parent=parent)
    in_circle = TimelineModel(circle.trace, TraceIndex(circle.trace), first=first)
    assert sorted(node.id for node in in_circle.tree.nodes) == sorted(names)


def test_an_object_without_its_parents_stands_at_the_top():
    graph = SmallGraph()
    graph.tool("orphan", "lost turn")
    assert outline(model_of(graph)) == ["orphan"]


def test_the_order_in_which_objects_become_known_does_not_matter():
    graph = two_agents()
    graph.cell("code_cell:c", "conversation_item:9", "nested")
    graph.tool("nested", cell="code_cell:c")
    graph.compaction("compaction")
    at_once = outline(model_of(graph))
    everything = {name: dict(getattr(graph.trace, name)) for name in GRAPH_MAPS}
    for seed in range(8):
        later = SmallGraph()
        model = model_of(later)
        pieces = [(name, one) for name in GRAPH_MAPS for one in everything[name]]
        random.Random(seed).shuffle(pieces)
        for name, object_id in pieces:
            getattr(later.trace, name)[object_id] = everything[name][object_id]
            later.touch(name, object_id)
            update(model, later)
        model.perform(Move.UNFOLD_ALL)
        assert outline(model) == at_once


# Staying in place


def test_the_cursor_stays_on_its_object_when_rows_land_above():
    graph = two_agents()
    model = model_of(graph)
    model.reveal(NodeRef("inference", "call 3"))
    graph.tool("late", "child turn")
    update(model, graph)
    assert focused_id(model) == "call 3"
    assert model.cursor == ROW["call 3"] + 1
    assert model.new_count == 1


def test_folding_stays_when_rows_land_inside():
    graph = two_agents()
    model = model_of(graph)
    model.reveal(NodeRef("turn", "turn 2"))
    model.perform(Move.TOGGLE_FOLD)
    graph.inference("call 4", "turn 2")
    update(model, graph)
    assert outline(model)[-1] == "  +turn 2"


@pytest.mark.parametrize(
    ("moves", "last"),
    [
        ([Move.FOLD_ALL], ["  +late"]),
        ([Move.FOLD_ALL, Move.UNFOLD_ALL], ["  late", "    late turn"]),
        ([], ["  late", "    late turn"]),
    ],
    ids=["folded", "unfolded again", "as it came"],
)
def test_new_agent_is_folded_as_the_others_are(moves: list[Move], last: list[str]) -> None:
    graph = two_agents()
    model = model_of(graph)
    for move in moves:
        model.perform(move)
    graph.thread("late", "/root/late", parent="root")
    graph.turn("late turn", "late")
    update(model, graph)
    assert outline(model)[-len(last) :] == last


def test_a_stance_can_be_taken_again():
    graph = two_agents()
    model = model_of(graph)
    model.reveal(NodeRef("turn", "turn"))
    model.perform(Move.TOGGLE_FOLD)
    stance = model.folding()
    model.reveal(NodeRef("tool_call", "command"))
    model.restore(stance)
    assert focused_id(model) == "turn"
    assert "  +turn" in outline(model)


def test_following_goes_to_what_changed_last_and_moving_up_ends_it():
    graph = two_agents()
    model = model_of(graph)
    model.start_following()
    graph.tool("newest", "child turn", status="running")
    update(model, graph)
    assert focused_id(model) == "newest"
    model.perform(Move.MOVE_UP)
    assert not model.follow
    graph.inference("later", "turn 2")
    update(model, graph)
    assert (focused_id(model), model.new_count) == ("command", 1)
    model.perform(Move.GO_LAST)
    assert (model.follow, model.new_count) == (True, 0)


def test_a_small_recording_is_unfolded_a_large_one_shows_agents_and_turns():
    graph = two_agents()
    assert not any(row.folded for row in model_of(graph).rows(0, 50))
    graph.turn("long turn", status="completed")
    for number in range(SMALL):
        graph.tool(f"tool {number}", "long turn")
    lines = outline(model_of(graph))
    assert "  +long turn" in lines
    assert len(lines) < 20


def test_turns_are_not_folded_under_the_cursor_nor_against_a_choice():
    graph = two_agents()
    graph.turn("chosen", status="completed")
    graph.tool("first", "chosen")
    model = model_of(graph)
    model.fold(model.tree.nodes[NodeRef("turn", "chosen")], folded=True)
    model.fold(model.tree.nodes[NodeRef("turn", "chosen")], folded=False)
    model.reveal(NodeRef("tool_call", "command"))
    for number in range(SMALL):
        graph.tool(f"tool {number}", "turn 2")
    update(model, graph)
    lines = outline(model)
    assert "  chosen" in lines
    assert "  turn" in lines


# Finding


@pytest.mark.parametrize(
    ("node", "row"),
    [
        (NodeRef("tool_call", "command"), "command"),
        (NodeRef("terminal_operation", "terminal_operation:1"), "command"),
        (NodeRef("item", "conversation_item:3"), "edge:result"),
        (NodeRef("edge", "edge:spawn:root:child"), "spawn"),
        (NodeRef("payload", "raw_payload:call 2:request"), "call 2"),
    ],
)
def test_reveal_unfolds_the_way_to_an_object_or_to_the_row_that_tells_of_it(node, row):
    graph = two_agents()
    graph.trace.raw_payloads[RawPayloadId("raw_payload:call 2:request")] = _payload("raw_payload:call 2:request")
    model = model_of(graph)
    model.perform(Move.FOLD_ALL)
    assert model.reveal(node)
    assert focused_id(model) == row


def _payload(name: str):
    from tui.schema.payloads import PayloadKind, RawPayloadRef

    return RawPayloadRef(name, PayloadKind("inference_request"), "payloads/1.json")


def test_what_the_recording_does_not_hold_cannot_be_revealed():
    model = model_of(two_agents())
    assert not model.reveal(NodeRef("tool_call", "404"))
    assert focused_id(model) == "root"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("false", ["command"]),
        ("kind:turn", ["turn", "child turn", "turn 2"]),
        ("status:running kind:inference", ["call 3"]),
        ("agent:child kind:inference", ["child call"]),
        ("problem", ["command"]),
        ("nothing like this", []),
    ],
)
def test_a_filter_leaves_matches_and_the_way_to_them(text, expected):
    model = model_of(two_agents())
    model.set_filter(parse_filter(text))
    shown = [row.node for row in model.rows(0, model.row_count)]
    matching = [node.id for node in shown if model.tree.nodes[node].matches]
    assert matching == expected
    model.set_filter(parse_filter(""))
    assert outline(model) == ALL_ROWS


def test_a_filter_takes_in_rows_that_come_to_match():
    graph = two_agents()
    model = model_of(graph)
    model.set_filter(parse_filter("status:ok kind:inference agent:/root"))
    before = model.row_count
    graph.trace.inference_calls[InferenceCallId("call 3")].execution.end(9_000, 99, "completed")
    graph.touch("inference_calls", "call 3")
    update(model, graph)
    assert model.row_count == before + 2


def test_reveal_undoes_a_filter_that_hides_the_object():
    model = model_of(two_agents())
    model.set_filter(parse_filter("false"))
    assert model.reveal(NodeRef("inference", "call 3"))
    assert model.row_count == len(ALL_ROWS)


@pytest.mark.parametrize(
    ("top", "pinned"),
    [
        ("root", []),
        ("turn", ["root", "call 1", "spawn"]),
        ("child turn", ["root", "turn"]),
        ("call 1", ["call 1", "spawn", "child"]),
    ],
)
def test_the_first_lines_show_whose_rows_these_are(top, pinned):
    model = model_of(two_agents())
    rows = model.pinned_rows(ROW[top])
    assert [model.rows(row, 1)[0].node.id for row in rows] == pinned


def test_in_deep_nesting_the_agent_stays_pinned():
    graph = small_graph()
    graph.inference("call", tools=["outer"])
    graph.tool("outer", kind="other", label="exec", call_id="c")
    graph.tool("inner", cell="code_cell:c", call_id="d")
    for number in range(9):
        graph.tool(f"innermost {number}", kind="other", label=f"tool {number}", cell="code_cell:d")
    model = model_of(graph)
    rows = model.pinned_rows(8)
    assert [model.rows(row, 1)[0].node.id for row in rows] == ["root", "outer", "inner"]


def test_diagnostics_have_rows_and_count_as_problems():
    graph = two_agents()
    found = [
        Diagnostic(code="torn-line", severity="error", message="not JSON\x1b[31m", line=7),
        Diagnostic(code="note", severity="note", message="odd"),
    ]
    model = TimelineModel(graph.trace, TraceIndex(graph.trace), found)
    assert outline(model)[0] == "+all"
    assert model.focused == NodeRef("thread", "root"), "the cursor begins on the first agent"
    model.perform(Move.PREVIOUS_PROBLEM)
    assert model.focused == NodeRef("diagnostic", "0")
    model.perform(Move.PREVIOUS_PROBLEM)
    assert model.focused == NodeRef("tool_call", "command"), "before the first problem comes the last one"
    model.perform(Move.NEXT_PROBLEM)
    assert model.focused == NodeRef("diagnostic", "0")
    label = "".join(span.text for span in model.rows(model.cursor, 1)[0].label)
    assert label == "line 7: not JSON␛[31m"
    found.append(Diagnostic(code="late", severity="warning", message="late"))
    model.apply(TraceDelta(diagnostics=1))
    assert model.problem_count == 3


def test_diagnostics_that_come_first_do_not_keep_the_cursor():
    graph, found = SmallGraph(), [Diagnostic(code="torn-line", severity="error", message="not JSON", line=1)]
    model = TimelineModel(graph.trace, TraceIndex(graph.trace), found)
    assert model.focused == NodeRef("diagnostic", "all")
    graph.thread("root")
    update(model, graph)
    assert model.focused == NodeRef("thread", "root")


def test_an_edge_that_finds_its_item_moves_to_the_turn_it_arrived_in():
    graph = two_agents()
    graph.tool("message", kind="send_message", label="send_message")
    edge = graph.edge("edge:tool:message", "send_message", ("tool", "message"), ("thread", "child"))
    model = model_of(graph)
    depth = {row.node.id: row.depth for row in model.rows(0, 99)}
    edge.target = ItemAnchor(ItemId("conversation_item:1"))
    graph.touch("interaction_edges", edge.edge_id)
    update(model, graph)
    after = {row.node.id: row.depth for row in model.rows(0, 99)}
    assert (depth[edge.edge_id], after[edge.edge_id]) == (depth["child"] + 1, depth["child turn"] + 1)


def test_tokens_add_up_to_turns_and_agents():
    from tui.model.objects import TokenUsage

    graph = two_agents()
    for name in ("call 1", "call 2", "child call"):
        graph.trace.inference_calls[InferenceCallId(name)].usage = TokenUsage(10, 0, 0, 5, 0)
    rows = {row.node.id: row.tokens for row in model_of(graph).rows(0, 99)}
    tokens = {name: found.total for name, found in rows.items() if found is not None}
    assert (tokens["root"], tokens["turn"], tokens["child"], tokens["call 1"]) == (30, 30, 15, 15)
    unknown, root = rows["call 3"], rows["root"]
    assert unknown is not None
    assert unknown.is_unknown
    assert root is not None
    assert (root.requests, root.without_usage) == (3, 1)


def test_the_clock_lengthens_what_is_open_but_not_in_an_old_recording():
    graph = two_agents()
    model = model_of(graph)
    row = ROW["call 3"]
    before = model.rows(row, 1)[0].duration_ms
    model.tick(model.index.newest_unix_ms + 2_000)
    assert model.rows(row, 1)[0].duration_ms == (before or 0) + 2_000
    model.tick(model.index.newest_unix_ms + 10**12)
    assert model.rows(row, 1)[0].duration_ms == before
