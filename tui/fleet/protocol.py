"""What a program and its worker say to each other on the worker's standard streams: one JSON object a line."""

from __future__ import annotations

import msgspec

from tui.analysis.recording.facts import SessionFacts
from tui.schema.summary import BundleSummary


class Request(msgspec.Struct, frozen=True):
    """Read this recording. `path` is absolute, in the bytes of the file system; the summary says of which state."""

    path: bytes
    summary: BundleSummary


class Reply(msgspec.Struct, frozen=True):
    """What was read; `facts` is None and `problem` one line where it could not be."""

    path: bytes
    summary: BundleSummary
    facts: SessionFacts | None = None
    problem: str = ""


_encoder = msgspec.json.Encoder()
_request_decoder = msgspec.json.Decoder(Request)
_reply_decoder = msgspec.json.Decoder(Reply)


def line_of(message: Request | Reply) -> bytes:
    """A message as a line. Raises `UnicodeEncodeError` for half characters."""
    return _encoder.encode(message) + b"\n"


def request_of(line: bytes) -> Request:
    """The request in a line. Raises `msgspec.DecodeError`."""
    return _request_decoder.decode(line)


def reply_of(line: bytes) -> Reply:
    """The reply in a line. Raises `msgspec.DecodeError`."""
    return _reply_decoder.decode(line)
