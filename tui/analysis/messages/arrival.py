"""How what the runtime handed over shows in the receiver's conversation where no edge of the graph leads to it.

Older agent tools deliver as plain messages that nothing links with their sender. What proves that they arrived:

| in the receiver's conversation | proves |
|---|---|
| a user message of exactly the same text | that text |
| a notice, `<subagent_notification>` around the sender and its last message | that agent's result |
| what a call that waits for agents returned: the last messages by agent | those agents' results |

Texts are compared whole, and a notice must name the sender: that another text contains it proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import tool_name
from tui.analysis.messages.passed_text import split_envelope
from tui.late_pattern import late_pattern
from tui.model.conversation import OUTPUT_KINDS, ConversationItem, JsonPart, TextPart
from tui.model.evidence import Delivery
from tui.model.ids import ItemId, ThreadId
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple

SAME_TEXT = "the receiver's conversation holds the same text"
IN_NOTICE = "a notice in the receiver's conversation names the sender and holds the same text"
BY_WAITING = "the receiver's call that waited for it returned the same text as this agent's last message"

_NOTICE = late_pattern(r"\A\s*<(subagent_notification|agent_notification)>(.*)</\1>\s*\Z", re.DOTALL)
_FIELD = late_pattern(r"<(\w+)>(.*?)</\1>", re.DOTALL)
_LEFT_OUT = late_pattern(r"\A<(harness_text|subagent_notification)>\[[^\]]* left out of this recording\]</\1>\Z")

_SENDER_KEYS = ("agent_path", "agent_id", "agent_name", "author", "sender")
_TEXT_KEYS = ("message", "completed", "errored", "result")
_WAITING_TOOLS = frozenset({"wait", "wait_agent"})


class AgentNotice(NamedTuple):
    """What is reported of an agent: its path or id, and its last message."""

    sender: str
    text: str


class BringingItem(NamedTuple):
    """The item that brought something, and why it is that one."""

    item: ConversationItem
    reason: str


class Received:
    """What came into the conversations of agents, by what it says. Takes items of a growing graph, each any time."""

    def __init__(self) -> None:
        self._items: dict[tuple[ThreadId, str | AgentNotice], dict[ItemId, ConversationItem]] = {}
        self._left_out: dict[ThreadId, dict[ItemId, ConversationItem]] = {}

    def note(self, item: ConversationItem) -> None:
        """Take in an item, if it can have brought something from another agent."""
        for said in _said_by(item):
            self._items.setdefault((item.thread_id, said), {})[item.item_id] = item
        if _is_left_out(item):
            self._left_out.setdefault(item.thread_id, {})[item.item_id] = item

    def since(self, thread_id: ThreadId, said: str | AgentNotice, unix_ms: int) -> Iterator[ConversationItem]:
        """Items of an agent that say just that, first seen at that time or later."""
        items = self._items.get((thread_id, said), {})
        return (item for item in items.values() if item.first_seen_at_unix_ms >= unix_ms)

    def may_be_left_out(self, waiting: Delivery) -> bool:
        """Whether the recording holds, of a message that came then, only that its text was left out."""
        items = self._left_out.get(waiting.target_thread_id, {}).values()
        return any(_author(item) in ("", waiting.author) for item in items if _is_later(item, waiting))


def arrival_of(
    trace: RolloutTrace, index: TraceIndex, received: Received, waiting: Delivery, senders: Collection[str]
) -> BringingItem | None:
    """The item that shows that something handed over arrived; None if nothing proves it. `senders`: path and id."""
    target, since = waiting.target_thread_id, waiting.started_at_unix_ms
    for item in received.since(target, waiting.content, since):
        return BringingItem(item, SAME_TEXT)
    notice = notice_in(waiting.content)
    text = split_envelope(waiting.content)[1] if notice is None else notice.text
    if waiting.kind != "agent_result" or not text:
        return None
    found = [item for name in senders for item in received.since(target, AgentNotice(name, text), since)]
    for item in found:
        if item.kind not in OUTPUT_KINDS:
            return BringingItem(item, IN_NOTICE)
    for item in found:
        if _answers_waiting(trace, index, item):
            return BringingItem(item, BY_WAITING)
    return None


def brought_by(trace: RolloutTrace, names: Iterable[ItemId]) -> Iterator[Delivery]:
    """What still waits and whose exact text these items hold, whatever was first; costs the items and what waits."""
    if not trace.evidence.deliveries:
        return
    by_thread: dict[ThreadId, list[ConversationItem]] = {}
    for name in names:
        item = trace.conversation_items.get(name)
        if item is not None:
            by_thread.setdefault(item.thread_id, []).append(item)
    said: dict[ThreadId, set[str | AgentNotice]] = {}
    for waiting in trace.evidence.deliveries.values():
        target = waiting.target_thread_id
        if target in by_thread and target not in said:
            said[target] = {text for item in by_thread[target] for text in _said_by(item)}
        if waiting.content in said.get(target, ()):
            yield waiting


def notice_in(text: str) -> AgentNotice | None:
    """The sender and the message in a notice, whose inside is JSON or looks like XML; None if it is not a notice."""
    found = _NOTICE.match(text)
    if found is None:
        return None
    inside = found.group(2).strip()
    fields = _object_in(inside)
    if fields is None:
        fields = {name: dict(_FIELD.findall(value)) or value for name, value in _FIELD.findall(inside)}
    sender = next((value for key in _SENDER_KEYS if isinstance(value := fields.get(key), str)), "")
    return AgentNotice(sender.strip(), _message_in(fields)) if sender else None


def _message_in(fields: dict[str, Any]) -> str:
    """The text of the first field that has one; the status holds it one level deeper, or is only a word."""
    status = fields.get("status")
    for place in (fields, status if isinstance(status, dict) else {}):
        for key in _TEXT_KEYS:
            text = place.get(key)
            if isinstance(text, str) and text.strip():
                return text
    return ""


def _said_by(item: ConversationItem) -> Iterator[str | AgentNotice]:
    texts = [part.text for part in item.body.parts if isinstance(part, TextPart)]
    if item.kind in OUTPUT_KINDS:
        texts += [part.summary for part in item.body.parts if isinstance(part, JsonPart)]
        yield from (notice for text in texts for notice in _statuses_in(text))
    elif item.kind == "message" and item.role in ("user", "assistant"):
        if item.role == "user" and len(texts) == len(item.body.parts) == 1:
            yield texts[0]
        yield from (notice for text in texts if (notice := notice_in(text)) is not None)


def _statuses_in(text: str) -> Iterator[AgentNotice]:
    """The last messages in what a call that waits returned: `{"status": {"<agent>": {"completed": "…"}}}`."""
    fields = _object_in(text) if '"status' in text else None
    for key in ("status", "statuses"):
        by_agent = None if fields is None else fields.get(key)
        for name, status in by_agent.items() if isinstance(by_agent, dict) else ():
            if isinstance(status, dict) and (message := _message_in(status)):
                yield AgentNotice(name, message)


def _answers_waiting(trace: RolloutTrace, index: TraceIndex, item: ConversationItem) -> bool:
    tools = (trace.tool_calls[name] for name in index.tools_answering_item.of(item.item_id))
    return any(tool.kind.type == "wait_agent" or tool_name(tool) in _WAITING_TOOLS for tool in tools)


def _is_left_out(item: ConversationItem) -> bool:
    if item.kind != "message" or item.role not in ("user", "assistant") or item.produced_by:
        return False
    return any(isinstance(part, TextPart) and _LEFT_OUT.match(part.text) for part in item.body.parts)


def _is_later(item: ConversationItem, waiting: Delivery) -> bool:
    return item.first_seen_at_unix_ms >= waiting.started_at_unix_ms


def _author(item: ConversationItem) -> str:
    return "" if item.agent_message is msgspec.UNSET else item.agent_message.author


def _object_in(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None
