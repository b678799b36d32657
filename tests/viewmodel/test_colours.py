"""Colours in outputs: styles instead of escapes, and nothing else of an escape is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.theme import THEMES
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.colours import HUES, output_styler, without_colours
from tui.viewmodel.text.spans import line_text


def spans(*lines: str, base: str = "") -> list[list[tuple[str, str]]]:
    style = output_styler(base)
    return [[(span.text, span.style) for span in style(line)] for line in lines]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", [("plain", "")]),
        ("\x1b[31mF\x1b[0m.", [("F", "output.red"), (".", "")]),
        ("\x1b[1;32mok\x1b[22m!\x1b[m", [("ok", "output.bold output.green"), ("!", "output.green")]),
        ("\x1b[91mbright", [("bright", "output.red")]),
        ("\x1b[38;5;196mcube", [("cube", "output.red")]),
        ("\x1b[38;5;244mgrey", [("grey", "")]),
        ("\x1b[38;2;0;0;255mtrue\x1b[39m.", [("true", "output.blue"), (".", "")]),
        ("\x1b[38:2::255:255:0mparts", [("parts", "output.yellow")]),
        ("\x1b[48;5;196;36mbackground", [("background", "output.cyan")]),
        ("\x1b[30;40mblack on black", [("black on black", "")]),
        ("\x1b[8mconcealed", [("concealed", "")]),
        ("\x1b[4:3mcurly\x1b[4:0m.", [("curly", "output.underline"), (".", "")]),
        ("\x1b[38mcut", [("cut", "")]),
        ("\x1b[999;31mred", [("red", "output.red")]),
        ("\x1b[31m", [("", "")]),
        ("a\x1b[31m\tb", [("a", ""), ("   b", "output.red")]),
    ],
)
def test_sequences_become_styles(text: str, shown: list[tuple[str, str]]) -> None:
    assert spans(text) == [shown]


def test_colour_lasts_until_another_is_chosen() -> None:
    assert spans("\x1b[32mone", "two", "\x1b[0mthree") == [
        [("one", "output.green")],
        [("two", "output.green")],
        [("three", "")],
    ]


@pytest.mark.parametrize(
    "text",
    ["\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b[?25l", "\x1b[31", "\x1b[" + "1;" * 40 + "m", "\x9b31m", "\x1b[31 m"],
)
def test_every_other_escape_stays_a_picture(text: str) -> None:
    assert spans(text) == [[(clean(text), "")]]


def test_pile_of_marks_cannot_be_parted_by_colours() -> None:
    piled = "e" + "\x1b[31m".join(["\u0301" * 5] * 4)
    assert spans(piled) == [[(clean("e" + "\u0301" * 20), "")]]


@given(
    st.lists(st.sampled_from(["\x1b[", "31", ";", "m", "\x1b[0m", "é", "\u0301", "\u200d", "\t", "\r", "x", "\x07"]))
)
def test_coloured_line_is_as_harmless_as_any(pieces: list[str]) -> None:
    text = "".join(pieces)
    (shown,) = spans(text)
    assert "".join(piece for piece, _ in shown) == clean(without_colours(text))


def test_every_hue_has_a_look_where_there_is_colour() -> None:
    for name, theme in THEMES.items():
        missing = [hue for hue in HUES if f"output.{hue}" not in theme.styles]
        assert missing == (list(HUES) if name == "mono" else []), name


def test_line_keeps_its_base_style() -> None:
    shown = output_styler("json.string")("a\x1b[31mb")
    assert [span.style for span in shown] == ["json.string", "json.string output.red"]
    assert line_text(shown) == "ab"
