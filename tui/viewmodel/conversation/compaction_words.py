"""What a compaction came to: `compaction 1 dropped 8 of 11 items (1.2 kB of text), kept 3, added 1`."""

from __future__ import annotations

from collections.abc import Iterable

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.plural import counted
from tui.analysis.requests.compared import change_of_compaction
from tui.model.conversation import CodePart, ConversationItem, EncodedPart, Part, SummaryPart, TextPart
from tui.model.ids import CompactionId
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.clean import format_bytes


def compaction_words(trace: RolloutTrace, index: TraceIndex, name: CompactionId) -> str:
    """The numbers of one compaction, by its own inputs: those that the model was never sent count, too."""
    compaction = trace.compactions[name]
    requests = [trace.inference_calls[call] for call in index.inferences_of_thread.of(compaction.thread_id)]
    change = change_of_compaction(trace, requests, compaction)
    items = [trace.conversation_items[item] for item in change.dropped if item in trace.conversation_items]
    parts = [f"dropped {len(change.dropped):,} of {counted(change.inputs, 'item')}{_held(items)}"]
    if change.again:
        parts.append(f"kept {change.again:,}")
    if change.new:
        parts.append(f"added {change.new:,}")
    return f"compaction {index.ordinal('compaction', name)} {', '.join(parts)}"


def _held(items: Iterable[ConversationItem]) -> str:
    """How many bytes of text the items held (arguments of calls and pictures aside), and how many are unreadable."""
    size = encrypted = 0
    for item in items:
        text = sum(_text_bytes(part) for part in item.body.parts)
        encrypted += not text and any(isinstance(part, EncodedPart) for part in item.body.parts)
        size += text
    parts = [f"{format_bytes(size)} of text"] if size else []
    if encrypted:
        parts.append(f"{encrypted:,} encrypted")
    return f" ({', '.join(parts)})" if parts else ""


def _text_bytes(part: Part) -> int:
    match part:
        case TextPart(text=text) | SummaryPart(text=text) | CodePart(source=text):
            return len(text.encode(errors="replace"))
        case _:
            return 0
