"""The board of a folder, as tables of (what happens, what is shown, where the cursor is)."""

from __future__ import annotations

from typing import Any

import pytest

from tui.analysis.recording.facts import SessionFacts
from tui.analysis.requests.tokens import Tokens
from tui.analysis.state.outcome_word import OutcomeWord
from tui.schema.summary import BundleSummary
from tui.viewmodel.folder.board import FolderBoard, Totals
from tui.viewmodel.folder.columns import Order
from tui.viewmodel.folder.row import recording_of, short_name
from tui.viewmodel.text.spans import line_text

MINUTE = 60_000
NOW = 100 * MINUTE


def bundle(name: str, *, started: int = 0, **facts: Any) -> BundleSummary:
    """An ended recording that started so many minutes after the beginning of time, unless `facts` differ."""
    settled: dict[str, Any] = {
        "is_closed": True,
        "newest_seq": 5,
        "newest_at_unix_ms": started * MINUTE,
        "log_bytes": 1000,
    }
    return BundleSummary(path=f"/r/{name}", name=name, started_at_unix_ms=started * MINUTE, **(settled | facts))


def live(name: str, *, started: int = 0, quiet_ms: int = 0) -> BundleSummary:
    return bundle(name, started=started, is_closed=False, newest_at_unix_ms=NOW - quiet_ms, writer="holds")


def model(*bundles: BundleSummary) -> FolderBoard:
    made = FolderBoard("/r")
    made.take(bundles, (), NOW)
    return made


def names(made: FolderBoard) -> list[str]:
    return [row.summary.name for row in made.rows]


def chosen(made: FolderBoard) -> str | None:
    return None if made.chosen is None else made.chosen.summary.name


def when(unix_ms: int, now_unix_ms: int) -> str:
    return f"-{(now_unix_ms - unix_ms) // MINUTE}m"


def text(made: FolderBoard, number: int, width: int = 120) -> str:
    return line_text(made.line(number, width, len, when))


def facts(outcome: OutcomeWord = "succeeded", tokens: int = 0, **more: Any) -> SessionFacts:
    """A session with one request that took so many tokens, a tenth of them cached."""
    spent = Tokens(input=tokens, cached_input=tokens // 10, requests=1)
    return SessionFacts(outcome=outcome, **(dict[str, Any](agents=1, requests=1, tokens=spent) | more))


def read(made: FolderBoard, **known: SessionFacts) -> FolderBoard:
    """Recordings were read."""
    made.take((), (), NOW, [(f"/r/{name}", found, "") for name, found in known.items()])
    return made


def test_what_is_written_stands_on_top_then_the_newest() -> None:
    made = model(bundle("old", started=1), bundle("new", started=9), live("live", started=2))
    assert names(made) == ["live", "new", "old"]
    assert made.totals().live == 1


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
def test_the_state_is_by_evidence(facts: dict[str, Any], word: str) -> None:
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


def test_taken_back_filter_leads_back_to_the_row_before_it() -> None:
    made = model(bundle("abc", started=3), bundle("b", started=2), bundle("ca", started=1))
    made.move_to(1)
    made.narrow("c")
    made.move(1)
    made.show_all()
    assert made.chosen is not None
    assert made.chosen.path == "/r/b"


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
    assert made.totals().live == 1


def test_time_alone_moves_recordings_over_an_age() -> None:
    made = model(bundle("old", started=10), bundle("new", started=95))
    made.narrow("age<1h")
    assert names(made) == ["new"]
    made.tick(NOW + 54 * MINUTE)
    assert names(made) == ["new"]
    made.tick(NOW + 56 * MINUTE)
    assert names(made) == []


@pytest.mark.parametrize(("private", "said"), [(0, ""), (1, "1 folder may not"), (1_200, "1,200 folders may not")])
def test_status_counts_folders_that_nobody_may_read(private: int, said: str) -> None:
    line = line_text(model(bundle("a")).status(None, 200, len, is_looking=False, is_cut=False, private=private))
    assert said in line
    assert ("be read" in line) == (private > 0)


def test_names_of_recorders_are_shortened_and_all_are_cleaned() -> None:
    long = "trace-21cc3d58-5248-494d-83b5-1704f1c6ceb2-01a20205-eab1-7671-bdf0-d6263f935095"
    assert short_name(bundle(f"today/{long}")) == "today/trace-21cc3d58…"
    hostile = bundle("a\x1b[2J", title="b\x1b]0;owned\x07", problem="")
    assert "\x1b" not in text(model(hostile), 0)
    assert "\x1b" not in line_text(FolderBoard("\x1b[2J").status("\x1b", 80, len, is_looking=True, is_cut=True))


def test_status_counts_what_is_shown() -> None:
    made = read(model(bundle("a"), bundle("b"), live("c")), a=facts("failed", 1200), b=facts(tokens=800_000))

    def status(**more: Any) -> str:
        return line_text(made.status(None, 200, len, is_looking=False, is_cut=False, **more))

    assert status() == " /r  3 runs  ● 1 live  ✗ 1 failed  ≥801.2k tok  … 1 to read"
    made.narrow("outcome:failed")
    made.sort_by("tokens")
    assert status() == " /r  1 of 3 runs  ✗ 1 failed  1.2k tok  … 1 to read  sort: tokens ▼  / outcome:failed"


def test_tokens_of_unread_recordings_are_unknown() -> None:
    assert model(bundle("a")).totals() == Totals(1, 0, 0, 0, None, is_part=True, unread=1)


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (
            120,
            " ✓ succeeded                   -3m    1.2s       5     26    12.0k     10%     6  b     Fix it",
        ),
        (80, " ✓ succeeded                 -3m    1.2s    12.0k     6  b     Fix it"),
        (60, " ✓ succeeded            -3m    12.0k  b     Fix it"),
    ],
)
def test_name_and_prompt_stay_where_columns_go(width: int, line: str) -> None:
    made = read(
        model(bundle("b", started=97, title="Fix it")),
        b=facts(tokens=12_000, agents=5, requests=26, problems=6, took_ms=1200),
    )
    assert text(made, 0, width).rstrip() == line
    assert len(text(made, 0, width)) == width


def test_columns_that_do_not_fit_are_told_below() -> None:
    made = read(model(bundle("b", started=97)), b=facts(tokens=12_000, agents=5, took_ms=1200))
    assert "asked +3 below" in line_text(made.heading(80, len))
    assert line_text(made.evidence(80, when)).startswith(" agents 5 · reqs 1 · cached 10%  · -3m · succeeded")
    made.sort_by("cached")
    assert "cached▼" in line_text(made.heading(80, len))


def test_proof_of_an_end_goes_where_it_has_no_room() -> None:
    made = read(model(bundle("b", started=97)), b=facts("succeeded", evidence="its last turn completed"))
    wide, narrow = (line_text(made.evidence(width, when)) for width in (200, 80))
    assert "its last turn completed · recording ended: recording_completed was written  " in wide
    assert "its last turn completed · recording ended  " in narrow


@pytest.mark.parametrize(
    ("state", "found", "cell"),
    [
        ({}, None, "… …"),
        ({"problem": "manifest.json is missing"}, None, "? ?"),
        ({}, facts("succeeded"), "✓ succeeded"),
        ({}, facts("failed", why="context\nfull"), "✗ failed: context full"),
        ({}, facts("cancelled"), "⊘ cancelled"),
        ({"is_closed": False, "writer": "gone"}, facts("running", doing="waits: $ pytest"), "? unknown: cut off"),
        ({"is_closed": False, "writer": "gone"}, facts("cancelled", why="stopped"), "⊘ cancelled: cut off; stopped"),
        ({"is_closed": False, "writer": "holds"}, facts("running", doing="waits: $ pytest"), "● waits: $ pytest"),
    ],
)
def test_outcome_says_the_word_and_why(state: dict[str, Any], found: SessionFacts | None, cell: str) -> None:
    made = model(bundle("b", **state))
    made.take((), (), NOW, [("/r/b", found, "")])
    assert text(made, 0, 160).startswith(f" {cell}  ")


def test_unread_and_unknown_numbers_are_never_zero() -> None:
    made = read(model(bundle("a"), bundle("b", started=1)), b=facts(agents=None, requests=None))
    assert text(made, 0).split()[3:8] == ["0ms", "?", "?", "?", "?"]
    assert text(made, 1).split()[3:9] == ["…", "…", "…", "…", "…", "…"]


@pytest.mark.parametrize(
    ("order", "names_in_order"),
    [
        (Order(), ["d", "c", "b", "a"]),
        (Order("when", is_reversed=True), ["a", "b", "c", "d"]),
        (Order("tokens"), ["a", "c", "d", "b"]),
        (Order("tokens", is_reversed=True), ["c", "a", "d", "b"]),
        (Order("outcome"), ["c", "a", "d", "b"]),
        (Order("name"), ["a", "b", "c", "d"]),
        (Order("name", is_reversed=True), ["d", "c", "b", "a"]),
    ],
)
def test_any_column_sorts_and_unknown_comes_last(order: Order, names_in_order: list[str]) -> None:
    made = model(*(bundle(name, started=place) for place, name in enumerate("abcd")))
    read(made, a=facts(tokens=900), c=facts("failed", tokens=20))
    made.sort_by(order.column)
    if made.order.is_reversed != order.is_reversed:
        made.reverse()
    assert (names(made), made.order) == (names_in_order, order)


def test_sorting_by_the_same_column_turns_it_around() -> None:
    made = model(bundle("a"), bundle("b"))
    made.sort_by("name")
    assert (made.order.sign, names(made)) == ("▲", ["a", "b"])
    made.sort_by("name")
    assert (made.order.sign, names(made)) == ("▼", ["b", "a"])
    made.sort_by_next()
    assert made.order == Order("asked")


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("outcome:failed", ["a"]),
        ("status:ok,failed", ["b", "a"]),
        ("-outcome:failed", ["b"]),
        ("tokens>1k", ["b"]),
        ("tokens<1k", ["a"]),
        ("-tokens<1k", ["b"]),
        ("problems>10 outcome:failed", ["a"]),
        ("problem", ["a"]),
        ("recording:live", ["c"]),
        ("name:B", ["b"]),
        ('asked:"the parser"', ["a"]),
        ("took>2s", ["b"]),
        ("age<98m", ["b"]),
        ("cached<50 requests<2 agents>0", ["b", "a"]),
    ],
)
def test_the_filter_words_of_the_viewer_narrow(words: str, left: list[str]) -> None:
    made = model(bundle("a", started=1, title="Fix the parser"), bundle("b", started=3), live("c", started=1))
    read(made, a=facts("failed", tokens=20, problems=11), b=facts(tokens=2000, took_ms=2500))
    assert made.narrow(words) == ""
    assert names(made) == left


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("colour:red", "there is no key 'colour'"),
        ("tokens>many", "cannot compare tokens with 'many'; write for example tokens>1m"),
        ("outcome:great", "there is no outcome 'great'; expected one of succeeded, failed"),
        ("outcome:", "outcome needs a value behind a colon"),
    ],
)
def test_what_is_no_filter_leaves_the_rows(words: str, complaint: str) -> None:
    made = model(bundle("a"))
    assert made.narrow(words).startswith(complaint)
    assert names(made) == ["a"]


@pytest.mark.parametrize(
    ("is_looking", "fault", "reason"),
    [
        (True, None, "Looking for recordings …"),
        (False, None, "No recording yet; waiting in /r."),
        (False, "No such file or directory", "No recording yet; waiting in /r (No such file or directory)."),
    ],
)
def test_why_there_is_no_row(is_looking: bool, fault: str | None, reason: str) -> None:
    assert model().nothing(fault, is_looking=is_looking) == reason


def test_a_list_that_hides_everything_says_so() -> None:
    made = model(bundle("a"))
    made.narrow("zzz")
    assert made.nothing(None, is_looking=False) == "No recording matches; Esc shows all."
