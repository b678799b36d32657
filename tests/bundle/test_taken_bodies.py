"""Payload files that change after they were read: noticed, told, and taken back when they are as before."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.bundle.awaited import LatePayloads
from tui.bundle.payload_watch import NAMED, PayloadWatch
from tui.bundle.payloads import PayloadFault, PayloadStore
from tui.schema.payloads import PayloadKind, RawPayloadRef


def ref(number: int) -> RawPayloadRef:
    return RawPayloadRef(f"raw_payload:{number}", PayloadKind("tool_result"), f"payloads/{number}.json")


def body(number: int) -> bytes:
    return b'{"number":%d}' % number


class Watched:
    """Some payloads that were read, and the watch on them."""

    def __init__(self, path: Path, count: int) -> None:
        self.folder = path / "payloads"
        self.folder.mkdir(exist_ok=True)
        self.store = PayloadStore(path)
        self.late = LatePayloads(self.store)
        self.watch = PayloadWatch(path, self.store, self.late)
        for number in range(count):
            self.write(number, body(number))
            assert self.store.take(ref(number)) == body(number)

    def write(self, number: int, data: bytes) -> None:
        """Never with the time of the file before, however coarse the clock of the file system is."""
        path = self.folder / f"{number}.json"
        before = path.stat().st_mtime_ns if path.exists() else 0
        path.write_bytes(data)
        os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))

    @property
    def told(self) -> list[str]:
        return [str(damage) for damage in self.watch.damage]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path, 3)


DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_bytes(b'{"number":9}'), "was changed after it was read"),
    (lambda path: path.write_bytes(b""), "was changed after it was read"),
    (lambda path: path.write_bytes(b'{"number":1}  '), "was changed after it was read"),
    (lambda path: path.unlink(), "was removed after it was read"),
    (lambda path: (path.unlink(), path.mkdir()), "cannot be read any more"),
    (lambda path: (path.unlink(), path.symlink_to("/etc/hostname")), "cannot be read any more"),
]


@pytest.mark.parametrize(("damage", "words"), DAMAGES, ids=range(len(DAMAGES)))
def test_what_became_of_a_file_is_told_once(watched: Watched, damage: Callable[[Path], object], words: str) -> None:
    assert watched.watch.look() is False
    damage(watched.folder / "1.json")
    assert watched.watch.look() is True
    assert watched.told == [f"payloads/1.json: {words}; the graph keeps what was read of it"]
    assert watched.watch.look() is False


def test_a_file_that_is_as_before_again_is_no_damage_any_more(watched: Watched) -> None:
    watched.write(1, b"{}")
    watched.watch.look()
    (watched.folder / "1.json").unlink()
    watched.watch.look()
    watched.write(1, b"{}")
    watched.watch.look()
    assert "was changed" in watched.told[0]
    watched.write(1, body(1))
    assert watched.watch.look() is True
    assert watched.told == []


def test_a_file_that_was_only_touched_or_copied_is_as_before(watched: Watched) -> None:
    watched.write(1, body(1))
    (watched.folder / "2.json").rename(watched.folder / "old")
    watched.write(2, body(2))
    assert watched.watch.look() is False


def test_what_is_read_anew_for_the_graph_is_what_counts(watched: Watched) -> None:
    watched.write(1, b"{}")
    watched.watch.look()
    assert watched.store.take(ref(1)) == b"{}"
    assert watched.watch.look() is True
    assert watched.told == []


def test_reading_a_file_again_makes_it_looked_at_next(watched: Watched) -> None:
    """However many files there are: what somebody meets is not left to its turn."""
    taken = watched.store.taken
    for read in (watched.store.read, watched.store.read_once, watched.store.pages, watched.store.size):
        watched.write(1, body(1))
        taken.look(0)
        assert taken.changes() == {}
        watched.write(1, read.__name__.encode())
        read(ref(1))
        taken.look(0)
        assert taken.changes() == {"payloads/1.json": "changed"}


def test_files_are_looked_at_in_turn(tmp_path: Path) -> None:
    watched = Watched(tmp_path, 10)
    taken = watched.store.taken
    for number in range(10):
        watched.write(number, b"{}")
    counts = []
    for _ in range(4):
        taken.look(3)
        counts.append(len(taken.changes()))
    assert counts == [3, 6, 9, 10]


def test_places_that_the_graph_tells_are_only_looked_up_in_what_it_was_made_of(watched: Watched) -> None:
    assert watched.store.read_as_taken(ref(1)) == body(1)
    watched.write(1, b'{"number":8}')
    fault = watched.store.read_as_taken(ref(1))
    assert isinstance(fault, PayloadFault)
    assert (fault.code, fault.reason) == ("changed", "payloads/1.json: was changed after it was read")
    watched.write(7, b"never read into the graph")
    assert watched.store.read_as_taken(ref(7)) == b"never read into the graph"


def test_a_missing_file_is_called_gone_only_if_it_was_read(watched: Watched) -> None:
    (watched.folder / "1.json").unlink()
    gone = watched.store.read(ref(1))
    never = watched.store.read(ref(7))
    assert isinstance(gone, PayloadFault)
    assert isinstance(never, PayloadFault)
    assert (gone.code, never.code) == ("missing", "missing")
    assert gone.reason == "payloads/1.json: is no longer there; the graph keeps what was read of it"
    assert never.reason == "payloads/7.json: does not exist"


def test_a_large_file_is_not_compared_at_once_but_by_the_next_look(watched: Watched) -> None:
    watched.write(1, b'{"number":8}')
    assert watched.store.taken.judge("payloads/1.json", most=3) is None
    watched.store.taken.look(0)
    assert watched.store.taken.judge("payloads/1.json", most=3) == "changed"


def test_without_their_folder_files_are_not_named(watched: Watched) -> None:
    watched.folder.rename(watched.folder.with_name("away"))
    watched.watch.look()
    assert watched.told == []


def test_many_files_are_counted(tmp_path: Path) -> None:
    watched = Watched(tmp_path, NAMED + 5)
    for number in range(NAMED + 5):
        watched.write(number, b"")
    watched.watch.look()
    assert len(watched.told) == NAMED + 1
    assert watched.told[-1].startswith("5 more payloads: were changed or removed")


def test_what_may_still_come_is_not_called_changed(watched: Watched) -> None:
    watched.write(1, b"{")
    assert watched.store.take(ref(1)) == b"{"
    watched.late.note([ref(1)])
    watched.write(1, body(1))
    assert watched.watch.look() is False


def test_reading_again_for_a_late_payload_is_refused_while_it_would_lose_another(watched: Watched) -> None:
    assert watched.watch.may_read_again("payloads/9.json") is True
    watched.write(2, b"")
    assert watched.watch.may_read_again("payloads/9.json") is False
    assert "payloads/9.json: came late, and is not in the graph" in watched.told[1]
    assert watched.watch.look() is False, "it is said once"
    watched.write(2, body(2))
    assert watched.watch.look() is True
    assert watched.told == []
    assert watched.watch.may_read_again("payloads/9.json") is True
