"""A body that is read without a store: the same as the store's, or left to the store."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bundle.recording import ref_to
from tests.conftest import DEMO_BUNDLES
from tui.bundle.payloads import first_look
from tui.bundle.payloads.first_look import quick_body
from tui.bundle.payloads.store import PayloadStore
from tui.schema.decode import EventLine, decode_line
from tui.schema.payloads import PayloadKind, RawPayloadRef

LIMIT = 1 << 20


def refs_of(bundle: Path) -> list[RawPayloadRef]:
    """The payloads that the events of a bundle name."""
    lines = [decode_line(line, 1) for line in (bundle / "trace.jsonl").read_bytes().splitlines()]
    return [ref for line in lines if isinstance(line, EventLine) for ref in line.event.payload.payload_refs()]


@pytest.mark.parametrize("name", ["answer", "answer-schema2", "refused-schema1"])
def test_quick_bodies_are_those_of_the_store(name: str) -> None:
    bundle = DEMO_BUNDLES / name
    store = PayloadStore(bundle)
    whole = [ref for ref in refs_of(bundle) if not len(ref.parts)]
    assert whole
    assert {quick_body(str(bundle), ref, LIMIT) == store.read_once(ref) for ref in whole} == {True}


def test_bodies_with_parts_are_left_to_the_store() -> None:
    bundle = DEMO_BUNDLES / "answer"
    (ref, *_) = [ref for ref in refs_of(bundle) if len(ref.parts)]
    assert quick_body(str(bundle), ref, LIMIT) is None


def test_records_behind_the_beginning_are_left_to_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = DEMO_BUNDLES / "answer"
    last = refs_of(bundle)[-1]
    assert quick_body(str(bundle), last, LIMIT)
    monkeypatch.setattr(first_look, "SHARD_BYTES", 100)
    assert quick_body(str(bundle), last, LIMIT) is None


def linked(payloads: Path) -> None:
    (payloads.parent / "out.json").write_text("{}")
    (payloads / "1.json").symlink_to("../out.json")


def linked_folder(payloads: Path) -> None:
    payloads.rename(payloads.parent / "elsewhere")
    (payloads.parent / "elsewhere/1.json").write_text("{}")
    payloads.symlink_to("elsewhere")


@pytest.mark.parametrize(
    "write",
    [
        linked,
        linked_folder,
        lambda payloads: (payloads / "1.json").mkdir(),
        lambda payloads: (payloads / "1.json").write_bytes(gzip.compress(b"{}")),
        lambda payloads: (payloads / "1.json").write_bytes(b" " * (LIMIT + 1)),
        lambda payloads: None,
    ],
    ids=["link", "link to a folder", "folder", "packed", "too large", "missing"],
)
def test_odd_files_are_left_to_the_store(write: Callable[[Path], object], tmp_path: Path) -> None:
    payloads = tmp_path / "payloads"
    payloads.mkdir()
    write(payloads)
    assert quick_body(str(tmp_path), ref_to("payloads/1.json"), LIMIT) is None


@pytest.mark.parametrize(
    "path", ["payloads/../1.json", "../1.json", "1.json", "/1.json", "payloads/a/1.json", "payloads/1\0"]
)
def test_unusual_paths_are_left_to_the_store(path: str, tmp_path: Path) -> None:
    (tmp_path / "payloads").mkdir()
    (tmp_path / "1.json").write_text("{}")
    ref = RawPayloadRef("raw_payload:1", PayloadKind("inference_request"), path=path)
    assert quick_body(str(tmp_path), ref, LIMIT) is None


def test_damaged_shard_is_left_to_the_store(tmp_path: Path) -> None:
    (tmp_path / "payloads").mkdir()
    (tmp_path / "payloads/000001.zst").write_bytes(b"\x28\xb5\x2f\xfdnothing")
    ref = RawPayloadRef("raw_payload:1", PayloadKind("inference_request"), shard=1)
    assert quick_body(str(tmp_path), ref, LIMIT) is None
