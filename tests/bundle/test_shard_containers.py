"""Shards that are packed otherwise than recorders do it are read, and reported once."""

from __future__ import annotations

import gzip
import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bundle.shard_files import frame, ref_in, write_shard
from tui.bundle.disk.zstd import ZstdDecompressor
from tui.bundle.open import open_bundle
from tui.bundle.payloads.shards.shards import ShardContent
from tui.bundle.payloads.store import PayloadStore
from tui.commands.check import check_bundle
from tui.commands.loaded import loaded_store
from tui.source.fault import PayloadFault

DEMO = Path(__file__).parents[2] / "demo_bundles" / "shell"

CONTAINERS: dict[str, tuple[Callable[[bytes], bytes], list[str]]] = {
    "nothing": (lambda data: data, ["shard-container"]),
    "gzip": (gzip.compress, ["shard-container"]),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_container_is_recognised(name: str, tmp_path: Path) -> None:
    pack, codes = CONTAINERS[name]
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMO, bundle)
    shard = bundle / "payloads" / "000001.zst"
    shard.write_bytes(pack(ZstdDecompressor().decompress(shard.read_bytes())))

    found, wanted = loaded_store(str(bundle)).trace, loaded_store(str(DEMO)).trace

    assert len(found.conversation_items) == len(wanted.conversation_items)
    assert len(found.terminal_operations) == len(wanted.terminal_operations)
    report = check_bundle(open_bundle(bundle))
    assert [kind.code for kind in report.findings if kind.severity != "note"] == codes


def packed(lengths: str, record_id: str, body: bytes) -> bytes:
    return struct.pack(lengths, len(record_id), len(body)) + record_id.encode() + body


def as_line(record_id: str, body: bytes) -> bytes:
    return b'{"id": ' + json.dumps(record_id).encode() + b', "body": ' + body + b"}\n"


Records = dict[str, bytes]

FORMS: dict[str, Callable[[Records], bytes]] = {
    "a magic number": lambda records: b"CDXS\4\0\0\0" + b"".join(packed("<HQ", *one) for one in records.items()),
    "big-endian lengths": lambda records: b"".join(packed(">HQ", *one) for one in records.items()),
    "short lengths": lambda records: b"".join(packed("<HI", *one) for one in records.items()),
    "lines of JSON": lambda records: b"".join(as_line(*one) for one in records.items()),
}

BODIES = {"raw_payload:1": b'{"a": "\xc3\xa9"}', "raw_payload:2": b"[1, 2, 3]"}


@pytest.mark.parametrize("name", FORMS)
def test_records_of_another_form_are_read_also_as_they_come(name: str, tmp_path: Path) -> None:
    data = FORMS[name](BODIES)
    first = len(FORMS[name]({"raw_payload:1": BODIES["raw_payload:1"]}))
    payloads = PayloadStore(tmp_path)
    write_shard(tmp_path, 1, frame([data[:first]], finish=False))
    one, two = (ref_in(1, payload_id) for payload_id in BODIES)

    assert payloads.read(one) == BODIES["raw_payload:1"]
    assert isinstance(payloads.read(two), PayloadFault)
    with (tmp_path / "payloads" / "000001.zst").open("ab") as shard:
        shard.write(frame([data[:first], data[first:]])[shard.tell() :])
    assert [payloads.read(one), payloads.read(two)] == [*BODIES.values()]
    look = payloads.shards.look(1)
    assert isinstance(look, ShardContent)
    assert look.form


@pytest.mark.parametrize("name", FORMS)
def test_records_that_do_not_add_up_are_not_read(name: str, tmp_path: Path) -> None:
    write_shard(tmp_path, 1, frame([FORMS[name](BODIES) + b"and"]))

    assert isinstance(PayloadStore(tmp_path).read(ref_in(1, "raw_payload:1")), PayloadFault)


def test_form_of_records_is_one_finding(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMO, bundle)
    shard = bundle / "payloads" / "000001.zst"
    shard.write_bytes(frame([b"MAGIC..." + ZstdDecompressor().decompress(shard.read_bytes())]))

    report = check_bundle(open_bundle(bundle))

    assert report.objects == check_bundle(open_bundle(DEMO)).objects
    assert [kind.code for kind in report.findings if kind.severity != "note"] == ["shard-container"]


def test_other_bytes_are_still_damage(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMO, bundle)
    (bundle / "payloads" / "000001.zst").write_bytes(b"no shard" * 10)

    report = check_bundle(open_bundle(bundle))

    assert "shard-damaged" in {kind.code for kind in report.findings}
