"""What the units of the terminal's bytes mean: key presses, pastes, the mouse, answers. The unknown means nothing.

Key reports: xterm's (`ESC [ 1 ; 5 A`, also `modifyOtherKeys`), rxvt's, the Linux console's, and the kitty keyboard
protocol's `ESC [ code:shifted:base ; modifiers:event ; text u`, each number optional
(https://sw.kovidgoyal.net/kitty/keyboard-protocol/). A terminal sends these also when another program has left it in
such a mode.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from textual import events, messages
from textual.message import Message

from tui.named_tuple import NamedTuple
from tui.ui.terminal.input_bytes import EscapePressed, Pasted, Typed, Unit
from tui.ui.terminal.mouse import MouseReports
from tui.ui.terminal.textual_private import (
    character_key,
    functional_key,
    is_modifier_alone,
    keys_of_sequence,
)

_SHIFT: Final = 1
_MODIFIERS: Final = ((2, "alt"), (4, "ctrl"), (8, "super"), (16, "hyper"), (32, "meta"))
"""Bits of kitty's modifiers that change what a key means; Caps Lock and Num Lock do not."""

_RELEASED: Final = "3"
_NUMBER: Final = r"\d{0,7}"
_KEY_REPORT: Final = (
    rf"\x1b\[(?P<code>{_NUMBER})(?::(?P<shifted>{_NUMBER}))?(?::{_NUMBER})?"
    rf"(?:;(?P<modifiers>\d{{0,3}})(?::(?P<event>\d?))?)?(?:;(?P<text>[\d:]{{0,64}}))?(?P<final>[u~A-HPQS])"
)
_OTHER_KEY: Final = rf"\x1b\[27;(?P<modifiers>\d{{1,3}})(?::(?P<event>\d?))?;(?P<code>{_NUMBER})~"
_SYNCHRONIZED_OUTPUT: Final = r"\x1b\[\?2026;[1-4]\$y"

_OF_KEYPAD: Final = {
    "decimal": ".",
    "divide": "/",
    "multiply": "*",
    "subtract": "-",
    "add": "+",
    "equal": "=",
    "separator": ",",
}
_SHIFTED_ALREADY: Final = '~!@#$%^&*()_+{}|:"<>?'
"""xterm reports these with Shift although Shift is what made them."""

_CONTROL_CHARACTERS: Final = {"escape": "\x1b", "enter": "\r", "tab": "\t", "backspace": "\x7f"}


class _Chord(NamedTuple):
    """A key press as it was reported. `shifted` is 0 where the terminal does not say it."""

    code: int
    final: str
    shifted: int
    modifiers: int
    text: str


class Reports:
    """Gives the messages that units mean. It remembers where the mouse was."""

    def __init__(self) -> None:
        self._mouse = MouseReports()

    def messages_of(self, unit: Unit) -> Iterator[Message]:
        """What a unit means to the app."""
        if isinstance(unit, Typed):
            yield from _typed(unit.character)
        elif isinstance(unit, EscapePressed):
            yield events.Key("escape", "\x1b")
        elif isinstance(unit, Pasted):
            yield events.Paste(unit.text)
        else:
            yield from self._reported(unit.sequence)

    def _reported(self, sequence: str) -> Iterator[Message]:
        if sequence == "\x1b[I":
            yield events.AppFocus()
        elif sequence == "\x1b[O":
            yield events.AppBlur()
        elif re.fullmatch(_SYNCHRONIZED_OUTPUT, sequence):
            yield messages.TerminalSupportsSynchronizedOutput()
        elif sequence.endswith(("M", "m")) or sequence.startswith("\x1b[M"):
            yield from self._mouse.events_of(sequence)
        else:
            yield from _keys(sequence)


def _typed(character: str) -> Iterator[events.Key]:
    if "\x7f" < character <= "\x9f":  # the C1 controls are on no keyboard
        return
    name = "" if character.isprintable() else "".join(keys_of_sequence(character)[:1])
    yield events.Key(name or character_key(character), character)


def _keys(sequence: str) -> Iterator[events.Key]:
    found = re.fullmatch(_OTHER_KEY, sequence) or re.fullmatch(_KEY_REPORT, sequence)
    if found is not None:
        if found["event"] != _RELEASED:
            yield from _pressed(_chord(found.groupdict(default="")))
    elif sequence[1:].isdigit():
        yield events.Key(f"alt+{sequence[1:]}", sequence[1:])
    else:
        for name in keys_of_sequence(sequence):
            yield events.Key(character_key(name), name) if len(name) == 1 else events.Key(name, None)


def _chord(fields: dict[str, str]) -> _Chord:
    return _Chord(
        int(fields["code"] or 1),
        fields.get("final", "u"),
        int(fields.get("shifted") or 0),
        max(0, int(fields["modifiers"] or 1) - 1),
        _text(fields.get("text", "")),
    )


def _text(numbers: str) -> str:
    """The text that a key typed, by its code points; empty if one is none, or cannot be seen."""
    characters = [_character(int(number)) for number in numbers.split(":") if 0 < len(number) <= 7]
    return "".join(characters) if all(characters) else ""


def _character(code: int) -> str:
    """The character of a key; empty for what is not a character that a key could type."""
    if not 0x20 <= code <= 0x10FFFF:
        return ""
    # Controls, surrogates, unassigned; the private-use ones are keys without a character.
    return "" if unicodedata.category(chr(code)) in {"Cc", "Cs", "Cn", "Co"} else chr(code)


def _pressed(chord: _Chord) -> Iterator[events.Key]:
    name = functional_key(f"{chord.code}{chord.final}")
    modifiers = [word for bit, word in _MODIFIERS if chord.modifiers & bit]
    shift = ["shift"] if chord.modifiers & _SHIFT else []
    if name is not None:
        if not is_modifier_alone(name):
            character = _OF_KEYPAD.get(name, name) if name in _OF_KEYPAD or len(name) == 1 else None
            yield _key(name, modifiers + shift, character or _CONTROL_CHARACTERS.get(name))
        return
    if chord.final != "u":
        return
    if chord.text and modifiers in ([], ["alt"]):  # Alt types characters, too, on many keyboards
        for character in chord.text:
            yield events.Key(character_key(character), character)
        return
    character = _character(chord.code)
    if shift and not modifiers:
        character, shift = _shifted(chord, character)
    if character:
        yield _key(character_key(character), modifiers + shift, character)


def _shifted(chord: _Chord, character: str) -> tuple[str, list[str]]:
    """What Shift makes of a key, and what is left of Shift: on which keyboard `1` is `!` only the terminal knows."""
    upper = _character(chord.shifted) or character.upper()
    is_known = chord.shifted or character == " " or character in _SHIFTED_ALREADY or upper != upper.lower()
    return (upper, []) if is_known and len(upper) == 1 else (character, ["shift"])


def _key(name: str, modifiers: list[str], character: str | None) -> events.Key:
    return events.Key("+".join([*sorted(modifiers), name]), None if modifiers else character)
