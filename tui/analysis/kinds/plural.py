"""Numbers with their nouns, the same everywhere: `1 call`, `12,345 calls`."""

from __future__ import annotations

from collections.abc import Sequence


def counted(count: int, noun: str, plural: str = "") -> str:
    """The number and the noun in the form that belongs to it; `plural` where that is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def enumerated(words: Sequence[str]) -> str:
    """Words in a sentence: `a, b and c`; at least one."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
