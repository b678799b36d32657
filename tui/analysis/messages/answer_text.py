"""What an answer of the model said in words: the same wherever a row or a page quotes it."""

from __future__ import annotations

from collections.abc import Iterable

from tui.model.conversation import ConversationItem, TextPart


def answer_text(items: Iterable[ConversationItem]) -> str:
    """The final message among the items of an answer, else the last message; empty if none has text."""
    last, final = "", ""
    for item in items:
        if item.kind != "message" or item.role != "assistant":
            continue
        text = "".join(part.text for part in item.body.parts if isinstance(part, TextPart)).strip()
        last = text or last
        if item.channel == "final":
            final = text or final
    return final or last
