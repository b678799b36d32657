"""What many events and payloads name is one object in memory."""

from __future__ import annotations

from tests.reducer.recording import Recording, call, output, user
from tui.schema.decode import EventLine, decode_line
from tui.schema.payloads import PayloadKind, RawPayloadRef


def test_a_call_id_is_one_object_in_the_call_and_its_items() -> None:
    recording = Recording()
    recording.request("i1", [user("a")])
    recording.done("i1", [call("c1")])
    recording.tool("".join(("c", "1")), call="".join(("c", "1")))
    recording.request("i2", [user("a"), call("c1"), output("c1")])
    trace = recording.graph()
    ids = [item.call_id for item in trace.conversation_items.values() if item.call_id is not None]
    tool = next(iter(trace.tool_calls.values()))
    assert len(ids) == 2
    assert len({id(name) for name in (*ids, tool.model_visible_call_id, tool.tool_call_id)}) == 1


def test_a_thread_id_is_one_object_in_all_lines() -> None:
    line = b'{"schema_version":2,"seq":1,"wall_time_unix_ms":1,"rollout_id":"r 1","thread_id":"t 1","payload":%s}'
    lines = [decode_line(line % b'{"type":"recording_completed"}', number) for number in (1, 2)]
    events = [one.event for one in lines if isinstance(one, EventLine)]
    assert events[0].thread_id is events[1].thread_id
    assert events[0].rollout_id is events[1].rollout_id


def test_references_of_one_kind_share_it() -> None:
    known, other = [[RawPayloadRef("p", PayloadKind(kind), "f") for _ in range(2)] for kind in ("tool_result", "new")]
    assert known[0].kind is known[1].kind
    assert other[0].kind == other[1].kind == PayloadKind("new")
