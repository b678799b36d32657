"""Names that stand twice in one JSON object of an event line (bundle format §3): readers keep the last one only."""

from __future__ import annotations

import json
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


def repeated_names(data: bytes) -> list[str]:
    """The repeated names in `data`, sorted; none for a line that is not JSON."""
    try:
        # A repeated name is lost by decoding. Recorders write compact lines, so a line that survives is whole.
        if len(_encoder.encode(_decoder.decode(data))) == len(data.strip()):
            return []
        found: set[str] = set()
        json.loads(data, object_pairs_hook=lambda pairs: _note_repeats(pairs, found))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return []
    return sorted(found)


def _note_repeats(pairs: list[tuple[str, Any]], found: set[str]) -> None:
    names = [name for name, _ in pairs]
    found.update(name for name in names if names.count(name) > 1)
