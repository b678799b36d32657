"""Texts in the user's role: which are the agent program's own, and the words that a person wrote into a prompt.

A prompt may begin with blocks such as `<environment_context>…</environment_context>`, with the instructions of a
folder, and with the frame of an image (`<image name=[Image #1] path="…">`), whose text says nothing about the prompt.
"""

from __future__ import annotations

import re

from tui.late_pattern import late_pattern

LOOKED_AT = 100_000
"""Characters of a prompt that are looked at: instructions of a folder may be long."""

_BLOCK = late_pattern(r"\s*<([A-Za-z][\w.-]*)(?:\s[^<>]*)?>.*?</\1>", re.DOTALL)
_IMAGE = late_pattern(r"\s*</?image\b[^<>]*>")
_FOLDER = late_pattern(r"\s*# AGENTS\.md instructions.*?</INSTRUCTIONS>", re.DOTALL)
_MACHINERY = (_IMAGE, _FOLDER, _BLOCK)
_MACHINE_TAG = late_pattern(r"\s*<[a-z]+(?:_[a-z]+)+[\s>]|\s*<image\b|\s*# AGENTS\.md instructions|\s*</image>")
"""How machinery begins: the agent program's tags are of several words. A person may begin with `<img …>`, too."""


_OPENING_TAG = late_pattern(r"<([A-Za-z][\w.-]*)(?:\s[^<>]*)?>")

_INSTRUCTIONS_OF_A_FOLDER = "# AGENTS.md instructions"
"""How a message begins that repeats the instructions of a folder: a person may begin with these words, too."""

_INSTRUCTIONS_BEGIN, _INSTRUCTIONS_END = "<INSTRUCTIONS>", "</INSTRUCTIONS>"


def is_injected_text(text: str) -> bool:
    """Whether a whole text is one `<tag>…</tag>` block, or the instructions of a folder."""
    text = text.strip()
    if text.startswith(_INSTRUCTIONS_OF_A_FOLDER):
        _, end, behind = text.rpartition(_INSTRUCTIONS_END)
        return _INSTRUCTIONS_BEGIN in text and not (end and behind.strip())
    opening = _OPENING_TAG.match(text)
    if opening is None:
        return False
    closing = f"</{opening[1]}>"
    # A second block of the same name means that the first tag does not hold the whole.
    return text.endswith(closing) and text.count(closing) == 1


def words_written(text: str) -> str:
    """`text` from where a person's words begin; where none do, as it is."""
    return _behind_machinery(text) or text.strip()


def has_words(text: str) -> bool:
    """Whether a person wrote any of a text: also `<div> is not centred`, but no block of context and no image frame."""
    return not is_injected_text(text) and bool(_behind_machinery(text))


def _behind_machinery(text: str) -> str:
    rest = text[:LOOKED_AT]
    while _MACHINE_TAG.match(rest):
        found = next((match for pattern in _MACHINERY if (match := pattern.match(rest))), None)
        if found is None:
            break
        rest = rest[found.end() :]
    return rest.strip()
