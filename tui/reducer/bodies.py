"""Bodies of payloads as the steps need them: as known recorders write them, decoded, or a finding that says why not."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import msgspec

from tui.reducer import jsontext
from tui.reducer.problem import Problem
from tui.reducer.state import ReducerState
from tui.schema.encoding import MARK, without_mark
from tui.schema.oddity import shortened
from tui.schema.payloads import RawPayloadRef

if TYPE_CHECKING:
    from tui.schema.body_form import BodyForm

_USUAL_BEGINNINGS = (b"{", b"[")
"""What nearly all bodies begin with."""


def body_of(state: ReducerState, ref: RawPayloadRef, consequence: str) -> bytes:
    """The body of a payload; raises `Problem` if there is none."""
    data = state.bodies.get(ref.raw_payload_id)
    if isinstance(data, bytes):
        if ref.path is None and ref.shard is None and state.rules.may_omit_bodies:
            _note_found_body(state, ref)
        data = data if data.startswith(_USUAL_BEGINNINGS) else _unusual_body(state, ref, data)
        return data if state.body_form is None else _in_usual_form(state, ref, data, state.body_form)
    reason = getattr(data, "reason", "its body was not handed in")
    message = f"payload {ref.raw_payload_id} ({ref.place}) cannot be read: {reason}"
    raise Problem("payload-unreadable", message, consequence, ref.raw_payload_id)


def _unusual_body(state: ReducerState, ref: RawPayloadRef, data: bytes) -> bytes:
    """The body without what no recorder writes: a byte order mark, a text around it."""
    from tui.schema.bodies import out_of_text

    text = out_of_text(data)
    if text is not None:
        message = f"payload {ref.raw_payload_id} ({ref.place}) is JSON within a text"
        state.report_counted("text", "field-retyped", message, "it was taken out and read", severity="warning")
        return text
    if not data.startswith(MARK):
        return data
    message = f"payload {ref.raw_payload_id} ({ref.place}) begins with a byte order mark (BOM)"
    state.report_counted("", "byte-order-mark", message, "it was skipped; the body was read", severity="warning")
    return without_mark(data)


def learn_form(state: ReducerState, ref: RawPayloadRef, names: Collection[str]) -> bool:
    """See whether a body, which should have some of these names, is written otherwise; true if that is news."""
    data = state.bodies.get(ref.raw_payload_id)
    if state.body_form is not None or not isinstance(data, bytes):
        return False
    from tui.schema.body_form import form_of  # late: hardly any recording needs it

    state.body_form = form_of(data, names)
    return state.body_form is not None


def _in_usual_form(state: ReducerState, ref: RawPayloadRef, data: bytes, form: BodyForm) -> bytes:
    usual = form.usual(data)
    for code, message in form.differences(f"payload {ref.raw_payload_id} ({ref.kind.type})", data, usual):
        state.report_counted("bodies", code, message, "it was read anyway", severity="warning")
    return usual


def _note_found_body(state: ReducerState, ref: RawPayloadRef) -> None:
    """A reference without a place may mean that the body was left out, but there it is."""
    message = f"the reference to payload {ref.raw_payload_id} does not say where its body is"
    consequence = "the body was found by its id"
    state.report_counted("", "reference-without-place", message, consequence, severity="warning")


def decode_body(
    state: ReducerState,
    ref: RawPayloadRef,
    decoder: msgspec.json.Decoder[Any],
    consequence: str,
    *,
    lists: tuple[str, ...] = (),
) -> Any:
    """A payload decoded by `decoder`; raises `Problem` if it is missing or does not fit.

    `lists` are the names of its lists of items. Broken text in these is found item by item, so that the other
    items can be shown; a list under another name is recognised by its items.
    """
    data = body_of(state, ref, consequence)
    try:
        if not lists:
            jsontext.check(data)
        decoded = decoder.decode(data)
    except jsontext.BAD_JSON as error:
        decoded = _decode_recognised(state, ref, data, decoder, lists)
        if decoded is None and learn_form(state, ref, decoder.type.__struct_fields__):
            return decode_body(state, ref, decoder, consequence, lists=lists)
        if decoded is None and not lists:
            from tui.reducer.foreign_bodies import read_by_fields  # late: hardly any recording needs it

            decoded = read_by_fields(state, ref, data, decoder.type)
        if decoded is None:
            message = f"payload {ref.raw_payload_id} ({ref.place}) is not what it should be: {error}"
            raise Problem("payload-invalid", message, consequence, ref.raw_payload_id) from error
    if any(not _may_be_list(getattr(decoded, name)) for name in lists):
        return _decode_recognised(state, ref, data, decoder, lists) or decoded
    return decoded


def _decode_with_ids(state: ReducerState, ref: RawPayloadRef, data: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """A payload with an id of another name; None if that is not what is unusual about it."""
    from tui.schema.bodies import with_ids

    fields = msgspec.structs.fields(decoder.type)
    needed = [field.encode_name for field in fields if field.required]
    found = with_ids(data, needed, [field.encode_name for field in fields])
    if found is None:
        return None
    try:
        decoded = decoder.decode(found.body)
    except jsontext.BAD_JSON:
        return None
    message = f"{found.name} of payload {ref.raw_payload_id} ({ref.kind.type}) is called {shortened(found.recorded)!r}"
    state.report_counted(found.name, "field-renamed", message, "it was read anyway", severity="warning")
    return decoded


def _decode_recognised(
    state: ReducerState, ref: RawPayloadRef, data: bytes, decoder: msgspec.json.Decoder[Any], lists: tuple[str, ...]
) -> Any:
    """A payload whose lists were recognised by their items, or its id by being one; None if they were not."""
    if not lists:
        return _decode_with_ids(state, ref, data, decoder)
    from tui.schema.bodies import with_lists

    recognised = with_lists(data, lists)
    if recognised is None:
        return None
    try:
        decoded = decoder.decode(recognised.body)
    except jsontext.BAD_JSON:
        return None
    for name, place in zip(lists, recognised.places, strict=True):
        message = f"{name} of payload {ref.raw_payload_id} ({ref.kind.type}) is called {shortened(place)!r}"
        consequence = "the items were recognised by what they are"
        state.report_counted(name, "field-renamed", message, consequence, severity="warning")
    return decoded


def json_of(state: ReducerState, ref: RawPayloadRef, consequence: str) -> Any:
    """A payload as plain JSON; raises `Problem` if it is missing or no JSON."""
    try:
        return jsontext.parse(body_of(state, ref, consequence))
    except jsontext.BAD_JSON as error:
        message = f"payload {ref.raw_payload_id} ({ref.place}) is not JSON: {error}"
        raise Problem("payload-invalid", message, consequence, ref.raw_payload_id) from error


def _may_be_list(value: object) -> bool:
    """Whether a decoded field can be a list of items: it is one, or JSON that begins like one."""
    return bytes(memoryview(value)[:1]) == b"[" if isinstance(value, msgspec.Raw) else isinstance(value, list)
