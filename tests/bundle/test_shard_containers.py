"""Shards that are packed otherwise than recorders do it are read, and reported once."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.bundle.disk.zstd import ZstdDecompressor
from tui.bundle.open import open_bundle
from tui.commands.check import check_bundle
from tui.commands.loaded import loaded_store

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


def test_other_bytes_are_still_damage(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMO, bundle)
    (bundle / "payloads" / "000001.zst").write_bytes(b"no shard" * 10)

    report = check_bundle(open_bundle(bundle))

    assert "shard-damaged" in {kind.code for kind in report.findings}
