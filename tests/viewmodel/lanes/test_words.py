"""Words beside and below the lanes say the most that fits."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.analysis.time.test_session_time import sleeping_child, two_waits
from tests.viewmodel.lanes.test_lanes import model_of
from tui.viewmodel.lanes.words import fitting, life_words, piece_words
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
    assert life_words(session.graph.trace, root)[0] == ("waits 60% (first 39%)", "waits 60%")


def test_waits_for_one_agent_name_it() -> None:
    session = sleeping_child()
    root = next(life for life in session.time().lives if life.agent == "root")
    assert life_words(session.graph.trace, root)[0] == ("waits 86% for child", "waits 86%")


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (80, "exec_command sleep 2; echo slept 2.0s = 80% · if it took nothing: −2.0s"),
        (60, "exec_command sleep 2… 2.0s = 80% · if it took nothing: −2.0s"),
        (50, "exec_command sleep … 2.0s = 80% · −2.0s without it"),
        (30, "exec_command sleep… 2.0s = 80%"),
        (12, "… 2.0s = 80%"),
    ],
)
def test_name_gives_way_to_what_a_piece_cost(room: int, words: str) -> None:
    found = piece_words("exec_command sleep 2; echo slept", 2000, 2500, 2000, room, cell_len)
    assert found == words


@pytest.mark.parametrize(
    ("width", "end"),
    [
        (120, " · path: exec_command 2.0s = 80% · if it took nothing: −2.0s"),
        (100, " · path: exec_command 2.0s = 80% · −2.0s without it"),
        (80, " · path: exec_command 2.0s = 80%"),
    ],
)
def test_detail_says_what_a_piece_cost_where_it_fits(width: int, end: str) -> None:
    model = model_of(sleeping_child())
    model.at_ms = 1_000
    assert line_text(model.detail(width)) == f"/root at 00:01.0  waited for /root/child 2.1s{end}"


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
