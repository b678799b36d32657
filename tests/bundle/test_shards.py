"""Payload shards: records by id while the file grows, whatever the file holds."""

from __future__ import annotations

import os
import struct
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bundle.shard_files import SKIPPABLE_FRAME, frame, record, records, write_shard
from tui.bundle.disk.confine import ConfinedDirectory
from tui.bundle.payloads.shards import shard as shard_module
from tui.bundle.payloads.shards.records import RecordIndex
from tui.bundle.payloads.shards.shards import MOST_HELD, PayloadShards, ShardContent
from tui.source.fault import PayloadFault

MANY = 1 << 30
BODIES = {"raw_payload:1": b'{"a":1}', "raw_payload:2": b'"' + b"x" * 300 + b'"', "raw_payload:3": b"[]"}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def shards(bundle: Path) -> PayloadShards:
    return PayloadShards(ConfinedDirectory(bundle))


def looked_at(shards: PayloadShards, number: int = 1) -> ShardContent:
    look = shards.look(number)
    assert isinstance(look, ShardContent), look
    return look


def read_all(shards: PayloadShards, number: int = 1) -> dict[str, bytes | PayloadFault]:
    return {payload_id: shards.read(number, payload_id, MANY) for payload_id in BODIES}


def ids(*names: str) -> tuple[bytes, ...]:
    return tuple(name.encode() for name in names)


SOUND = {
    "one frame": frame(records(BODIES)),
    "an open frame": frame(records(BODIES), finish=False),
    "a frame each": b"".join(frame([piece]) for piece in records(BODIES)),
    "cut within a record": frame([b"".join(records(BODIES))[:50]]) + frame([b"".join(records(BODIES))[50:]]),
    "an empty frame first": frame([]) + frame(records(BODIES)),
    "a skippable frame first": SKIPPABLE_FRAME + frame(records(BODIES)),
    "a skippable frame last": frame(records(BODIES)) + SKIPPABLE_FRAME,
    "no flush": frame([b"".join(records(BODIES))]),
    "a small window": frame(records(BODIES), window_log=12),
}


@pytest.mark.parametrize("data", SOUND.values(), ids=SOUND.keys())
def test_bodies_are_found_by_id(bundle: Path, shards: PayloadShards, data: bytes) -> None:
    write_shard(bundle, 1, data)

    assert read_all(shards) == BODIES
    look = looked_at(shards)
    assert (look.ids, look.fault, look.is_torn) == (ids(*BODIES), None, False)
    assert look.is_open == (data == SOUND["an open frame"])


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


DAMAGED = {
    "is not zstd, found at byte 0 of 8": (b"garbage!", 0),
    "has bytes behind its last zstd frame that are not zstd": (SOUND["one frame"] + b"garbage", 3),
    "has bytes behind its last zstd frame that": (SOUND["one frame"] + bytes(4096), 3),
    "does not match its checksum": (flipped(SOUND["one frame"], -1 + len(SOUND["one frame"])), 3),
    "needs a window above 8 MiB to be decompressed": (frame(records(BODIES), window_log=24), 0),
    "is damaged, found at byte": (frame(records(BODIES)[:2], finish=False) + frame(records(BODIES)[2:]), 2),
}


@pytest.mark.parametrize(("fault", "case"), DAMAGED.items(), ids=DAMAGED.keys())
def test_all_before_damage_is_read(bundle: Path, shards: PayloadShards, fault: str, case: tuple[bytes, int]) -> None:
    data, sound = case
    write_shard(bundle, 1, data)

    found = read_all(shards)

    assert list(found.values())[:sound] == list(BODIES.values())[:sound]
    for payload_id in list(BODIES)[sound:]:
        answer = found[payload_id]
        assert isinstance(answer, PayloadFault)
        assert answer.code == "invalid"
        assert answer.reason.startswith(f"{payload_id}: payloads/000001.zst {fault}")
    assert (looked_at(shards).fault or "").startswith(fault)
    assert len(looked_at(shards).ids) == sound


def test_records_that_do_not_end_are_not_there(bundle: Path, shards: PayloadShards) -> None:
    huge = struct.pack("<HQ", 13, 1 << 63) + b"raw_payload:4"
    write_shard(bundle, 1, frame([*records(BODIES), huge, b"{}"]))

    missing = shards.read(1, "raw_payload:4", MANY)

    assert missing == PayloadFault("missing", "raw_payload:4: payloads/000001.zst does not hold it")
    assert (looked_at(shards).is_torn, looked_at(shards).ids) == (True, ids(*BODIES))


def test_first_of_equal_ids_counts(bundle: Path, shards: PayloadShards) -> None:
    write_shard(bundle, 1, frame([record("a", b"1"), record("a", b"2"), record(b"\xff", b"3"), bytes(10)]))

    assert shards.read(1, "a", MANY) == b"1"
    look = looked_at(shards)
    assert (look.ids, look.repeated, look.not_text) == ((b"a", b"\xff", b""), b"a", 24)


def test_what_is_no_shard_is_a_fault(bundle: Path, shards: PayloadShards) -> None:
    (bundle / "payloads").mkdir()
    outside = bundle.parent / "outside.zst"
    outside.write_bytes(SOUND["one frame"])
    (bundle / "payloads" / "000002.zst").mkdir()
    (bundle / "payloads" / "000003.zst").symlink_to(outside)

    codes = []
    for number in (1, 2, 3, 2**64 - 1):
        fault = shards.read(number, "raw_payload:1", MANY)
        assert isinstance(fault, PayloadFault)
        codes.append(fault.code)
    assert codes == ["missing", "not-a-file", "outside-bundle", "missing"]


def test_limits_are_inclusive(bundle: Path, shards: PayloadShards) -> None:
    write_shard(bundle, 1, SOUND["one frame"])

    assert shards.read(1, "raw_payload:1", 7) == BODIES["raw_payload:1"]
    fault = shards.read(1, "raw_payload:1", 6)
    assert fault == PayloadFault("too-large", "raw_payload:1: has 7 bytes; no more than 6 are read at once")
    assert shards.size(1, "raw_payload:1") == 7
    assert shards.read_range(1, "raw_payload:2", 299, 10) == b'xx"'


def test_a_shard_grows_byte_by_byte(bundle: Path, shards: PayloadShards) -> None:
    """Nothing that was once read changes, and all is there at the end."""
    data = frame(records(BODIES))
    path = write_shard(bundle, 1, b"")
    shown: dict[str, bytes] = {}

    for byte in data:
        with path.open("ab") as file:
            file.write(bytes([byte]))
        for payload_id, body in read_all(shards).items():
            if isinstance(body, bytes):
                assert shown.setdefault(payload_id, body) == body
            else:
                assert (body.code, payload_id in shown) == ("missing", False)

    assert shown == BODIES


def test_every_record_is_there_once_flushed(bundle: Path, shards: PayloadShards) -> None:
    pieces = records(BODIES)
    for count in range(len(pieces) + 1):
        write_shard(bundle, 1, frame(pieces[:count], finish=False))
        assert len([body for body in read_all(shards).values() if isinstance(body, bytes)]) == count


def test_another_file_is_read_from_its_start(bundle: Path, shards: PayloadShards) -> None:
    path = write_shard(bundle, 1, SOUND["one frame"])
    assert read_all(shards) == BODIES
    before = shards.stamp(1, "raw_payload:1")

    other = {"raw_payload:1": b"other", "raw_payload:2": b"bodies", "raw_payload:3": b"now"}
    replacement = path.with_suffix(".new")
    replacement.write_bytes(frame(records(other)))
    replacement.replace(path)

    assert read_all(shards) == other
    assert shards.stamp(1, "raw_payload:1") != before


def test_a_file_that_was_gone_is_read_anew(bundle: Path, shards: PayloadShards) -> None:
    path = write_shard(bundle, 1, SOUND["one frame"])
    assert read_all(shards) == BODIES
    before = shards.stamp(1, "raw_payload:1")

    path.unlink()
    gone = shards.read(1, "raw_payload:1", MANY)
    write_shard(bundle, 1, frame([record("raw_payload:1", b"new")]))

    assert gone == PayloadFault("missing", "raw_payload:1: payloads/000001.zst does not exist")
    assert shards.read(1, "raw_payload:1", MANY) == b"new"
    assert shards.stamp(1, "raw_payload:1") != before


def test_few_files_stay_open(bundle: Path, shards: PayloadShards) -> None:
    for number in range(1, MOST_HELD + 20):
        write_shard(bundle, number, frame([record("a", b"1")]))
        assert shards.read(number, "a", MANY) == b"1"

    assert len(shards._held) == MOST_HELD


def test_threads_may_share_shards(bundle: Path) -> None:
    bodies = {f"raw_payload:{number}": os.urandom(20_000) for number in range(60)}
    for shard in range(3):
        write_shard(bundle, shard, frame(records(bodies)))
    shards = PayloadShards(ConfinedDirectory(bundle), cache_bytes=1)
    wrong: list[object] = []

    def read(order: list[str]) -> None:
        for number, payload_id in enumerate(order):
            if shards.read(number % 3, payload_id, MANY) != bodies[payload_id]:
                wrong.append(payload_id)

    orders = [list(bodies), list(reversed(bodies)), sorted(bodies)]
    threads = [threading.Thread(target=read, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_shorter_file_is_read_from_its_start(bundle: Path, shards: PayloadShards) -> None:
    path = write_shard(bundle, 1, SOUND["an open frame"])
    assert read_all(shards) == BODIES

    os.truncate(path, len(frame(records(BODIES)[:1], finish=False)))

    assert [isinstance(body, bytes) for body in read_all(shards).values()] == [True, False, False]


@pytest.mark.parametrize("filler", [b"\0", b"\xff"])
def test_damage_that_is_mended_is_read(bundle: Path, shards: PayloadShards, filler: bytes) -> None:
    """A file may be as long as it will be before its content is there."""
    sound = SOUND["one frame"]
    path = write_shard(bundle, 1, sound[:20] + filler * (len(sound) - 20))
    assert isinstance(shards.read(1, "raw_payload:1", MANY), PayloadFault)

    path.write_bytes(sound)
    os.utime(path, ns=(1, 1))

    assert read_all(shards) == BODIES


def test_bodies_before_the_window_are_read_again(
    bundle: Path, shards: PayloadShards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_module, "WINDOW_BYTES", 1_000)
    bodies = {f"raw_payload:{number}": os.urandom(90_000) for number in range(20)}
    write_shard(bundle, 1, frame(records(bodies)))

    looked_at(shards)

    for payload_id, body in [*bodies.items(), *reversed(bodies.items())]:
        assert shards.read(1, payload_id, MANY) == body
        assert shards.read_range(1, payload_id, 80_000, 20) == body[80_000:80_020]


def test_decompressed_bodies_need_no_file(bundle: Path, shards: PayloadShards) -> None:
    path = write_shard(bundle, 1, frame(records(BODIES)))
    assert [shards.read_decompressed(1, payload_id, MANY) for payload_id in BODIES] == [None, None, None]

    shards.read(1, "raw_payload:1", MANY)
    path.unlink()

    assert {payload_id: shards.read_decompressed(1, payload_id, MANY) for payload_id in BODIES} == BODIES
    assert shards.read_decompressed(1, "raw_payload:2", 300) is None
    assert shards.read_decompressed(1, "raw_payload:4", MANY) is None
    assert isinstance(shards.read(1, "raw_payload:2", MANY), PayloadFault)


def test_shards_used_last_are_kept(bundle: Path) -> None:
    shards = PayloadShards(ConfinedDirectory(bundle), cache_bytes=250_000)
    for number in range(1, 6):
        write_shard(bundle, number, frame([record(f"raw_payload:{number}", os.urandom(100_000))]))

    for number in range(1, 6):
        looked_at(shards, number)

    assert list(shards._held) == [4, 5]
    assert 200_000 < shards._bytes_held < 250_000


def test_a_bomb_is_read_to_a_limit(bundle: Path, shards: PayloadShards, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_module, "LARGEST_SHARD_BYTES", 4 << 20)
    blanks = bytes(1 << 20)
    write_shard(bundle, 1, frame([record("first", b"1"), record("bomb", blanks * 64), record("last", b"2")]))

    assert shards.read(1, "first", MANY) == b"1"
    fault = shards.read(1, "last", MANY)
    assert isinstance(fault, PayloadFault)
    assert fault.code == "invalid"
    assert "is larger than" in fault.reason
    assert shards.read(1, "first", MANY) == b"1"
    assert shards._bytes_held < 32 << 20


@given(st.data(), st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=40)), max_size=8))
def test_chunks_do_not_matter_to_the_index(data: st.DataObject, pairs: list[tuple[bytes, bytes]]) -> None:
    stream = b"".join(record(name, body) for name, body in pairs) + data.draw(st.binary(max_size=12))
    whole, pieces = RecordIndex(), RecordIndex()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)))))

    whole.feed(stream)
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        pieces.feed(stream[start:end])

    assert (dict(pieces.places()), pieces.is_torn, pieces.records) == (
        dict(whole.places()),
        whole.is_torn,
        whole.records,
    )
    for name, (offset, length) in whole.places():
        assert (name, stream[offset : offset + length]) in pairs
