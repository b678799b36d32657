"""Alt and a digit, as terminals send them: ESC, then the digit.

Textual takes those two bytes for one terminal's way to type `¡ ™ £ …` on a Mac, and every other terminal loses Alt+1 to
Alt+9 by that. Here they are keys again.
"""

from __future__ import annotations

from enum import Enum

from textual import _ansi_sequences


class _AltDigit(Enum):
    """Keys as Textual's table of sequences holds them: by the name in their value."""

    ALT_1 = "alt+1"
    ALT_2 = "alt+2"
    ALT_3 = "alt+3"
    ALT_4 = "alt+4"
    ALT_5 = "alt+5"
    ALT_6 = "alt+6"
    ALT_7 = "alt+7"
    ALT_8 = "alt+8"
    ALT_9 = "alt+9"


def take_alt_digits() -> None:
    """Make `alt+1` … `alt+9` of ESC and a digit, in the table that Textual's drivers read keys by."""
    sequences = _ansi_sequences.ANSI_SEQUENCES_KEYS
    if isinstance(sequences, dict):
        sequences.update({f"\x1b{key.value[-1]}": (key,) for key in _AltDigit})
