r"""From the bytes of a terminal to what they are: text, Esc, a report, a paste. Nothing that may come raises.

    bytes ──▶ Typed "j" · Typed "é" · EscapePressed · Report "\x1b[1;5A" · Pasted "…"

A sequence is one unit from its ESC to its final byte, whether anybody knows it or not, so no part of it is ever taken
for typed keys. What stays unfinished is given up after a silence. Between the two marks of a paste everything is text.
Grammar: ECMA-48 §5.4 (control sequences) and §5.6 (control strings); xterm's mouse reports and bracketed paste.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from typing import Final

from tui.named_tuple import NamedTuple

SILENCE_SECONDS: Final = 1.0
"""An unfinished sequence is given up after this long without a byte: a slow line may split one, for a while."""

PASTE_SILENCE_SECONDS: Final = 3.0
"""An unfinished paste ends after this long without a byte: its end was lost, and keys must mean something again."""

LONGEST_SEQUENCE_BYTES: Final = 4096
"""More belongs to no report that anybody sends."""

LONGEST_PASTE_BYTES: Final = 8 << 20
"""What is kept of a paste. No box here takes more than a line."""

ESCAPES_AT_ONCE: Final = 8
"""Esc presses in a row that are handed on from one read: more than there are modes to leave."""

ESC: Final = 0x1B

_PASTE_BEGIN: Final = b"\x1b[200~"
_PASTE_END: Final = b"\x1b[201~"
_CSI_OF_8_BITS: Final = 0x9B

_SEQUENCE: Final = (
    rb"\x1b(?:"
    rb"\[\[[A-E]"  # F1 to F5 of the Linux console
    rb"|\[[0-9]{1,2}[$](?![ -?])"  # rxvt's way to say Shift: an intermediate byte for a final one
    rb"|\[M[\x20-\xff]{3}"  # the oldest mouse report: three bytes that are no text
    rb"|\[(?!M)(?!\[[A-E])[ -?]*[@-~]"  # also with its bytes out of order, as a VT500 reads and ignores it
    rb"|O[0-9;]*[A-Za-z]"
    rb"|(?:[P_^X]|\](?=[0-9]))[^\x07\x1b\x18\x1a]*(?:\x07|\x1b\\)"
    rb")"
)
"""A whole sequence. Like those below it is compiled with the first key, after the first rows."""

_BEGINNING: Final = (
    rb"\x1b(?:"
    rb"\[(?:\[|M[\x20-\xff]{0,2}|[ -?]*)?"
    rb"|O[0-9;]*"
    rb"|\]"
    rb"|(?:[P_^X]|\](?=[0-9]))[^\x07\x1b\x18\x1a]*\x1b?"
    rb")?\Z"
)
"""What may become a sequence if more comes."""

_BROKEN: Final = rb"\x1b(?:\[M[\x20-\xff]{0,2}|\[[ -?]*|O[0-9;]+|(?:[P_^X]|\](?=[0-9]))[^\x07\x1b\x18\x1a]*)"
"""What was begun and then broken off by a byte that cannot go on with it."""

_ONE_KEY: Final = rb"[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]{1,3}|(?:\x1b[\[O]?[ -?]*[@-~])+"
"""What a single key press sends, or a mouse that moves."""

_REST: Final = rb"\[(?:[A-HZ]|[0-9;:<?]+[A-Za-z~])"
"""A key report without its ESC."""


class Typed(NamedTuple):
    """One character that was typed, or one control character."""

    character: str


class EscapePressed(NamedTuple):
    """The Esc key."""


class Report(NamedTuple):
    """A whole sequence, from its ESC on: a key, the mouse, an answer of the terminal. A byte is a character."""

    sequence: str


class Pasted(NamedTuple):
    """A text that was pasted."""

    text: str


Unit = Typed | EscapePressed | Report | Pasted


class InputBytes:
    """Takes bytes as they are read and gives units. Times are seconds of any clock that does not go back."""

    def __init__(self, escape_seconds: float) -> None:
        """`escape_seconds`: how long an ESC waits for the rest of a sequence until it is the Esc key."""
        self._escape_seconds = escape_seconds
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._waiting = b""
        """The beginning of a sequence, from its ESC on."""
        self._paste: bytearray | None = None
        self._has_lost_paste_end = False
        """Whether a paste was given up and no key was pressed since: what a stalled line still holds of it may come."""
        self._last_byte = 0.0
        self._given_up_escape: float | None = None
        """When an ESC was last taken for the key because nothing followed."""
        self._escapes = 0

    @property
    def deadline(self) -> float | None:
        """When `tick` is due; None if nothing waits."""
        if self._paste is not None:
            return self._last_byte + PASTE_SILENCE_SECONDS
        if not self._waiting:
            return None
        return self._last_byte + (self._escape_seconds if len(self._waiting) == 1 else SILENCE_SECONDS)

    def feed(self, data: bytes, now: float) -> list[Unit]:
        """The units that `data`, read at `now`, completes."""
        if not data:
            return []
        units: list[Unit] = []
        if not self._waiting and self._paste is None and self._continues_escape(data, now):
            data = b"\x1b" + data
        self._last_byte = now
        self._given_up_escape = None
        self._escapes = 0
        data = self._waiting + data
        self._waiting = b""
        if self._has_lost_paste_end:
            self._resume_paste(data)
        while data:
            data = self._take_paste(data, units) if self._paste is not None else self._take(data, units)
        return units

    def tick(self, now: float) -> list[Unit]:
        """The units that silence until `now` completes."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return []
        units: list[Unit] = []
        if self._paste is not None:
            self._end_paste(units)
            self._has_lost_paste_end = True
            return units
        waiting, self._waiting = self._waiting, b""
        if len(waiting) <= 2:  # ESC alone, or with a character that may as well have been typed
            units.append(EscapePressed())
            units.extend(Typed(character) for character in waiting[1:].decode("ascii", "replace"))
            self._given_up_escape = now if len(waiting) == 1 else None
        return units

    def _resume_paste(self, data: bytes) -> None:
        """Take what is more than one key for the rest of a paste that was given up: nobody types that much at once."""
        self._has_lost_paste_end = False
        if _PASTE_BEGIN not in data.partition(_PASTE_END)[0] and re.fullmatch(_ONE_KEY, data) is None:
            self._paste = bytearray()

    def _continues_escape(self, data: bytes, now: float) -> bool:
        """Whether a slow line split a key report after its ESC, so that the rest comes now, alone."""
        since = self._given_up_escape
        return since is not None and now - since < SILENCE_SECONDS and re.fullmatch(_REST, data) is not None

    def _take(self, data: bytes, units: list[Unit]) -> bytes:
        """Take a run of text, or one sequence; return what is left."""
        start = _sequence_start(data, is_inside_character=bool(self._decoder.getstate()[0]))
        if start:
            self._type(data[:start], units)
            return data[start:]
        units.extend(Typed(character) for character in self._decoder.decode(b"", final=True))
        if data[0] == _CSI_OF_8_BITS:
            data = b"\x1b[" + data[1:]
        whole = re.match(_SEQUENCE, data)
        if whole is not None:
            self._escapes = 0
            if whole.group() == _PASTE_BEGIN:
                self._paste = bytearray()
            elif whole.group() != _PASTE_END:
                units.append(Report(whole.group().decode("latin-1")))
            return data[whole.end() :]
        if re.match(_BEGINNING, data) is not None:
            self._waiting = data[:LONGEST_SEQUENCE_BYTES]
            return b""
        broken = re.match(_BROKEN, data)
        if broken is not None and len(broken.group()) > 2:
            return data[broken.end() :]
        return self._take_escape(data, units)

    def _take_escape(self, data: bytes, units: list[Unit]) -> bytes:
        """Esc, then a key, typed quickly or brought together by a slow line; or the two bytes of Alt and a key."""
        follower = data[1:2]
        if follower.isalnum() and (follower in b"123456789bf"):
            units.append(Report(data[:2].decode("ascii")))
            return data[2:]
        self._escapes += 1
        if self._escapes <= ESCAPES_AT_ONCE:
            units.append(EscapePressed())
        # A character that begins a sequence does so after one ESC only: it was typed.
        if follower in b"[O]P_^X\\":
            self._type(follower, units)
            return data[2:]
        return data[1:]

    def _type(self, text: bytes, units: list[Unit]) -> None:
        self._escapes = 0
        units.extend(Typed(character) for character in self._decoder.decode(text))

    def _take_paste(self, data: bytes, units: list[Unit]) -> bytes:
        paste = self._paste
        assert paste is not None  # noqa: S101  # only called while there is one
        searched = max(0, len(paste) - len(_PASTE_END) + 1)  # the end may come in two reads
        paste += data
        end = paste.find(_PASTE_END, searched)
        if end < 0:
            del paste[LONGEST_PASTE_BYTES : -len(_PASTE_END)]
            return b""
        rest = bytes(paste[end + len(_PASTE_END) :])
        del paste[end:]
        self._end_paste(units)
        return rest

    def _end_paste(self, units: list[Unit]) -> None:
        paste, self._paste = self._paste or bytearray(), None
        if paste:
            units.append(Pasted(paste.decode("utf-8", "replace").replace("\0", "")))


def _sequence_start(data: bytes, *, is_inside_character: bool) -> int:
    """Where the first sequence begins; the length of `data` if there is none."""
    start = data.find(ESC)
    end = len(data) if start < 0 else start
    position = data.find(_CSI_OF_8_BITS, 0, end)
    while position >= 0:
        # The byte is also the second, third or fourth one of many characters.
        if not is_inside_character if position == 0 else data[position - 1] < 0x80:
            return position
        position = data.find(_CSI_OF_8_BITS, position + 1, end)
    return end
