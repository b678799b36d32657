"""Notes that a person wrote in the viewer: one small file for each recording, in the user's own state folder.

A note belongs to the recording with these ids, wherever the bundle lies, and to a place in it: an object, or a value in
a payload. Never to a time or a row: those differ from one view to the next. Bundles are never written to.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from tui.bundle.disk.folders import make_private, read_private, write_private

FORMAT = 1
"""Version of what is written; a file of another one is left alone."""

NOTES_FOLDER = "notes"

LONGEST_NOTE = 4_000
"""Characters of a note; more is a document of its own."""

_Place = Annotated[str, msgspec.Meta(max_length=4_000)]
_Text = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]


class NotesError(Exception):
    """Notes cannot be read or written. The message is one line: what happened, and to which file."""


class _Written(msgspec.Struct, frozen=True):
    """What a file holds: whose notes, and by the name of each place what was written there."""

    format: int
    trace_id: str
    rollout_id: str
    notes: dict[_Place, _Text] = {}


_decoder = msgspec.json.Decoder(_Written)


class NoteBook:
    """The notes of all recordings, in `folder`: that of the program in the user's state folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / NOTES_FOLDER

    def load(self, trace_id: str, rollout_id: str) -> dict[str, str]:
        """The notes of a recording by the names of their places, in the order in which they were written.

        Raises `NotesError` for a file that is not one of ours.
        """
        path = self.folder / _file_name(trace_id, rollout_id)
        try:
            data = read_private(path)
            found = None if data is None else _decoder.decode(data)
        except OSError as error:
            raise NotesError(f"the notes cannot be read: {error.strerror or error} ({path})") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise NotesError(f"the notes cannot be read: {error} ({path})") from error
        if found is None:
            return {}
        if (found.format, found.trace_id, found.rollout_id) != (FORMAT, trace_id, rollout_id):
            raise NotesError(f"the notes cannot be read: they are of another recording or a later version ({path})")
        return dict(found.notes)

    def save(self, trace_id: str, rollout_id: str, notes: Mapping[str, str]) -> None:
        """Write the notes of a recording; without any, its file goes. Raises `NotesError` if that is not possible."""
        path = self.folder / _file_name(trace_id, rollout_id)
        try:
            if not notes:
                path.unlink(missing_ok=True)
                return
            make_private(self.folder.parent)
            make_private(self.folder)
            write_private(path, msgspec.json.encode(_Written(FORMAT, trace_id, rollout_id, dict(notes))))
        except OSError as error:
            raise NotesError(f"the note cannot be kept: {error.strerror or error} ({path})") from error


def _file_name(trace_id: str, rollout_id: str) -> str:
    """A name for each recording. Should two ever share one, the ids in the file tell whose it is."""
    text = f"{trace_id}\0{rollout_id}".encode("utf-8", "backslashreplace")
    return f"{zlib.crc32(text):08x}{zlib.crc32(text[::-1]):08x}{zlib.adler32(text):08x}.json"
