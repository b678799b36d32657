"""The plain text that belongs to an encrypted message, and what proves that it does."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tui.analysis.messages.calls import PayloadReader, asked_of
from tui.analysis.messages.passed_text import looks_opaque
from tui.analysis.messages.view import EdgeView
from tui.model.conversation import ConversationItem, TextPart
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import ToolCall
from tui.model.trace import RolloutTrace

Proof = Literal["same bytes", "source of the result", "argument of the call"]


class PlainTwin(NamedTuple):
    """A readable text that goes with an encrypted message.

    `where` holds it, `proof` is its kind of evidence, `statement` says it in words and claims no more than that.
    """

    text: str
    where: NodeRef
    proof: Proof
    statement: str


def plain_twin(trace: RolloutTrace, view: EdgeView, read: PayloadReader | None = None) -> PlainTwin | None:
    """The plain text of an encrypted message, or None if the recording holds none or the message is not encrypted."""
    if not view.encrypted:
        return None
    if not looks_opaque(view.passed.text):
        where = view.target if view.target is not None and view.target.kind == "item" else view.source
        return PlainTwin(view.passed.text, where, "same bytes", "marked as encrypted, but readable")
    source = find_object(trace, view.source)
    if isinstance(source, ToolCall):
        return _argument(source, view, read)
    return _answer(source) if isinstance(source, ConversationItem) and view.source != view.target else None


def sent_bytes(trace: RolloutTrace, view: EdgeView, read: PayloadReader | None = None) -> str:
    """What the sender's call says of an encrypted text: whether it holds the same bytes. Empty if it is unknown."""
    tool = find_object(trace, view.source)
    if not view.encrypted or not isinstance(tool, ToolCall):
        return ""
    asked = asked_of(tool, read)
    if not asked.message or not asked.is_whole:
        return ""
    same = asked.message == view.passed.text
    return "the sender's call holds the same bytes" if same else "the sender's call holds other bytes"


def _argument(tool: ToolCall, view: EdgeView, read: PayloadReader | None) -> PlainTwin | None:
    """The argument of the sending call, where it is not the encoded text itself."""
    asked = asked_of(tool, read)
    if not asked.message or looks_opaque(asked.message) or asked.message == view.passed.text:
        return None
    statement = "the message in the sender's call; that the encrypted text says the same is not proven"
    return PlainTwin(asked.message, NodeRef("tool_call", tool.tool_call_id), "argument of the call", statement)


def _answer(item: ConversationItem) -> PlainTwin | None:
    """The answer of an agent that its result was made from."""
    texts = [part.text for part in item.body.parts if isinstance(part, TextPart)]
    if not texts:
        return None
    statement = "the sender's last answer, from which the result was made; the encrypted text itself is not readable"
    return PlainTwin("\n".join(texts), NodeRef("item", item.item_id), "source of the result", statement)
