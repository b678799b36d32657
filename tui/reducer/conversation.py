"""Reconciling what a payload shows with the items that are known (reducer rules §5.2).

Every request repeats the conversation, so most of what it shows has been seen: an item is recognised by its content,
at its place or elsewhere in what the model saw before. What is not recognised is new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from tui.model.conversation import (
    CALL_KINDS,
    OUTPUT_KINDS,
    Body,
    ConversationItem,
    EncodedPart,
    Part,
    ProducerRef,
    SummaryPart,
    TextPart,
)
from tui.model.evidence import ItemList, ItemSource
from tui.model.ids import CodexTurnId, ItemId, RawPayloadId, ThreadId
from tui.reducer import agents, code_cell, tool_links
from tui.reducer.candidate import (
    FOREIGN_ITEM,
    INFERRED_ROLE,
    UNREAD_CALL_ID,
    UNREAD_CONTENT,
    WRAPPED_ITEM,
    Candidate,
    Normalized,
)
from tui.reducer.content_key import ContentKey, content_key, part_key
from tui.reducer.normalize import Normalizer
from tui.reducer.state import ReducerState
from tui.reducer.steps import Steps, is_step_over
from tui.reducer.visible import make_visible, place_before
from tui.schema.rules import Rules


class Sighting(msgspec.Struct, frozen=True):
    """In which thread, turn and payload a list of items was seen, and who produced them."""

    thread_id: ThreadId
    codex_turn_id: CodexTurnId | None
    payload_id: RawPayloadId
    item_list: ItemList
    producers: tuple[ProducerRef, ...] = ()


Chooser = Callable[[Candidate, int], ItemId | None]
"""Says which known item a candidate is, given its place in the list; None if it is new."""


_UNREAD: Final = {
    UNREAD_CONTENT: "what they say is left in the payload",
    UNREAD_CALL_ID: "which calls they belong to is not shown",
}
"""What follows from members of items that are there and cannot be read."""


def no_known_item(_candidate: Candidate, _position: int) -> ItemId | None:
    """The chooser for lists whose items are all new."""
    return None


def normalize(
    state: ReducerState, raw_items: list[msgspec.Raw], sighting: Sighting, first_position: int = 0
) -> Steps[list[Candidate]]:
    """Normalise a list of items and report what could not be read as its type asks."""
    levels_above = 0 if sighting.item_list == "message" else 2
    normalizer = Normalizer(sighting.payload_id, state.rules, levels_above)
    normalized: Normalized = yield from normalizer.items(raw_items, first_position)
    for fault in normalized.faults:
        if fault.code in (WRAPPED_ITEM, FOREIGN_ITEM, INFERRED_ROLE):
            consequence = "the items were read"
            state.report_counted("", fault.code, fault.message, consequence, severity="warning")
            continue
        if fault.code in _UNREAD:
            state.report_counted("", fault.code, fault.message, _UNREAD[fault.code])
            continue
        state.report(
            fault.code,
            f"{fault.message} (item {fault.position} of {sighting.item_list})",
            "the item is shown with its content left in the payload",
            payload_id=sighting.payload_id,
        )
    return normalized.candidates


def reconcile(
    state: ReducerState, candidates: Sequence[Candidate], sighting: Sighting, choose: Chooser
) -> Steps[list[ItemId]]:
    """Give every candidate its item, new or known, with all links that the sighting brings; return the ids in order."""
    chosen: list[ItemId] = []
    created: list[ItemId] = []
    for position, candidate in enumerate(candidates):
        _check_call_content(state, candidate, sighting.thread_id)
        item_id = choose(candidate, position)
        stub = None if item_id is not None else _take_stub(state, candidate, sighting.thread_id)
        if stub is not None:
            item = _fill_stub(state, stub, candidate, sighting)
            if candidate.kind in OUTPUT_KINDS and created:
                place_before(state, created, item.item_id, sighting.thread_id)
                created = []
        elif item_id is None:
            item = create_item(state, candidate, sighting)
            created.append(item.item_id)
        else:
            item = state.trace.conversation_items[item_id]
            _sight_again(state, item, candidate, sighting)
        sight(state, item, candidate)
        chosen.append(item.item_id)
        if is_step_over(position):
            yield
    if state.ready_cells:
        code_cell.start_ready_cells(state)
    return chosen


def sight(state: ReducerState, item: ConversationItem, seen: Candidate | ConversationItem) -> None:
    """What follows from seeing an item in a list, however often (reducer rules §5.2, steps 7–9).

    It is linked by the kind and call id that were `seen`: an accepted item keeps its own, whatever a list shows for it.
    """
    state.threads[item.thread_id].awaiting_effect.discard(item.item_id)
    if seen.call_id is not None:
        tool_links.link_sighted_item(state, item, seen.kind, seen.call_id)
        code_cell.attach_output(state, item, seen.kind, seen.call_id)
    if item.item_id in state.message_keys:
        agents.resolve_for_item(state, item)


def create_item(state: ReducerState, candidate: Candidate, sighting: Sighting) -> ConversationItem:
    """Create an item from a candidate, with the next ordinal."""
    item_id = ItemId(f"conversation_item:{state.next_item}")
    state.next_item += 1
    item = ConversationItem(
        item_id=item_id,
        thread_id=sighting.thread_id,
        codex_turn_id=sighting.codex_turn_id,
        first_seen_at_unix_ms=state.moment.at_unix_ms,
        role=candidate.role,
        channel=candidate.channel,
        kind=candidate.kind,
        agent_message=candidate.agent_message or msgspec.UNSET,
        body=Body(candidate.parts),
        call_id=None if candidate.call_id is None else state.shared(candidate.call_id),
        produced_by=list(sighting.producers),
    )
    state.trace.conversation_items[item_id] = item
    name, space = candidate.tool_name, candidate.namespace
    source = ItemSource(
        sighting.payload_id,
        sighting.item_list,
        candidate.position,
        None if name is None else state.shared(name),
        None if space is None else state.shared(space),
        candidate.arguments,
    )
    state.trace.evidence.item_sources[item_id] = source
    state.delta.conversation_items.add(item_id)
    _index_new_item(state, item, candidate)
    return item


def adopt_responses_id(state: ReducerState, item: ConversationItem, responses_id: str) -> None:
    """Give an item its Responses id, and with it the acceptance that came before (reducer rules §§4, 5.2)."""
    thread = state.threads[item.thread_id]
    receipt = thread.receipts.get(responses_id)
    if receipt is not None:
        responses_id = receipt[2]  # the same text, and one object
    item.responses_item_id = responses_id
    known = thread.items_by_responses_id.setdefault(responses_id, (item.item_id,))
    if isinstance(known, list):
        known.append(item.item_id)
    elif known[0] != item.item_id:
        thread.items_by_responses_id[responses_id] = [*known, item.item_id]
    state.delta.conversation_items.add(item.item_id)
    if receipt is not None:
        mark_accepted(state, item, receipt)


def is_acceptable(rules: Rules, item: Candidate | ConversationItem) -> bool:
    """Whether an acceptance may bring such an item: a message from another agent, in schema 3 also a tool's output."""
    return bool(item.agent_message) or (rules.accepts_outputs and item.kind in OUTPUT_KINDS)


def mark_accepted(state: ReducerState, item: ConversationItem, receipt: tuple[int, int, str]) -> None:
    """Set the acceptance of an item, which makes it visible."""
    item.accepted_at_unix_ms, item.accepted_seq, _ = receipt
    state.delta.conversation_items.add(item.item_id)
    make_visible(state, item.item_id, item.thread_id)


def _index_new_item(state: ReducerState, item: ConversationItem, candidate: Candidate) -> None:
    state.content_keys[item.item_id] = candidate.key
    if item.call_id is not None:
        state.items_by_call_id.setdefault(item.call_id, []).append(item.item_id)
        _note_call_content(state, (item.thread_id, item.call_id, item.kind), candidate.key)
        code_cell.note_source_item(state, item)
    elif item.role == "assistant" and item.kind == "message":
        agents.note_new_item(state, item)
        _note_answer(state, item)
    if candidate.responses_id is not None:
        adopt_responses_id(state, item, candidate.responses_id)


def _note_answer(state: ReducerState, item: ConversationItem) -> None:
    if item.agent_message is not msgspec.UNSET or item.codex_turn_id is None:
        return
    key = (item.thread_id, item.codex_turn_id)
    answer = (item.first_seen_at_unix_ms, item.item_id)
    state.latest_answer[key] = max(state.latest_answer.get(key, answer), answer)


def _note_call_content(state: ReducerState, call: tuple[ThreadId, str, str], content: ContentKey) -> None:
    known = state.call_content.setdefault(call, content)
    if isinstance(known, set):
        known.add(content)
    elif known != content:
        state.call_content[call] = {known, content}


def _check_call_content(state: ReducerState, candidate: Candidate, thread_id: ThreadId) -> None:
    """Report a call id that comes back with other content (reducer rules §5.2, step 1)."""
    kind, call_id = candidate.kind, candidate.call_id
    if call_id is None or not (kind in CALL_KINDS or (kind in OUTPUT_KINDS and state.rules.outputs_must_agree)):
        return
    known = state.call_content.get((thread_id, call_id, kind))
    if known and candidate.key != known and not (isinstance(known, set) and candidate.key in known):
        state.report(
            "call-id-reused",
            f"model-visible call id {call_id} was reused with different content",
            "both versions are shown as items of the call",
            object_id=call_id,
        )


def _take_stub(state: ReducerState, candidate: Candidate, thread_id: ThreadId) -> ConversationItem | None:
    """The item that an acceptance made of this message or output before any list showed it (reducer rules §4.1)."""
    if candidate.responses_id is None or not is_acceptable(state.rules, candidate):
        return None
    stub_id = state.threads[thread_id].accepted_stubs.pop(candidate.responses_id, None)
    return None if stub_id is None else state.trace.conversation_items[stub_id]


def _fill_stub(
    state: ReducerState, item: ConversationItem, candidate: Candidate, sighting: Sighting
) -> ConversationItem:
    """Give an accepted item the content that a list shows; all else of it stays as the acceptance had it."""
    state.delta.conversation_items.add(item.item_id)
    if item.body.parts != candidate.parts:  # else the old body stays: nothing to note, and no second copy to keep
        item.body = Body(candidate.parts)
    key = content_key(item.role, item.channel, item.kind, item.agent_message or None, item.call_id, candidate.parts)
    if key != state.content_keys[item.item_id]:
        state.content_keys[item.item_id] = key
    # Where the list names another sender or call, the two will not match next time.
    candidate.repeatable = candidate.repeatable and key == candidate.key
    agents.note_new_item(state, item)
    _add_producers(state, item, sighting)
    return item


def _sight_again(state: ReducerState, item: ConversationItem, candidate: Candidate, sighting: Sighting) -> None:
    if item.responses_item_id is msgspec.UNSET and candidate.responses_id is not None:
        adopt_responses_id(state, item, candidate.responses_id)
    if item.kind == "reasoning":
        _merge_reasoning(state, item, candidate.parts)
    _add_producers(state, item, sighting)


def _add_producers(state: ReducerState, item: ConversationItem, sighting: Sighting) -> None:
    for producer in sighting.producers:
        if state.append_missing(item, "produced_by", producer):
            state.delta.conversation_items.add(item.item_id)


def _merge_reasoning(state: ReducerState, item: ConversationItem, parts: list[Part]) -> None:
    """Fill in readable reasoning that another payload shows for the same item (reducer rules §5.2, step 4)."""
    own = item.body.parts
    if [part_key(part) for part in own] == [part_key(part) for part in parts]:
        return
    texts, summaries = _of_type(own, TextPart), _of_type(own, SummaryPart)
    if texts and summaries:
        return
    merged = [
        *(texts or _of_type(parts, TextPart)),
        *(summaries or _of_type(parts, SummaryPart)),
        *_of_type(own, EncodedPart),
    ]
    if merged != own:
        item.body = Body(merged)
        state.delta.conversation_items.add(item.item_id)


def _of_type(parts: list[Part], part_type: Callable[..., Part] | type) -> list[Part]:
    return [part for part in parts if isinstance(part, part_type)]  # type: ignore[arg-type]  # a part type is a class
