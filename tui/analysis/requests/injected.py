"""Messages in the user's role that no person wrote: what the agent program puts before the prompt (viewer notes §9)."""

from __future__ import annotations

import re

from tui.model.conversation import ConversationItem, TextPart

_OPENING_TAG = re.compile(r"<([A-Za-z][\w.-]*)(?:\s[^<>]*)?>")

_INSTRUCTIONS_OF_A_FOLDER = "# AGENTS.md instructions"
"""How a message begins that repeats the instructions of a folder."""


def is_injected(item: ConversationItem) -> bool:
    """Whether an item consists of injected context only: `<environment_context>…`, instructions of a folder, ….

    Known by its form: every part is one `<tag>…</tag>` block. An item without text is not injected.
    """
    parts = item.body.parts
    return bool(parts) and all(isinstance(part, TextPart) and is_injected_text(part.text) for part in parts)


def is_injected_text(text: str) -> bool:
    """Whether a whole text is one `<tag>…</tag>` block, or the instructions of a folder."""
    text = text.strip()
    if text.startswith(_INSTRUCTIONS_OF_A_FOLDER):
        return True
    opening = _OPENING_TAG.match(text)
    if opening is None:
        return False
    closing = f"</{opening[1]}>"
    # A second block of the same name means that the first tag does not hold the whole.
    return text.endswith(closing) and text.count(closing) == 1
