"""How a row of the timeline looks: label, sign, columns by width, bars on the common axis."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import TimeSpan
from tui.analysis.requests.tokens import Tokens
from tui.analysis.state.recording import RecordingState
from tui.model.conversation import AgentMessage, Body, EncodedPart, TextPart, ToolProducer
from tui.model.ids import CodexTurnId, ItemId, ToolCallId
from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.clean import duration_in
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.columns import columns_for, timeline_line
from tui.viewmodel.timeline.labels.faces import Labels
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.row import glyph_span, status_of
from tui.viewmodel.timeline.row_times import times_of
from tui.viewmodel.timeline.time_axis import TimeAxis, rounded_up


def label(graph: SmallGraph, kind: NodeKind, object_id: str) -> str:
    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    return "".join(span.text for span in model.face(NodeRef(kind, object_id)).label)


def glyph(graph: SmallGraph, tool_id: str) -> str:
    return TimelineModel(graph.trace, TraceIndex(graph.trace)).face(NodeRef("tool_call", tool_id)).glyph


def test_a_command_is_shown_without_its_shell():
    graph = small_graph()
    graph.tool("tool")
    graph.operation("terminal_operation:1", "tool", "pytest -q")
    assert label(graph, "tool_call", "tool") == "$ pytest -q"


def test_a_write_to_a_process_names_the_command_that_started_it():
    graph = small_graph()
    for name in ("start", "write", "poll"):
        graph.tool(name)
    graph.operation("terminal_operation:1", "start", "python3", exit_code=None)
    graph.operation("terminal_operation:2", "write", stdin="1\n")
    graph.operation("terminal_operation:3", "poll")
    graph.session("session", "terminal_operation:1", "terminal_operation:2", "terminal_operation:3")
    assert label(graph, "tool_call", "write") == "stdin 1⏎  → $ python3"
    assert label(graph, "tool_call", "poll") == "poll  → $ python3"


@pytest.mark.parametrize(
    ("preview", "shown"),
    [
        ('{"target": "a.py", "x": 1}', "read a.py"),
        ('{"timeout_ms": 5000}', "read timeout_ms=5000"),
        ('{"command": "ls \\"x\\" cut by the rec', 'read ls "x" cut by the rec'),
        ("*** Begin Patch\n*** Update File: a.py\n*** Add File: b.py\n", "read 2 files: a.py, …"),
        ('{"nested": {"a": 1}}', 'read {"nested": {"a": 1}}'),
        ("{}", "read"),
        (None, "read"),
    ],
)
def test_a_tool_is_shown_with_its_main_argument(preview, shown):
    graph = small_graph()
    graph.tool("tool", kind="other", label="read", preview=preview)
    assert label(graph, "tool_call", "tool") == shown


def sent_message(*parts, status="completed"):
    """A message from the root to `/root/child`, which arrived if it has parts."""
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    preview = '{"target":"child","message":"stop"}'
    graph.tool("send", kind="send_message", label="collaboration.send_message", preview=preview, status=status)
    if parts:
        item = graph.item("conversation_item:1", "assistant", thread_id="child", agent_message=FROM_ROOT)
        item.body = Body(list(parts))
        graph.edge("edge:tool:send", "send_message", ("tool", "send"), ("item", "conversation_item:1"))
    return graph


FROM_ROOT = AgentMessage("/root", "/root/child")
ENCODED = EncodedPart("encrypted_content", "gAAAAABo+zQ4xy9Kp0==")


@pytest.mark.parametrize(
    ("parts", "status", "call", "edge"),
    [
        ([TextPart("stop")], "completed", "send_message ──▶ /root/child  stop", "◀── message from /root  stop"),
        (
            [TextPart("Sender: /root\nPayload:\n"), ENCODED],
            "completed",
            "send_message ──▶ /root/child  ▒ encrypted",
            "◀── message from /root  ▒ encrypted",
        ),
        ([], "completed", "send_message ──▶ /root/child  ◌ pending  stop", None),
        ([], "running", "send_message ──▶ /root/child  ◌ pending  stop", None),
        ([], "failed", "send_message ──▶ /root/child  ✗ failed  stop", None),
    ],
)
def test_a_call_that_sends_shows_to_whom_and_whether_it_arrived(parts, status, call, edge):
    graph = sent_message(*parts, status=status)
    assert label(graph, "tool_call", "send") == call
    assert edge is None or label(graph, "edge", "edge:tool:send") == edge


def test_what_was_under_way_at_the_end_never_arrived():
    graph = sent_message()
    labels = Labels(graph.trace, TraceIndex(graph.trace))
    labels.recording = RecordingState("ended", "")
    shown = line_text(labels.face(NodeRef("tool_call", "send")).label)
    assert shown == "send_message ──▶ /root/child  ⊘ undelivered  stop"


def test_a_call_that_closes_an_agent_says_so_at_both_ends():
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    graph.tool("close", kind="close_agent", label="collaboration.close_agent", preview='{"target":"child"}')
    graph.edge("edge:tool:close", "close_agent", ("tool", "close"), ("thread", "child"))
    assert label(graph, "tool_call", "close") == "close_agent ──▶ /root/child"
    assert label(graph, "edge", "edge:tool:close") == "◀── closed by /root"
    graph.tool("stop", kind="close_agent", label="collaboration.interrupt_agent", preview='{"target":"child"}')
    graph.edge("edge:tool:stop", "close_agent", ("tool", "stop"), ("thread", "child"))
    assert label(graph, "edge", "edge:tool:stop") == "◀── interrupted by /root", "the agent goes on living"


def test_a_turn_that_an_agent_asked_for_says_who_and_what():
    graph = small_graph()
    item = graph.item("conversation_item:1", "assistant", agent_message=AgentMessage("/root/a", "/root"))
    item.body = Body([TextPart("Sender: /root/a\nPayload:\n"), EncodedPart("encrypted_content", "read the parser")])
    graph.edge("edge:tool:ask", "assign_agent_task", ("tool", "ask"), ("item", "conversation_item:1"))
    assert second_turn(graph) == "turn 2  ◀── /root/a  ▒ read the parser"


def test_a_turn_begins_with_its_prompt():
    graph = small_graph()
    graph.item("conversation_item:1", text="Mend the tests.\nAll of them.")
    assert second_turn(graph) == "turn 2  Mend the tests. All of them."


def second_turn(graph: SmallGraph) -> str:
    """The label of a second turn that the item `conversation_item:1` asks for."""
    graph.turn("later")
    graph.inference("call", "later", sends=["conversation_item:1"])
    return label(graph, "turn", "later")


def test_hostile_text_is_harmless_in_every_label():
    graph = small_graph()
    graph.thread("child", "/root/\x1b[2J\u202e", parent="root").nickname = "\x07"
    graph.inference("call").model = "m\x1b]0;t\x07"
    graph.tool("tool", kind="other", label="\x9b31m", preview="\x00")
    graph.item("conversation_item:1", text="\x1b[31m")
    graph.inference("second", sends=["conversation_item:1"])
    graph.item("said", "assistant", "\x1b[2J", produced_by=[])
    graph.inference("third", returns=["said"])
    graph.turn("later")
    graph.inference("fourth", "later", sends=["conversation_item:1"])
    rows: list[tuple[NodeKind, str]] = [
        ("thread", "root"),
        ("thread", "child"),
        ("turn", "later"),
        ("tool_call", "tool"),
    ]
    rows += [("inference", "call"), ("inference", "third")]
    for kind, name in rows:
        assert not any(
            ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char == "\u202e" for char in label(graph, kind, name)
        )


@pytest.mark.parametrize(
    ("status", "exit_code", "sign"),
    [
        ("completed", 0, "✓"),
        ("completed", 127, "✗127"),
        ("running", None, "●"),
        ("cancelled", 0, "⊘"),
        ("failed", 0, "✗"),
    ],
)
def test_the_sign_tells_the_status_and_the_exit_code(status, exit_code, sign):
    graph = small_graph()
    graph.tool("tool", status=status)
    graph.operation("terminal_operation:1", "tool", "x", exit_code=exit_code)
    assert glyph(graph, "tool") == sign


def test_a_call_whose_output_was_cut_for_the_model_says_so():
    graph = small_graph()
    graph.tool("tool", output_items=["conversation_item:1"])
    produced_by = [ToolProducer(ToolCallId("tool"))]
    text = "begin…120 tokens truncated…end"
    graph.item("conversation_item:1", "tool", text, "function_call_output", produced_by=produced_by)
    assert glyph(graph, "tool") == "✓"
    graph.operation("operation", "tool", "x", stdout="begin, the middle and the end")
    assert glyph(graph, "tool") == "✓✂"


def test_a_command_that_the_model_saw_the_beginning_of_was_not_cut():
    graph = small_graph()
    graph.tool("tool", output_items=["conversation_item:1"])
    graph.operation("terminal_operation:1", "tool", "x", stdout="tick 1\ntick 2\n")
    made_by = [ToolProducer(ToolCallId("tool"))]
    graph.item("conversation_item:1", "tool", "Output:\ntick 1\n", "function_call_output", produced_by=made_by)
    assert glyph(graph, "tool") == "✓»"


def test_a_call_left_running_by_its_turn_is_not_shown_as_running():
    graph = small_graph()
    graph.tool("tool", status="running")
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    assert glyph(graph, "tool") == "◌"


def test_every_status_word_of_the_format_has_a_sign():
    signs = {
        word: glyph_span(status_of(word)).text for word in ("running", "completed", "failed", "cancelled", "yielded")
    }
    assert len(set(signs.values())) == len(signs)


def lines(width: int) -> list[str]:
    graph = small_graph()
    graph.inference("call", tools=["tool"])
    graph.tool("tool", kind="other", label="読む", preview="漢字" * 80, status="failed")
    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    shown = [timeline_line(row, width, cell_len) for row in model.rows(0, 9)]
    return ["".join(span.text for span in line) for line in shown]


@pytest.mark.parametrize("width", [1, 8, 20, 40, 52, 64, 84, 120, 200])
def test_a_line_is_never_wider_than_its_pane(width):
    assert all(cell_len(line) <= max(width, 16) for line in lines(width))


def test_columns_begin_at_the_same_cell_whatever_the_label():
    assert {cell_len(line[: line.index("0.")]) for line in lines(84)} == {
        cell_len(lines(84)[0][: lines(84)[0].index("0.")])
    }


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (40, {"duration"}),
        (58, {"duration", "offset"}),
        (66, {"duration", "offset", "tokens"}),
        (80, {"duration", "offset", "tokens", "bar"}),
        (120, {"duration", "offset", "tokens", "bar"}),
    ],
)
def test_a_wider_pane_has_more_columns(width, shown):
    columns = columns_for(width)
    assert {name for name in ("duration", "offset", "tokens", "bar") if getattr(columns, name)} == shown
    assert sum(columns) == width - 1


@pytest.mark.parametrize("width", [40, 62, 80, 120, 200])
def test_bars_come_and_go_on_demand_at_any_width(width):
    assert columns_for(width, True).bar >= 10
    assert columns_for(width, False).bar == 0
    assert sum(columns_for(width, True)) == width - 1


def test_a_narrow_pane_gives_the_start_for_the_bar_that_somebody_wants():
    assert (columns_for(62).offset > 0, columns_for(62).bar) == (True, 0)
    assert (columns_for(62, True).offset, columns_for(62, True).duration > 0) == (0, True)


def test_a_long_sign_takes_its_cells_from_the_label_and_ends_at_the_same_cell():
    row = TimelineModel(small_graph().trace, TraceIndex(small_graph().trace)).rows(0, 1)[0]
    short, long = (
        "".join(span.text for span in timeline_line(row._replace(glyph=sign), 58, cell_len)) for sign in ("✗", "✗127")
    )
    assert long.index("✗127") + 3 == short.index("✗")


@pytest.mark.parametrize(("kind", "answer"), [("tool_call", "boom"), ("code_cell", "Script error:\nboom")])
def test_what_failed_says_why_however_long_its_arguments(kind, answer):
    graph = small_graph()
    graph.inference("call", tools=["tool"])
    graph.item("output", "tool", f"Output:\n{answer}", kind="function_call_output")
    graph.tool("tool", kind="other", label="read", preview="a" * 500, status="failed", output_items=["output"])
    cell = graph.cell("code_cell:1", "source", runtime="failed", code="b" * 500)
    cell.output_item_ids.append(ItemId("output"))
    name = "tool" if kind == "tool_call" else "code_cell:1"
    assert re.match(r"(read|script)  boom  [ab]+$", label(graph, kind, name))
    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    row = next(row for row in model.rows(0, model.row_count) if row.node.id == "tool")
    row = row._replace(label=model.face(NodeRef(kind, name)).label)
    for width in (50, 62, 120):
        line = "".join(span.text for span in timeline_line(row, width, cell_len))
        assert re.search(r"(read|script)  boom  [ab]+… ", line)
        assert cell_len(line) <= width


def test_a_path_of_many_levels_is_cut_without_measuring_it_all():
    graph = small_graph()
    graph.thread("deep", "/root" + "/level" * 400, parent="root")
    measured = 0

    def measure(text: str) -> int:
        nonlocal measured
        measured += len(text)
        return cell_len(text)

    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    model.perform(Move.GO_LAST)
    row = model.rows(model.cursor, 1)[0]
    assert re.search("….*/level/level", line_text(timeline_line(row, 60, measure)))
    assert measured < 20_000


def test_a_send_that_failed_shows_whom_it_meant_and_what_it_said():
    graph = small_graph()
    graph.item("output", "tool", "unsupported call: send_message", kind="function_call_output")
    preview = '{"target":"child","message":"hello"}'
    graph.tool("send", kind="send_message", preview=preview, status="failed", output_items=["output"])
    assert label(graph, "tool_call", "send").endswith("unsupported call  ──▶ child  hello")


def test_what_is_folded_away_shows_how_much_went_wrong_in_it():
    graph = small_graph()
    graph.inference("call", tools=["tool"])
    graph.tool("tool", status="failed")
    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    model.perform(Move.FOLD_ALL)
    agent = timeline_line(model.rows(0, 1)[0], 60, cell_len)
    assert any(span.text.strip() == "▲1" for span in agent)


def test_bars_lie_on_one_axis_that_grows_in_steps():
    axis = TimeAxis()
    axis.extend(830, is_growing=True)
    assert axis.bar(TimeSpan(500, 500)) == (0.5, 1.0)
    axis.extend(990, is_growing=True)
    assert axis.bar(TimeSpan(500, 500)) == (0.5, 1.0)
    axis.extend(990, is_growing=False)
    assert axis.end == 990


def test_zoom_shows_less_around_a_moment_and_never_more_than_all():
    axis = TimeAxis()
    axis.extend(1_000, is_growing=False)
    axis.zoom_in(500)
    assert (axis.start, axis.end) == (250, 750)
    assert axis.bar(TimeSpan(800, 100)) is None
    axis.zoom_out()
    axis.zoom_out()
    assert (axis.start, axis.end, axis.is_zoomed) == (0, 1_000, False)


@pytest.mark.parametrize(("length", "axis"), [(1, 1.0), (11, 12.5), (100, 100.0), (8_001, 10_000.0)])
def test_axis_lengths(length, axis):
    assert rounded_up(length) == axis


@pytest.mark.parametrize("days", [0, 6, 200, 20_779])
@pytest.mark.parametrize("width", [58, 61, 84, 120])
def test_times_of_days_keep_a_blank_before_them(days: int, width: int) -> None:
    row = TimelineModel(small_graph().trace, TraceIndex(small_graph().trace)).rows(0, 1)[0]
    start = days * 86_400_000 + 43_323_000
    times = times_of(start + 100)
    long = row._replace(span=TimeSpan(start, start), tokens=None)
    text = "".join(span.text for span in timeline_line(long, width, cell_len, False, times))
    assert cell_len(text.rstrip()) < width
    glyph = text.rindex(row.glyph)
    began, took = text[glyph + 1 :].strip().rsplit(maxsplit=1)
    assert text[glyph + 1] == " "
    assert (began, took) == (times.text(start, None), duration_in(start, 9))


@pytest.mark.parametrize(
    ("tokens", "without_usage", "text"),
    [(427_249, 1, " ≥427k"), (427_249, 0, " 427.2k"), (42_749, 1, " ≥42.7k"), (427_949_000, 1, " ≥427M")],
)
def test_tokens_keep_a_blank_before_them(tokens: int, without_usage: int, text: str) -> None:
    row = TimelineModel(small_graph().trace, TraceIndex(small_graph().trace)).rows(0, 1)[0]
    usage = Tokens(input=tokens, requests=2, without_usage=without_usage)
    line = "".join(span.text for span in timeline_line(row._replace(tokens=usage), 84, cell_len, False))
    assert line.rstrip().endswith(text)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_bars_do_not_change_how_far_rows_are_indented(width: int) -> None:
    graph = small_graph()
    graph.tool("tool")
    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    deep = model.rows(0, 1)[0]._replace(depth=6, foldable=False)
    lines = [line_text(timeline_line(deep, width, cell_len, bar)) for bar in (None, True, False)]
    assert len({len(line) - len(line.lstrip()) for line in lines}) == 1
