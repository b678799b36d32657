"""A body as it is recorded: its own texts, and the parts that stand between them."""

from __future__ import annotations

from tui.named_tuple import NamedTuple
from tui.schema.payloads import PartList


class Fragments(NamedTuple):
    """What a body is made of: its own texts, in UTF-8, and between each two of them a part."""

    texts: tuple[bytes, ...]
    parts: PartList
