"""References to payloads and to the parts that these are made of (schema 3 notes §3.1)."""

from __future__ import annotations

import msgspec
import pytest

from tests.reducer.recording import (
    Recording,
    encoded,
)
from tui.schema.events import (
    OtherEvent,
    ProtocolEventObserved,
    UnknownEvent,
)
from tui.schema.payloads import NO_PARTS, PayloadKind, RawPayloadRef
from tui.schema.sequence import SharedSequence


@pytest.fixture
def recording() -> Recording:
    return Recording(3)


def _codes(recording: Recording) -> list[str]:
    return [finding.code for finding in recording.reduce().diagnostics]


def _part(number: int, *parts: RawPayloadRef, kind: str = "model_item", shard: int = 1) -> RawPayloadRef:
    return RawPayloadRef(
        f"part:{number}", PayloadKind(kind), shard=shard, parts=SharedSequence(parts) if parts else NO_PARTS
    )


def _names(recording: Recording, *parts: RawPayloadRef, name: str = "whole") -> None:
    ref = RawPayloadRef(name, PayloadKind("prepared_prompt"), shard=1, parts=SharedSequence(parts))
    recording.event(ProtocolEventObserved(event_type="warning", event_payload=ref))


def test_parts_are_payloads_of_their_own(recording: Recording) -> None:
    """Those of later prompts, too, which begin with the parts of the prompt before."""
    first = SharedSequence([_part(1), _part(2, _part(3))])
    for name, parts in (
        ("p1", first),
        ("p2", first.extended([_part(4)])),
        ("p3", first.prefix(1).extended([_part(5)])),
    ):
        _names(recording, *parts, name=name)
    assert sorted(recording.graph().raw_payloads) == [
        "p1",
        "p2",
        "p3",
        "part:1",
        "part:2",
        "part:3",
        "part:4",
        "part:5",
    ]


def test_parts_stand_in_the_graph_as_in_the_event(recording: Recording) -> None:
    _names(recording, _part(1, _part(2)))
    entry = msgspec.json.decode(encoded(recording.reduce()))["raw_payloads"]["whole"]
    inner = {"raw_payload_id": "part:2", "kind": {"type": "model_item"}, "shard": 1}
    assert entry["parts"] == [
        {"raw_payload_id": "part:1", "kind": {"type": "model_item"}, "shard": 1, "parts": [inner]}
    ]


CONFLICTS: list[tuple[RawPayloadRef, str]] = [
    (_part(1, kind="content_value"), "kind model_item, now content_value"),
    (_part(1, shard=2), "place shard 1, now shard 2"),
    (_part(1, _part(2)), "number of parts 0, now 1"),
]


@pytest.mark.parametrize(("other", "difference"), CONFLICTS)
def test_conflicting_references_are_reported_once(recording: Recording, other: RawPayloadRef, difference: str) -> None:
    _names(recording, _part(1), name="p1")
    _names(recording, other, name="p2")
    _names(recording, _part(9), other, name="p3")
    reducer = recording.reduce()
    assert [finding.message for finding in reducer.diagnostics] == [
        f"conflicting references for payload part:1: {difference}"
    ]
    assert reducer.trace.raw_payloads["part:1"] == _part(1)  # type: ignore[index]  # an id made up here


def test_a_payload_that_contains_itself_conflicts(recording: Recording) -> None:
    _names(recording, RawPayloadRef("whole", PayloadKind("prepared_prompt"), shard=1))
    assert _codes(recording) == ["conflicting-reference"]


def test_payloads_of_events_without_kind_are_known(recording: Recording) -> None:
    """Those with a kind of their own name them in fields; these have a list, or are read for what is named anywhere."""
    listed, found = _part(1, _part(2)), _part(3)
    recording.event(OtherEvent(kind="k", summary="s", payloads=[listed]))
    recording.event(UnknownEvent("from_the_future", b"{}", (found,)))
    assert {"part:1", "part:2", "part:3"} <= recording.reduce().trace.raw_payloads.keys()
