"""The disclosure for one recording: rules that know whose it is, and the secrets that came in pieces."""

from __future__ import annotations

from collections.abc import Iterator

from tui.export.disclosure import Disclosure
from tui.export.redaction.identity import personal_rules_here
from tui.export.redaction.redactor import Redactor
from tui.export.redaction.rules import RULES
from tui.model.trace import RolloutTrace
from tui.store import TraceStore


def disclosure_of(store: TraceStore, *, with_content: bool) -> Disclosure:
    """What may be shown of a recording that was read whole."""
    folders = {facts.cwd for facts in store.trace.evidence.session_facts.values() if facts.cwd}
    show = Disclosure(Redactor((*RULES, *personal_rules_here(folders))), with_content=with_content)
    for pieces in _streams(store.trace) if with_content else ():
        show.learn_pieces(pieces)
    return show


def _streams(trace: RolloutTrace) -> Iterator[list[str]]:
    """What each process put out, in the pieces in which its commands and polls returned it."""
    operations = trace.terminal_operations
    for session in trace.terminal_sessions.values():
        found = (operations.get(name) for name in session.operation_ids)
        pieces = [one.result.stdout for one in found if one is not None and one.result is not None]
        if len(pieces) > 1:
            yield pieces
