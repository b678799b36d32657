"""The list of bundles, as tables of (what happens, where the cursor is)."""

from __future__ import annotations

import pytest

from tui.schema.summary import BundleSummary
from tui.viewmodel.catalog import CatalogModel, recording_of, short_name
from tui.viewmodel.spans import line_text

MINUTE = 60_000
NOW = 100 * MINUTE


def bundle(name: str, *, started: int = 0, **facts: object) -> BundleSummary:
    """An ended recording that started so many minutes after the beginning of time, unless `facts` differ."""
    settled = {"is_closed": True, "newest_seq": 5, "newest_at_unix_ms": started * MINUTE, "log_bytes": 1000}
    return BundleSummary(path=f"/r/{name}", name=name, started_at_unix_ms=started * MINUTE, **(settled | facts))


def live(name: str, *, started: int = 0, quiet_ms: int = 0) -> BundleSummary:
    return bundle(name, started=started, is_closed=False, newest_at_unix_ms=NOW - quiet_ms, writer="holds")


def model(*bundles: BundleSummary) -> CatalogModel:
    made = CatalogModel("/r")
    made.take(bundles, (), NOW)
    return made


def names(made: CatalogModel) -> list[str]:
    return [row.summary.name for row in made.rows]


def chosen(made: CatalogModel) -> str | None:
    return None if made.chosen is None else made.chosen.summary.name


def text(made: CatalogModel, number: int, width: int = 120) -> str:
    return line_text(made.line(number, width, len, lambda unix_ms: f"at {unix_ms // MINUTE}"))


def test_what_is_written_stands_on_top_then_the_newest() -> None:
    made = model(bundle("old", started=1), bundle("new", started=9), live("live", started=2))
    assert names(made) == ["live", "new", "old"]
    assert made.open_count == 1


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "ended"),
        ({"is_closed": False, "newest_at_unix_ms": NOW - 1000, "writer": "unknown"}, "live"),
        ({"is_closed": False, "newest_at_unix_ms": NOW - MINUTE, "writer": "holds"}, "waiting"),
        ({"is_closed": False, "newest_at_unix_ms": NOW - MINUTE, "writer": "unknown"}, "waiting"),
        ({"is_closed": False, "newest_at_unix_ms": NOW - MINUTE, "writer": "gone"}, "cut off"),
        ({"is_closed": False, "newest_seq": None, "newest_at_unix_ms": None}, "waiting"),
    ],
)
def test_the_state_is_by_evidence(facts: dict[str, object], word: str) -> None:
    assert recording_of(bundle("b", **facts), NOW).word == word


def test_the_cursor_stays_on_its_bundle_while_others_come_and_go() -> None:
    made = model(bundle("a", started=1), bundle("b", started=2), bundle("c", started=3))
    made.move(1)
    assert chosen(made) == "b"
    made.take([bundle("d", started=4), live("e")], (), NOW)
    assert (chosen(made), made.cursor) == ("b", 3)
    made.take((), ["/r/c"], NOW)
    assert (chosen(made), made.cursor) == ("b", 2)
    made.take((), ["/r/b"], NOW)
    assert chosen(made) == "a"
    made.take((), ["/r/a", "/r/d", "/r/e"], NOW)
    assert chosen(made) is None


def test_before_anybody_moves_it_the_cursor_is_on_the_first_row() -> None:
    made = model(bundle("a", started=1))
    made.take([bundle("b", started=2)], (), NOW)
    assert chosen(made) == "b"


@pytest.mark.parametrize(
    ("words", "left"),
    [("", ["c", "b", "a"]), ("parser", ["a"]), ("PARS fix", ["a"]), ("ended b", ["b"]), ("nothing", [])],
)
def test_words_narrow_by_state_name_and_title(words: str, left: list[str]) -> None:
    made = model(bundle("a", started=1, title="Fix the parser"), bundle("b", started=2), bundle("c", started=3))
    made.narrow(words)
    assert names(made) == left


def test_narrowing_keeps_the_cursor_on_what_is_left() -> None:
    made = model(bundle("a", started=1), bundle("ab", started=2), bundle("b", started=3))
    made.move(2)
    made.narrow("a")
    assert chosen(made) == "a"
    made.narrow("")
    assert chosen(made) == "a"


def test_time_alone_makes_a_live_recording_wait() -> None:
    made = model(live("live", quiet_ms=1000))
    made.tick(NOW + 18_000)
    assert made.rows[0].state.word == "live"
    made.tick(NOW + 20_000)
    assert made.rows[0].state.word == "waiting"
    assert made.open_count == 1


def test_a_line_tells_state_start_age_events_size_name_and_title() -> None:
    made = model(bundle("b", started=97, newest_seq=1234, log_bytes=56_000, title="Fix it"))
    assert text(made, 0) == " ■ ENDED    at 97         3m     1,234   56.0 kB  b  Fix it"
    assert text(made, 0, width=80) == " ■ ENDED    at 97         3m     1,234   56.0 kB  Fix it"
    assert line_text(made.heading(80)).index("first") == text(made, 0, width=80).index("Fix")


def test_a_problem_takes_the_place_of_the_title() -> None:
    made = model(bundle("b", problem="manifest.json is missing", title="Fix it", log_bytes=None))
    assert text(made, 0).endswith("no log  b  ▲ manifest.json is missing")


def test_names_of_recorders_are_shortened_and_all_are_cleaned() -> None:
    long = "trace-21cc3d58-5248-494d-83b5-1704f1c6ceb2-01a20205-eab1-7671-bdf0-d6263f935095"
    assert short_name(bundle(f"today/{long}")) == "today/trace-21cc3d58…"
    hostile = bundle("a\x1b[2J", title="b\x1b]0;owned\x07", problem="")
    assert "\x1b" not in text(model(hostile), 0)
    assert "\x1b" not in line_text(CatalogModel("\x1b[2J").status("\x1b", is_looking=True, is_cut=True))


def test_the_status_line_counts() -> None:
    made = model(bundle("a"), live("b"))
    assert line_text(made.status(None, is_looking=False, is_cut=False)) == " /r  2 bundles  ● 1 being written"
    made.narrow("a ended")
    assert line_text(made.status("gone", is_looking=False, is_cut=False)).endswith("1 shown  gone")


@pytest.mark.parametrize(
    ("is_looking", "fault", "reason"),
    [
        (True, None, "Looking for bundles …"),
        (False, None, "No bundle yet; waiting in /r."),
        (False, "No such file or directory", "No bundle yet; waiting in /r (No such file or directory)."),
    ],
)
def test_why_there_is_no_row(is_looking: bool, fault: str | None, reason: str) -> None:
    assert model().nothing(fault, is_looking=is_looking) == reason


def test_a_list_that_hides_everything_says_so() -> None:
    made = model(bundle("a"))
    made.narrow("zzz")
    assert made.nothing(None, is_looking=False) == "No bundle matches; Esc shows all."
