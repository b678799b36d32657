"""Sends OTLP to a collector whose address the user gave. Nothing else in the program opens a connection."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from tui.export.format import ExportError
from tui.export.otlp_binary import binary_of, rejected_spans

TRACES_PATH = "/v1/traces"
"""Where a collector takes traces, if the URL names only the collector (OTLP/HTTP)."""

HEADERS_VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS"
"""Headers for the collector, `name=value` with commas between them, as OpenTelemetry defines it: credentials."""

SECONDS = 30
"""Patience with a collector."""

_LARGEST_ANSWER = 1 << 20


def traces_url(url: str) -> str:
    """Where to post; raise `ExportError` for what is not the URL of a collector."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ExportError(f"{url!r} is not the URL of a collector; write for example http://localhost:4318")
    return url if parts.path.strip("/") else parts._replace(path=TRACES_PATH).geturl()


def post(url: str, document: bytes) -> None:
    """Send one document; raise `ExportError` unless the collector takes all of it.

    It is JSON; a receiver that takes none, as Phoenix, gets the same in binary.
    """
    target = traces_url(url)
    shown = urlsplit(target).hostname
    try:
        try:
            rejected = _rejected(_answer(target, document, "application/json"))
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
                raise
            rejected = rejected_spans(_answer(target, binary_of(document), "application/x-protobuf"))
    except urllib.error.HTTPError as error:
        raise ExportError(f"the collector at {shown} refused the spans: {error.code} {error.reason}") from error
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise ExportError(f"the collector at {shown} cannot be reached: {reason}") from error
    if rejected:
        raise ExportError(f"the collector at {shown} rejected {rejected} spans")


def _answer(target: str, document: bytes, kind: str) -> bytes:
    headers = {"Content-Type": kind, **_headers(os.environ.get(HEADERS_VARIABLE, ""))}
    request = urllib.request.Request(target, document, headers)  # noqa: S310 - the scheme was checked
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - the scheme was checked
        body: bytes = answer.read(_LARGEST_ANSWER)
        return body


def _headers(given: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in given.split(",") if "=" in pair)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}


def _rejected(body: bytes) -> int:
    """How many spans the collector says it did not take."""
    try:
        return int(json.loads(body).get("partialSuccess", {}).get("rejectedSpans", 0))
    except (ValueError, AttributeError, TypeError):
        return 0
