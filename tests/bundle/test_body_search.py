"""Payload files are searched whole or window by window, with the same result; what cannot be read is told."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.pattern import parse_pattern
from tui.bundle.payloads.body_search import BodyMatch, count_in_bodies, matches_in_body
from tui.bundle.payloads.store import PayloadStore
from tui.bundle.payloads.time_limit import time_limit
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.source.fault import PayloadFault


def ref_to(path: Path, name: str, body: bytes | None) -> RawPayloadRef:
    (path / "payloads").mkdir(exist_ok=True)
    if body is not None:
        (path / "payloads" / name).write_bytes(body)
    return RawPayloadRef(raw_payload_id=f"raw_payload:{name}", kind=PayloadKind("tool_result"), path=f"payloads/{name}")


@pytest.mark.parametrize("size", [100, 3_000_000])
def test_counts_and_places_do_not_depend_on_the_size_of_the_file(tmp_path: Path, size: int) -> None:
    body = b"-" * size + b"needle" + b"-" * size + b"Needle"
    ref = ref_to(tmp_path, "1.json", body)
    store, finder = PayloadStore(tmp_path), BytePattern(parse_pattern("needle"))
    parts = list(count_in_bodies(store, [ref], finder))
    assert sum(part.found for part in parts) == 2
    assert [part.is_done for part in parts][-1]
    matches = [match for match in matches_in_body(store, ref, finder) if isinstance(match, BodyMatch)]
    assert [(match.start, match.match) for match in matches] == [(size, b"needle"), (2 * size + 6, b"Needle")]
    assert matches[0].before == body[:size][-100:]
    assert matches[0].after == body[size + 6 :][:100]


def test_a_file_that_is_not_there_is_told_and_the_next_one_searched(tmp_path: Path) -> None:
    refs = [ref_to(tmp_path, "1.json", None), ref_to(tmp_path, "2.json", b"needle")]
    store, finder = PayloadStore(tmp_path), BytePattern(parse_pattern("needle"))
    gone, there = count_in_bodies(store, refs, finder)
    assert gone.fault is not None
    assert gone.fault.code == "missing"
    assert there.found == 1
    (fault,) = matches_in_body(store, refs[0], finder)
    assert isinstance(fault, PayloadFault)


@pytest.mark.parametrize("size", [40, 400_000])
def test_an_expression_without_end_is_stopped(tmp_path: Path, size: int) -> None:
    ref = ref_to(tmp_path, "1.json", b"-" * size + b"a" * 40 + b"!")
    store, finder = PayloadStore(tmp_path), BytePattern(parse_pattern("re:(a+)+$"))
    begun = time.process_time()
    last = list(count_in_bodies(store, [ref], finder, lambda: time_limit(0.05)))[-1]
    assert last.fault is not None
    assert last.fault.code == "too-slow"
    assert time.process_time() - begun < 5


def test_what_ends_in_time_is_not_touched() -> None:
    with time_limit(5), nullcontext():
        assert sum(range(1000)) == 499_500
