"""Decompresses a growing zstd file piece by piece, whatever it holds and however large that becomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the library is loaded with the first frame: most older recordings hold none
    from tui.bundle.disk.zstd import ZstdDecompressor

PIECE_BYTES = 256 << 10
"""Most bytes that are decompressed at a time, however well they were compressed."""

WINDOW_LOG = 23
"""Frames with a window above 8 MiB are refused, as by the format's reference (schema 3 notes §2.3)."""

MOST_FRAMES = 8_192
"""Frames that one file may have. A recorder writes one; each costs some 100 µs to begin."""


class StreamDamageError(Exception):
    """What follows cannot be decompressed; the message says why, in one line without the file's name."""


class ZstdStream:
    """The bytes that a zstd file holds, given out as the file's own bytes are fed in.

    Frames follow each other, skippable and empty ones too: together they are one stream. An open frame is normal; all
    that was flushed into it comes out at once.
    """

    unusual = ""

    def __init__(self) -> None:
        self._decompressor: ZstdDecompressor | None = None
        self._frames = 0

    @property
    def is_open(self) -> bool:
        """Whether a frame has begun that has not ended yet. Not known while a `feed` is under way."""
        return self._decompressor is not None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give what the next bytes of the file decompress to, in pieces. Take all of them before feeding again.

        Raises `StreamDamageError`; nothing can be fed after that. What the failing bytes would have given before their
        damage is lost, so a caller who wants it feeds them one by one.
        """
        while data or self._decompressor is not None:
            if self._decompressor is None:
                self._decompressor = self._new_frame()
            piece = self._decompress(self._decompressor, data)
            if piece:
                yield piece
            if self._decompressor.eof:
                data = self._decompressor.unused_data
                self._decompressor = None
            elif self._decompressor.needs_input:
                return
            else:
                data = b""

    def _new_frame(self) -> ZstdDecompressor:
        if self._frames >= MOST_FRAMES:
            raise StreamDamageError(f"has more than {MOST_FRAMES:,} zstd frames; no more are read")
        self._frames += 1
        from tui.bundle.disk.zstd import DecompressionParameter, ZstdDecompressor

        return ZstdDecompressor(options={DecompressionParameter.window_log_max: WINDOW_LOG})

    def _decompress(self, decompressor: ZstdDecompressor, data: bytes) -> bytes:
        from tui.bundle.disk.zstd import ZstdError

        try:
            return decompressor.decompress(data, PIECE_BYTES)
        except ZstdError as error:
            raise StreamDamageError(self._reason(str(error))) from error

    def _reason(self, text: str) -> str:
        """The library's message in the words of this program."""
        if "frame descriptor" in text:
            return "is not zstd" if self._frames == 1 else "has bytes behind its last zstd frame that are not zstd"
        if "checksum" in text:
            return "does not match its checksum"
        if "memory" in text:
            return f"needs a window above {1 << WINDOW_LOG >> 20} MiB to be decompressed"
        if "ictionary" in text:
            return "was compressed with a dictionary"
        return "is damaged"
