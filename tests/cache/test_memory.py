"""A reading is used only if it is whole and everything it depends on is as it was; otherwise the log is read."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.cache.test_reading import plain, read
from tests.conftest import DEMO_BUNDLES
from tui.bundle.open import open_bundle
from tui.cache.folder import ReadingFolder
from tui.cache.likeness import program_version
from tui.cache.memory import KeptReading, ReadingMemory, pieces_of


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "recording"
    shutil.copytree(DEMO_BUNDLES / "agents", path)
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def keep(bundle: Path, cache: Path) -> Path:
    """Write the reading of a bundle down; return its file."""
    opened = open_bundle(bundle)
    writer = ReadingMemory(cache).begin(opened)
    assert writer is not None
    writer.add([piece for piece in pieces_of(read(bundle).shown) if piece is not None])
    writer.finish(opened)
    (file,) = (cache / "readings").iterdir()
    return file


def found(bundle: Path, cache: Path) -> KeptReading | None:
    return ReadingMemory(cache).find(open_bundle(bundle))


def test_what_was_kept_is_found(bundle: Path, cache: Path) -> None:
    keep(bundle, cache)
    kept = found(bundle, cache)
    assert kept is not None
    done = list(kept.steps())
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert plain(kept.reading().reducer.trace) == plain(read(bundle).trace)
    assert kept.log_bytes == (bundle / "trace.jsonl").stat().st_size
    assert kept.is_of(open_bundle(bundle))


def test_file_damaged_anywhere_is_not_used(bundle: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.cache.likeness.program_version", lambda: "this one")  # which looks at each module's file
    file = keep(bundle, cache)
    whole = file.read_bytes()
    # All of the heads of file and chunks, and places in the packed bytes that one checksum covers.
    for place in (*range(500), *range(500, len(whole), 211), *range(len(whole) - 50, len(whole))):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        assert found(bundle, cache) is None, place
    for length in (*range(0, 500, 7), *range(500, len(whole), 1_999), len(whole) - 1):
        file.write_bytes(whole[:length])
        assert found(bundle, cache) is None, length
    file.write_bytes(whole + b"\0")
    assert found(bundle, cache) is None
    file.write_bytes(whole)
    assert found(bundle, cache) is not None


def grow(bundle: Path) -> None:
    with (bundle / "trace.jsonl").open("ab") as log:
        log.write(b"\n")


def touch(name: str) -> Callable[[Path], None]:
    return lambda bundle: os.utime(bundle / name, ns=(1, 1))


def replace_log(bundle: Path) -> None:
    """The same bytes, size and time in another file."""
    log = bundle / "trace.jsonl"
    before = log.stat()
    shutil.copyfile(log, bundle / "copy")
    (bundle / "copy").replace(log)
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns))


def rewrite_end(bundle: Path) -> None:
    """Another last byte, at the same time, in the same file."""
    log = bundle / "trace.jsonl"
    before = log.stat()
    with log.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b" ")
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [grow, touch("trace.jsonl"), touch("manifest.json"), touch("payloads"), replace_log, rewrite_end],
    ids=["grown", "log touched", "manifest touched", "payloads touched", "log replaced", "end rewritten"],
)
def test_changed_bundle_is_read_again(change: Callable[[Path], None], bundle: Path, cache: Path) -> None:
    keep(bundle, cache)
    change(bundle)
    assert found(bundle, cache) is None


def test_shard_that_changed_means_reading_again(bundle: Path, cache: Path) -> None:
    keep(bundle, cache)
    shard = next(iter(sorted((bundle / "payloads").glob("*.zst"))))
    os.utime(shard, ns=(1, 1))
    assert found(bundle, cache) is None


def remove_shard(bundle: Path) -> None:
    next((bundle / "payloads").glob("*.zst")).unlink()


@pytest.mark.parametrize(
    "change",
    [
        grow,
        touch("manifest.json"),
        replace_log,
        remove_shard,
        lambda bundle: os.utime(next((bundle / "payloads").glob("*.zst")), ns=(1, 1)),
        lambda bundle: (bundle / "payloads" / "new.zst").touch(),
        lambda bundle: (bundle / "manifest.json").unlink(),
    ],
    ids=["grown", "manifest touched", "log replaced", "shard gone", "shard touched", "shard came", "manifest gone"],
)
def test_change_while_open_is_noticed(change: Callable[[Path], object], bundle: Path, cache: Path) -> None:
    keep(bundle, cache)
    kept, opened = found(bundle, cache), open_bundle(bundle)
    assert kept is not None
    change(bundle)
    assert not kept.is_of(opened)


def test_another_program_reads_again(bundle: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(bundle, cache)
    monkeypatch.setattr("tui.cache.likeness.__version__", "0.0.1")
    assert found(bundle, cache) is None


def test_changed_source_is_another_program(tmp_path: Path) -> None:
    (tmp_path / "reducer").mkdir()
    (tmp_path / "reducer" / "tool.py").write_text("")
    before = program_version(tmp_path)
    (tmp_path / "reducer" / "tool.py").write_text("x = 1")
    assert program_version(tmp_path) != before


def test_bundle_elsewhere_does_not_get_this_reading(bundle: Path, cache: Path) -> None:
    file = keep(bundle, cache)
    other = bundle.with_name("other")
    shutil.copytree(bundle, other)
    shutil.copyfile(file, ReadingFolder(cache).path_of(os.path.realpath(other)))
    assert found(other, cache) is None


def test_changed_while_it_was_written_is_not_kept(bundle: Path, cache: Path) -> None:
    opened = open_bundle(bundle)
    writer = ReadingMemory(cache).begin(opened)
    assert writer is not None
    writer.add([piece for piece in pieces_of(read(bundle).shown) if piece is not None])
    grow(bundle)
    writer.finish(opened)
    assert list((cache / "readings").iterdir()) == []


def test_damaged_bundle_is_never_kept(bundle: Path, cache: Path) -> None:
    (bundle / "manifest.json").unlink()
    assert ReadingMemory(cache).begin(open_bundle(bundle)) is None


def test_folder_is_private(bundle: Path, cache: Path) -> None:
    file = keep(bundle, cache)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (cache, file.parent, file)]
    assert modes == [0o700, 0o700, 0o600]


def test_cache_inside_a_bundle_is_refused(bundle: Path) -> None:
    with pytest.raises(OSError, match="inside the bundle"):
        ReadingMemory(bundle / "cache").begin(open_bundle(bundle))


def test_folder_stays_within_its_bound(cache: Path) -> None:
    folder = ReadingFolder(cache, most_bytes=10_000)
    for number in range(200):
        file, part = folder.begin()
        file.write(bytes(1_000))
        file.close()
        os.utime(part, ns=(number * 10**9, number * 10**9))
        folder.keep(part, f"/recordings/{number}")
        assert sum(path.stat().st_size for path in (cache / "readings").iterdir()) <= 10_000
    kept = {folder.path_of(f"/recordings/{number}") for number in range(190, 200)}
    assert set((cache / "readings").iterdir()) == kept


def test_clear_removes_what_is_ours_alone(cache: Path) -> None:
    folder = ReadingFolder(cache)
    for number in range(3):
        file, part = folder.begin()
        file.write(bytes(100))
        file.close()
        folder.keep(part, str(number))
    (cache / "readings" / "notes.txt").write_text("mine")
    assert folder.clear() == (3, 300)
    assert [path.name for path in (cache / "readings").iterdir()] == ["notes.txt"]
    assert ReadingFolder(cache / "nowhere").clear() == (0, 0)


def test_file_of_another_sort_is_not_used(bundle: Path, cache: Path) -> None:
    file = keep(bundle, cache)
    for data in (b"", b"rtrace-reading 1", os.urandom(5_000), msgspec.msgpack.encode({"a": 1})):
        file.write_bytes(data)
        assert found(bundle, cache) is None
