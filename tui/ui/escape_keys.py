"""Two bytes that terminals send for two things: ESC and a character.

It is Alt and that key, or Esc and then that key, typed quickly or brought together by a slow line. Of the Alt keys only
Alt+1 to Alt+9 mean something here; Textual takes those for one terminal's way to type `¡ ™ £ …` on a Mac. All others
are Esc, then the key, so that Esc is never lost.
"""

from __future__ import annotations

from enum import Enum

from textual import _ansi_sequences, events
from textual.message import Message

_TOGETHER = "escape, then "
_ALT_DIGITS = "123456789"
_OF_SEQUENCES = "[OP]_^X\\"
"""What may be the second character of a longer sequence, or end one."""

_ALT_ARROWS = "bf"
"""What some terminals send for arrows with Alt; Textual makes keys of them."""

_NAMES = {" ": "space", "\r": "enter"}

_CHARACTERS = {*map(chr, range(0x20, 0x7F)), "\r"} - {*_ALT_DIGITS, *_OF_SEQUENCES, *_ALT_ARROWS}

_Key = Enum(  # type: ignore[misc]  # the members are made, not written
    "_Key",
    {f"\x1b{digit}": f"alt+{digit}" for digit in _ALT_DIGITS}
    | {f"\x1b{character}": f"{_TOGETHER}{character}" for character in sorted(_CHARACTERS)},
)
"""Keys as Textual's table holds them: by their value."""


def take_escape_keys() -> None:
    """Let Textual's drivers know these keys, by the table that they read them with."""
    sequences = _ansi_sequences.ANSI_SEQUENCES_KEYS
    if isinstance(sequences, dict):
        sequences.update({key.name: (key,) for key in _Key})


def apart(message: Message) -> tuple[Message, ...]:
    """Esc and the key that came with it, one after the other; any other message as it is."""
    if not isinstance(message, events.Key) or not message.key.startswith(_TOGETHER):
        return (message,)
    character = message.key.removeprefix(_TOGETHER)
    return (events.Key("escape", "\x1b"), events.Key(_NAMES.get(character, character), character))
