"""The time view as a state machine: moves and where the cursor stands, and what its lines say."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.analysis.time.session import Session
from tests.analysis.time.test_session_time import grandchild, sleeping_child, two_children
from tui.analysis.index.trace_index import TraceIndex
from tui.model.ids import ThreadId
from tui.viewmodel.lanes.bars import FAILED
from tui.viewmodel.lanes.model import LanesModel
from tui.viewmodel.lanes.scale import Scale
from tui.viewmodel.lanes.sent import SentOfLane
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import line_text


def model_of(session: Session) -> LanesModel:
    trace = session.graph.trace
    return LanesModel(trace, TraceIndex(trace), session.time(), cell_len)


def test_lanes_are_the_tree_of_agents() -> None:
    model = model_of(two_children())
    assert [lane.name for lane in model.lanes] == ["/root", "├ short", "└ long"]


def test_lines_of_the_tree_end_with_the_last_child() -> None:
    session = Session()
    parents = {"root": "", "one": "root", "deep": "one", "two": "root", "low": "two", "end": "low"}
    for start, (name, parent) in enumerate(parents.items()):
        session.agent(name, start, 100, parent)
    names = [lane.name for lane in model_of(session).lanes]
    assert names == ["/root", "├ one", "│ └ deep", "└ two", "  └ low", "    └ end"]


def test_pan_says_by_how_many_cells_the_bars_moved() -> None:
    model = model_of(sleeping_child())
    model.perform(Move.ZOOM_TIME_IN, 2)
    bars = model.take_move(100)
    before = line_text(model.path_line(100))
    model.perform(Move.NEXT_SIBLING)
    moved = model.take_move(100)
    assert (bars.cells, moved.cells, model.take_move(100).cells) == (0, round((bars.right - bars.left) / 4), 0)
    after = line_text(model.path_line(100))
    assert after[moved.left : moved.right - moved.cells] == before[moved.left + moved.cells : moved.right]


@pytest.mark.parametrize(
    ("moves", "agent", "at_ms"),
    [
        ([Move.STEP_IN], "root", 100),
        ([Move.STEP_IN, Move.STEP_IN], "root", 150),
        ([Move.STEP_IN, Move.STEP_IN, Move.STEP_OUT], "root", 100),
        ([Move.MOVE_DOWN], "child", 0),
        ([Move.MOVE_DOWN, Move.MOVE_DOWN, Move.MOVE_UP], "root", 0),
        ([Move.MOVE_DOWN, Move.STEP_IN], "child", 145),
        ([Move.NEXT_TURN, Move.NEXT_TURN], "child", 145),
        ([Move.NEXT_TURN] * 4, "child", 200),
        ([Move.NEXT_TURN] * 4 + [Move.PREVIOUS_TURN], "child", 150),
        ([Move.LONGEST_PIECE], "child", 200),
        ([Move.LONGEST_PIECE] * 2, "root", 2_300),
        ([Move.LONGEST_PIECE, Move.LONGEST_PIECE, Move.NEXT_TURN, Move.LONGEST_PIECE], "root", 0),
        ([Move.LONGEST_PIECE, Move.LONGEST_PIECE, Move.PREVIOUS_TURN, Move.LONGEST_PIECE], "child", 200),
        ([Move.LONGEST_WAIT], "root", 150),
        ([Move.LONGEST_PIECE, Move.LONGEST_WAIT], "root", 150),
        ([Move.GO_LAST], "child", 0),
        ([Move.GO_LAST, Move.GO_FIRST], "root", 0),
    ],
)
def test_moves_go_through_lanes_and_path(moves: list[Move], agent: str, at_ms: int) -> None:
    model = model_of(sleeping_child())
    for move in moves:
        assert model.perform(move)
    assert (model.lanes[model.cursor].agent, model.at_ms) == (agent, at_ms)


def test_waits_are_gone_to_by_their_length() -> None:
    model = model_of(grandchild())
    found = []
    for _ in range(3):
        model.perform(Move.LONGEST_WAIT)
        found.append(line_text(model.detail()).split(" · ")[0])
    assert found == [
        "/root at 0.010s  waited for /root/child 980ms",
        "/root/child at 0.020s  waited for /root/deep 880ms",
        "/root at 0.010s  waited for /root/child 980ms",
    ]


def test_enter_goes_to_the_work_of_the_path() -> None:
    model = model_of(sleeping_child())
    for _ in range(4):
        model.perform(Move.NEXT_TURN)
    assert model.node is not None
    assert (model.node.kind, model.node.id) == ("tool_call", "sleep")
    model.go_row(0)
    assert (model.node.kind, model.node.id) == ("thread", "root")


def test_sums_name_the_part_of_the_path_or_the_slack() -> None:
    model = model_of(two_children())
    rows = [line_text(model.line(row, 120)).split() for row in range(3)]
    assert [row[row.index(word) + 1] for row, word in zip(rows, ("path", "slack", "path"), strict=True)] == [
        "10%,",
        "2.0s,",
        "90%,",
    ]


def test_detail_names_work_and_saving() -> None:
    model = model_of(sleeping_child())
    for _ in range(4):
        model.perform(Move.NEXT_TURN)
    assert line_text(model.detail()) == "/root/child at 0.200s  tool 2.0s"
    assert line_text(model.piece_line()).startswith("path: if it took nothing: −2.0s · took 2.0s = 80%")


def test_agent_that_is_absent_says_why() -> None:
    model = model_of(sleeping_child())
    model.perform(Move.GO_LAST)
    model.at_ms = 0
    assert line_text(model.detail()) == "/root/child at 0.000s  had not started"


def test_detail_names_whom_an_agent_waited_for() -> None:
    model = model_of(sleeping_child())
    model.at_ms = 1_000
    assert "waited for /root/child 2.1s" in line_text(model.detail())


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_lines_fit_the_width(width: int) -> None:
    model = model_of(two_children())
    lines = [model.axis(width), model.path_line(width), *(model.line(row, width) for row in range(3))]
    assert all(cell_len(line_text(line)) <= width for line in lines)


def test_textures_tell_states_apart() -> None:
    model = model_of(sleeping_child())
    root, child = (line_text(model.line(row, 80)) for row in range(2))
    assert {"▓", "░"} <= set(root)
    assert {"▓", "▒"} <= set(child)
    assert root.count("░") > 20


def test_failure_is_a_sign() -> None:
    session = sleeping_child()
    session.graph.trace.tool_calls["sleep"].execution.status = "failed"  # type: ignore[index]  # plain ids
    assert "✗" in line_text(model_of(session).line(1, 80))


def test_session_without_agents_says_so_once_known() -> None:
    session = Session()
    model = model_of(session)
    assert line_text(model.detail()) == ""
    model.renew(session.time())
    assert model.node is None
    assert not model.perform(Move.MOVE_DOWN)
    assert line_text(model.detail()) == "no agent has started yet"


def three_children() -> Session:
    """Two children have ended, one of them with a child of its own; the third still works."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 900)
    for name, start, end in (("one", 100, 300), ("two", 200, 500), ("three", 300, None)):
        session.agent(name, start, end, "root")
        session.turn(name, f"{name} turn", start, end)
        session.model(f"{name} turn", f"{name} ask", start, (end or 800) - 50)
    session.agent("deep", 220, 260, "two")
    return session


def test_ended_agents_fold_into_one_lane() -> None:
    model = model_of(three_children())
    model.perform(Move.FOLD_ENDED)
    assert [lane.name for lane in model.lanes] == ["/root", "└ three", "3 ended"]
    together = [(one.state, one.start_ms, one.end_ms) for one in model.lanes[-1].life.stretches]
    assert [(state, start % 1000, end % 1000) for state, start, end in together] == [
        ("model", 100, 450),
        ("runtime", 450, 500),
    ]
    model.perform(Move.FOLD_ENDED)
    assert len(model.lanes) == 5


def test_folding_keeps_the_agent_under_the_cursor() -> None:
    model = model_of(three_children())
    model.perform(Move.MOVE_DOWN, 2)
    assert model.lanes[model.cursor].agent == "two"
    model.perform(Move.FOLD_ENDED)
    assert model.lanes[model.cursor].folded
    assert "3 ended agents" in line_text(model.detail())
    model.perform(Move.FOLD_ENDED)
    assert model.lanes[model.cursor].agent == "one"


def test_agent_with_a_working_child_is_not_folded() -> None:
    session = three_children()
    session.agent("late", 400, None, "one")
    model = model_of(session)
    model.perform(Move.FOLD_ENDED)
    assert [lane.name for lane in model.lanes] == ["/root", "├ one", "│ └ late", "└ three", "2 ended"]


def test_messages_are_marked_in_the_lane_under_the_cursor() -> None:
    model = model_of(sleeping_child())
    assert "▸" in line_text(model.line(0, 120))
    assert "◂" not in line_text(model.line(1, 120))
    model.perform(Move.MOVE_DOWN)
    assert "◂" in line_text(model.line(1, 120))
    assert "▸" not in line_text(model.line(0, 120))


def test_detail_names_what_was_sent_at_the_cursor() -> None:
    model = model_of(sleeping_child())
    model.stand_at(model.unix_ms + 100)
    assert "▸ spawn to /root/child" in line_text(model.detail())
    model.perform(Move.MOVE_DOWN)
    assert "◂ spawn from /root" in line_text(model.detail())


def test_sign_of_a_message_never_covers_a_failure() -> None:
    edge = sleeping_child().time().sent[0]
    sent = SentOfLane([edge], [edge.source_agent or ThreadId("root")])
    began, scale = edge.started_at_unix_ms - 5, Scale(0, 10, 10, ())
    for cell, sign in (((" ", ""), "▸"), (FAILED, "✗")):
        cells = [cell] * 10
        sent.mark(cells, scale, began)
        assert cells[5][0] == sign


def test_time_opens_where_one_comes_from() -> None:
    model = model_of(sleeping_child())
    began = model.unix_ms
    model.stand_on(ThreadId("child"), began + 1_000)
    assert (model.lanes[model.cursor].agent, model.at_ms) == ("child", 1_000)
    model.stand_on(ThreadId("child"), began)
    assert "had not started" not in line_text(model.detail())
