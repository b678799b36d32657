"""The index of recordings: what goes in comes out, words are found, and no kill, damage or neighbour makes it wrong."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tui.analysis.recording.facts import SessionFacts
from tui.analysis.recording.session_texts import SessionText
from tui.analysis.requests.tokens import Tokens
from tui.fleet.database import IndexUnavailableError, remove_indexes
from tui.fleet.index import FleetIndex, IndexEntry, Known
from tui.model.noderef import NodeRef
from tui.schema.summary import BundleSummary

FACTS = SessionFacts(outcome="failed", why="context full", agents=2, requests=3, tokens=Tokens(input=9, requests=3))


def entry(path: str, *texts: str, newest_seq: int = 5) -> IndexEntry:
    summary = BundleSummary(path="", name="", log_bytes=10, log_modified_ns=7, newest_seq=newest_seq, title="Fix it")
    said = [SessionText("command", NodeRef("item", f"item:{number}"), text) for number, text in enumerate(texts)]
    return IndexEntry(path, Known(summary, FACTS), said)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def index(folder: Path) -> Iterator[FleetIndex]:
    opened = FleetIndex(folder)
    yield opened
    opened.close()


def found(index: FleetIndex, words: str, root: str = "/r") -> list[str]:
    return [one.path for one in index.find(words, root)]


def test_what_was_put_is_there_for_the_next_program(folder: Path, index: FleetIndex) -> None:
    index.put([entry("/r/a", "pytest -q")])
    other = FleetIndex(folder)
    assert other.get("/r/a") == entry("/r/a").known
    assert other.get("/r/b") is None
    other.close()


def test_a_new_state_takes_the_place_of_the_old_one(index: FleetIndex) -> None:
    index.put([entry("/r/a", "old words")])
    index.put([entry("/r/a", "new words", newest_seq=6)])
    known = index.get("/r/a")
    assert known is not None
    assert known.summary.newest_seq == 6
    assert (found(index, "old"), found(index, "new")) == ([], ["/r/a"])


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        ("rm -rf", ["/r/a"]),
        ("RM -RF bui", ["/r/a"]),
        ("build", ["/r/a", "/r/b"]),
        ("rm build", []),
        ("uild", []),
        ('say "build', ["/r/b"]),
        ("-- !", []),
        ("", []),
        ("été", ["/r/b"]),
    ],
)
def test_words_are_found_one_behind_the_other(words: str, paths: list[str], index: FleetIndex) -> None:
    index.put(
        [entry("/r/a", "cd src; rm -rf build"), entry("/r/b", 'say "build" now', "l'été"), entry("/other", "build")]
    )
    assert found(index, words) == paths


def test_a_found_text_names_its_object(index: FleetIndex) -> None:
    index.put([entry("/r/a", "one", "two three")])
    (one,) = index.find("three", "/r")
    assert index.text(one.numbers[0]) == SessionText("command", NodeRef("item", "item:1"), "two three")


def test_a_folder_whose_name_begins_alike_is_another(index: FleetIndex) -> None:
    index.put([entry("/r/a", "word"), entry("/r2/b", "word"), entry("/r", "word")])
    assert found(index, "word") == ["/r/a", "/r"]
    assert index.paths("/r") == {"/r/a", "/r"}


def test_what_is_gone_is_forgotten_with_its_texts(index: FleetIndex) -> None:
    index.put([entry("/r/a", "word"), entry("/r/b", "word")])
    index.forget(["/r/a"])
    assert (index.get("/r/a"), found(index, "word")) == (None, ["/r/b"])


def test_paths_of_any_bytes_and_half_characters_are_kept(index: FleetIndex) -> None:
    path = os.fsdecode(b"/r/\xff")
    index.put([entry(path, "half \ud800 character")])
    assert index.get(path) == entry(path).known
    assert found(index, "character") == [path]


# Whatever happens to the file


def index_file(folder: Path) -> Path:
    (path,) = folder.glob("*.sqlite3")
    return path


def test_only_the_user_can_read_it(folder: Path, index: FleetIndex) -> None:
    index.put([entry("/r/a")])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("damage", [b"", b"no database at all", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_index_is_made_again(damage: bytes, folder: Path) -> None:
    FleetIndex(folder).close()
    index_file(folder).write_bytes(damage)
    index = FleetIndex(folder)
    assert index.get("/r/a") is None
    assert index.put([entry("/r/a")])
    index.close()


@pytest.mark.parametrize("part", range(1, 10))
def test_damage_anywhere_never_gives_a_wrong_row(part: int, folder: Path) -> None:
    index = FleetIndex(folder)
    index.put([entry(f"/r/{number}", f"words of {number}", newest_seq=number) for number in range(200)])
    index.close()
    data = bytearray(index_file(folder).read_bytes())
    place = len(data) * part // 10
    data[place : place + 600] = b"\xa5" * len(data[place : place + 600])
    index_file(folder).write_bytes(data)
    index = FleetIndex(folder)
    for number in range(200):
        known = index.get(f"/r/{number}")
        assert known is None or known.summary.newest_seq == number
    index.find("words", "/r")
    index.close()
    again = FleetIndex(folder)
    assert again.put([entry("/r/1")]) or again.is_damaged
    again.close()


def test_an_index_of_another_version_goes(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "folders-0-0.0.1.sqlite3").write_bytes(b"old")
    FleetIndex(folder).close()
    assert not (folder / "folders-0-0.0.1.sqlite3").exists()


def test_none_is_made_inside_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(IndexUnavailableError, match="bundles are never written to"):
        FleetIndex(tmp_path / "cache")
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


WRITES_FOR_EVER = """
import itertools, sys
from pathlib import Path
from tests.fleet.test_index import entry
from tui.fleet.index import FleetIndex
index = FleetIndex(Path(sys.argv[1]))
for number in itertools.count():
    entries = [entry(f"/r/{sys.argv[2]}/{number}-{part}", *["word"] * 20, newest_seq=number) for part in range(5)]
    index.put(entries)
    print(number, flush=True)
"""


def writer(folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITES_FOR_EVER, str(folder), name],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )


def test_two_programs_killed_at_any_moment_leave_it_whole(folder: Path) -> None:
    for delay in (0.0, 0.003, 0.011):
        writers = [writer(folder, name) for name in ("a", "b")]
        written = []
        for one in writers:
            assert one.stdout is not None
            written.append(int(one.stdout.readline()))
        time.sleep(delay)
        for one in writers:
            one.send_signal(signal.SIGKILL)
            assert one.stdout is not None
            written += [int(line) for line in one.stdout.read().split()]
            one.wait()
            one.stdout.close()
        index = FleetIndex(folder)
        paths = index.paths("/r")
        assert {f"/r/{name}/0-{part}" for name in "ab" for part in range(5)} <= paths
        assert len(paths) % 5 == 0, "five were written at a time, or none of them"
        assert {len(one.numbers) for one in index.find("word", "/r")} == {20}
        assert {one.path for one in index.find("word", "/r")} == paths
        index.close()
    checked = sqlite3.connect(index_file(folder))
    assert checked.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    checked.close()


def test_clearing_removes_what_nobody_has_open(folder: Path) -> None:
    index = FleetIndex(folder)
    assert remove_indexes(folder) == (0, 0)
    index.close()
    size = sum(path.stat().st_size for path in folder.glob("*.sqlite3*"))
    assert remove_indexes(folder) == (1, size)
    assert list(folder.glob("*.sqlite3")) == []
