"""Which payload is shown and why, in words."""

from __future__ import annotations

import msgspec

from tui.schema.payloads import RawPayloadRef
from tui.viewmodel.payload.parts import PartsSource
from tui.viewmodel.payload.source import Pages
from tui.viewmodel.text.clean import clean, format_bytes, format_offset
from tui.viewmodel.text.spans import Line, Span


class PayloadSubject(msgspec.Struct, frozen=True):
    """A payload to show. Either `pages` or `fault` (why there are none) is set.

    `line`, `seq`, `offset_ms` and `event_kind` tell the event that refers to it; times are since the start. `path`
    leads to the value that is meant; `missing` are bytes of its decoded text to look at. `parts`: what it is made of
    and what it is in, in a recording where payloads share parts.
    """

    ref: RawPayloadRef
    pages: Pages | None = None
    fault: str | None = None
    line: int | None = None
    seq: int | None = None
    offset_ms: int | None = None
    event_kind: str = ""
    path: tuple[str, ...] = ()
    missing: tuple[int, int] | None = None
    parts: PartsSource | None = None


def subject_title(subject: PayloadSubject | None, mode: str) -> Line:
    """Kind, path in the bundle, size, the event that refers to it, and the mode of the pane."""
    if subject is None:
        return (Span("no payload", "dim"),)
    spans = [Span(clean(subject.ref.kind.type), "title"), Span(f" · {clean(subject.ref.label)}", "path")]
    if subject.pages is not None:
        spans.append(Span(f" · {format_bytes(subject.pages.size)}", "number"))
    spans.append(Span(_event_text(subject), "dim"))
    spans.append(Span(f" · {mode}" if mode else "", "label"))
    return tuple(span for span in spans if span.text)


def lines_instead(subject: PayloadSubject | None) -> tuple[Line, ...]:
    """What to show where there are no bytes to see."""
    if subject is None:
        return (
            (Span("Nothing selected has a payload.", "dim"),),
            (Span("o lists what is linked with the row; some of that may have one.", "dim"),),
        )
    return (
        (Span("This payload cannot be shown.", "error"),),
        (Span(f"  {clean(subject.fault or 'it is empty')}", "warning"),),
        (Span("  The rest of the recording is not affected.", "dim"),),
    )


def _event_text(subject: PayloadSubject) -> str:
    parts = [clean(subject.event_kind)] if subject.event_kind else []
    if subject.line is not None:
        parts.append(f"line {subject.line:,}")
    if subject.seq is not None and subject.seq != subject.line:
        parts.append(f"seq {subject.seq:,}")
    if subject.offset_ms is not None:
        parts.append(format_offset(subject.offset_ms))
    return "".join(f" · {part}" for part in parts)
