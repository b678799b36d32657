"""A bundle whose files have other names than recorders give them is read whole, and each change is said once."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tui.bundle.disk.zstd import ZstdDecompressor
from tui.bundle.open import open_bundle
from tui.commands.check import check_bundle
from tui.commands.loaded import loaded_store

DEMOS = Path(__file__).parents[2] / "demo_bundles"


def _renamed(old: str, new: str) -> Callable[[Path], None]:
    def change(bundle: Path) -> None:
        (bundle / new).parent.mkdir(exist_ok=True)
        (bundle / old).rename(bundle / new)

    return change


def _each_payload(new: str) -> Callable[[Path], None]:
    """Every payload file renamed; `new` is filled with its number and its suffixes."""

    def change(bundle: Path) -> None:
        for file in sorted((bundle / "payloads").iterdir()):
            number, _, suffix = file.name.partition(".")
            target = bundle / new.format(number=int(number), folder=int(number) % 3, suffix=suffix)
            target.parent.mkdir(exist_ok=True)
            file.rename(target)
        if not any((bundle / "payloads").iterdir()):
            (bundle / "payloads").rmdir()

    return change


def _in_segments(folder: str) -> Callable[[Path], None]:
    def change(bundle: Path) -> None:
        lines = (bundle / "trace.jsonl").read_bytes().splitlines(keepends=True)
        (bundle / "trace.jsonl").unlink()
        (bundle / folder).mkdir(exist_ok=True)
        for number in (0, 1, 2):
            part = b"".join(lines[number * 30 : (number + 1) * 30 if number < 2 else None])
            (bundle / folder / f"{number:04d}-events.jsonl").write_bytes(part)

    return change


def _all(*changes: Callable[[Path], None]) -> Callable[[Path], None]:
    def change(bundle: Path) -> None:
        for one in changes:
            one(bundle)

    return change


CHANGES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "the folder of payloads": (_renamed("payloads", "bodies"), ["payloads-renamed"]),
    "payloads beside the log": (_each_payload("{number:06d}.{suffix}"), ["payloads-renamed"]),
    "payloads in folders of folders": (_each_payload("payloads/{folder}/{number:06d}.{suffix}"), ["payloads-renamed"]),
    "words before numbers": (_each_payload("payloads/payload-{number}.{suffix}"), ["payloads-renamed"]),
    "words behind numbers": (_each_payload("payloads/{number:04d}-body.{suffix}"), ["payloads-renamed"]),
    "the log": (_renamed("trace.jsonl", "events.jsonl"), ["log-renamed"]),
    "the log, any suffix": (_renamed("trace.jsonl", "rollout.log"), ["log-renamed"]),
    "the log in a folder": (_renamed("trace.jsonl", "log/trace.jsonl"), ["log-renamed"]),
    "segments under other names": (_in_segments("."), ["log-in-segments"]),
    "segments in a folder": (_in_segments("events"), ["log-in-segments"]),
    "the manifest": (_renamed("manifest.json", "recording.json"), ["manifest-renamed"]),
    "all of them": (
        _all(
            _renamed("manifest.json", "meta.json"),
            _renamed("trace.jsonl", "events.ndjson"),
            _renamed("payloads", "data"),
        ),
        ["log-renamed", "manifest-renamed", "payloads-renamed"],
    ),
}


def counted(bundle: Path) -> dict[str, int]:
    """How many objects of each kind a bundle has."""
    trace = loaded_store(str(bundle)).trace
    kinds = ("threads", "inference_calls", "conversation_items", "terminal_operations", "interaction_edges")
    return {kind: len(getattr(trace, kind)) for kind in kinds}


@cache
def counted_before(demo: str) -> dict[str, int]:
    return counted(DEMOS / demo)


@pytest.mark.parametrize("demo", ["patch", "code-mode-schema2"])
@pytest.mark.parametrize("name", CHANGES)
def test_renamed_files_are_read(name: str, demo: str, tmp_path: Path) -> None:
    change, codes = CHANGES[name]
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / demo, bundle)
    change(bundle)

    assert counted(bundle) == counted_before(demo)
    report = check_bundle(open_bundle(bundle))
    assert sorted(kind.code for kind in report.findings if kind.severity != "note") == codes


def test_shards_named_after_agents_are_read(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / "patch", bundle)
    (bundle / "payloads/000001.zst").rename(bundle / "payloads/01a2-d35e-root.zst")
    log = (bundle / "trace.jsonl").read_text()
    (bundle / "trace.jsonl").write_text(log.replace('"shard":1', '"shard":"01a2-d35e-root.zst"'))

    assert counted(bundle) == counted_before("patch")
    codes = {kind.code for kind in check_bundle(open_bundle(bundle)).findings if kind.severity != "note"}
    assert codes == {"payloads-renamed", "field-unreadable", "reference-without-place"}


def test_shard_packed_otherwise_beside_usual_ones_is_read(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / "patch", bundle)
    shard = bundle / "payloads/000001.zst"
    log = (bundle / "trace.jsonl").read_text()
    (bundle / "trace.jsonl").write_text(log.replace('"shard":1', '"shard":2'))
    (bundle / "payloads/000002.gz").write_bytes(gzip.compress(ZstdDecompressor().decompress(shard.read_bytes())))
    (bundle / "payloads/000003.zst").write_bytes(shard.read_bytes())

    assert counted(bundle) == counted_before("patch")


def test_number_of_two_files_names_none(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / "answer-schema2", bundle)
    _each_payload("payloads/a{number}.{suffix}")(bundle)
    (bundle / "payloads/b1.json").write_text("{}")

    findings = check_bundle(open_bundle(bundle)).findings

    assert [one.code for one in findings if one.severity == "error"][::-1] == ["payloads-renamed", "payload-missing"]


def test_payload_in_its_place_counts(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / "answer-schema2", bundle)
    (bundle / "payloads/1.json").rename(bundle / "payloads/old-1.json")

    findings = check_bundle(open_bundle(bundle)).findings

    assert [one.code for one in findings if one.severity == "error"] == ["payload-missing"]


def test_links_lead_nowhere(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / "answer-schema2", bundle)
    (bundle / "payloads").rename(tmp_path / "elsewhere")
    (bundle / "bodies").symlink_to(tmp_path / "elsewhere")

    assert "payloads-missing" in {one.code for one in check_bundle(open_bundle(bundle)).findings}


def test_reduced_graph_is_not_a_manifest(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / "answer", bundle)
    (bundle / "manifest.json").unlink()
    (bundle / "state.json").write_bytes(
        b'{"schema_version":3,"trace_id":"t","rollout_id":"r","root_thread_id":"r","started_at_unix_ms":1}'
    )

    assert [fault.code for fault in open_bundle(bundle).faults] == ["manifest-missing"]
