"""Notes on disk: for the recording with these ids, private to the user, and never written over when not understood."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tui.bundle.disk.notes import NoteBook, NotesError


def test_notes_come_back_in_order(tmp_path: Path) -> None:
    book = NoteBook(tmp_path / "state")
    assert book.load("trace", "rollout") == {}
    book.save("trace", "rollout", {"tool_call:b": "odd", "thread:a": "why?\nlater"})
    assert list(NoteBook(tmp_path / "state").load("trace", "rollout").items()) == [
        ("tool_call:b", "odd"),
        ("thread:a", "why?\nlater"),
    ]
    assert book.load("trace", "another") == {}


def test_file_of_notes_is_private_and_goes_with_the_last(tmp_path: Path) -> None:
    book = NoteBook(tmp_path / "state")
    book.save("trace", "rollout", {"thread:a": "x"})
    (file,) = book.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(book.folder.stat().st_mode) == 0o700
    book.save("trace", "rollout", {})
    assert list(book.folder.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"format":2,"trace_id":"trace","rollout_id":"rollout"}',
        b'{"format":1,"trace_id":"x","rollout_id":"rollout"}',
    ],
)
def test_file_that_is_not_ours_is_an_error(tmp_path: Path, content: bytes) -> None:
    book = NoteBook(tmp_path)
    book.save("trace", "rollout", {"thread:a": "x"})
    (file,) = book.folder.iterdir()
    file.write_bytes(content)
    with pytest.raises(NotesError, match="cannot be read"):
        book.load("trace", "rollout")


def test_notes_are_never_written_into_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "trace.jsonl").touch()
    with pytest.raises(NotesError, match="inside the bundle"):
        NoteBook(tmp_path / "state").save("trace", "rollout", {"thread:a": "x"})
