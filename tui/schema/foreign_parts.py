"""Reads lists of parts whose entries have other names than known recorders give them, as fast as those of known ones.

A log names the parts of each prompt again, so what is done for each of them alone takes most of the time.
"""

from __future__ import annotations

from typing import Final

import msgspec

from tui.schema.members import BAD_JSON, folded
from tui.schema.payloads import RawPayloadRef
from tui.schema.renamed import ID_FIELD

_NAMES: Final = frozenset(RawPayloadRef.__struct_fields__)
_NAME_OF: Final = {folded(name): name for name in _NAMES}
_BARE_ID: Final = "id"

_entries_decoder = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


def usually_named(raw: bytes) -> tuple[bytes, str] | None:
    """The list with the usual names of its entries, and one that it has instead; None if the first entry has them.

    A quote within a text has a backslash before it, so that a name with its quotes can only be one.
    """
    try:
        entries = _entries_decoder.decode(raw)
    except BAD_JSON:
        return None
    names = list(entries[0]) if entries else []
    renamed = {name: known for name in names if name not in _NAMES and (known := _NAME_OF.get(folded(name)))}
    if _BARE_ID in names and ID_FIELD not in (*names, *renamed.values()):
        renamed[_BARE_ID] = ID_FIELD
    for name, known in renamed.items():
        raw = raw.replace(f'"{name}":'.encode(), f'"{known}":'.encode())
    return (raw, next(iter(renamed))) if renamed else None
