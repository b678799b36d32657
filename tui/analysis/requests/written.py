"""The words that a person wrote into a prompt, without what the agent program put around them.

A prompt may begin with blocks such as `<environment_context>…</environment_context>`, with the instructions of a
folder, and with the frame of an image (`<image name=[Image #1] path="…">`), whose text says nothing about the prompt.
"""

from __future__ import annotations

import re

LOOKED_AT = 100_000
"""Characters of a prompt that are looked at: instructions of a folder may be long."""

_BLOCK = re.compile(r"\s*<([A-Za-z][\w.-]*)(?:\s[^<>]*)?>.*?</\1>", re.DOTALL)
_IMAGE = re.compile(r"\s*</?image\b[^<>]*>")
_FOLDER = re.compile(r"\s*# AGENTS\.md instructions.*?</INSTRUCTIONS>", re.DOTALL)
_MACHINERY = (_IMAGE, _FOLDER, _BLOCK)
_MACHINE_TAG = re.compile(r"\s*<[a-z]+(?:_[a-z]+)+[\s>]|\s*<image\b|\s*# AGENTS\.md instructions|\s*</image>")
"""How machinery begins: the agent program's tags are of several words. A person may begin with `<img …>`, too."""


def words_written(text: str) -> str:
    """`text` from where a person's words begin; where none do, as it is."""
    rest = text[:LOOKED_AT]
    while _MACHINE_TAG.match(rest):
        found = next((match for pattern in _MACHINERY if (match := pattern.match(rest))), None)
        if found is None:
            break
        rest = rest[found.end() :]
    return rest.strip() or text.strip()
