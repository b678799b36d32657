"""What went from one agent to another: the text, the fields around it, and whether a person can read it.

The newer recorders put a few lines before a message, the *envelope* (`Message Type`, `Task name`, `Sender`), and mark
the text that a call sends as encrypted: both sides then hold the same encoded text (viewer notes §5).
"""

from __future__ import annotations

import msgspec

from tui.late_pattern import late_pattern
from tui.model.conversation import ConversationItem, EncodedPart, Part, PayloadRefPart, TextPart
from tui.named_tuple import NamedTuple

_ENVELOPE = late_pattern(r"\A((?:[A-Z][A-Za-z ]{0,30}: [^\n]*\n)+)Payload:\n")
_LEGACY = late_pattern(r"\A\s*\{")
_OPAQUE = late_pattern(r"[A-Za-z0-9+/=_.\-]{16,}")
"""One long word of the alphabets in which bytes are written as text."""


class Passed(NamedTuple):
    """What an edge carried. `text` is without the envelope; of an encrypted message it is the encoded text.

    `size` counts the bytes of `text`, None if only its beginning is known, or nothing of it.
    """

    text: str = ""
    size: int | None = 0
    envelope: tuple[tuple[str, str], ...] = ()
    encrypted: bool = False

    @property
    def is_readable(self) -> bool:
        """Whether the text says something to a person, even where it is marked as encrypted."""
        return not self.encrypted or not looks_opaque(self.text)

    @property
    def first_line(self) -> str:
        """The first line that is not blank, as recorded; empty for what nobody can read."""
        return first_line(self.text) if self.is_readable else ""


class _OlderMessage(msgspec.Struct, frozen=True):
    """The JSON by which older releases put a message of an agent into a plain item."""

    author: str
    recipient: str
    content: str
    encrypted_content: str | None = None


def byte_size(text: str) -> int:
    """The bytes of `text` in UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def first_line(text: str) -> str:
    """The first line of `text` that is not blank."""
    return text.lstrip().partition("\n")[0].rstrip()


def looks_opaque(text: str) -> bool:
    """Whether `text` is one long word of encoded bytes: no person can read it."""
    return _OPAQUE.fullmatch(text.strip()) is not None


def split_envelope(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """The fields before a message, and the message; no fields if the text does not begin with an envelope."""
    found = _ENVELOPE.match(text)
    if found is None:
        return (), text
    fields = [line.partition(": ")[::2] for line in found.group(1).splitlines()]
    return tuple((name, value) for name, value in fields), text[found.end() :]


def passed_text(text: str, *, is_whole: bool = True) -> Passed:
    """What a sender's own record of a message says: whether a text is encoded is not seen in the part that arrives."""
    envelope, body = split_envelope(text)
    return Passed(body, byte_size(body) if is_whole else None, envelope, encrypted=looks_opaque(body))


def passed_in_item(item: ConversationItem) -> Passed:
    """What an item brought to its agent."""
    encoded = encoded_part(item)
    texts = [part.text for part in item.body.parts if isinstance(part, TextPart)]
    if encoded is not None:
        envelope, _ = split_envelope("".join(texts))
        return Passed(encoded.value, byte_size(encoded.value), envelope, encrypted=True)
    if item.agent_message is msgspec.UNSET and len(texts) == 1 and (legacy := _legacy(texts[0])) is not None:
        encrypted = legacy.encrypted_content
        text = legacy.content if encrypted is None else encrypted
        fields = (("author", legacy.author), ("recipient", legacy.recipient))
        return Passed(text, byte_size(text), fields, encrypted=encrypted is not None)
    envelope, body = split_envelope("\n".join(texts))
    return Passed(body, None if not texts and _is_left_in_payload(item) else byte_size(body), envelope)


def _is_left_in_payload(item: ConversationItem) -> bool:
    """Whether the content of an item has a form that the graph does not hold."""
    return any(isinstance(part, PayloadRefPart) and part.label == "content" for part in item.body.parts)


def encoded_part(item: ConversationItem) -> EncodedPart | None:
    """The encrypted part of a message between agents; None for other items and readable messages."""
    if item.agent_message is msgspec.UNSET:
        return None
    found: list[Part] = [part for part in item.body.parts if isinstance(part, EncodedPart)]
    return found[0] if found and isinstance(found[0], EncodedPart) else None


def _legacy(text: str) -> _OlderMessage | None:
    if _LEGACY.match(text) is None:
        return None
    try:
        return msgspec.json.decode(text, type=_OlderMessage)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None
