"""A recording read by hand: plain JSON and plain sums, nothing of the program's own reading, reducing or counting."""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Event = dict[str, Any]
REQUEST_ENDS = frozenset({"inference_completed", "inference_failed", "inference_cancelled"})
_HEAD = struct.Struct("<HQ")
"""Before each record of a shard: length of its id, length of its body."""


class Sums(NamedTuple):
    """What is added up over requests."""

    requests: int
    without_usage: int
    input: int
    cached: int
    output: int


class Recording:
    """The events of one log, in order, and the payloads that they name."""

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        lines = (bundle / "trace.jsonl").read_bytes().split(b"\n")
        self.events: list[Event] = [json.loads(line) for line in lines[:-1] if line.strip()]

    def of_kind(self, *kinds: str) -> Iterator[Event]:
        """The events of some kinds, each with its payload's fields."""
        return (event for event in self.events if event["payload"]["type"] in kinds)

    @cached_property
    def _records(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for shard in sorted(self._bundle.glob("payloads/*.zst")):
            data = _inflated(shard.read_bytes())
            at = 0
            while at + _HEAD.size <= len(data):
                name, body = _HEAD.unpack_from(data, at)
                at += _HEAD.size
                found[data[at : at + name].decode()] = data[at + name : at + name + body]
                at += name + body
        return found

    def payload(self, ref: dict[str, Any]) -> Any:
        """The body of a reference; parts are null, since what is asked for lies outside of them. None if unreadable."""
        try:
            if "path" in ref:
                return json.loads((self._bundle / ref["path"]).read_bytes())
            body = self._records[ref["raw_payload_id"]]
            return json.loads("null".join(json.loads(body)) if ref.get("parts") else body)
        except (KeyError, OSError, ValueError, TypeError):
            return None

    def whole(self, ref: dict[str, Any]) -> Any:
        """The body of a reference with its parts in it; None if unreadable."""
        if "path" in ref or not ref.get("parts"):
            return self.payload(ref)
        try:
            pieces = json.loads(self._records[ref["raw_payload_id"]])
            parts = [self._records[part["raw_payload_id"]].decode() for part in ref["parts"]]
            return json.loads("".join(piece + part for piece, part in zip(pieces, [*parts, ""], strict=True)))
        except (KeyError, ValueError, TypeError):
            return None

    def sent(self) -> dict[str, list[str]]:
        """Request → the items that it sent, each as JSON; a request that continues sends those, too."""
        found: dict[str, list[str]] = {}
        whole_of_response: dict[str, list[str]] = {}
        for event in self.of_kind("inference_started", *REQUEST_ENDS):
            body = event["payload"]
            name = body["inference_call_id"]
            if body["type"] == "inference_started":
                request = self.whole(body["request_payload"]) or {}
                before = whole_of_response.get(request.get("previous_response_id") or "", [])
                found[name] = [*before, *_plain_items(request.get("input"))]
                if warm := body.get("warmup_context_payload"):  # all that stands in the prompt, the continued part, too
                    found[name] = _plain_items((self.whole(warm) or {}).get("input"))
            elif ref := body.get("response_payload"):
                answer = self.whole(ref) or {}
                key = answer.get("response_id") or body.get("response_id") or ""
                whole_of_response[key] = [*found.get(name, []), *_plain_items(answer.get("output_items"))]
        return found

    def heads(self) -> dict[str, dict[str, str]]:
        """Request → its settings, instructions and tools, as JSON, as far as the request itself holds them."""
        found = {}
        for event in self.of_kind("inference_started"):
            request = self.whole(event["payload"]["request_payload"]) or {}
            names = ("model", "reasoning", "text", "tool_choice", "parallel_tool_calls", "instructions", "tools")
            found[event["payload"]["inference_call_id"]] = {
                name: json.dumps(request[name], sort_keys=True) for name in names if request.get(name) is not None
            }
        return found

    def failed(self, kind: str) -> set[str]:
        """The ids of calls (`tool_call`) or requests (`inference`) whose own end says that they failed."""
        if kind == "inference":
            return {event["payload"]["inference_call_id"] for event in self.of_kind("inference_failed")}
        ends = self.of_kind("tool_call_ended")
        return {event["payload"]["tool_call_id"] for event in ends if event["payload"]["status"] == "failed"}

    def sums(self, thread_id: str | None = None) -> Sums:
        """Tokens of the requests of an agent, or of all."""
        started = {
            event["payload"]["inference_call_id"]: event["payload"]["thread_id"]
            for event in self.of_kind("inference_started")
        }
        usages: dict[str, dict[str, int] | None] = dict.fromkeys(
            name for name, thread in started.items() if thread_id in (None, thread)
        )
        for event in self.of_kind(*REQUEST_ENDS):
            name = event["payload"]["inference_call_id"]
            ref = event["payload"].get("response_payload") or event["payload"].get("partial_response_payload")
            body = self.payload(ref) if ref else None
            if name in usages and isinstance(body, dict) and body.get("token_usage"):
                usages[name] = body["token_usage"]
        known = [usage for usage in usages.values() if usage is not None]
        return Sums(
            len(usages),
            len(usages) - len(known),
            sum(usage["input_tokens"] for usage in known),
            sum(usage["cached_input_tokens"] for usage in known),
            sum(usage["output_tokens"] for usage in known),
        )

    def request_durations(self) -> list[int]:
        """Milliseconds of every request that ended by an event of its own, as the log's clock says."""
        begun = {
            event["payload"]["inference_call_id"]: event["wall_time_unix_ms"]
            for event in self.of_kind("inference_started")
        }
        ends = self.of_kind(*REQUEST_ENDS)
        return sorted(event["wall_time_unix_ms"] - begun[event["payload"]["inference_call_id"]] for event in ends)

    def state_at(self, seq: int) -> dict[str, str]:
        """Agent → `ended`, `idle` (no open turn), `asks` (an open request and no call) or `busy`, after `seq`."""
        states: dict[str, str] = {}
        turns: dict[str, str] = {}
        requests: dict[str, str] = {}
        calls: dict[str, str] = {}
        ended: set[str] = set()
        for event in self.events:
            if event["seq"] > seq:
                break
            body = event["payload"]
            match body["type"]:
                case "thread_started" | "thread_resumed":
                    states[body["thread_id"]] = ""
                    ended.discard(body["thread_id"])
                case "thread_ended":
                    ended.add(body["thread_id"])
                case "codex_turn_started":
                    turns[body["codex_turn_id"]] = body["thread_id"]
                case "codex_turn_ended":
                    turns.pop(body["codex_turn_id"], None)
                    ends = [name for name, turn in requests.items() if turn == body["codex_turn_id"]]
                    for name in ends:
                        del requests[name]
                case "inference_started":
                    requests[body["inference_call_id"]] = body["codex_turn_id"]
                case "tool_call_started":
                    calls[body["tool_call_id"]] = event["codex_turn_id"]
                case "tool_call_ended":
                    calls.pop(body["tool_call_id"], None)
                case kind if kind in REQUEST_ENDS:
                    requests.pop(body["inference_call_id"], None)
        calling = {turns[turn] for turn in calls.values() if turn in turns}
        asking = {turns[turn] for turn in requests.values() if turn in turns} - calling
        return {
            thread: "ended"
            if thread in ended
            else "idle"
            if thread not in turns.values()
            else "asks"
            if thread in asking
            else "busy"
            for thread in states
        }


def _plain_items(items: Any) -> list[str]:
    """Items as JSON, keys sorted; definitions of tools are not said to anybody."""
    known = [item for item in items or [] if isinstance(item, dict) and item.get("type") != "additional_tools"]
    return [json.dumps(item, sort_keys=True) for item in known]


def without_id(item: str) -> dict[str, Any]:
    """The fields of an item, but for the id that the agent program gave it."""
    fields: dict[str, Any] = json.loads(item)
    fields.pop("id", None)
    return fields


def _inflated(data: bytes) -> bytes:
    """As much of a zstd stream as there is."""
    decompressor = zstd.ZstdDecompressor()
    try:
        return bytes(decompressor.decompress(data))
    except zstd.ZstdError:
        return b""
