"""The footer: mode, place, hints; and the line that is typed into it."""

from __future__ import annotations

import pytest

from tui.viewmodel.frame.footer import FooterFacts, Hint, event_words, fitting_hints, footer_line, prompt_line
from tui.viewmodel.frame.line_edit import LineEdit
from tui.viewmodel.text.spans import Line, Span

CRUMBS = ("/root", "turn 1", "request 1", "spawn_agent alpha")
HINTS = (Hint("?", "help"), Hint("/", "search"), Hint("a", "agents"))


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def footer(width: int, **facts: object) -> str:
    return text(footer_line(FooterFacts(**facts), width, len))  # type: ignore[arg-type]


def test_place_at_the_left_hints_at_the_right() -> None:
    line = footer(100, crumbs=CRUMBS, hints=HINTS)
    assert line.startswith(" /root › turn 1 › request 1 › spawn_agent alpha ")
    assert line.endswith("? help  / search  a agents  ")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
@pytest.mark.parametrize("message", [None, Span("m" * 300, "warning")])
def test_the_line_fills_the_width_exactly(width: int, message: Span | None) -> None:
    assert len(footer(width, crumbs=CRUMBS, hints=HINTS, is_following=True, message=message)) == width


def test_a_message_with_a_name_from_the_recording_cannot_drive_the_terminal() -> None:
    line = footer(100, message=Span("sent payload payloads/\x1b]0;owned\x07\u202e1.json", "warning"))
    assert "payloads/␛]0;owned␇‹U+202E›1.json" in line


def test_a_long_path_loses_its_beginning_not_its_end() -> None:
    line = footer(60, crumbs=CRUMBS, hints=HINTS)
    assert "… › " in line
    assert "spawn_agent alpha" in line


@pytest.mark.parametrize(
    ("crumbs", "width", "place"),
    [
        (("aaaa", "bb", "cc"), 17, " aaaa › bb › cc  "),
        (("aaaa", "bb", "cc"), 15, " … › cc        "),
        (("aaaa", "bb", "cc", "dd", "ee"), 15, " … › dd › ee   "),
        (("aaaa", "bb", "cc", "dd", "ee"), 20, " … › cc › dd › ee   "),
        (("aaaa", "bb", "cccccccccc"), 10, " … › ccc… "),
    ],
)
def test_a_path_shows_as_much_of_its_end_as_fits(crumbs: tuple[str, ...], width: int, place: str) -> None:
    assert footer(width, crumbs=crumbs) == place


@pytest.mark.parametrize("depth", [100, 1000])
def test_a_deep_path_is_measured_only_where_it_shows(depth: int) -> None:
    measured = 0

    def measure(text: str) -> int:
        nonlocal measured
        measured += len(text)
        return len(text)

    footer_line(FooterFacts(crumbs=[f"agent {number}" for number in range(depth)]), 100, measure)
    assert measured < 1000


def test_in_a_narrow_line_the_place_comes_before_all_hints_but_the_first() -> None:
    crumbs = ("/root", "turn 1", "request 2", "$ yes 'a line of output' | head -200000")
    line = footer(70, crumbs=crumbs, hints=[Hint("?", "help"), *[Hint("x", "something")] * 9])
    assert "… › $ yes 'a line of output' | head -200000" in line
    assert "? help" in line


@pytest.mark.parametrize("crumbs", [("/root", "x" * 200), ("x" * 200,), ("/root", "turn 1", "x" * 200)])
def test_a_name_that_is_too_long_keeps_its_beginning(crumbs: tuple[str, ...]) -> None:
    assert "xxxxxxxxxx" in footer(60, crumbs=crumbs, hints=HINTS)


@pytest.mark.parametrize(
    ("facts", "start"),
    [
        ({"is_following": True}, " FOLLOW "),
        ({"new_rows": 12}, " +12 new "),
        ({"is_following": True, "new_rows": 12}, " FOLLOW "),
        ({"modes": ("filter: ls",)}, " filter: ls "),
        ({"pressed": "5g"}, " 5g… "),
    ],
)
def test_the_mode_is_said_first(facts: dict[str, object], start: str) -> None:
    assert footer(80, crumbs=CRUMBS, hints=HINTS, **facts).startswith(start)


def test_unfinished_keys_leave_the_line_to_what_may_follow() -> None:
    line = footer(60, crumbs=CRUMBS, hints=[Hint("g", "first row"), Hint("d", "follow the edge")], pressed="g")
    assert "g first row  d follow the edge" in line
    assert "/root" not in line


def test_a_message_takes_the_place_of_the_path_and_the_hints() -> None:
    line = footer(40, crumbs=CRUMBS, hints=HINTS, message=Span("no edge here", "warning"))
    assert "no edge here" in line
    assert "help" not in line


@pytest.mark.parametrize("width", [30, 60])
def test_a_long_typed_text_shows_the_place_of_the_cursor(width: int) -> None:
    line = text(prompt_line("/", LineEdit("x" * 200 + "end"), "3 matches", width, len))
    assert "end▏" in line
    assert len(line) == width


def test_long_typed_text_is_measured_in_linear_time() -> None:
    """Pasted hidden characters are eight cells each; every key writes the line again."""
    measured: list[str] = []

    def measure(piece: str) -> int:
        measured.append(piece)
        return len(piece)

    edit = LineEdit("\u202e" * 500)
    assert "‹U+202E›▏" in text(prompt_line("/", edit, "", 60, measure))
    assert sum(map(len, measured)) < 3 * len("‹U+202E›") * 500


def test_a_typed_text_shows_what_is_behind_the_cursor() -> None:
    edit = LineEdit("needle")
    edit.press("home")
    assert "▏needle" in text(prompt_line("/", edit, "", 40, len))


@pytest.mark.parametrize("width", [20, 30, 80])
def test_what_is_typed_comes_before_what_is_said_of_it(width: int) -> None:
    remark = "Tab: agent cell compaction diagnostic inference message tool turn"
    line = text(prompt_line("filter", LineEdit("kind:"), remark, width, len))
    assert "kind:▏" in line
    assert len(line) == width
    assert ("Tab: agent" in line) == (width > 20)


@pytest.mark.parametrize(
    ("room", "shown"), [(99, "Enter goes · type · Esc closes"), (25, "Enter goes · Esc closes"), (3, "Esc closes")]
)
def test_hints_give_way_before_the_one_that_tells_how_to_get_out(room: int, shown: str) -> None:
    assert fitting_hints(("Enter goes", "type", "Esc closes"), room, len) == shown


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("inference_started", "request started"),
        ("code_cell_ended", "script ended"),
        ("codex_turn_started", "turn started"),
        ("tool_call_ended", "tool call ended"),
    ],
)
def test_events_have_the_words_of_the_screen(kind: str, words: str) -> None:
    assert event_words(kind) == words
