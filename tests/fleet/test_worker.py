"""The process that reads recordings: what it replies, while they grow, and how it ends."""

from __future__ import annotations

import json
import os
import queue
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.bundles import append_to_log, write_bundle
from tests.conftest import DEMO_BUNDLES
from tui.bundle.catalog.summary import read_summary
from tui.fleet.client import WorkerClient
from tui.fleet.index import FleetIndex
from tui.fleet.listing import FolderListing
from tui.fleet.protocol import Reply, Request
from tui.fleet.read_session import read_session

SECONDS = 60


class Reader:
    """A worker, and what it has replied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.replies: queue.Queue[Reply | None] = queue.Queue()
        self.client = WorkerClient(folder, self.replies.put, lambda: self.replies.put(None))

    def read(self, path: Path) -> Reply:
        summary = read_summary(str(path), path.name)
        assert summary is not None
        assert self.client.ask(Request(os.fsencode(path), summary))
        reply = self.replies.get(timeout=SECONDS)
        assert reply is not None
        return reply

    def wait_for_end(self) -> None:
        process = self.client._process
        self.client.close()
        if process is not None:
            assert process.wait(timeout=SECONDS) == 0


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path / "cache")
    yield made
    made.wait_for_end()


def test_a_recording_is_read_and_kept_in_the_index(reader: Reader) -> None:
    bundle = DEMO_BUNDLES / "agents"
    assert reader.read(bundle).facts == read_session(str(bundle)).facts
    reader.wait_for_end()
    index = FleetIndex(reader.folder)
    known = index.get(str(bundle))
    assert known is not None
    assert known.facts == read_session(str(bundle)).facts
    assert [one.path for one in index.find("review the project", str(DEMO_BUNDLES))] == [str(bundle)]
    index.close()


def test_what_a_recording_gains_is_read_when_it_is_asked_for_again(reader: Reader, tmp_path: Path) -> None:
    write_bundle(tmp_path / "open", complete=False)
    before = reader.read(tmp_path / "open").facts
    last = json.loads((tmp_path / "open/trace.jsonl").read_text().splitlines()[-1])
    event = {"type": "thread_started", "thread_id": "child", "agent_path": "/root/child", "metadata_payload": None}
    append_to_log(tmp_path / "open", json.dumps({**last, "seq": last["seq"] + 1, "payload": event}).encode() + b"\n")
    after = reader.read(tmp_path / "open").facts
    assert before is not None
    assert after is not None
    assert (before.agents, after.agents) == (1, 2)


def test_what_cannot_be_read_is_said_and_stops_nothing(reader: Reader, tmp_path: Path) -> None:
    write_bundle(tmp_path / "gone")
    summary = read_summary(str(tmp_path / "gone"), "gone")
    shutil.rmtree(tmp_path / "gone")
    assert summary is not None
    reader.client.ask(Request(os.fsencode(tmp_path / "gone"), summary))
    reply = reader.replies.get(timeout=SECONDS)
    assert reply is not None
    assert (reply.facts, "there is no such directory" in reply.problem) == (None, True)
    assert reader.read(DEMO_BUNDLES / "answer").facts is not None


def test_a_worker_that_was_killed_is_followed_by_another(reader: Reader) -> None:
    reader.read(DEMO_BUNDLES / "answer")
    assert reader.client._process is not None
    reader.client._process.kill()
    assert reader.replies.get(timeout=SECONDS) is None
    assert reader.read(DEMO_BUNDLES / "answer").facts is not None


def test_modules_of_the_current_folder_are_not_loaded(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sqlite3.py").write_text("raise SystemExit('not mine')")
    monkeypatch.chdir(tmp_path)
    assert reader.read(DEMO_BUNDLES / "answer").facts is not None


# A listing asks the index, and reads the rest


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        write_bundle(tmp_path / "root" / name, complete=False)
    read: list[str] = []
    monkeypatch.setattr(
        "tui.fleet.read_session.read_session", lambda path: (read.append(Path(path).name), read_session(path))[1]
    )

    def listed() -> dict[str, int | None]:
        listing = FolderListing(str(tmp_path / "root"), tmp_path / "cache")
        listing.read(listing.unread, lambda _done: None)
        return {Path(path).name: facts.agents for path, facts in listing.facts.items()}

    assert listed() == {"a": 1, "b": 1}
    assert sorted(read) == ["a", "b"]
    read.clear()
    append_to_log(tmp_path / "root/b", b'{"torn')
    assert listed() == {"a": 1, "b": 1}
    assert read == ["b"]


def test_listing_again_glances_only_at_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        write_bundle(tmp_path / "root" / name)
    glanced: list[str] = []
    monkeypatch.setattr(
        "tui.bundle.catalog.finder.read_summary",
        lambda path, name, title="": (glanced.append(name), read_summary(path, name, title))[1],
    )

    def listed() -> list[str]:
        glanced.clear()
        FolderListing(str(tmp_path / "root"), tmp_path / "cache")
        return sorted(glanced)

    assert listed() == ["a", "b"]
    assert listed() == []
    append_to_log(tmp_path / "root/b", b'{"torn')
    assert listed() == ["b"]
    assert listed() == []


def test_glance_keeps_what_reading_found(tmp_path: Path) -> None:
    write_bundle(tmp_path / "root/a")
    listing = FolderListing(str(tmp_path / "root"), tmp_path / "cache")
    assert len(listing.unread) == 1
    listing.read(listing.unread, lambda _done: None)
    append_to_log(tmp_path / "root/a", b"\n")
    assert FolderListing(str(tmp_path / "root"), tmp_path / "cache").facts == {}
    index = FleetIndex(tmp_path / "cache")
    known = index.get(str(tmp_path / "root/a"))
    index.close()
    assert known is not None
    assert known.facts == read_session(str(tmp_path / "root/a")).facts
