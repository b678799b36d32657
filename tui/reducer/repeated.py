"""What the reducer keeps of a request to recognise its beginning in the next one."""

from __future__ import annotations

from typing import Any

import msgspec


class RepeatedHistory(msgspec.Struct, frozen=True, gc=False):
    """The start of a thread's latest full request, to recognise it in the next one without reading it again.

    `length` bytes of the raw `input` array hold `count` items, `positions` array elements; `hasher` has taken them in.
    """

    length: int
    hasher: Any
    count: int
    positions: int
