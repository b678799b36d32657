"""Copying through the terminal (OSC 52), so that it works over SSH; wrapped so that tmux and screen let it pass.

A terminal never says whether it took the text. So the message after a copy says what was sent, and how to find out.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from tui.analysis.kinds.plural import counted
from tui.named_tuple import NamedTuple
from tui.viewmodel.text.clean import Measure, clean, count_hidden, elide, elide_start, format_bytes

DIRECT_LIMIT = 100_000
"""Bytes of sequence that terminals accept in practice."""

TMUX_LIMIT = 74_994
"""Bytes of text that tmux passes on: its buffer takes 100,000 bytes of base64."""

SCREEN_LIMIT = 54_000
"""Bytes of text for GNU screen: its strings are cut into pieces, and the whole must fit the terminal behind it."""

SCREEN_PIECE = 700
"""Bytes of one piece: screen drops strings longer than 768 bytes."""

ESC = "\x1b"


class CopySequence(NamedTuple):
    """What to send to the terminal (empty if the text is too large), and what to tell the person."""

    sequence: str
    message: str


def copy_sequence(text: str, what: str, environment: Mapping[str, str]) -> CopySequence:
    """The sequence that puts `text` on the clipboard, for the terminal that `environment` describes.

    `what` names the text in the message: "the row". Multiplexers are recognised by `TMUX` and `STY`. The text goes as
    it was recorded; what in it may steer the program that it is pasted into is counted in the message.
    """
    data = text.encode("utf-8", "surrogatepass")
    multiplexer = _multiplexer(environment)
    limit = {"tmux": TMUX_LIMIT, "screen": SCREEN_LIMIT}.get(multiplexer, DIRECT_LIMIT * 3 // 4)
    size = format_bytes(len(data))
    if not data:
        return CopySequence("", f"nothing to copy: {what} is empty")
    if len(data) > limit:
        return CopySequence(
            "", f"not copied: {what} has {size}, the way to the clipboard takes {format_bytes(limit)}; O opens it"
        )
    plain = f"{ESC}]52;c;{base64.b64encode(data).decode('ascii')}\a"
    sequence = _wrapped(plain, multiplexer)
    hint = f"{multiplexer} allows it: {_SETTINGS[multiplexer]}" if multiplexer else "your terminal allows it"
    hidden = count_hidden(text)
    held = f", holds {counted(hidden, 'control or hidden character')}" if hidden else ""
    return CopySequence(sequence, f"copied: {what}, {size}{held} (if {hint})")


_LINE_COPIED = (
    "copied: {} (if your terminal allows it; in tmux: set -g set-clipboard on)",
    "copied: {} (if your terminal allows it)",
    "sent to clipboard: {}",
)
"""What is said of a line that was sent; the first that leaves room for the line."""


def line_copied(line: str, cells: int, measure: Measure) -> str:
    """Show the line that was sent, in `cells`: where the terminal did not take it, one can still select or type it.

    Only a line longer than that is cut: what opens a place begins with the folder and ends with the place, so its
    middle goes.
    """
    shown = clean(line)
    for words in _LINE_COPIED:
        if measure(words.format(shown)) <= cells:
            return words.format(shown)
    room = cells - measure(_LINE_COPIED[-1].format(""))
    start = elide(shown, room // 2, measure)
    return _LINE_COPIED[-1].format(start + elide_start(shown, room - measure(start) + 2, measure).removeprefix("…"))


_SETTINGS = {"tmux": "set -g set-clipboard on or allow-passthrough on", "screen": "the terminal behind it decides"}


def _multiplexer(environment: Mapping[str, str]) -> str:
    if environment.get("TMUX"):
        return "tmux"
    return "screen" if environment.get("STY") else ""


def _wrapped(sequence: str, multiplexer: str) -> str:
    """As `multiplexer` needs it: tmux reads OSC 52 and also passes it on, screen only passes on what is wrapped."""
    if multiplexer == "tmux":
        return sequence + f"{ESC}Ptmux;{sequence.replace(ESC, ESC * 2)}{ESC}\\"
    if multiplexer == "screen":
        pieces = (sequence[start : start + SCREEN_PIECE] for start in range(0, len(sequence), SCREEN_PIECE))
        return "".join(f"{ESC}P{piece}{ESC}\\" for piece in pieces)
    return sequence
