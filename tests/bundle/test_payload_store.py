"""Payload bodies: whole, by pages, kept for a while, never too many."""

from __future__ import annotations

import gzip
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bundle.recording import ref_to
from tui.bundle.disk.zstd import ZstdCompressor
from tui.bundle.payloads.body_cache import BodyCache
from tui.bundle.payloads.store import PayloadStore
from tui.bundle.write.writer import BundleWriter
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.source.fault import PayloadFault
from tui.source.pages import PayloadPages

Pack = Callable[[bytes], bytes]


def compress_zstd(body: bytes) -> bytes:
    return ZstdCompressor().compress(body, ZstdCompressor.FLUSH_FRAME)


@pytest.fixture
def payloads(tmp_path: Path) -> Path:
    directory = tmp_path / "bundle" / "payloads"
    directory.mkdir(parents=True)
    return directory


@pytest.fixture
def store(payloads: Path) -> PayloadStore:
    return PayloadStore(payloads.parent)


def pages_of(store: PayloadStore, path: str) -> PayloadPages:
    pages = store.pages(ref_to(path))
    assert isinstance(pages, PayloadPages)
    return pages


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes asked of `os.read` from now on."""
    asked: list[int] = []
    really_read = os.read

    def counting(descriptor: int, length: int) -> bytes:
        asked.append(length)
        return really_read(descriptor, length)

    monkeypatch.setattr(os, "read", counting)
    return asked


@pytest.mark.parametrize("body", [b"", b"x", b"{}\n", b"\xff\x00" * 100_000], ids=len)
def test_a_body_is_returned_as_it_is(payloads: Path, store: PayloadStore, body: bytes) -> None:
    (payloads / "1.json").write_bytes(body)

    assert store.read(ref_to("payloads/1.json")) == body
    assert store.read_once(ref_to("payloads/1.json")) == body
    assert store.size(ref_to("payloads/1.json")) == len(body)


def test_a_body_is_read_from_disk_once(payloads: Path, store: PayloadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    (payloads / "1.json").write_bytes(b"body")
    asked = count_reads(monkeypatch)

    assert [store.read(ref_to("payloads/1.json")) for _ in range(3)] == [b"body"] * 3
    assert len(asked) == 1


def test_a_body_that_has_grown_since_is_read_again(payloads: Path, store: PayloadStore) -> None:
    """A recorder never does that, but a slow copy does."""
    (payloads / "1.json").write_bytes(b"ha")
    assert store.read(ref_to("payloads/1.json")) == b"ha"

    (payloads / "1.json").write_bytes(b"half and whole")

    assert store.read(ref_to("payloads/1.json")) == b"half and whole"


def test_a_payload_that_comes_late_is_found(payloads: Path, store: PayloadStore) -> None:
    (payloads / "1.json").write_bytes(b"first")
    store.read(ref_to("payloads/1.json"))
    missing = store.read(ref_to("payloads/2.json"))
    assert isinstance(missing, PayloadFault)
    assert missing == PayloadFault("missing", "payloads/2.json: does not exist")

    (payloads / "2.json").write_bytes(b"second")

    assert store.read(ref_to("payloads/2.json")) == b"second"


def test_a_bundle_that_was_replaced_is_read_anew(payloads: Path, store: PayloadStore) -> None:
    (payloads / "1.json").write_bytes(b"old")
    assert store.read(ref_to("payloads/1.json")) == b"old"

    shutil.rmtree(payloads.parent)
    payloads.mkdir(parents=True)
    (payloads / "1.json").write_bytes(b"new")

    assert store.read(ref_to("payloads/1.json")) == b"new"


def test_limits_are_inclusive(payloads: Path, store: PayloadStore) -> None:
    (payloads / "1.json").write_bytes(b"12345")

    assert store.read(ref_to("payloads/1.json"), limit=5) == b"12345"
    fault = store.read(ref_to("payloads/1.json"), limit=4)
    assert fault == PayloadFault("too-large", "payloads/1.json: has 5 bytes; no more than 4 are read at once")
    assert store.read_once(ref_to("payloads/1.json"), limit=4) == fault


def test_an_absurdly_large_body_is_not_read_whole(payloads: Path, store: PayloadStore) -> None:
    with (payloads / "1.json").open("wb") as file:
        file.truncate(1 << 40)  # a hole: takes no room on the disk

    fault = store.read(ref_to("payloads/1.json"))

    assert isinstance(fault, PayloadFault)
    assert fault.code == "too-large"
    assert pages_of(store, "payloads/1.json").read(1 << 39, 4) == b"\0\0\0\0"


def test_a_read_error_is_a_value(payloads: Path, store: PayloadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    (payloads / "1.json").write_bytes(b"body")

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", fail)

    assert store.read(ref_to("payloads/1.json")) == PayloadFault(
        "unreadable", "payloads/1.json: cannot be read: Input/output error"
    )


def test_a_body_that_grows_while_it_is_read_comes_whole(
    payloads: Path, store: PayloadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (payloads / "1.json").write_bytes(b"half")
    really_read = os.read

    def growing(descriptor: int, length: int) -> bytes:
        with (payloads / "1.json").open("ab") as file:
            file.write(b"!" if file.tell() < 8 else b"")
        return really_read(descriptor, length)

    monkeypatch.setattr(os, "read", growing)

    assert store.read(ref_to("payloads/1.json")) == b"half!!!!"


def test_pages_give_any_part(payloads: Path, store: PayloadStore) -> None:
    body = bytes(range(256)) * 40
    (payloads / "1.json").write_bytes(body)

    with pages_of(store, "payloads/1.json") as pages:
        assert pages.size == len(body)
        assert pages.read(1_000, 10) == body[1_000:1_010]
        assert pages.read(len(body) - 3, 10) == body[-3:]
        assert pages.read(len(body), 10) == b""
        assert pages.read(-1, 10) == b""
        assert pages.read(0, 0) == b""
        assert pages.fault is None
    assert pages.read(0, 10) == b""


def test_a_failing_page_says_why(payloads: Path, store: PayloadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    (payloads / "1.json").write_bytes(b"body")
    pages = pages_of(store, "payloads/1.json")

    def fail(*_: object) -> bytes:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(os, "pread", fail)

    assert pages.read(2, 2) == b""
    assert pages.fault == PayloadFault("unreadable", "cannot be read at byte 2: Stale file handle")


def test_two_threads_read_the_same_bodies(payloads: Path) -> None:
    store = PayloadStore(payloads.parent, cache_bytes=400)
    expected = {}
    for number in range(40):
        expected[f"payloads/{number}.json"] = body = str(number).encode() * number
        (payloads / f"{number}.json").write_bytes(body)
    wrong: list[str] = []

    def read_all() -> None:
        for _ in range(20):
            wrong.extend(path for path, body in expected.items() if store.read(ref_to(path)) != body)
            store.forget()

    threads = [threading.Thread(target=read_all) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert wrong == []


def test_the_cache_drops_what_was_not_used_for_longest() -> None:
    cache = BodyCache(100)
    stamp = (1, 1, 1)
    for name in "abcd":
        cache.put(name, stamp, b"x" * 25)
    cache.get("a", stamp)

    cache.put("e", stamp, b"x" * 25)

    assert [name for name in "abcde" if cache.get(name, stamp)] == ["a", "c", "d", "e"]
    assert cache.bytes_held == 100


def test_the_cache_counts_a_replaced_body_once_and_keeps_no_giant() -> None:
    cache = BodyCache(100)
    cache.put("a", (1, 1, 1), b"x" * 20)
    cache.put("a", (1, 2, 2), b"y" * 10)
    cache.put("b", (1, 1, 1), b"z" * 26)

    assert cache.bytes_held == 10
    assert cache.get("a", (1, 1, 1)) is None
    assert cache.get("a", (1, 2, 2)) == b"y" * 10
    assert cache.get("b", (1, 1, 1)) is None
    cache.clear()
    assert cache.bytes_held == 0


PACKED = {
    "gzip": gzip.compress,
    "zstd": compress_zstd,
    "gzip in members": lambda body: b"".join(map(gzip.compress, (body[:2], body[2:]))),
}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
@pytest.mark.parametrize("name", ["1.json", "1.json.gz", "1.json.zst"])
def test_packed_file_is_read_unpacked(pack: Pack, name: str, payloads: Path, store: PayloadStore) -> None:
    body = b'{"text": "' + b"x" * 5_000 + b'"}'
    (payloads / name).write_bytes(pack(body))
    ref = ref_to("payloads/1.json")
    assert store.read(ref) == store.read_once(ref) == body
    assert store.size(ref) == len(body)
    assert pages_of(store, "payloads/1.json").read(2, 4) == body[2:6]
    assert store.read_own_range(ref, 2, 4) == body[2:6]


def test_packed_bomb_is_not_unpacked_whole(payloads: Path, store: PayloadStore) -> None:
    (payloads / "1.json").write_bytes(gzip.compress(bytes(10_000_000)))
    found = store.read(ref_to("payloads/1.json"), 1_000)
    assert isinstance(found, PayloadFault)
    assert found.code == "too-large"


def test_damaged_packed_file_is_named(payloads: Path, store: PayloadStore) -> None:
    (payloads / "1.json").write_bytes(b"\x1f\x8b" + b"nonsense" * 9)
    assert store.read(ref_to("payloads/1.json")) == PayloadFault("invalid", "payloads/1.json: is damaged")


@pytest.mark.parametrize(
    ("payload_id", "expected"),
    [
        ("raw_payload:1", b"{}"),
        ("1", b"{}"),
        ("raw_payload:2", PayloadFault("omitted", "raw_payload:2: the recorder left the body out")),
        ("raw_payload:../1", PayloadFault("omitted", "raw_payload:../1: the recorder left the body out")),
    ],
)
def test_body_without_a_place_is_looked_for(
    payload_id: str, expected: object, payloads: Path, store: PayloadStore
) -> None:
    (payloads / "1.json").write_bytes(b"{}")
    assert store.read(RawPayloadRef(payload_id, PayloadKind("tool_result"))) == expected


def test_record_without_a_place_is_looked_for_in_all_shards(tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "bundle", root_thread_id="root", schema_version=3) as writer:
        refs = [writer.write_payload("tool_result", {"number": number}) for number in range(3)]
    store = PayloadStore(tmp_path / "bundle")
    for number, ref in enumerate(refs):
        homeless = RawPayloadRef(ref.raw_payload_id, ref.kind)
        assert store.read(homeless) == store.read(ref) == b'{"number":%d}' % number
        assert store.size(homeless) == store.size(ref)
    lost = store.read(RawPayloadRef("raw_payload:99", PayloadKind("tool_result")))
    assert isinstance(lost, PayloadFault)
    assert lost.code == "omitted"
