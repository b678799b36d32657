"""A recording as a recorder of tomorrow might write it: what a change does not touch is there, and it is said once.

Each case changes a real recording in one way, in all of its lines or bodies.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.bundle.shard_files import frame
from tui.bundle.disk.zstd import ZstdDecompressor
from tui.bundle.open import open_bundle
from tui.bundle.payloads.shards.records import RECORD_HEAD
from tui.commands.check import check_bundle
from tui.commands.loaded import loaded_store

Json = dict[str, Any]
DEMOS = Path(__file__).parents[2] / "demo_bundles"
CORE = ("threads", "codex_turns", "inference_calls", "tool_calls", "code_cells", "compaction_requests")
MOST_FINDINGS = 12


def counted(bundle: Path) -> dict[str, int]:
    """How many objects of each kind a bundle has."""
    trace = loaded_store(str(bundle)).trace
    return {kind: len(getattr(trace, kind)) for kind in (*CORE, "conversation_items", "terminal_operations")}


@cache
def counted_unchanged(demo: str) -> dict[str, int]:
    return counted(DEMOS / demo)


class Recording:
    """Manifest, events and payload bodies of a bundle, to be changed and written elsewhere."""

    def __init__(self, bundle: Path) -> None:
        self.manifest: Json = json.loads((bundle / "manifest.json").read_bytes())
        self.events: list[Json] = [json.loads(line) for line in (bundle / "trace.jsonl").read_bytes().splitlines()]
        self.bodies = {path.name: path.read_bytes() for path in (bundle / "payloads").iterdir()}

    def write(self, bundle: Path) -> Path:
        (bundle / "payloads").mkdir(parents=True)
        (bundle / "manifest.json").write_text(json.dumps(self.manifest))
        (bundle / "trace.jsonl").write_text("".join(json.dumps(event) + "\n" for event in self.events))
        for name, body in self.bodies.items():
            (bundle / "payloads" / name).write_bytes(body)
        return bundle

    def payloads(self, *kinds: str) -> Iterator[Json]:
        return (event["payload"] for event in self.events if not kinds or event["payload"]["type"] in kinds)

    def objects(self) -> Iterator[Json]:
        waiting: list[Any] = list(self.payloads())
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                yield value
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value

    def change_bodies(self, change: Callable[[Any], Any]) -> None:
        for name, body in self.bodies.items():
            if name.endswith(".json"):
                self.bodies[name] = json.dumps(change(json.loads(body))).encode()


def ids_as_objects(recording: Recording) -> None:
    for payload in recording.payloads():
        payload |= {name: {"id": value} for name, value in payload.items() if name.endswith("_id") and value}


def ids_of_calls_as_numbers(recording: Recording) -> None:
    numbers: dict[str, int] = {}
    for payload in recording.payloads():
        if "tool_call_id" in payload:
            payload["tool_call_id"] = numbers.setdefault(payload["tool_call_id"], len(numbers))


def camel_case(recording: Recording) -> None:
    for event in recording.events:
        event["payload"] = {_camel(name): value for name, value in event["payload"].items()}
        for name in list(event):
            event[_camel(name)] = event.pop(name)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def context_of_the_envelope_grouped(recording: Recording) -> None:
    for event in recording.events:
        event["context"] = {name: event.pop(name, None) for name in ("thread_id", "codex_turn_id")}


def context_in_the_payload(recording: Recording) -> None:
    for event in recording.events:
        ids = {name: event.pop(name, None) for name in ("thread_id", "codex_turn_id")}
        event["payload"] = {**ids, **event["payload"]}


def tags_as_names(recording: Recording) -> None:
    for event in recording.events:
        payload = event["payload"]
        event["payload"] = {payload.pop("type"): payload}


def kinds_in_other_words(recording: Recording) -> None:
    for payload in recording.payloads():
        payload["type"] = _camel(payload["type"])


def no_envelope_but_a_time(recording: Recording) -> None:
    for event in recording.events:
        for name in ("schema_version", "seq", "rollout_id"):
            del event[name]


def no_times(recording: Recording) -> None:
    for event in recording.events:
        del event["wall_time_unix_ms"]


def iso_times(recording: Recording) -> None:
    for event in recording.events:
        event["timestamp"] = "2026-07-31T10:00:00.125Z"
        del event["wall_time_unix_ms"]


def kinds_as_words(recording: Recording) -> None:
    for one in recording.objects():
        for name in ("kind", "requester"):
            if isinstance(one.get(name), dict) and set(one[name]) == {"type"}:
                one[name] = one[name]["type"]


def statuses_as_objects(recording: Recording) -> None:
    for payload in recording.payloads():
        if "status" in payload:
            payload["status"] = {payload["status"]: {"code": 0}}


def no_statuses(recording: Recording) -> None:
    for payload in recording.payloads():
        payload.pop("status", None)


def no_turns_in_the_envelope(recording: Recording) -> None:
    for event in recording.events:
        event["codex_turn_id"] = None


def context_grouped_in_other_words(recording: Recording) -> None:
    for event in recording.events:
        event["ctx"] = {"agent": event.pop("thread_id", None), "turn": event.pop("codex_turn_id", None)}


def a_new_field_everywhere(recording: Recording) -> None:
    for event in recording.events:
        event["payload"]["span"] = {"id": 7}


def references_as_numbers(recording: Recording) -> None:
    for one in recording.objects():
        for name, value in one.items():
            if isinstance(value, dict) and "raw_payload_id" in value:
                one[name] = int(value["raw_payload_id"].rpartition(":")[2])


def references_in_lists(recording: Recording) -> None:
    for one in recording.objects():
        for name, value in list(one.items()):
            if isinstance(value, dict) and "raw_payload_id" in value:
                one[name] = [value]


def another_schema(recording: Recording) -> None:
    recording.manifest["schema_version"] = 7
    for event in recording.events:
        event["schema_version"] = "7"


def content_as_text(recording: Recording) -> None:
    def change(value: Any) -> Any:
        if isinstance(value, dict):
            content = value.get("content")
            if value.get("type") == "message" and isinstance(content, list) and len(content) == 1:
                return {**value, "content": content[0].get("text", content)}
            return {name: change(inner) for name, inner in value.items()}
        return [change(inner) for inner in value] if isinstance(value, list) else value

    recording.change_bodies(change)


def items_wrapped(recording: Recording) -> None:
    def change(body: Any) -> Any:
        if isinstance(body, dict):
            for name in ("input", "output_items"):
                if isinstance(body.get(name), list):
                    body[name] = [{"item": item} for item in body[name]]
        return body

    recording.change_bodies(change)


def usage_in_other_words(recording: Recording) -> None:
    def change(body: Any) -> Any:
        if isinstance(body, dict) and isinstance(body.get("token_usage"), dict):
            body["token_usage"] = {_camel(name): count for name, count in body["token_usage"].items()}
        return body

    recording.change_bodies(change)


def lists_of_items_renamed(recording: Recording) -> None:
    names = {"input": "messages", "output_items": "output"}
    recording.change_bodies(
        lambda body: {names.get(name, name): value for name, value in body.items()} if isinstance(body, dict) else body
    )


def bodies_inside_others(recording: Recording) -> None:
    def change(body: Any) -> Any:
        is_model = isinstance(body, dict) and not {"input", "output_items"}.isdisjoint(body)
        return {"headers": {}, "body": body} if is_model else body

    recording.change_bodies(change)


def bodies_in_base64(recording: Recording) -> None:
    recording.bodies = {
        name: base64.b64encode(body) if name.endswith(".json") else body for name, body in recording.bodies.items()
    }


def statuses_in_other_words(recording: Recording) -> None:
    words = {"completed": "succeeded", "failed": "errored", "cancelled": "canceled", "aborted": "interrupted"}
    for payload in recording.payloads():
        if "status" in payload:
            payload["status"] = words.get(payload["status"], payload["status"])


def statuses_renamed(recording: Recording) -> None:
    for payload in recording.payloads():
        if "status" in payload:
            payload["outcome"] = payload.pop("status")


def kinds_with_words_before(recording: Recording) -> None:
    for payload in recording.payloads():
        payload["type"] = f"codex.rollout/{payload['type'].replace('_', '.')}.v2"


def times_in_nanoseconds(recording: Recording) -> None:
    for event in recording.events:
        event["unix_nanos"] = event.pop("wall_time_unix_ms") * 1_000_000


def payloads_as_pairs(recording: Recording) -> None:
    for event in recording.events:
        event["payload"] = [event["payload"].pop("type"), event["payload"]]


def lines_as_texts(recording: Recording) -> None:
    recording.events = [{"line": json.dumps(event)} for event in recording.events]


def envelopes_apart(recording: Recording) -> None:
    recording.events = [{"payload": event.pop("payload"), "envelope": event} for event in recording.events]


def references_as_paths(recording: Recording) -> None:
    for one, name in _references(recording):
        one[name] = one[name].get("path", one[name]["raw_payload_id"])


CASES = (
    ids_as_objects,
    ids_of_calls_as_numbers,
    camel_case,
    context_of_the_envelope_grouped,
    context_in_the_payload,
    tags_as_names,
    kinds_in_other_words,
    no_envelope_but_a_time,
    no_times,
    iso_times,
    kinds_as_words,
    statuses_as_objects,
    no_statuses,
    no_turns_in_the_envelope,
    context_grouped_in_other_words,
    a_new_field_everywhere,
    references_as_numbers,
    references_in_lists,
    another_schema,
    content_as_text,
    items_wrapped,
    usage_in_other_words,
    lists_of_items_renamed,
    bodies_inside_others,
    bodies_in_base64,
    statuses_in_other_words,
    statuses_renamed,
    kinds_with_words_before,
    times_in_nanoseconds,
    payloads_as_pairs,
    lines_as_texts,
    envelopes_apart,
    references_as_paths,
)
ABOUT_AGENTS = (
    ids_as_objects,
    camel_case,
    context_of_the_envelope_grouped,
    context_in_the_payload,
    tags_as_names,
    kinds_in_other_words,
    no_envelope_but_a_time,
    statuses_in_other_words,
    another_schema,
    items_wrapped,
    lines_as_texts,
    envelopes_apart,
    references_as_paths,
)
"""What says whose an event is, and what went between agents: tried on several of them, too."""
SILENT = (content_as_text, usage_in_other_words)
"""What a payload says in its own way is for the reader of the payload."""


@pytest.mark.parametrize(
    ("change", "demo"),
    [
        *((change, "code-mode-schema2") for change in CASES),
        *((change, "agents-schema2") for change in ABOUT_AGENTS),
    ],
    ids=lambda given: given if isinstance(given, str) else given.__name__,
)
def test_change_costs_what_it_touches_and_is_said_once(
    change: Callable[[Recording], None], demo: str, tmp_path: Path
) -> None:
    recording = Recording(DEMOS / demo)
    change(recording)
    bundle = recording.write(tmp_path / "bundle")
    found, wanted = counted(bundle), counted_unchanged(demo)
    counts = {name: (found[name], wanted[name]) for name in CORE}
    assert {name: count for name, count in counts.items() if count[0] < count[1]} == {}
    findings = [kind for kind in check_bundle(open_bundle(bundle)).findings if kind.severity != "note"]
    assert len(findings) <= MOST_FINDINGS, [(kind.code, kind.message) for kind in findings]
    assert findings or change in SILENT


def _references(recording: Recording) -> Iterator[tuple[Json, str]]:
    """Each object with a reference in it, and the name of that."""
    for one in list(recording.objects()):
        for name, value in list(one.items()):
            if isinstance(value, dict) and "raw_payload_id" in value:
                yield one, name


def ids_of_payloads_renamed(recording: Recording) -> None:
    for one in list(recording.objects()):
        if "raw_payload_id" in one:
            one["payload_id"] = one.pop("raw_payload_id")


def references_wrapped(recording: Recording) -> None:
    for one, name in _references(recording):
        one[name] = {"ref": one[name]}


def parts_as_ids(recording: Recording) -> None:
    for one in list(recording.objects()):
        if "parts" in one:
            one["parts"] = [part["raw_payload_id"] for part in one["parts"]]


def _rename(kind: str, old: str, new: str) -> Callable[[Recording], None]:
    def change(recording: Recording) -> None:
        for payload in recording.payloads(kind) if kind else recording.payloads():
            if old in payload:
                payload[new] = payload.pop(old)

    return change


def lines_inside_others(recording: Recording) -> None:
    recording.events = [{"record": event, "crc": 1} for event in recording.events]


def summaries_as_texts(recording: Recording) -> None:
    for payload in recording.payloads("tool_call_started"):
        payload["summary"] = "look"


def numbers_from_zero(recording: Recording) -> None:
    for event in recording.events:
        event["seq"] -= 1


def times_in_parts(recording: Recording) -> None:
    for event in recording.events:
        event["wall_time_unix_ms"] = {"secs": event["wall_time_unix_ms"] // 1000, "nanos": 0}


def agents_for_threads(recording: Recording) -> None:
    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name.replace("thread", "agent"): renamed(inner) for name, inner in value.items()}
        return [renamed(inner) for inner in value] if isinstance(value, list) else value

    recording.events = [renamed(event) for event in recording.events]
    for payload in recording.payloads():
        payload["type"] = payload["type"].replace("thread_", "agent_")


KINDS_IN_OTHER_WORDS = {
    "tool_call_started": "tool_invocation_began",
    "tool_call_ended": "tool_invocation_finished",
    "codex_turn_started": "turn_begin",
    "codex_turn_ended": "turn_end",
    "inference_started": "model_request_sent",
    "code_cell_ended": "script_stopped",
}


def kinds_in_synonyms(recording: Recording) -> None:
    for payload in recording.payloads():
        payload["type"] = KINDS_IN_OTHER_WORDS.get(payload["type"], payload["type"])


def what_happened_in_a_field(recording: Recording) -> None:
    for payload in recording.payloads("codex_turn_started", "codex_turn_ended"):
        payload |= {"type": "turn_lifecycle", "phase": payload["type"].rpartition("_")[2]}


def kinds_beside_their_fields(recording: Recording) -> None:
    for event in recording.events:
        event |= {"event": event["payload"].pop("type"), "data": event.pop("payload")}


def own_ids_called_id(recording: Recording) -> None:
    own = {"thread": "thread_id", "codex_turn": "codex_turn_id", "tool_call": "tool_call_id"}
    for payload in recording.payloads():
        thing, _, happened = payload["type"].rpartition("_")
        if thing in own and happened in ("started", "ended"):
            payload["id"] = payload.pop(own[thing])


def ids_without_a_suffix(recording: Recording) -> None:
    names = {"tool_call_id": "call", "inference_call_id": "inference", "codex_turn_id": "turn", "thread_id": "thread"}
    for payload in recording.payloads():
        for name in names.keys() & payload.keys():
            payload[names[name]] = payload.pop(name)


def references_with_another_ending(recording: Recording) -> None:
    for payload in recording.payloads():
        for name in [name for name in payload if name.endswith("_payload")]:
            payload[name.replace("_payload", "_ref")] = payload.pop(name)


def shards_from_zero(recording: Recording) -> None:
    for one in recording.objects():
        if "raw_payload_id" in one:
            one["shard"] -= 1
    recording.bodies = {f"{int(name[:6]) - 1:06d}.zst": body for name, body in recording.bodies.items()}


def fragments_wrapped(recording: Recording) -> None:
    name, shard = next(iter(recording.bodies.items()))
    data, at, records = ZstdDecompressor().decompress(shard), 0, []
    while at < len(data):
        id_length, length = RECORD_HEAD.unpack_from(data, at)
        start = at + RECORD_HEAD.size + id_length
        body = data[start : start + length]
        body = b'{"fragments": ' + body + b"}" if body.startswith(b'["') else body
        records += [RECORD_HEAD.pack(id_length, len(body)) + data[start - id_length : start] + body]
        at = start + length
    recording.bodies[name] = frame(records)


ONE_FINDING: dict[str, tuple[Callable[[Recording], None], str]] = {
    "ids of payloads renamed": (ids_of_payloads_renamed, "field-renamed"),
    "references wrapped": (references_wrapped, "field-moved"),
    "parts as ids": (parts_as_ids, "field-retyped"),
    "requests renamed": (_rename("inference_started", "request_payload", "http_body"), "field-renamed"),
    "prompts renamed": (_rename("inference_started", "prepared_prompt_payload", "prompt"), "field-renamed"),
    "answers renamed": (_rename("inference_completed", "response_payload", "answer"), "field-renamed"),
    "ids of calls renamed": (_rename("", "tool_call_id", "dispatch_id"), "field-renamed"),
    "kinds under another name": (_rename("", "type", "what"), "field-renamed"),
    "lines inside others": (lines_inside_others, "field-moved"),
    "summaries as texts": (summaries_as_texts, "field-retyped"),
    "numbers from zero": (numbers_from_zero, "seq-zero"),
    "times in parts": (times_in_parts, "field-retyped"),
    "kinds beside their fields": (kinds_beside_their_fields, "field-moved"),
    "own ids called id": (own_ids_called_id, "field-renamed"),
    "ids without a suffix": (ids_without_a_suffix, "field-renamed"),
    "references with another ending": (references_with_another_ending, "field-renamed"),
    "fragments wrapped": (fragments_wrapped, "field-moved"),
    "shards from zero": (shards_from_zero, "shard-zero"),
    "agents for threads": (agents_for_threads, "field-renamed"),
    "kinds in synonyms": (kinds_in_synonyms, "field-renamed"),
    "what happened in a field": (what_happened_in_a_field, "field-renamed"),
}


@pytest.mark.parametrize("name", ONE_FINDING)
def test_one_change_is_one_finding(name: str, tmp_path: Path) -> None:
    change, code = ONE_FINDING[name]
    recording = Recording(DEMOS / "code-mode")
    change(recording)
    bundle = recording.write(tmp_path / "bundle")

    assert counted(bundle) == counted_unchanged("code-mode")
    assert [kind.code for kind in check_bundle(open_bundle(bundle)).findings if kind.severity != "note"] == [code]


def test_kinds_as_numbers_are_known_by_their_fields(tmp_path: Path) -> None:
    recording, numbers = Recording(DEMOS / "agents"), dict[str, int]()
    for payload in recording.payloads():
        payload["type"] = numbers.setdefault(payload["type"], len(numbers))
    bundle = recording.write(tmp_path / "bundle")
    found, wanted = counted(bundle), counted_unchanged("agents")

    assert [found[name] for name in CORE] == [wanted[name] for name in CORE]
    findings = {kind.code for kind in check_bundle(open_bundle(bundle)).findings if kind.severity != "note"}
    assert findings == {"field-unreadable", "malformed-line", "payload-unreferenced"}


def test_payload_ids_of_another_form_are_one_finding(tmp_path: Path) -> None:
    recording = Recording(DEMOS / "code-mode-schema2")
    for one in recording.objects():
        if "raw_payload_id" in one:
            one["raw_payload_id"] = one["raw_payload_id"].replace("raw_payload:", "blob-")
    bundle = recording.write(tmp_path / "bundle")

    (said,) = [kind for kind in check_bundle(open_bundle(bundle)).findings if kind.severity != "note"]

    assert counted(bundle) == counted_unchanged("code-mode-schema2")
    assert said.message.startswith("ids of payloads, such as 'blob-")


def test_segments_are_one_finding(tmp_path: Path) -> None:
    bundle = Recording(DEMOS / "code-mode").write(tmp_path / "bundle")
    lines = (bundle / "trace.jsonl").read_bytes().splitlines(keepends=True)
    (bundle / "trace.jsonl").unlink()
    (bundle / "trace-0001.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[:90])))
    (bundle / "trace-0002.jsonl").write_bytes(b"".join(lines[90:]))

    report = check_bundle(open_bundle(bundle))

    (said,) = [kind for kind in report.findings if kind.severity != "note"]
    assert said.message == "the log is in 2 files, 1 of them compressed: trace-0001.jsonl.gz, trace-0002.jsonl"
