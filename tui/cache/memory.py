"""`ReadingMemory`: looks for the reading of a bundle, and writes one down. Whatever goes wrong, the log is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from tui.analysis.as_of.chronicle import Chronicle
from tui.cache.chunks import ChunkError, ChunkWriter, packed_chunks, pieces_in
from tui.cache.folder import LARGEST_BYTES, ReadingFolder
from tui.cache.likeness import Likeness, has_same_files, likeness_of
from tui.cache.reading import UNFIT, ReadingReader, pieces_of
from tui.readings.growing import GrowingReading
from tui.source.source import Source

CHUNK_BYTES: Final = 1 << 20
"""How much is packed together: a few milliseconds of work."""

_decoder: Final = msgspec.msgpack.Decoder(Likeness)


class KeptReading:
    """A reading that was found and is whole: its chunks, and how the bundle was."""

    def __init__(self, likeness: Likeness, chunks: list[bytes]) -> None:
        self.likeness = likeness
        self._chunks = chunks
        self._reader = ReadingReader()
        self._taking = self._take()

    @property
    def log_bytes(self) -> int:
        """Bytes of the log."""
        stamp = self.likeness.files["log"]
        return 0 if stamp is None else stamp[1]

    def steps(self) -> Iterator[float]:
        """Make the reading in steps of a few milliseconds; yield the part that is done. Raises one of `UNFIT`."""
        while not self._reader.is_complete:
            taken = next(self._taking, None)
            if taken is None:
                return
            yield taken

    def reading(self) -> GrowingReading:
        """The reading, after the last step. Raises one of `UNFIT`."""
        return self._reader.reading(self._notes())

    def _notes(self) -> Iterator[Chronicle | None]:
        """What is noted of each line, given by the last step; None if it was not written down, or does not fit."""
        try:
            for _ in self._reader.share_texts():  # first: what comes next takes the room that this gives back
                yield None
            for _ in self._taking:
                yield None
            yield self._reader.chronicle()
        except UNFIT:
            yield None

    def _take(self) -> Iterator[float]:
        for number, chunk in enumerate(self._chunks, 1):
            for piece in pieces_in(chunk):
                for _ in self._reader.take(piece):
                    yield number / len(self._chunks)
        self._chunks.clear()

    def is_of(self, source: Source) -> bool:
        """Whether the files of the bundle are still as they were."""
        return has_same_files(source, self.likeness)


class ReadingWriter:
    """Writes a reading down, piece by piece. `OSError` or `ChunkError` say that it cannot be kept."""

    def __init__(self, folder: ReadingFolder, likeness: Likeness) -> None:
        self._folder = folder
        self._likeness = likeness
        self._file, self._part = folder.begin()
        self._chunks = ChunkWriter(self._file)
        self._pieces: list[bytes] = []
        self._held = 0
        self._chunks.add([msgspec.msgpack.encode(likeness)])

    def add(self, pieces: list[bytes]) -> None:
        """Take the next pieces. Blocks while they are packed: to be called in a thread."""
        for piece in pieces:
            self._pieces.append(piece)
            self._held += len(piece)
            if self._held >= CHUNK_BYTES:
                self._flush()

    def finish(self, source: Source) -> None:
        """All pieces have come: keep the file if the bundle is still the one that was read."""
        self._flush()
        self._chunks.finish()
        self._file.close()
        if likeness_of(source) == self._likeness:
            self._folder.keep(self._part, self._likeness.path)
        else:
            self.drop()

    def drop(self) -> None:
        """Leave nothing behind of a file that was not finished."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._pieces:
            self._chunks.add(self._pieces)
            self._pieces, self._held = [], 0
            if self._chunks.size > LARGEST_BYTES:
                raise ChunkError("too large to keep")


class ReadingMemory:
    """Finds and begins readings below one cache folder."""

    def __init__(self, cache: Path) -> None:
        self._folder = ReadingFolder(cache)

    def find(self, source: Source) -> KeptReading | None:
        """The reading of the bundle as it is now; None if there is none that fits. To be called in a thread."""
        likeness = likeness_of(source)
        if likeness is None:
            return None
        path = self._folder.path_of(likeness.path)
        try:
            chunks = packed_chunks(path, LARGEST_BYTES)
            (head,) = pieces_in(chunks.pop(0))
            kept = _decoder.decode(head)
        except (OSError, *UNFIT):
            return None
        if kept != likeness:
            return None
        self._folder.note_use(path)
        return KeptReading(likeness, chunks)

    def begin(self, source: Source) -> ReadingWriter | None:
        """Begin to write down the reading of a bundle as it is now; None if it is not one to keep. Raises `OSError`."""
        likeness = likeness_of(source)
        return None if likeness is None else ReadingWriter(self._folder, likeness)


__all__ = ["UNFIT", "KeptReading", "ReadingMemory", "ReadingWriter", "pieces_of"]
