"""OTLP JSON as its own library reads it."""

from __future__ import annotations

import base64
import json
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

_IDS = {"traceId", "spanId", "parentSpanId"}


def parsed(document: bytes) -> TracesData:
    """The document as a message. OTLP writes ids in hexadecimal, where protobuf's own JSON has base64."""
    return json_format.ParseDict(_with_base64(json.loads(document)), TracesData())


def spans_in(document: bytes) -> list[Any]:
    """The spans of the one resource and scope."""
    return spans_of(parsed(document))


def spans_of(message: TracesData) -> list[Any]:
    """The spans of the one resource and scope."""
    (resource,) = message.resource_spans
    (scope,) = resource.scope_spans
    return list(scope.spans)


def attributes(span: Any) -> dict[str, Any]:
    """Names and values."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


def _with_base64(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_base64(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64encode(bytes.fromhex(inner)).decode() if name in _IDS else _with_base64(inner)
        for name, inner in value.items()
    }
