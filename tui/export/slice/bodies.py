"""Bodies of payloads as a slice holds them: masked, and in the same parts."""

from __future__ import annotations

import msgspec

from tui.export.slice.masking import Masker
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.source.source import Payloads

_PART = '"\\u0001part\\u0001"'
"""Stands in a body for each of its parts while the body is masked."""

_MASKED_PART = msgspec.json.encode(msgspec.json.decode(_PART))


class SliceBodies:
    """Bodies of a recording as the slice holds them."""

    def __init__(self, payloads: Payloads, masker: Masker) -> None:
        self._payloads = payloads
        self._masker = masker

    def whole(self, ref: RawPayloadRef) -> bytes | PayloadFault:
        """The body with its parts in place."""
        body = self._payloads.read_once(ref)
        if isinstance(body, PayloadFault):
            return body
        masked = self._masker.body(body)
        return PayloadFault("invalid", f"{ref.label}: is not JSON") if masked is None else masked

    def own(self, ref: RawPayloadRef) -> bytes | PayloadFault:
        """The body as a recorder keeps it: the fragments between its parts, where it has some."""
        if not len(ref.parts):
            return self.whole(ref)
        joined = self._payloads.read_joined(ref, _PART)
        if isinstance(joined, PayloadFault):
            return joined
        masked = self._masker.joined(joined, _PART)
        fragments = None if masked is None else masked.split(_MASKED_PART)
        if fragments is None or len(fragments) != len(ref.parts) + 1:
            return PayloadFault("invalid", f"{ref.label}: its parts cannot be kept apart")
        return msgspec.json.encode([fragment.decode() for fragment in fragments])
