"""Decoders that are made when they are first used: to make one takes as long as to load a module of this program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    late_decoder = msgspec.json.Decoder
else:

    class _LateDecoder:
        """Becomes a decoder of JSON, method by method, as each is asked for."""

        def __init__(self, kind: type) -> None:
            self._kind = kind

        def __getattr__(self, name: str) -> Any:
            found = getattr(msgspec.json.Decoder(self._kind), name)
            setattr(self, name, found)  # from now on it is found without this
            return found

    def late_decoder(kind: type) -> _LateDecoder:
        """What `msgspec.json.Decoder` makes of the same type."""
        return _LateDecoder(kind)
