"""`rtrace-tui edges`: one line for each message, the same as JSON, and refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.bundles import write_bundle
from tests.conftest import DEMO_BUNDLES
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.cli import main
from tui.schema.events import (
    AgentResultObserved,
    GenericSummary,
    HistoryItemAccepted,
    ModelRequester,
    RecordingCompleted,
    RolloutStarted,
    ThreadStarted,
    ToolCallEnded,
    ToolCallKind,
    ToolCallRuntimeEnded,
    ToolCallStarted,
)
from tui.store import TraceStore

AGENTS = str(DEMO_BUNDLES / "agents")


def edges(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["edges", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


NO_REQUESTS = "rtrace-tui: the requests to the model are not recorded\n"
"""Said of recordings in which the model called a tool, but no request is."""


def listed(capsys: pytest.CaptureFixture[str], *arguments: str, told: str = "") -> list[dict[str, Any]]:
    code, out, err = edges(capsys, *arguments, "--json")
    document = json.loads(out)
    assert (code, err, document["format"]) == (0, told, "rtrace-tui edges 1")
    found: list[dict[str, Any]] = document["edges"]
    return found


def words(line: str) -> str:
    """A line without the blanks that align it."""
    return " ".join(line.split())


def test_each_message_has_a_line_with_both_ends_and_its_first_words(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = edges(capsys, AGENTS)
    lines = out.splitlines()
    assert (code, err, len(lines)) == (0, "", 16)
    assert (
        words(lines[0]) == "17 spawn /root → /root/alpha delivered 34 B ▒ encrypted [alpha] read the parser and report"
    )
    why = "the call failed: live agent path `/root/nobody` not found"
    assert words(lines[12]) == f'283 message /root → "nobody" ✗ failed 4 B lost · {why}'
    assert len({line.index("→") for line in lines}) == 1


def test_the_json_has_every_edge_of_the_graph_once(capsys: pytest.CaptureFixture[str], demo_bundle: Path) -> None:
    store = TraceStore(open_bundle(demo_bundle))
    store.load_all()
    found = listed(capsys, str(demo_bundle))
    assert sorted(one["id"] for one in found if one["in_graph"]) == sorted(store.trace.interaction_edges)
    for one in found:
        for end in ("source", "target"):
            node = one[end]
            assert node is None or set(node) == {"kind", "id"}


def test_the_json_tells_what_is_known_of_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    found = {one["seq"]: one for one in listed(capsys, AGENTS)}
    task, lost, note = found[244], found[283], found[240]
    assert (task["kind"], task["encrypted"], task["bytes"], task["arrived_seq"]) == ("assign_agent_task", True, 29, 253)
    assert task["envelope"] == {"Message Type": "NEW_TASK", "Task name": "/root/beta", "Sender": "/root"}
    assert task["plain_text"]["proof"] == "same bytes"
    assert (lost["target"], lost["named"], lost["reason"]) == (
        None,
        "nobody",
        "the call failed: live agent path `/root/nobody` not found",
    )
    assert (note["id"], note["in_graph"], note["text"]) == (
        f"pending:{note['source']['id']}",
        False,
        "[note] thanks alpha, nothing more to do",
    )


@pytest.mark.parametrize(("agent", "count"), [("/root/gamma", 3), ("/root/alpha/deep", 2), ("/root", 14)])
def test_one_agent_has_only_what_it_sent_or_got(capsys: pytest.CaptureFixture[str], agent: str, count: int) -> None:
    found = listed(capsys, AGENTS, "--agent", agent)
    assert len(found) == count
    assert all(agent in (one["source_agent_path"], one["target_agent_path"]) for one in found)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((AGENTS, "--agent", "/root/nobody"), "/root/nobody"),
        ((AGENTS, "--agent", "seq:17"), "is not an agent"),
        ((str(DEMO_BUNDLES / "no-such-bundle"),), "no-such-bundle"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    code, out, err = edges(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert told in err


def test_a_session_of_one_agent_says_that_nothing_went_anywhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_bundle(tmp_path / "bundle")
    assert edges(capsys, str(tmp_path / "bundle")) == (0, "nothing went between agents\n", "")
    assert listed(capsys, str(tmp_path / "bundle")) == []


def family(directory: Path) -> BundleWriter:
    """A root that spawned a child; nobody has said anything."""
    writer = BundleWriter(directory, root_thread_id="root", trace_id="trace", schema_version=2)
    writer.append(RolloutStarted(trace_id="trace", root_thread_id="root"))
    root = writer.write_payload("session_metadata", {"agent_path": "/root", "session_source": "exec"})
    writer.append(ThreadStarted(thread_id="root", agent_path="/root", metadata_payload=root))
    spawn = {"thread_spawn": {"parent_thread_id": "root", "depth": 1, "agent_path": "/root/child"}}
    child = writer.write_payload("session_metadata", {"session_source": {"subagent": spawn}})
    writer.append(ThreadStarted(thread_id="child", agent_path="/root/child", metadata_payload=child))
    return writer


def test_a_call_says_its_whole_message_although_its_summary_is_cut(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = "a long message " * 40
    arguments = json.dumps({"message": text, "target": "child"})
    with family(tmp_path / "bundle") as writer:
        payload = {"type": "function", "arguments": arguments}
        invocation = writer.write_payload("tool_invocation", {"tool_name": "send_message", "payload": payload})
        started = ToolCallStarted(
            tool_call_id="call",
            requester=ModelRequester(),
            kind=ToolCallKind(type="send_message"),
            summary=GenericSummary("send_message", f"{arguments[:160]}..."),
            invocation_payload=invocation,
        )
        writer.append(started, thread_id="root")
        writer.append(ToolCallEnded(tool_call_id="call", status="completed"), thread_id="root")
    (one,) = listed(capsys, str(tmp_path / "bundle"), told=NO_REQUESTS)
    assert (one["text"], one["bytes"], one["target_agent_path"]) == (text, len(text), "/root/child")


ROOT, CHILD = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
CIPHER = "gAAAAABo-zQ4xy9Kp0w" * 4


def encrypted_family(directory: Path, *, arrives: bool) -> None:
    """A root that sends its child a message that only the provider can read."""
    with BundleWriter(directory, root_thread_id=ROOT, trace_id="trace", schema_version=2) as writer:
        writer.append(RolloutStarted(trace_id="trace", root_thread_id=ROOT))
        for thread, path in ((ROOT, "/root"), (CHILD, "/root/child")):
            metadata = writer.write_payload("session_metadata", {"agent_path": path, "session_source": "exec"})
            writer.append(ThreadStarted(thread_id=thread, agent_path=path, metadata_payload=metadata))
        arguments = json.dumps({"target": "child", "message": CIPHER})
        call = {"tool_name": "send_message", "payload": {"type": "function", "arguments": arguments}}
        kind = ToolCallKind(type="send_message")
        started = ToolCallStarted(
            tool_call_id="call",
            requester=ModelRequester(),
            kind=kind,
            summary=GenericSummary("send_message", arguments),
            invocation_payload=writer.write_payload("tool_invocation", call),
        )
        writer.append(started, thread_id=ROOT)
        activity = {"event_id": "call", "agent_thread_id": CHILD, "agent_path": "/root/child", "kind": "interacted"}
        runtime = writer.write_payload("tool_runtime_event", activity)
        ended = ToolCallRuntimeEnded(tool_call_id="call", status="completed", runtime_payload=runtime)
        writer.append(ended, thread_id=ROOT)
        writer.append(ToolCallEnded(tool_call_id="call", status="completed"), thread_id=ROOT)
        if arrives:
            header = {"type": "input_text", "text": "Message Type: MESSAGE\nSender: /root\nPayload:\n"}
            body = {"type": "encrypted_content", "encrypted_content": CIPHER}
            item = {"type": "agent_message", "id": "m1", "author": "/root", "recipient": "/root/child"}
            message = writer.write_payload("protocol_event", {**item, "content": [header, body]})
            writer.append(HistoryItemAccepted(item_id="m1", agent_message_payload=message), thread_id=CHILD)
        writer.append(RecordingCompleted())


@pytest.mark.parametrize(
    ("arrives", "delivery", "arrived_seq", "envelope"),
    [
        (True, "delivered", 7, {"Message Type": "MESSAGE", "Sender": "/root"}),
        (False, "undelivered", None, {}),
    ],
)
def test_an_encrypted_message_has_its_size_its_ends_and_no_words(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arrives: bool,
    delivery: str,
    arrived_seq: int | None,
    envelope: dict[str, str],
) -> None:
    encrypted_family(tmp_path / "bundle", arrives=arrives)
    (one,) = listed(capsys, str(tmp_path / "bundle"), told=NO_REQUESTS)
    assert (one["delivery"], one["arrived_seq"], one["encrypted"]) == (delivery, arrived_seq, True)
    assert (one["bytes"], one["envelope"], one["plain_text"]) == (len(CIPHER), envelope, None)
    _, out, _ = edges(capsys, str(tmp_path / "bundle"))
    sign = "" if arrives else "⊘ "
    assert words(out) == f"4 message /root → /root/child {sign}{delivery} {len(CIPHER)} B ▒ encrypted"


def test_a_result_that_reached_nobody_is_listed_where_it_was_observed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with family(tmp_path / "bundle") as writer:
        observed = AgentResultObserved(
            edge_id="edge:result",
            child_thread_id="child",
            child_codex_turn_id="turn",
            parent_thread_id="root",
            message="Message Type: FINAL_ANSWER\nSender: /root/child\nPayload:\nall \x1b[31mdone",
        )
        writer.append(observed, thread_id="child")
    (one,) = listed(capsys, str(tmp_path / "bundle"))
    assert (one["id"], one["kind"], one["seq"], one["in_graph"]) == ("edge:result", "agent_result", 4, False)
    assert one["delivery"] in ("pending", "undelivered")
    assert one["text"] == "all \x1b[31mdone"
    _, out, _ = edges(capsys, str(tmp_path / "bundle"))
    assert "all ␛[31mdone" in out
    assert "\x1b" not in out
