"""A log that is compressed, or cut into segments, is read as one."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.bundle.recording import new_writer, record_start
from tui.bundle.disk.zstd import ZstdCompressor
from tui.bundle.log import joined as joined_log
from tui.bundle.open import Bundle, open_bundle
from tui.schema.decode import EventLine, decode_line

Pack = Callable[[bytes], bytes]


def zstd(data: bytes) -> bytes:
    return ZstdCompressor().compress(data, ZstdCompressor.FLUSH_FRAME)


@pytest.fixture
def lines(tmp_path: Path) -> list[bytes]:
    """The lines of a log of three events; the bundle is there without it."""
    with new_writer(tmp_path / "bundle") as writer:
        record_start(writer)
    log = tmp_path / "bundle" / "trace.jsonl"
    found = log.read_bytes().splitlines(keepends=True)
    log.unlink()
    return found


def write(tmp_path: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (tmp_path / "bundle" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "bundle" / name).write_bytes(data)


def seqs(bundle: Bundle) -> list[int]:
    log = bundle.open_log()
    log.look()
    while log.fill():
        pass
    found = []
    while (raw := log.next_line()) is not None:
        line = decode_line(raw.data, raw.number)
        assert isinstance(line, EventLine)
        found.append(line.event.seq)
    return found


def codes(bundle: Bundle) -> list[str]:
    return [fault.code for fault in bundle.faults]


def two_streams(data: bytes) -> bytes:
    return lzma.compress(data[:40]) + lzma.compress(data[40:]) + b"\0" * 8


@pytest.mark.parametrize("pack", [gzip.compress, zstd, lzma.compress, bz2.compress, two_streams])
@pytest.mark.parametrize(
    "name", ["trace.jsonl.gz", "trace.jsonl.zst", "trace.jsonl.xz", "trace.jsonl.bz2", "trace.jsonl"]
)
def test_compressed_log_is_unpacked(name: str, pack: Pack, lines: list[bytes], tmp_path: Path) -> None:
    write(tmp_path, {name: pack(b"".join(lines))})
    bundle = open_bundle(tmp_path / "bundle")
    assert seqs(bundle) == [1, 2, 3]
    assert codes(bundle) == ["log-packed"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_log_of_another_encoding_is_converted(encoding: str, lines: list[bytes], tmp_path: Path) -> None:
    write(tmp_path, {"trace.jsonl": b"".join(lines).decode().encode(encoding)})
    bundle = open_bundle(tmp_path / "bundle")
    assert seqs(bundle) == [1, 2, 3]
    assert bundle.damage == (f"trace.jsonl is {encoding.upper()}; it was converted to UTF-8 and read",)


FOREIGN = {"trace.jsonl.lz4": b"\x04\x22\x4d\x18", "trace.jsonl.zip": b"PK\x03\x04", "trace.jsonl": b"7z\xbc\xaf"}


BINARY = {
    "trace.jsonl.msgpack": (msgspec.msgpack.encode({"schema_version": 3, "seq": 1}), "MessagePack"),
    "trace.mpk": (b"\xde\0\x10" + msgspec.msgpack.encode({"schema_version": 3})[1:], "MessagePack"),
    "trace.cbor": (b"\xa2\x6eschema_version\x03", "CBOR"),
    "trace.jsonl": (b"\xd9\xd9\xf7\xa2\x6eschema_version\x03", "CBOR"),
}


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize("name", BINARY)
def test_binary_log_is_named_with_a_way_out(name: str, tmp_path: Path) -> None:
    data, written_in = BINARY[name]
    write(tmp_path, {name: data})
    said = open_bundle(tmp_path / "bundle").damage
    reason = f"is written in {written_in}, which this program does not read; convert it to JSON, one event a line"
    assert f"{name} {reason}; nothing of it was read" in said


@pytest.mark.parametrize("name", FOREIGN)
def test_what_cannot_be_unpacked_is_named(name: str, lines: list[bytes], tmp_path: Path) -> None:
    write(tmp_path, {name: FOREIGN[name] + b"".join(lines)})
    bundle = open_bundle(tmp_path / "bundle")
    assert seqs(bundle) == []
    (said,) = [line for line in bundle.damage if "which this program does not unpack" in line]
    assert said.startswith(f"{name} is packed with")
    assert said.endswith("nothing of it was read")


def test_damaged_xz_is_read_as_far_as_it_goes(lines: list[bytes], tmp_path: Path) -> None:
    packed = lzma.compress(b"".join(lines)) + lzma.compress(b"".join(lines))[:-9] + b"?" * 30
    write(tmp_path, {"trace.jsonl.xz": packed})
    bundle = open_bundle(tmp_path / "bundle")
    assert seqs(bundle)[:3] == [1, 2, 3]
    log = bundle.open_log()
    log.look()
    assert log.fault is not None
    assert "is damaged" in log.fault


SEGMENTS = {
    "the first without a number": ["trace.jsonl", "trace.1.jsonl", "trace.2.jsonl"],
    "all with numbers": ["trace-000001.jsonl", "trace-000002.jsonl", "trace-000010.jsonl"],
    "rotated, the newest without a number": ["trace.jsonl.2", "trace.jsonl.1", "trace.jsonl"],
    "in a folder that the manifest names": ["log/b.jsonl", "log/c.jsonl", "log/a.jsonl"],
}


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("names", SEGMENTS.values(), ids=SEGMENTS.keys())
def test_segments_are_read_in_order(names: list[str], numbered: bool, lines: list[bytes], tmp_path: Path) -> None:
    if not numbered:
        lines = [line.replace(b'"seq"', b'"pos"') for line in lines]
    write(tmp_path, dict(zip(names, lines, strict=True)))
    manifest = tmp_path / "bundle/manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {"segments": [n for n in names if "/" in n]}))
    bundle = open_bundle(tmp_path / "bundle")
    assert seqs(bundle) == [1, 2, 3]
    assert codes(bundle) == ["log-in-segments"]


INTERLEAVED: dict[str, tuple[list[int], list[int]]] = {
    "two writers in turns": ([0, 2, 4], [1, 3, 5]),
    "one writer for most": ([0, 1, 2, 5], [3, 4]),
    "lines that both have": ([0, 1, 2, 3], [2, 3, 4, 5]),
}


@pytest.mark.parametrize("name", INTERLEAVED)
def test_logs_of_several_writers_are_merged(name: str, tmp_path: Path, lines: list[bytes]) -> None:
    event = msgspec.json.decode(lines[0])
    numbered = [msgspec.json.encode({**event, "seq": seq}) + b"\n" for seq in range(1, 7)]
    files = {f"trace.{place}.jsonl": chosen for place, chosen in enumerate(INTERLEAVED[name])}
    write(tmp_path, {file: b"".join(numbered[number] for number in chosen) for file, chosen in files.items()})

    assert seqs(open_bundle(tmp_path / "bundle")) == [1, 2, 3, 4, 5, 6]


def test_merged_log_goes_on_with_a_torn_line(tmp_path: Path, lines: list[bytes]) -> None:
    event = msgspec.json.decode(lines[0])
    one, two, three, four = [msgspec.json.encode({**event, "seq": seq}) + b"\n" for seq in range(1, 5)]
    write(tmp_path, {"trace.0.jsonl": one + three, "trace.1.jsonl": two + four[:9]})
    log = open_bundle(tmp_path / "bundle").open_log()
    log.look()
    log.fill()
    before = [line.data for line in iter(log.next_line, None)]
    write(tmp_path, {"trace.1.jsonl": two + four})
    log.look()
    log.fill()
    after = [line.data for line in iter(log.next_line, None)]

    assert (before, after) == ([one.strip(), two.strip(), three.strip()], [four.strip()])


def test_merged_log_is_not_longer_than_any_other(
    tmp_path: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joined_log, "LARGEST_TEXT_BYTES", 600)
    event = msgspec.json.decode(lines[0])
    one, two, three, four = [msgspec.json.encode({**event, "seq": seq}) + b"\n" for seq in range(1, 5)]
    write(tmp_path, {"trace.0.jsonl": one + three, "trace.1.jsonl": two + four})

    log = open_bundle(tmp_path / "bundle").open_log()
    log.look()

    assert "of text" in str(log.fault)


def test_copy_of_a_log_is_not_a_segment(lines: list[bytes], tmp_path: Path) -> None:
    write(tmp_path, {"trace.jsonl": b"".join(lines), "trace.jsonl.gz": gzip.compress(b"".join(lines))})
    assert seqs(open_bundle(tmp_path / "bundle")) == [1, 2, 3]


def test_torn_segment_costs_its_last_line_alone(lines: list[bytes], tmp_path: Path) -> None:
    write(tmp_path, {"trace.jsonl": lines[0] + b'{"torn"', "trace.1.jsonl": lines[2]})
    log = open_bundle(tmp_path / "bundle").open_log()
    log.look()
    assert log.fill()
    found = [log.next_line() for _ in range(3)]
    assert [line.data for line in found if line] == [lines[0].strip(), b'{"torn"', lines[2].strip()]


def test_growing_segments_are_followed(lines: list[bytes], tmp_path: Path) -> None:
    write(tmp_path, {"trace.1.jsonl": lines[0], "trace.2.jsonl": b""})
    log = open_bundle(tmp_path / "bundle").open_log()
    taken = []
    for growth in ({}, {"trace.2.jsonl": lines[1][:9]}, {"trace.2.jsonl": lines[1]}, {"trace.3.jsonl": lines[2]}):
        write(tmp_path, growth)
        assert log.look() is False
        log.fill()
        taken.append([line.number for line in iter(log.next_line, None)])
    assert taken == [[1], [], [2], [3]]


def test_damaged_log_says_where_reading_ends(lines: list[bytes], tmp_path: Path) -> None:
    write(tmp_path, {"trace.jsonl.gz": gzip.compress(b"".join(lines)) + b"\x1f\x8bjunk" * 9})
    log = open_bundle(tmp_path / "bundle").open_log()
    log.look()
    assert log.fill()
    assert log.next_line() is not None
    assert log.fault == "trace.jsonl.gz: is damaged; what follows was not read"


def test_bomb_is_not_unpacked_whole(tmp_path: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joined_log, "LARGEST_TEXT_BYTES", 1 << 20)
    write(tmp_path, {"trace.jsonl.gz": gzip.compress(lines[0] + bytes(9 << 20))})
    bundle = open_bundle(tmp_path / "bundle")
    log = bundle.open_log()
    log.look()
    assert bundle.text_path.stat().st_size <= 1 << 20
    assert "of text" in str(log.fault)


def test_log_of_one_file_is_read_in_its_place(lines: list[bytes], tmp_path: Path) -> None:
    write(tmp_path, {"trace.jsonl": b"".join(lines), "notes.jsonl": b'{"a":1}\n'})
    bundle = open_bundle(tmp_path / "bundle")
    assert bundle.text_path == tmp_path / "bundle/trace.jsonl"
    assert codes(bundle) == []
