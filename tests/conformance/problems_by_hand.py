"""The problems of a log counted by hand: what ended badly, was left running, or reported an error, each of it once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.conformance.by_hand import REQUEST_ENDS, Event, Recording

_BADLY = frozenset({"failed", "cancelled", "aborted"})
_STOPPED = frozenset({-1, 130, 137, 143})
"""Exit codes of a process that something outside stopped."""

_REPORTED = frozenset({"error", "warning", "thread_rolled_back"})
_TOLD_EXIT = re.compile(r"Process exited with code (-?\d+)\\n")


class _Call:
    """What the log says of one tool call; every `…_seq` is that of its end."""

    def __init__(self, event: Event) -> None:
        body = event["payload"]
        self.turn: str = event["codex_turn_id"]
        self.thread: str = event["thread_id"]
        self.visible_id: str = body.get("model_visible_call_id") or ""
        self.kind: str = (body.get("kind") or {}).get("type", "exec_command")
        self.status: str | None = None
        self.has_runtime = False
        self.runtime_seq = 0
        self.exit_code: int | None = None

    def take(self, event: Event, result: Any) -> None:
        body = event["payload"]
        match body["type"]:
            case "tool_call_runtime_started":
                self.has_runtime = True
            case "tool_call_runtime_ended":
                self.runtime_seq = event["seq"]
                if self.kind == "exec_command" and isinstance(result, dict):
                    self.exit_code = result.get("exit_code")
            case "tool_call_ended":
                self.status = body["status"]
                told = _TOLD_EXIT.search(json.dumps(result).partition("Output:")[0])
                if self.kind == "write_stdin" and told:
                    self.exit_code = int(told[1])


def problems_of(recording: Recording) -> list[str]:
    """One line for each problem of the agents and their work: its kind, and what has it."""
    turns = {event["payload"]["codex_turn_id"]: event for event in recording.of_kind("codex_turn_ended")}
    requests = _bad_requests(recording)
    reported = [event for event in recording.of_kind("protocol_event_observed") if _is_report(event)]
    return [
        *(f"reported {event['seq']}" for event in reported),
        *(f"compaction {event['seq']}" for event in recording.of_kind("compaction_request_failed")),
        *(f"request {name}" for name in requests),
        *(f"turn {name}" for name in _bad_turns(recording, requests)),
        *(f"call {name}" for name in _bad_calls(recording, turns)),
    ]


def _is_report(event: Event) -> bool:
    return event["payload"]["event_type"] in _REPORTED


def _bad_requests(recording: Recording) -> dict[str, str]:
    """Request → how it ended; one that is open when its turn ends has ended with it."""
    open_in: dict[str, str] = {}
    bad: dict[str, str] = {}
    for event in recording.of_kind("inference_started", "codex_turn_ended", *REQUEST_ENDS):
        body = event["payload"]
        match body["type"]:
            case "inference_started":
                open_in[body["inference_call_id"]] = body["codex_turn_id"]
            case "codex_turn_ended":
                left = [name for name, turn in open_in.items() if turn == body["codex_turn_id"]]
                bad |= dict.fromkeys(left, "failed" if body["status"] == "failed" else "cancelled")
                for name in left:
                    del open_in[name]
            case kind:
                if open_in.pop(body["inference_call_id"], None) and kind != "inference_completed":
                    bad[body["inference_call_id"]] = kind.removeprefix("inference_")
    return bad


def _bad_turns(recording: Recording, requests: dict[str, str]) -> Iterator[str]:
    """Turns that ended badly, but not by their last request, whose problem it is; errors without an answer, too."""
    asked = recording.of_kind("inference_started", "compaction_request_started")
    last = {event["payload"]["codex_turn_id"]: event["payload"] for event in asked}
    failed = {name for name, end in requests.items() if end == "failed"}
    failed |= {event["payload"]["compaction_request_id"] for event in recording.of_kind("compaction_request_failed")}
    errors: set[str] = set()
    reported = False
    statuses: dict[str, str] = {}
    for event in recording.of_kind("codex_turn_started", "codex_turn_ended", "protocol_event_observed"):
        body = event["payload"]
        if body["type"] == "codex_turn_started":
            reported = False
        elif body["type"] == "codex_turn_ended":
            statuses[body["codex_turn_id"]] = body["status"]
        elif body["event_type"] == "error":
            reported = True
        elif body["event_type"] == "turn_complete":
            said = recording.payload(body["event_payload"]) or {}
            if said.get("error") or (reported and said.get("last_agent_message") is None):
                errors.add(said.get("turn_id", ""))
    for turn, status in statuses.items():
        asked_last = last.get(turn, {})
        request = asked_last.get("inference_call_id") or asked_last.get("compaction_request_id", "")
        fails = status == "failed" or (status == "completed" and turn in errors)
        if status in _BADLY - {"failed"} or (fails and request not in failed):
            yield turn


def _bad_calls(recording: Recording, turns: dict[str, Event]) -> Iterator[str]:
    """Calls that failed, left a process behind, or ran a script that failed; scripts that no recorded call ran.

    A call without an end whose process had ended before its turn left nothing behind.
    """
    calls: dict[str, _Call] = {}
    for event in recording.of_kind(
        "tool_call_started", "tool_call_ended", "tool_call_runtime_started", "tool_call_runtime_ended"
    ):
        body = event["payload"]
        ref = body.get("result_payload") or body.get("runtime_payload")
        call = calls.setdefault(body["tool_call_id"], _Call(event))
        call.take(event, recording.payload(ref) if ref else None)
    scripts = _bad_scripts(recording, turns)
    over = {event["payload"]["thread_id"] for event in recording.of_kind("thread_ended")}
    for name, call in calls.items():
        turn = turns.get(call.turn)
        stopped = turn is not None and call.exit_code in _STOPPED and call.runtime_seq > turn["seq"]
        outlives = call.kind == "exec_command" and call.has_runtime and not call.runtime_seq and call.thread in over
        has_process_ended = turn is not None and 0 < call.runtime_seq < turn["seq"]
        left = stopped or outlives or (turn is not None and call.status is None and not has_process_ended)
        if call.exit_code or left or call.status in _BADLY or call.visible_id in scripts:
            yield name
    yield from scripts - {call.visible_id for call in calls.values()}


def _bad_scripts(recording: Recording, turns: dict[str, Event]) -> set[str]:
    """The call ids of scripts that failed or were terminated; a turn that is stopped terminates its scripts."""
    named: dict[str, tuple[str, str]] = {}
    status: dict[str, str] = {}
    for event in recording.of_kind("code_cell_started", "code_cell_ended"):
        body = event["payload"]
        if body["type"] == "code_cell_started":
            named[body["runtime_cell_id"]] = (body["model_visible_call_id"], event["codex_turn_id"])
        else:
            status[body["runtime_cell_id"]] = body["status"]
    ends = {cell: turns[turn]["payload"]["status"] for cell, (_, turn) in named.items() if turn in turns}
    return {named[cell][0] for cell in named if status.get(cell, ends.get(cell)) in (*_BADLY, "terminated")}
