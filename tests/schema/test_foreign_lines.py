"""Lines of recorders that group, flatten, wrap or prefix their fields say the same as those of known ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tui.schema.decode import EventLine, decode_line
from tui.schema.events import UnknownEvent

Json = dict[str, Any]


def call() -> Json:
    payload = {
        "type": "tool_call_started",
        "tool_call_id": "C",
        "requester": {"type": "code_cell", "runtime_cell_id": "1"},
        "kind": {"type": "mcp", "server": "s", "tool": "t"},
        "summary": {"type": "generic", "label": "l"},
        "invocation_payload": {
            "raw_payload_id": "raw_payload:4",
            "kind": {"type": "tool_invocation"},
            "path": "payloads/4.json",
        },
    }
    envelope = {"schema_version": 2, "seq": 9, "wall_time_unix_ms": 1_795_738_489_717, "rollout_id": "R"}
    return {**envelope, "thread_id": "T", "codex_turn_id": "U", "payload": payload}


def read(line: Json) -> EventLine:
    found = decode_line(json.dumps(line).encode(), 7)
    assert isinstance(found, EventLine)
    return found


def prefixed(line: Json) -> Json:
    return {name if name.startswith("codex_") else f"codex_{name}": value for name, value in line.items()}


def dotted(line: Json) -> Json:
    names = {"thread_id": "codex.thread.id", "codex_turn_id": "codex.turn.id", "rollout_id": "codex.rollout.id"}
    return {names.get(name, name): value for name, value in line.items()}


def abbreviated(line: Json) -> Json:
    names = {"schema_version": "v", "wall_time_unix_ms": "ts_ms", "rollout_id": "rid", "thread_id": "tid"}
    names |= {"codex_turn_id": "turn", "payload": "p"}
    return {names.get(name, name): value for name, value in line.items()}


def other_words(line: Json) -> Json:
    line["payload"] |= {"type": "function_call_started", "function_call_id": line["payload"].pop("tool_call_id")}
    line["task_id"] = line.pop("codex_turn_id")
    return line


def call_in_a_group(line: Json) -> Json:
    payload = line["payload"]
    payload["call"] = {name: payload.pop(name) for name in ("tool_call_id", "kind", "summary")}
    return line


def requester_flattened(line: Json) -> Json:
    payload = line["payload"]
    payload |= {f"requester_{name}": value for name, value in payload.pop("requester").items()}
    return line


def values_wrapped(line: Json) -> Json:
    wrapped = {name: {"value": line[name]} for name in ("seq", "wall_time_unix_ms", "thread_id")}
    return {**line, **wrapped, "codex_turn_id": {"$uuid": "U"}}


@pytest.mark.parametrize(
    "change", [abbreviated, other_words, prefixed, dotted, call_in_a_group, requester_flattened, values_wrapped]
)
def test_changed_line_is_the_same_event(change: Callable[[Json], Json]) -> None:
    usual, found = read(call()), read(change(call()))

    assert found.event == usual.event
    assert found.oddities
    assert not any(oddity.is_loss for oddity in found.oddities)


def test_kind_of_a_tool_is_not_an_event_in_the_envelope() -> None:
    """There is an event called `other`, too."""
    line = call()
    line["payload"]["kind"] = {"type": "other", "name": "browser"}
    usual = read(line)

    found = read({**{name: value for name, value in line.items() if name != "payload"}, **line["payload"]})

    assert found.event == usual.event


REFERENCES: dict[str, tuple[Any, str]] = {
    "a pair": (["raw_payload:4", "tool_invocation"], "field-retyped"),
    "a JSON pointer": ({"$ref": "#/payloads/4", "kind": {"type": "tool_invocation"}}, "field-renamed"),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_reference_names_its_payload(name: str) -> None:
    reference, code = REFERENCES[name]
    line = call()
    line["payload"]["invocation_payload"] = reference

    found = read(line)

    (ref,) = found.event.payload.payload_refs()
    assert (ref.raw_payload_id, ref.kind.type) == ("raw_payload:4", "tool_invocation")
    assert code in [oddity.code for oddity in found.oddities]


def test_new_event_that_holds_a_known_one_is_its_own() -> None:
    """A snapshot repeats what was recorded before: taken for that, it would count twice."""
    line = call()
    line["payload"] = {"type": "state_snapshot", "last_event": line["payload"], "events_so_far": 8}

    found = read(line)

    assert isinstance(found.event.payload, UnknownEvent)
    assert found.event.payload.kind_name == "state_snapshot"
