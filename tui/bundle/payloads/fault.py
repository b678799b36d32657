"""Words for bodies that are not read at once."""

from __future__ import annotations

from tui.source.fault import PayloadFault


def too_large(name: str, size: int, limit: int) -> PayloadFault:
    """A body has more bytes than are wanted or read at once."""
    return PayloadFault("too-large", f"{name}: has {size:,} bytes; no more than {limit:,} are read at once")
