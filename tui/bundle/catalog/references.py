"""The payloads that a log names, found without reducing it."""

from __future__ import annotations

from collections.abc import Iterator

from tui.bundle.files import BundleFiles
from tui.bundle.log.reader import LogReader
from tui.schema.decode import EventLine
from tui.schema.parts import PartLists
from tui.schema.payloads import NO_PARTS, PartList, RawPayloadRef
from tui.source.lines import RawLine, decode_raw_line

_NAME_OF_A_PAYLOAD = b"_payload"
"""What the name of every field that refers to a payload ends with, and the id of a payload begins with."""

_ESCAPE = b"\\u"
"""A name may be written with escapes, though no recorder does."""


class _NamedSoFar:
    """What the log has named so far."""

    def __init__(self) -> None:
        self._refs: dict[str, RawPayloadRef] = {}
        self._parts: dict[tuple[str | None, str], PartList] = {}
        """Thread and kind → the parts of the last such body, most of which the next one has, too."""

    def news(self, ref: RawPayloadRef, thread_id: str | None) -> Iterator[RawPayloadRef]:
        """A reference and its parts, as far as they are new; the work follows what is new."""
        if not self._is_news(ref):
            return
        yield ref
        stream = (thread_id, ref.kind.type)
        before = self._parts.get(stream, NO_PARTS)
        self._parts[stream] = ref.parts
        waiting = ref.parts[before.shared_prefix_length(ref.parts) :][::-1]
        while waiting:
            part = waiting.pop()
            if self._is_news(part):
                yield part
                waiting += part.parts[::-1]

    def _is_news(self, ref: RawPayloadRef) -> bool:
        known = self._refs.get(ref.raw_payload_id)
        if known is ref or known == ref:
            return False
        self._refs[ref.raw_payload_id] = ref
        return True


def referenced_payloads(bundle: BundleFiles) -> Iterator[RawPayloadRef]:
    """Every payload that the log names now, and the parts of each, in the order in which it names them first.

    The log is read while payloads are asked for. One that is named again comes again only if it is another body then.
    """
    known, parts = _NamedSoFar(), PartLists()
    for line in _lines(bundle.open_log()):
        if _NAME_OF_A_PAYLOAD not in line.data and _ESCAPE not in line.data:
            continue
        decoded = decode_raw_line(line, parts)
        if isinstance(decoded, EventLine):
            for ref in decoded.event.payload.payload_refs():
                yield from known.news(ref, decoded.event.thread_id)


def _lines(log: LogReader) -> Iterator[RawLine]:
    try:
        log.look()
        while (line := log.next_line()) is not None or log.fill():
            if line is not None:
                yield line
        while (last := log.finish()) is not None:
            yield last
    finally:
        log.close()
