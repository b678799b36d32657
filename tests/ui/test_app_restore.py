"""Whoever opens a recording again is where they were: and nobody is anywhere they never were."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.bundles import append_to_log
from tests.ui.driving import DEMO_BUNDLES, Driver
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.ui import remembered as remembered_module
from tui.ui.app import TraceApp
from tui.ui.live.recall import Recall
from tui.ui.remembered import PlaceMemory, state_path
from tui.viewmodel.frame.remembered import Identity, Remembered, SavedPlace
from tui.viewmodel.timeline.runs import members


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    shutil.copytree(DEMO_BUNDLES / "agents", tmp_path / "bundle")
    return tmp_path / "bundle"


@pytest.fixture
def memory(tmp_path: Path) -> PlaceMemory:
    return PlaceMemory(tmp_path / "state/rtrace-tui")


@asynccontextmanager
async def opened(bundle: Path, memory: PlaceMemory, *, follow: bool = False, at: str = "") -> AsyncIterator[Driver]:
    """The app on a bundle with a memory, loaded to its end; it quits in order at the end."""
    app = TraceApp(TraceStore(open_bundle(bundle)), follow=follow, memory=PlaceMemory(memory.folder), at=at)
    async with app.run_test(size=(120, 40)) as pilot:
        driver = Driver(app, pilot)
        await driver.until(lambda: app.store.state != "loading" and app.main.is_current_with_store, "the recording")
        await driver.at_rest()
        yield driver
        app.exit(0)


def files(memory: PlaceMemory) -> list[Path]:
    return sorted(memory.folder.glob("*")) if memory.folder.exists() else []


async def test_row_scroll_folding_and_pane_are_as_they_were(bundle: Path, memory: PlaceMemory) -> None:
    async with opened(bundle, memory) as driver:
        await driver.press("1 0 j h h 2 0 j tab")
        timeline = driver.main.timeline
        left = (timeline.model.focused, timeline.model.folding(), timeline.top, driver.main.pane)
        assert left[1].folded
    async with opened(bundle, memory) as driver:
        timeline = driver.main.timeline
        assert (timeline.model.focused, timeline.model.folding(), timeline.top, driver.main.pane) == left


async def test_opened_runs_and_agents_without_rows_are_back(tmp_path: Path, memory: PlaceMemory) -> None:
    bundle = tmp_path / "run"
    shutil.copytree(DEMO_BUNDLES / "agents-schema1", bundle)
    async with opened(bundle, memory) as driver:
        model = driver.main.timeline.model
        run = next(iter(model.tree.runs.nodes.values()))
        await driver.press("z M")
        assert {row.node.kind for row in model.rows(0, 99)} == {"thread"}
        model.reveal(members(run)[1].ref)
        await driver.press("g g")
        left = model.folding()
        assert left.opened == {run.ref}
        assert left.bare
    async with opened(bundle, memory) as driver:
        assert driver.main.timeline.model.folding() == left


async def test_marks_and_filter_are_back_but_no_zoom(bundle: Path, memory: PlaceMemory) -> None:
    async with opened(bundle, memory) as driver:
        await driver.press("5 j m x")
        marked = driver.main.timeline.model.focused
        await driver.press("g g f")
        await driver.type("alpha")
        await driver.press("enter z")
        await driver.until(lambda: "zoom" in driver.main.modes, "the zoom")
        rows = driver.main.timeline.row_count()
    async with opened(bundle, memory) as driver:
        assert driver.main.timeline.filter_text == "alpha"
        assert driver.main.timeline.row_count() == rows
        assert "zoom" not in driver.main.modes
        await driver.press("escape ' x")
        assert driver.main.timeline.filter_text == ""
        assert driver.main.timeline.model.focused == marked


async def test_an_item_of_the_conversation_is_come_back_to(bundle: Path, memory: PlaceMemory) -> None:
    async with opened(bundle, memory) as driver:
        await driver.press("4 j")
        await driver.at_rest()
        await driver.press("tab g g J J")
        item = driver.main.focused_node
        assert item is not None
        assert item.kind == "item"
    async with opened(bundle, memory) as driver:
        assert (driver.main.pane, driver.main.focused_node) == ("conversation", item)


async def test_who_did_nothing_leaves_nothing_behind(bundle: Path, memory: PlaceMemory) -> None:
    async with opened(bundle, memory):
        pass
    assert files(memory) == []


async def test_what_has_not_changed_is_not_written_again(bundle: Path, memory: PlaceMemory) -> None:
    async with opened(bundle, memory) as driver:
        await driver.press("j")
    (file,) = files(memory)
    os.utime(file, (1, 1))
    async with opened(bundle, memory) as driver:
        await driver.press("j k")
    assert file.stat().st_mtime == 1
    async with opened(bundle, memory) as driver:
        await driver.press("j")
    assert file.stat().st_mtime > 1


async def test_a_place_is_written_soon_after_a_key(
    bundle: Path, memory: PlaceMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.ui.place_keeper.SAVE_SECONDS", 0.05)
    async with opened(bundle, memory) as driver:
        await driver.press("j")
        await driver.until(lambda: files(memory), "the file")


async def test_leaving_before_the_place_was_there_keeps_it(
    bundle: Path, memory: PlaceMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(bundle, memory) as driver:
        await driver.press("5 j")
    (file,) = files(memory)
    before = file.read_bytes()
    monkeypatch.setattr(Recall, "take_up", lambda _recall: None)  # as while a long recording is still read
    async with opened(bundle, memory) as driver:
        await driver.press("q")
    assert file.read_bytes() == before


async def test_a_different_recording_at_the_same_path_begins_at_its_start(bundle: Path, memory: PlaceMemory) -> None:
    async with opened(bundle, memory) as driver:
        await driver.press("G")
    shutil.rmtree(bundle)
    shutil.copytree(DEMO_BUNDLES / "shell", bundle)
    async with opened(bundle, memory) as driver:
        assert driver.main.timeline.cursor == 0


async def test_the_same_recording_elsewhere_begins_at_its_start(bundle: Path, memory: PlaceMemory) -> None:
    async with opened(bundle, memory) as driver:
        await driver.press("G")
    shutil.copytree(bundle, bundle.parent / "copy")
    async with opened(bundle.parent / "copy", memory) as driver:
        assert driver.main.timeline.cursor == 0


def test_copies_of_a_recording_are_remembered_beside_each_other(memory: PlaceMemory) -> None:
    copies = [Identity("trace", "rollout", path) for path in ("/one", "/two")]
    for identity in copies:
        memory.save(place(identity))
    assert [memory.load(identity) for identity in copies] == [(place(identity), "") for identity in copies]


async def test_who_followed_follows_again_and_who_did_not_does_not(bundle: Path, memory: PlaceMemory) -> None:
    log = bundle / "trace.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:100]))
    async with opened(bundle, memory, follow=True) as driver:
        await driver.press("F")
        assert driver.main.timeline.is_following
    append_to_log(bundle, b"".join(lines[100:150]))
    with log.open("ab"):  # somebody still records
        async with opened(bundle, memory, follow=True) as driver:
            assert driver.main.timeline.is_following
            await driver.press("k")
            row = driver.main.timeline.model.focused
        async with opened(bundle, memory, follow=True) as driver:
            assert not driver.main.timeline.is_following
            assert driver.main.timeline.model.focused == row


async def test_a_row_that_is_not_there_any_more_is_given_up_quietly(bundle: Path, memory: PlaceMemory) -> None:
    async with opened(bundle, memory) as driver:
        await driver.press("G")
    log = bundle / "trace.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:60]))
    async with opened(bundle, memory) as driver:
        assert driver.main.timeline.row_count() > 1
        assert "not restored" not in driver.footer


def saved(bundle: Path) -> Identity:
    manifest = open_bundle(bundle).manifest
    return Identity(manifest.trace_id, manifest.rollout_id, os.path.realpath(bundle))


def place(identity: Identity) -> Remembered:
    return Remembered(1, identity.trace_id, identity.rollout_id, identity.path, SavedPlace())


BROKEN = {
    "garbage": b"\x00\xff garbage",
    "empty": b"",
    "cut": b'{"format":1,"trace_id":"',
    "not an object": b"[1, 2]",
    "deep": b"[" * 100_000,
    "another kind of node": b'{"format":1,"trace_id":"t","rollout_id":"r","path":"p","place":{"row":["gnome","1"]}}',
    "of another recording": b'{"format":1,"trace_id":"t","rollout_id":"r","path":"p","place":{}}',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_file_is_left_aside_and_said(content: bytes, bundle: Path, memory: PlaceMemory) -> None:
    memory.save(place(saved(bundle)))
    (file,) = files(memory)
    file.write_bytes(content)
    async with opened(bundle, memory) as driver:
        assert driver.main.timeline.cursor == 0
        await driver.until(lambda: "the place you left is not restored" in driver.footer, "what was wrong")
        await driver.press("j")
        driver.app.places.save()
        assert memory.load(saved(bundle))[0] is not None


def test_a_newer_format_is_not_taken_for_this_one(tmp_path: Path, memory: PlaceMemory) -> None:
    identity = Identity("t", "r", "/p")
    memory.save(Remembered(2, "t", "r", "/p", SavedPlace()))
    found, problem = PlaceMemory(memory.folder).load(identity)
    assert found is None
    assert "not restored" in problem


def odd_link(file: Path) -> None:
    file.rename(file.with_suffix(".elsewhere"))
    file.symlink_to(file.with_suffix(".elsewhere"))


def odd_fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def odd_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("make", [odd_link, odd_fifo, odd_directory])
def test_what_is_no_file_of_ones_own_is_not_read(make, memory: PlaceMemory) -> None:
    identity = Identity("t", "r", "/p")
    memory.save(place(identity))
    make(files(memory)[0])
    found, problem = PlaceMemory(memory.folder).load(identity)
    assert found is None
    assert "not restored" in problem


def test_files_are_private_and_replaced_whole(memory: PlaceMemory) -> None:
    assert memory.save(place(Identity("t", "r", "/p"))) == ""
    (file,) = files(memory)
    assert stat.S_IMODE(memory.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.stat().st_ino
    memory.save(Remembered(1, "t", "r", "/p", SavedPlace(screen_line=3)))
    assert files(memory) == [file]
    assert file.stat().st_ino != before


def test_a_folder_that_others_may_look_into_is_closed(memory: PlaceMemory) -> None:
    memory.folder.mkdir(parents=True, mode=0o755)
    memory.save(place(Identity("t", "r", "/p")))
    assert stat.S_IMODE(memory.folder.stat().st_mode) == 0o700


def test_only_so_many_files_are_kept(memory: PlaceMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered_module, "MOST_FILES", 3)
    for number in range(6):
        memory.save(place(Identity(str(number), "r", "/p")))
        newest = max(files(memory), key=lambda file: file.stat().st_mtime_ns)
        os.utime(newest, ns=(number * 10**9, number * 10**9)) if number < 5 else None
    assert len(files(memory)) == 3
    assert PlaceMemory(memory.folder).load(Identity("5", "r", "/p"))[0] is not None
    assert PlaceMemory(memory.folder).load(Identity("0", "r", "/p"))[0] is None


def test_files_that_are_not_ours_are_never_forgotten(memory: PlaceMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered_module, "MOST_FILES", 1)
    memory.folder.mkdir(parents=True)
    (memory.folder / "1.json").write_text("{}")
    for number in range(3):
        memory.save(place(Identity(str(number), "r", "/p")))
    assert (memory.folder / "1.json").exists()
    assert len(files(memory)) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a link that is another user's")
def test_a_link_of_another_user_is_not_followed(memory: PlaceMemory, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir(mode=0o755)
    memory.folder.parent.mkdir(parents=True)
    memory.folder.symlink_to(target)
    assert memory.save(place(Identity("1", "r", "/p"))) == ""  # one's own may lead where it will
    os.chown(memory.folder, 65534, 65534, follow_symlinks=False)
    target.chmod(0o755)
    assert "another user's" in memory.save(place(Identity("2", "r", "/p")))
    assert stat.S_IMODE(target.stat().st_mode) == 0o755
    assert len(list(target.iterdir())) == 1


async def test_a_folder_that_cannot_be_made_costs_one_line(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    async with opened(bundle, PlaceMemory(tmp_path / "state/rtrace-tui")) as driver:
        await driver.press("j")
        driver.app.places.save()
        assert "your place cannot be remembered: " in driver.footer
        await driver.press("j")
        driver.app.places.save()
        assert "remembered" not in driver.footer


async def test_the_bundle_itself_is_never_written(bundle: Path, memory: PlaceMemory) -> None:
    def everything() -> dict[str, tuple[int, int]]:
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in [bundle, *bundle.rglob("*")]}

    before = everything()
    async with opened(bundle, memory) as driver:
        await driver.press("j m a z M")
    assert everything() == before


@pytest.mark.parametrize("home", [None, "", ".", "sub", "/", "/nonexistent"])
def test_a_home_that_is_none_is_that_of_the_account(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    environment = {} if home is None else {"HOME": home}
    monkeypatch.setattr("tui.bundle.disk.folders.account_home", lambda: "/home/her")
    assert state_path(environment) == Path("/home/her/.local/state/rtrace-tui")
    monkeypatch.setattr("tui.bundle.disk.folders.account_home", lambda: "/")
    assert state_path(environment) is None


@pytest.mark.parametrize("inside", ["state", "payloads/state", "."])
async def test_a_folder_inside_a_bundle_is_not_written_to(bundle: Path, inside: str) -> None:
    before = sorted(bundle.rglob("*"))
    async with opened(bundle, PlaceMemory(bundle / inside / "rtrace-tui")) as driver:
        await driver.press("j")
        driver.app.places.save()
        assert "is inside the bundle" in driver.footer
    assert sorted(bundle.rglob("*")) == before


def test_a_file_in_place_of_the_folder_keeps_its_permissions(memory: PlaceMemory) -> None:
    memory.folder.parent.mkdir(parents=True)
    memory.folder.write_text("notes")
    memory.folder.chmod(0o644)
    assert "it is a file, not a folder" in memory.save(place(Identity("t", "r", "/p")))
    assert stat.S_IMODE(memory.folder.stat().st_mode) == 0o644


def test_a_linked_folder_keeps_its_permissions(memory: PlaceMemory, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir(mode=0o755)
    target.chmod(0o755)
    memory.folder.parent.mkdir(parents=True)
    memory.folder.symlink_to(target)
    assert memory.save(place(Identity("t", "r", "/p"))) == ""
    assert stat.S_IMODE(target.stat().st_mode) == 0o755


def test_the_folder_follows_the_environment(tmp_path: Path) -> None:
    assert state_path({"XDG_STATE_HOME": str(tmp_path), "HOME": "/h"}) == tmp_path / "rtrace-tui"
    assert state_path({"XDG_STATE_HOME": "relative", "HOME": "/h"}) == Path("/h/.local/state/rtrace-tui")
    assert state_path({"HOME": "/h"}) == Path("/h/.local/state/rtrace-tui")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("j k", ""),
        ("5 j", "back where you were; gg goes to the start"),
        ("5 j tab", "back where you were, in the conversation; gg goes to its start"),
    ],
)
async def test_place_come_back_to_is_said_once(bundle: Path, memory: PlaceMemory, keys: str, said: str) -> None:
    async with opened(bundle, memory) as driver:
        await driver.press(keys)
        await driver.at_rest()
    async with opened(bundle, memory) as driver:
        assert said in driver.footer
        assert ("back where you were" in driver.footer) is bool(said)
        await driver.press("j")
        assert "back where you were" not in driver.footer
    async with opened(bundle, memory, at="/root#1") as driver:
        assert "back where you were" not in driver.footer
