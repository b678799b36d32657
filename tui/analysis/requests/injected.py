"""Messages in the user's role that no person wrote: what the agent program puts before the prompt (viewer notes §9)."""

from __future__ import annotations

from tui.model.conversation import ConversationItem, TextPart
from tui.schema.prompt_text import is_injected_text


def is_injected(item: ConversationItem) -> bool:
    """Whether an item consists of injected context only: `<environment_context>…`, instructions of a folder, ….

    Known by its form: every part is one `<tag>…</tag>` block. An item without text is not injected.
    """
    parts = item.body.parts
    return bool(parts) and all(isinstance(part, TextPart) and is_injected_text(part.text) for part in parts)
