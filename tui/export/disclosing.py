"""The disclosure for one recording: rules that know whose it is, and the secrets that came in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from tui.export.disclosure import Disclosure
from tui.export.redaction.identity import personal_rules_here
from tui.export.redaction.redactor import Redactor
from tui.export.redaction.rules import RULES
from tui.model.conversation import TextPart
from tui.model.trace import RolloutTrace
from tui.store import TraceStore

_HEAD = re.compile(r"(?:Chunk ID|Wall time|Process|Script|Original token count|Total output lines)\b")
"""How the lines begin that the runtime writes before an output."""

_HEAD_END = "Output:\n"


def disclosure_of(store: TraceStore, *, with_content: bool, kept: Set[str] = frozenset()) -> Disclosure:
    """What may be shown of a recording that was read whole; `kept` are secrets that a person lets leave."""
    folders = {facts.cwd for facts in store.trace.evidence.session_facts.values() if facts.cwd}
    show = Disclosure(Redactor((*RULES, *personal_rules_here(folders)), kept), with_content=with_content)
    for pieces in _streams(store.trace) if with_content else ():
        if len(pieces) > 1:
            show.learn_pieces(pieces)
    return show


def _streams(trace: RolloutTrace) -> Iterator[list[str]]:
    """What a process or a script put out, in the pieces in which its calls returned it, without the runtime's head."""
    operations, items = trace.terminal_operations, trace.conversation_items
    for session in trace.terminal_sessions.values():
        found = (operations.get(name) for name in session.operation_ids)
        yield [_put_out(one.result.stdout) for one in found if one is not None and one.result is not None]
    for cell in trace.code_cells.values():
        outputs = [items[name] for name in cell.output_item_ids if name in items]
        yield [_put_out(part.text) for item in outputs for part in item.body.parts if isinstance(part, TextPart)]


def _put_out(text: str) -> str:
    head, mark, rest = text.partition(_HEAD_END)
    return rest if mark and _HEAD.match(head) else text
