"""What is sent to the terminal to copy, and what the person is told."""

from __future__ import annotations

import base64
import re

import pytest
from rich.cells import cell_len

from tui.ui.clipboard import SCREEN_PIECE, TMUX_LIMIT, copy_sequence, line_copied


def decoded(sequence: str) -> str:
    match = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert match is not None
    return base64.b64decode(match[1]).decode()


def test_a_plain_terminal_gets_one_sequence_with_the_whole_text() -> None:
    assert decoded(copy_sequence("naïve ☃", "the row", {}).sequence) == "naïve ☃"


def test_tmux_gets_the_sequence_for_itself_and_wrapped_for_the_terminal_outside() -> None:
    sequence = copy_sequence("text", "the row", {"TMUX": "/tmp/tmux-0/default,1,0"}).sequence
    own, _, passed_on = sequence.partition("\x1bPtmux;")
    assert decoded(own) == "text"
    assert passed_on.endswith("\x1b\\")
    assert decoded(passed_on[:-2].replace("\x1b\x1b", "\x1b")) == "text"


def test_screen_gets_pieces_that_it_does_not_drop() -> None:
    sequence = copy_sequence("x" * 5_000, "the row", {"STY": "1.tty"}).sequence
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
    assert max(map(len, pieces)) <= SCREEN_PIECE
    assert decoded("".join(pieces)) == "x" * 5_000


@pytest.mark.parametrize(
    ("environment", "size"), [({}, 75_001), ({"TMUX": "x"}, TMUX_LIMIT + 1), ({"STY": "x"}, 60_000)]
)
def test_what_no_clipboard_would_take_is_not_sent_and_the_way_out_is_named(
    environment: dict[str, str], size: int
) -> None:
    sequence, message = copy_sequence("x" * size, "the payload", environment)
    assert sequence == ""
    assert "not copied: the payload" in message
    assert "O opens it" in message


def test_the_message_says_what_was_sent_and_that_nothing_confirms_it() -> None:
    message = copy_sequence("x" * 1_200, "the text", {}).message
    assert message == "copied: the text, 1.2 kB (if your terminal allows it)"
    assert "set-clipboard" in copy_sequence("x", "the text", {"TMUX": "x"}).message


def test_nothing_is_sent_for_nothing() -> None:
    assert copy_sequence("", "the text", {}) == ("", "nothing to copy: the text is empty")


def test_text_goes_as_recorded_and_its_control_characters_are_announced() -> None:
    text = "\x1b]52;c;cm0gLXJm\x07 \u202e\r\n\tplain"
    sequence, message = copy_sequence(text, "the text", {})
    assert decoded(sequence) == text
    assert sequence.count("\x1b") == 1
    assert "holds 3 control or hidden characters (if" in message
    assert "holds 1 control or hidden character (if" in copy_sequence("\x9b", "the text", {}).message
    assert "holds" not in copy_sequence("naïve\n日本語\t☃", "the text", {}).message


LINE = "rtrace-tui '/a b' --at 3"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (95, f"copied: {LINE} (if your terminal allows it; in tmux: set -g set-clipboard on)"),
        (94, f"copied: {LINE} (if your terminal allows it)"),
        (61, f"copied: {LINE} (if your terminal allows it)"),
        (60, f"sent to clipboard: {LINE}"),
        (44, f"sent to clipboard: {LINE}"),
        (36, "sent to clipboard: rtrace-…b' --at 3"),
    ],
)
def test_a_line_that_was_sent_is_shown(cells: int, said: str) -> None:
    assert line_copied(LINE, cells, cell_len) == said
