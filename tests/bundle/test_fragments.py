"""Bodies with parts: assembled lazily, bounded before anything is joined, each fault named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bundle.shard_files import frame, record, ref_in, write_shard
from tui.bundle.payloads import store as payloads_module
from tui.bundle.payloads.fragments import BodyTree
from tui.bundle.payloads.store import PayloadStore
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.source.fragments import Fragments

PICTURE = ref_in(1, "picture")
ITEM = ref_in(1, "item", PICTURE)
PLAIN = ref_in(1, "plain")
PROMPT = ref_in(1, "prompt", ITEM, PLAIN, ITEM)
BODIES = {
    "picture": b'"data:image/png"',
    "item": b'["{\\"image\\":", "}"]',
    "plain": '{"text":"é"}'.encode(),
    "prompt": b'["{\\"input\\":[",",",",","],\\"tools\\":\\"\\u00e9\\"}"]',
}
WHOLE = '{"input":[{"image":"data:image/png"},{"text":"é"},{"image":"data:image/png"}],"tools":"é"}'.encode()


def store_with(directory: Path, bodies: dict[str, bytes]) -> PayloadStore:
    write_shard(directory, 1, frame([record(payload_id, body) for payload_id, body in bodies.items()]))
    return PayloadStore(directory)


@pytest.fixture
def store(tmp_path: Path) -> PayloadStore:
    return store_with(tmp_path, BODIES)


def fault_of(answer: bytes | int | object) -> PayloadFault:
    assert isinstance(answer, PayloadFault), answer
    return answer


def test_parts_are_put_between_fragments(store: PayloadStore) -> None:
    assert store.read(PROMPT) == WHOLE
    assert store.read_once(PROMPT) == WHOLE
    assert store.size(PROMPT) == len(WHOLE)
    assert store.read(ITEM) == b'{"image":"data:image/png"}'
    assert store.read(PICTURE) == BODIES["picture"]


def test_fragments_come_without_parts(store: PayloadStore) -> None:
    fragments = store.read_fragments(PROMPT)

    assert isinstance(fragments, Fragments)
    assert fragments.texts == (b'{"input":[', b",", b",", '],"tools":"é"}'.encode())
    assert list(fragments.parts) == [ITEM, PLAIN, ITEM]
    joined = store.read_joined(PROMPT, "null")
    assert isinstance(joined, bytes)
    assert json.loads(joined) == {"input": [None, None, None], "tools": "é"}
    assert store.read_fragments(PLAIN) == Fragments((BODIES["plain"],), PLAIN.parts)


def test_fragments_in_another_object_are_found(tmp_path: Path) -> None:
    wrapped = {**BODIES, "prompt": b'{"version":4,"tags":["x"],"fragments":' + BODIES["prompt"] + b"}"}
    store = store_with(tmp_path, wrapped)

    assert store.read(PROMPT) == WHOLE
    assert isinstance(store.read_fragments(PROMPT), Fragments)


def test_limits_count_assembled_bytes(store: PayloadStore) -> None:
    assert store.read(PROMPT, len(WHOLE)) == WHOLE
    assert fault_of(store.read(PROMPT, len(WHOLE) - 1)) == PayloadFault(
        "too-large", "prompt: has 92 bytes; no more than 91 are read at once"
    )


@given(st.integers(-3, 100), st.integers(-3, 100))
@settings(max_examples=60)
def test_any_range_can_be_read(start: int, length: int) -> None:
    class Bodies:
        def read_own(self, ref: RawPayloadRef, limit: int) -> bytes | PayloadFault:
            body = BODIES[ref.raw_payload_id]
            return body if len(body) <= limit else PayloadFault("too-large", "")

        def own_size(self, ref: RawPayloadRef) -> int:
            return len(BODIES[ref.raw_payload_id])

        def read_own_range(self, ref: RawPayloadRef, start: int, length: int) -> bytes:
            return BODIES[ref.raw_payload_id][start : start + length]

    for limit in (0, 20, 1_000):
        tree = BodyTree(Bodies(), PROMPT, limit)
        expected = WHOLE[max(0, start) : max(0, start + length)]
        assert tree.read(start, start + length) == expected


def test_pages_of_a_large_body_are_made_on_demand(store: PayloadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads_module, "LARGEST_HELD_BYTES", 20)

    for ref, body in ((PROMPT, WHOLE), (PICTURE, BODIES["picture"])):
        pages = store.pages(ref)
        assert not isinstance(pages, PayloadFault)
        with pages:
            assert pages.size == len(body)
            assert [pages.read(at, 7) for at in range(len(body))] == [body[at : at + 7] for at in range(len(body))]
        assert pages.read(0, 1) == b""


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b'["","",""]', "invalid", "has 3 fragments for 1 parts, expected 2"),
        (b'[""]', "invalid", "has 1 fragments for 1 parts"),
        (b'{"input":[]}', "invalid", "is not a JSON array of texts"),
        (b'{"a":["",""],"b":["",""]}', "invalid", "is not a JSON array of texts"),
        (b'["",1]', "invalid", "is not a JSON array of texts"),
        (b'["","', "invalid", "is not a JSON array of texts"),
        (b'["\\ud800",""]', "invalid", "is not a JSON array of texts"),
    ],
)
def test_fragments_that_do_not_fit_are_named(tmp_path: Path, body: bytes, code: str, words: str) -> None:
    store = store_with(tmp_path, {"a": body, "b": b"1"})

    fault = fault_of(store.read(ref_in(1, "a", ref_in(1, "b"))))

    assert fault.code == code
    assert fault.reason.startswith(f"a: {words}")


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        (ref_in(1, "c"), PayloadFault("missing", "a: part c: payloads/000001.zst does not hold it")),
        (ref_in(77, "c"), PayloadFault("missing", "a: part c: payloads/000077.zst does not exist")),
        (ref_in(None, "c"), PayloadFault("omitted", "a: part c: the recorder left the body out")),
    ],
)
def test_parts_that_are_not_there_are_named(tmp_path: Path, part: RawPayloadRef, fault: PayloadFault) -> None:
    store = store_with(tmp_path, {"a": b'["",""]', "b": b"1"})

    assert store.read(ref_in(1, "a", part)) == fault
    assert store.size(ref_in(1, "a", part)) == fault


def test_a_body_may_be_its_own_part_once(tmp_path: Path) -> None:
    store = store_with(tmp_path, {"a": b'["<",">"]'})

    assert store.read(ref_in(1, "a", ref_in(1, "a"))) == b'<["<",">"]>'


def test_parts_are_read_to_a_depth(tmp_path: Path) -> None:
    bodies = {f"p{depth}": b'["[","]"]' for depth in range(70)} | {"leaf": b"1"}
    store = store_with(tmp_path, bodies)
    ref = ref_in(1, "leaf")
    found = []
    for depth in range(70):
        ref = ref_in(1, f"p{depth}", ref)
        found.append(store.read(ref))

    assert found[49] == b"[" * 50 + b"1" + b"]" * 50
    assert fault_of(found[69]).code == "invalid"


def bomb(levels: int) -> tuple[dict[str, bytes], RawPayloadRef]:
    """Parts that hold the next part twice: few bytes that stand for 2**levels times as many."""
    ref = ref_in(1, "leaf")
    bodies = {"leaf": b"0123456789"}
    for level in range(levels):
        bodies[f"p{level}"] = b'["","",""]'
        ref = ref_in(1, f"p{level}", ref, ref)
    return bodies, ref


def test_a_bomb_of_parts_is_measured_not_built(tmp_path: Path) -> None:
    bodies, ref = bomb(60)
    store = store_with(tmp_path, bodies)

    assert store.size(ref) == 10 << 60
    assert fault_of(store.read(ref)).code == "too-large"
    pages = store.pages(ref)
    assert not isinstance(pages, PayloadFault)
    assert pages.read((10 << 59) + 15, 10) == b"5678901234"


def test_parts_used_often_are_joined_once(tmp_path: Path) -> None:
    bodies, ref = bomb(14)
    store = store_with(tmp_path, bodies)

    assert store.read(ref) == b"0123456789" * (1 << 14)
    tree = BodyTree(store, ref, 1 << 20)
    assert sum(map(len, tree._known.values())) == 15
