"""`export --to otlp`: read back by the protocol's own library, and received on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from tests.conftest import DEMO_BUNDLES
from tests.export.otlp_messages import attributes, parsed, spans_in, spans_of
from tui.bundle.open import open_bundle
from tui.cli import main
from tui.export.collector import traces_url
from tui.export.disclosing import disclosure_of
from tui.export.format import ExportError, Subject
from tui.export.formats.otlp import FORMAT
from tui.export.moments import Moments
from tui.model.execution import ExecutionWindow
from tui.store import TraceStore

AGENTS = DEMO_BUNDLES / "agents"


def loaded(bundle: Path) -> TraceStore:
    store = TraceStore(open_bundle(bundle))
    store.load_all()
    return store


def exported(store: TraceStore, *, with_content: bool = False) -> bytes:
    return b"".join(FORMAT.write(Subject(store, disclosure_of(store, with_content=with_content))))


def test_every_object_is_one_span_with_an_id_of_its_own(demo_bundle: Path) -> None:
    store = loaded(demo_bundle)
    spans = spans_in(exported(store))
    ids = [span.span_id for span in spans]
    assert len(set(ids)) == len(ids)
    assert {span.trace_id for span in spans} == ({spans[0].trace_id} if spans else set())
    kinds = [attributes(span)["rtrace.object.kind"] for span in spans]
    trace = store.trace
    assert kinds.count("turn") == len(trace.codex_turns)
    assert kinds.count("inference") == len(trace.inference_calls)
    assert kinds.count("tool_call") == len(trace.tool_calls)
    assert kinds.count("compaction_request") == len(trace.compaction_requests)


def test_parents_and_links_name_spans_of_the_document(demo_bundle: Path) -> None:
    spans = spans_in(exported(loaded(demo_bundle)))
    known = {span.span_id for span in spans}
    assert {span.parent_span_id for span in spans} - {b""} <= known
    assert {link.span_id for span in spans for link in span.links} <= known


def test_requests_and_calls_are_children_of_their_turn() -> None:
    store = loaded(AGENTS)
    spans = {attributes(span)["rtrace.object.id"]: span for span in spans_in(exported(store))}
    for request_id, request in store.trace.inference_calls.items():
        assert spans[request_id].parent_span_id == spans[request.codex_turn_id].span_id
    for name, tool in store.trace.tool_calls.items():
        if tool.requester.__struct_config__.tag == "model":
            assert spans[name].parent_span_id == spans[str(tool.started_by_codex_turn_id)].span_id


def test_turn_of_a_child_is_caused_by_the_call_that_spawned_it() -> None:
    store = loaded(AGENTS)
    spans = spans_in(exported(store))
    named = {span.span_id: span.name for span in spans}
    turns = {attributes(span)["gen_ai.agent.name"]: span for span in spans if span.name.startswith("invoke_agent")}
    assert turns["/root"].parent_span_id == b""
    assert named[turns["/root/alpha"].parent_span_id] == "execute_tool spawn_agent"
    assert named[turns["/root/alpha/deep"].parent_span_id] == "execute_tool spawn_agent"


def test_edges_are_links() -> None:
    store = loaded(AGENTS)
    linked = {
        {one.key: one.value.string_value for one in link.attributes}["rtrace.edge.id"]
        for span in spans_in(exported(store))
        for link in span.links
    }
    assert linked == set(store.trace.interaction_edges)


def test_tokens_are_those_of_the_provider() -> None:
    store = loaded(AGENTS)
    spans = [attributes(span) for span in spans_in(exported(store)) if span.name.startswith("chat")]
    for name, field in (
        ("input_tokens", "input_tokens"),
        ("output_tokens", "output_tokens"),
        ("cache_read.input_tokens", "cached_input_tokens"),
        ("cache_creation.input_tokens", "cache_write_input_tokens"),
        ("reasoning.output_tokens", "reasoning_output_tokens"),
    ):
        usages = [one.usage for one in store.trace.inference_calls.values() if one.usage is not None]
        total = sum(getattr(usage, field) for usage in usages)
        assert sum(span.get(f"gen_ai.usage.{name}", 0) for span in spans) == total


def test_order_of_starts_is_the_order_of_the_log(demo_bundle: Path) -> None:
    store = loaded(demo_bundle)
    spans = spans_in(exported(store))
    seqs = [attributes(span)["rtrace.seq.started"] for span in spans]
    assert seqs == sorted(seqs)
    for before, after in pairwise(spans):
        is_same_ms = before.start_time_unix_nano // 1_000_000 == after.start_time_unix_nano // 1_000_000
        assert not is_same_ms or before.start_time_unix_nano <= after.start_time_unix_nano


def test_events_of_one_millisecond_get_nanoseconds_in_order() -> None:
    moments = Moments([ExecutionWindow(5, 7, 5, 9, "completed"), ExecutionWindow(5, 8)])
    assert [moments.ns(5, seq) for seq in (7, 8, 9)] == [5_000_000, 5_000_001, 5_000_002]


def test_failed_call_has_status_and_exit_code() -> None:
    spans = [span for span in spans_in(exported(loaded(DEMO_BUNDLES / "shell"))) if span.status.code == 2]
    found = [attributes(span) for span in spans]
    assert [one["process.exit.code"] for one in found] == [3, 1, 1]
    assert {one["error.type"] for one in found} == {"exit-code"}


def test_structure_has_no_messages_and_content_has_them() -> None:
    store = loaded(AGENTS)
    assert b"gen_ai.input.messages" not in exported(store)
    chats = [attributes(span) for span in spans_in(exported(store, with_content=True)) if span.name.startswith("chat")]
    first = json.loads(chats[0]["gen_ai.input.messages"])
    assert first[-1]["role"] == "user"
    assert first[-1]["parts"][0]["type"] == "text"
    calls = [part for part in json.loads(chats[0]["gen_ai.output.messages"])[0]["parts"] if part["type"] == "tool_call"]
    assert {one["name"] for one in calls} == {"spawn_agent"}


def test_ids_are_the_same_in_every_export() -> None:
    assert exported(loaded(AGENTS)) == exported(loaded(AGENTS))


class _Receiver(BaseHTTPRequestHandler):
    """Takes OTLP over HTTP as a collector does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.takes not in ("", self.headers["Content-Type"]):  # type: ignore[attr-defined]
            self.send_error(415)
            return
        self.server.received.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        answer = self.server.answer  # type: ignore[attr-defined]
        self.send_response(200 if answer is not None else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(answer or b"")

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    server.received, server.answer, server.takes = [], b"{}", ""  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_collector_receives_every_span(receiver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20abc,x-team=1")
    assert main(["export", str(AGENTS), "--to", "otlp", "--url", address(receiver)]) == 0
    ((path, headers, body),) = receiver.received  # type: ignore[attr-defined]
    assert path == "/v1/traces"
    assert headers["Content-Type"] == "application/json"
    assert {name.lower(): value for name, value in headers.items()}["authorization"] == "Basic abc"
    assert parsed(body) == parsed(exported(loaded(AGENTS)))


def test_many_spans_are_sent_in_batches(receiver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.export.formats.otlp.SPANS_PER_REQUEST", 10)
    assert main(["export", str(AGENTS), "--to", "otlp", "--url", address(receiver)]) == 0
    sent = [span.span_id for _, _, body in receiver.received for span in spans_in(body)]  # type: ignore[attr-defined]
    assert sent == [span.span_id for span in spans_in(exported(loaded(AGENTS)))]


def test_receiver_without_json_gets_the_same_in_binary(receiver: HTTPServer, demo_bundle: Path) -> None:
    receiver.takes, receiver.answer = "application/x-protobuf", b""  # type: ignore[attr-defined]
    assert main(["export", str(demo_bundle), "--to", "otlp", "--content", "--url", address(receiver)]) == 0
    sent = [one for _, _, body in receiver.received for one in spans_of(TracesData.FromString(body))]  # type: ignore[attr-defined]
    assert sent == spans_in(exported(loaded(demo_bundle), with_content=True))


def test_binary_refusal_is_reported(receiver: HTTPServer, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ExportTraceServiceResponse(partial_success=ExportTracePartialSuccess(rejected_spans=300))
    receiver.takes, receiver.answer = "application/x-protobuf", answer.SerializeToString()  # type: ignore[attr-defined]
    assert main(["export", str(AGENTS), "--to", "otlp", "--url", address(receiver)]) == 2
    assert "rejected 300 spans" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [(None, "refused the spans: 401"), (b'{"partialSuccess": {"rejectedSpans": "3"}}', "rejected 3 spans")],
)
def test_refusal_is_reported(
    receiver: HTTPServer, reply: bytes | None, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.answer = reply  # type: ignore[attr-defined]
    assert main(["export", str(AGENTS), "--to", "otlp", "--url", address(receiver)]) == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://localhost:4318", "http://localhost:4318/v1/traces"),
        ("http://localhost:4318/", "http://localhost:4318/v1/traces"),
        ("https://cloud.example/api/public/otel/v1/traces", "https://cloud.example/api/public/otel/v1/traces"),
    ],
)
def test_url_of_a_collector_is_completed(given: str, expected: str) -> None:
    assert traces_url(given) == expected


@pytest.mark.parametrize("given", ["localhost:4318", "file:///etc/passwd", "http://", ""])
def test_other_urls_are_refused(given: str) -> None:
    with pytest.raises(ExportError):
        traces_url(given)
