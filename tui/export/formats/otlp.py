"""Spans as OTLP JSON, for Jaeger, Tempo, Phoenix, Langfuse and every other reader of OpenTelemetry.

One document on one line, which is also what a collector's file receiver reads. Ids are made of the recording's own:
the same recording has the same trace and the same spans in every export.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from typing import Any, Final

import msgspec

from tui import __version__
from tui.analysis.problems.of_object import problem_of
from tui.export.collector import post
from tui.export.format import FileFormat, Subject
from tui.export.genai import SCHEMA_URL, DescribedSpan, attributes_of, subject_of
from tui.export.ids import look_at_ids
from tui.export.spans import SpanLink, Spans, WorkSpan
from tui.model.noderef import NodeRef

SPANS_PER_REQUEST = 1_000
"""Spans that a collector gets at once: it must hold them in memory, as we do."""

_KINDS: Final = {"invoke_agent": 1, "chat": 3, "execute_tool": 1}
"""Span kinds of the protocol: 1 is internal, 3 a client's."""

_FAILED = 2
"""The protocol's code for a span that failed."""

_CANCELLED: Final = frozenset({"cancelled", "aborted", "cell-terminated", "left-running"})
"""Problems that are not failures of the span."""

_encode = msgspec.json.Encoder().encode


def write(subject: Subject) -> Iterator[bytes]:
    """The document in pieces."""
    head, tail = _frame(subject)
    yield head
    separator = b""
    for span in _spans(subject):
        yield separator + span
        separator = b","
    yield tail + b"\n"


def send(subject: Subject, url: str) -> None:
    """Post the spans to a collector."""
    head, tail = _frame(subject)
    spans = _spans(subject)
    while batch := list(islice(spans, SPANS_PER_REQUEST)):
        post(url, head + b",".join(batch) + tail)


def _frame(subject: Subject) -> tuple[bytes, bytes]:
    """What comes before and behind the spans."""
    trace, label = subject.store.trace, subject.disclosure.label
    resource: list[tuple[str, str | int]] = [
        ("service.name", "codex"),
        ("rtrace.trace.id", label(trace.trace_id)),
        ("rtrace.rollout.id", label(trace.rollout_id)),
        ("rtrace.schema.version", trace.schema_version),
        ("rtrace.recording.state", subject.store.recording.word),
    ]
    scope = {"scope": {"name": "rtrace-tui", "version": __version__}, "spans": []}
    whole = {"resource": {"attributes": [_attribute(*one) for one in resource]}, "scopeSpans": [scope]}
    document = _encode({"resourceSpans": [{**whole, "schemaUrl": SCHEMA_URL}]})
    head, mark, tail = document.rpartition(b'"spans":[')
    return head + mark, tail


def _spans(subject: Subject) -> Iterator[bytes]:
    look_at_ids(subject)
    spans = Spans(subject)
    for span in spans.in_order():
        yield _encode(_span(subject, spans, span))


def _span(subject: Subject, spans: Spans, span: WorkSpan) -> dict[str, Any]:
    trace_id = subject.store.trace.trace_id
    asked = DescribedSpan(subject, span, problem_of(subject.store.trace, span.node))
    attributes = attributes_of(asked)
    start = spans.moments.ns(span.window.started_at_unix_ms, span.window.started_seq)
    found: dict[str, Any] = {
        "traceId": _trace_hex(trace_id),
        "spanId": _span_hex(trace_id, span.node),
        "name": f"{span.operation} {subject_of(span, attributes)}".strip(),
        "kind": _KINDS[span.operation],
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(max(start, _end(subject, spans, span))),
        "attributes": [_attribute(*one) for one in attributes],
    }
    if span.window.ended_at_unix_ms is None:
        found["attributes"].append({"key": "rtrace.is_open", "value": {"boolValue": True}})
    if span.parent is not None:
        found["parentSpanId"] = _span_hex(trace_id, span.parent)
    links = [_link(subject, link) for link in spans.links(span.node)]
    if links:
        found["links"] = links
    if asked.problem is not None and asked.problem.code not in _CANCELLED:
        show, problem = subject.disclosure, asked.problem
        found["status"] = {"code": _FAILED, "message": show.text(problem.text) if show.with_content else problem.code}
    return found


def _end(subject: Subject, spans: Spans, span: WorkSpan) -> int:
    """When a span ended; what is open has lasted until now, and says that it is open."""
    window = span.window
    if window.ended_at_unix_ms is None:
        return spans.moments.ns(subject.store.index.now_unix_ms, None)
    return spans.moments.ns(window.ended_at_unix_ms, window.ended_seq)


def _link(subject: Subject, link: SpanLink) -> dict[str, Any]:
    trace_id, show = subject.store.trace.trace_id, subject.disclosure
    attributes = [
        _attribute("rtrace.edge.id", show.label(link.edge.edge_id)),
        _attribute("rtrace.edge.kind", show.word(link.edge.kind)),
    ]
    return {"traceId": _trace_hex(trace_id), "spanId": _span_hex(trace_id, link.source), "attributes": attributes}


def _attribute(name: str, value: str | int) -> dict[str, Any]:
    typed = {"stringValue": value} if isinstance(value, str) else {"intValue": str(value)}
    return {"key": name, "value": typed}


def _trace_hex(trace_id: str) -> str:
    return _digest(16, "trace", trace_id)


def _span_hex(trace_id: str, node: NodeRef) -> str:
    return _digest(8, trace_id, node.kind, node.id)


def _digest(size: int, *parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


FORMAT = FileFormat(name="otlp", suffix=".json", takes=frozenset({"agent", "turn", "url"}), write=write, send=send)
