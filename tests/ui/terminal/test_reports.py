"""What units mean: which key, where the mouse; what nobody knows means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events, messages
from textual.message import Message

from tui.ui.keyboard import key_of
from tui.ui.terminal.input_bytes import InputBytes
from tui.ui.terminal.reports import Reports


def read(data: bytes) -> list[Message]:
    reader, reports = InputBytes(0.1), Reports()
    return [message for unit in reader.feed(data, 0.0) + reader.tick(9.0) for message in reports.messages_of(unit)]


def keys(data: bytes) -> list[str]:
    found = read(data)
    assert all(isinstance(message, events.Key) for message in found), found
    return [key_of(message) for message in found if isinstance(message, events.Key)]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        *((f"\x1b{digit}", f"alt+{digit}") for digit in range(1, 10)),
        ("\x1b[1;3D", "alt+left"),
        ("\x1b[1;3C", "alt+right"),
        ("\x1bb", "ctrl+left"),
        ("\x1b[49;3u", "alt+1"),
        ("\x1b[1;5A", "ctrl+up"),
        ("\x1b[A", "up"),
        ("\x1bOA", "up"),
        ("\x1b[5~", "pageup"),
        ("\x1b[Z", "shift+tab"),
        ("\x1b[9;2u", "shift+tab"),
        ("\x1b[11~", "f1"),
        ("\x1bOP", "f1"),
        ("\x1b[[A", "f1"),
        ("\x1b[3^", "ctrl+delete"),
        ("\x1b[27u", "escape"),
        ("\x1b[13u", "enter"),
        ("\x1b[57414u", "enter"),
        ("\x1b[57400u", "1"),
        ("\x1b[57410u", "/"),
        ("\x1b[99;5u", "ctrl+c"),
        ("\x1b[27;5;99~", "ctrl+c"),
        ("\x1b[97;;97u", "a"),
        ("\x1b[97;2;65u", "A"),
        ("\x1b[103;2u", "G"),
        ("\x1b[27;2;71~", "G"),
        ("\x1b[106:74;2u", "J"),
        ("\x1b[49:33;2u", "!"),
        ("\x1b[58;2u", ":"),
        ("\x1b[32;2u", "space"),
        ("\x1b[106;1:1u", "j"),
        ("\x1b[106;1:2u", "j"),
        ("\x1b[106;65u", "j"),
        ("\x1b[1;1:1B", "down"),
        ("\x1b[3;1:1~", "delete"),
        ("\x1b[233;;233u", "é"),
        ("\x1b[228:196:97;2;196u", "Ä"),
        ("\x1b[64;3;64u", "@"),
    ],
)
def test_a_key_report_is_its_key(typed: str, key: str) -> None:
    assert keys(typed.encode() + b"j") == [key, "j"]


@pytest.mark.parametrize(
    "report",
    [
        "\x1b[13;1:3u",
        "\x1b[97;1:3u",
        "\x1b[1;1:3A",
        "\x1b[57441;2u",
        "\x1b[57358u",
        "\x1b[1114112u",
        "\x1b[99999999999999999999u",
        "\x1b[55296u",
        "\x1b[0u",
        "\x1b[133u",
        "\x1b[57500u",
        "\x1b[12;40R",
        "\x1b[?62;22c",
        "\x1b[8;40;120t",
        "\x1b[48;40;120;800;1920t",
        "\x1b[999~",
        "\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
        "\x1b[<0;0;5M",
        "\x1b[<0;99999999;5M",
        "\x1b[?2026;0$y",
        "\x85",
    ],
)
def test_what_is_no_key_press_presses_nothing(report: str) -> None:
    assert not [message for message in read(report.encode()) if isinstance(message, events.Key)]


@pytest.mark.parametrize(
    ("typed", "pressed"),
    [
        ("\x1bq", ["escape", "q"]),
        ("\x1b?", ["escape", "?"]),
        ("\x1bG", ["escape", "G"]),
        ("\x1b=", ["escape", "="]),
        ("\x1b ", ["escape", "space"]),
        ("\x1b\r", ["escape", "enter"]),
        ("\x1ba\x1bL\x1b!", ["escape", "a", "escape", "L", "escape", "!"]),
        ("\x1b\x1bq", ["escape", "escape", "q"]),
        ("\x1b[Aq", ["up", "q"]),
        ("\x1bOAq", ["up", "q"]),
    ],
)
def test_esc_and_a_key_that_come_together_are_both(typed: str, pressed: list[str]) -> None:
    """A slow line brings at once what was typed one after the other."""
    assert keys(typed.encode()) == pressed


@pytest.mark.parametrize(
    ("character", "key"),
    [("?", "question_mark"), (" ", "space"), ("\r", "enter"), ("\t", "tab"), ("\x0f", "ctrl+o"), ("é", "é")],
)
def test_typed_characters_have_the_names_that_textual_uses(character: str, key: str) -> None:
    (event,) = read(character.encode())
    assert isinstance(event, events.Key)
    assert (event.key, event.character) == (key, character)


@pytest.mark.parametrize(
    ("report", "kind", "x", "y", "button"),
    [
        (b"\x1b[<0;12;5M", events.MouseDown, 11, 4, 1),
        (b"\x1b[<0;12;5m", events.MouseUp, 11, 4, 1),
        (b"\x1b[<64;12;5M", events.MouseScrollUp, 11, 4, 0),
        (b"\x1b[<65;12;5M", events.MouseScrollDown, 11, 4, 0),
        (b"\x1b[<35;12;5M", events.MouseMove, 11, 4, 0),
        (b"\x1b[32;12;5M", events.MouseDown, 11, 4, 1),
        (b"\x1b[35;12;5M", events.MouseUp, 11, 4, 1),
        (b"\x1b[M \x84%", events.MouseDown, 99, 4, 1),
        (b"\x1b[M#\x84%", events.MouseUp, 99, 4, 1),
        (b"\x1b[M`\x84%", events.MouseScrollUp, 99, 4, 0),
    ],
)
def test_the_mouse_is_where_the_report_says(
    report: bytes, kind: type[events.MouseEvent], x: int, y: int, button: int
) -> None:
    (event,) = read(report)
    assert type(event) is kind
    assert (event.x, event.y, event.button) == (x, y, button)


def test_focus_and_synchronized_output_are_told() -> None:
    kinds = [type(message) for message in read(b"\x1b[I\x1b[O\x1b[?2026;2$y")]
    assert kinds == [events.AppFocus, events.AppBlur, messages.TerminalSupportsSynchronizedOutput]


@given(st.lists(st.one_of(st.binary(max_size=20), st.from_regex(rb"\x1b\[[0-9;:<?]{0,20}[@-~]", fullmatch=True))))
def test_no_bytes_raise(parts: list[bytes]) -> None:
    read(b"".join(parts))
