"""Words beside and below the lanes say the most that fits."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.analysis.time.session import Session
from tests.analysis.time.test_session_time import commands_side_by_side, sleeping_child, two_waits
from tests.viewmodel.lanes.test_lanes import model_of
from tui.analysis.time.work_kinds import WorkKind
from tui.model.noderef import NodeRef
from tui.viewmodel.lanes.below import below_lines
from tui.viewmodel.lanes.path_words import gains, kind_words, work_out_gains
from tui.viewmodel.lanes.words import fitting, life_words
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import line_text


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (40, "path 10%, waits 84% (beta 60%), tool 6%"),
        (32, "path 10%, waits 84% (beta 60%)"),
        (29, "path 10%, waits 84%, tool 6%"),
        (20, "path 10%, waits 84%"),
        (12, "path 10%"),
        (5, "path…"),
    ],
)
def test_parts_that_do_not_fit_are_left_out(room: int, words: str) -> None:
    parts = [("path 10%",), ("waits 84% (beta 60%)", "waits 84%"), ("tool 6%",)]
    assert fitting(parts, room, cell_len) == words


def test_waits_for_several_are_one_sum() -> None:
    session = two_waits()
    root = next(life for life in session.time().lives if life.agent == "root")
    assert life_words(session.graph.trace, root)[0] == ("waits 60% (most: first 39%)", "waits 60%")


def test_waits_for_one_agent_name_it() -> None:
    session = sleeping_child()
    root = next(life for life in session.time().lives if life.agent == "root")
    assert life_words(session.graph.trace, root)[0] == ("waits 86% for child", "waits 86%")


@pytest.mark.parametrize(
    ("width", "rows", "lines"),
    [
        (120, 3, ["path: if it took nothing: −2.0s · took 2.0s = 80% · piece 1 of 9 by length · exec_command"]),
        (80, 3, ["path: if it took nothing: −2.0s · took 2.0s = 80% · piece 1 of 9 by length · ex…"]),
        (80, 4, ["path: if it took nothing: −2.0s · took 2.0s = 80% · piece 1 of 9 by length ·", "  exec_command"]),
        (40, 4, ["path: if it took nothing: −2.0s · took", "  2.0s = 80% · piece 1 of 9 by length ·…"]),
        (
            40,
            8,
            ["path: if it took nothing: −2.0s · took", "  2.0s = 80% · piece 1 of 9 by length ·", "  exec_command"],
        ),
    ],
)
def test_what_a_piece_cost_goes_on_in_empty_rows(width: int, rows: int, lines: list[str]) -> None:
    model = model_of(sleeping_child())
    model.at_ms = 1_000
    found = [line_text(line) for line in below_lines(model, width, rows, cell_len)]
    assert len(found) == rows
    assert all(cell_len(line) <= width for line in found)
    place = next(place for place, line in enumerate(found) if line.startswith("path: if"))
    assert found[place : place + len(lines)] == lines


def test_words_beside_the_lanes_are_explained_where_there_is_room() -> None:
    model = model_of(sleeping_child())
    model.title(200)
    said = " ".join(line_text(line) for line in below_lines(model, 100, 8, cell_len))
    assert "path: its part of the path below" in said
    assert "▓ model  ▒ tool  ░ waiting  · runtime  ═ delivery  ✗ failed  ▸ sends  ◂ receives" in said
    assert "its part of" not in " ".join(line_text(line) for line in below_lines(model, 100, 3, cell_len))
    model.title(40)
    parts = list(model.left_out_of_title)
    assert parts
    assert all(part in " ".join(line_text(line) for line in below_lines(model, 60, 8, cell_len)) for part in parts)


def test_work_that_would_gain_most_comes_first() -> None:
    model = model_of(sleeping_child())
    assert line_text(model.gain_line(120)) == "", "nothing is worked out by drawing"
    for _ in work_out_gains(model.time):
        pass
    assert line_text(model.gain_line(120)).startswith("gains most: −2.0s exec_command of /root/child · −")
    saved = [one.ms for one in gains(model.time)]
    assert saved == sorted(saved, reverse=True)
    assert 0 not in saved


def test_all_of_a_kind_is_named_where_it_gains_more() -> None:
    model = model_of(commands_side_by_side())
    for _ in work_out_gains(model.time):
        pass
    assert line_text(model.gain_line(80)) == "gains most: −2.0s all 2 × exec_command · −1.0s exec_command of /root"


def test_longest_piece_is_gone_to_where_its_lane_shows_it() -> None:
    """The call begins at 200 ms while its request goes on until 600: there the lane says so."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 2000)
    session.model("turn", "ask", 0, 600)
    session.tool("turn", "command", 200, 1900)
    model = model_of(session)
    model.perform(Move.LONGEST_PIECE)
    assert line_text(model.detail()) == "/root at 0.600s  tool 1.3s"
    assert line_text(model.piece_line()).startswith("path: ")


@pytest.mark.parametrize(
    ("room", "title"),
    [
        (80, "2.5s · path 2.5s: tool 82% model 18% delivery 0% runtime 0%"),
        (40, "2.5s · path 2.5s: tool 82% model 18%"),
        (20, "2.5s · path 2.5s"),
    ],
)
def test_title_names_the_kinds_that_fit(room: int, title: str) -> None:
    assert line_text(model_of(sleeping_child()).title(room)) == title


@pytest.mark.parametrize(
    ("name", "count", "is_plural", "words"),
    [
        ("requests", 121, True, "all 121 requests"),
        ("requests", 1, True, "1 request"),
        ("$ echo", 82, False, "all 82 × $ echo"),
        ("$ ls", 1, False, "1 × $ ls"),
    ],
)
def test_kind_of_work_is_named_with_its_number(name: str, count: int, is_plural: bool, words: str) -> None:
    nodes = tuple(NodeRef("tool_call", str(number)) for number in range(count))
    assert kind_words(WorkKind(name, nodes, 10, is_plural=is_plural)) == words
