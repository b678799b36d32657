"""Searching payloads of schema 3: each record once, parts as payloads of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bundle.shard_files import frame, record, ref_in, write_shard
from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.pattern import parse_pattern
from tui.bundle.payloads.body_search import BodyMatch, count_in_bodies, match_at, matches_in_body
from tui.bundle.payloads.searched_body import searched_body
from tui.bundle.payloads.store import PayloadStore
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault

LARGE = 3_000_000


def store_with(directory: Path, *bodies: bytes) -> tuple[PayloadStore, list[RawPayloadRef]]:
    """A shard with these bodies, and references to them."""
    refs = [ref_in(1, f"raw_payload:{number}") for number in range(len(bodies))]
    pieces = [record(ref.raw_payload_id, body) for ref, body in zip(refs, bodies, strict=True)]
    write_shard(directory, 1, frame(pieces))
    return PayloadStore(directory), refs


def counted(store: PayloadStore, refs: list[RawPayloadRef], pattern: str) -> list[int]:
    found = dict.fromkeys((ref.raw_payload_id for ref in refs), 0)
    for part in count_in_bodies(store, refs, BytePattern(parse_pattern(pattern))):
        found[part.ref.raw_payload_id] += part.found
    return list(found.values())


@pytest.mark.parametrize("pattern", ["needle", "Needle", "re:ne+dle", "é", "raw_payload", "aa"])
def test_counts_are_those_of_each_body(tmp_path: Path, pattern: str) -> None:
    bodies = (
        b'"needle Needle"',
        b"",
        b"needle" + b"-" * LARGE + b"Needle",
        '"é\\u00e9"'.encode(),
        b"aaa",
        b"a" * 300_000,
        b"-" * 900_000 + b"Needle",
    )
    store, refs = store_with(tmp_path, *bodies)
    finder = BytePattern(parse_pattern(pattern))

    assert counted(store, refs, pattern) == [finder.count(body) for body in bodies]
    assert counted(store, refs[::-1], pattern) == [finder.count(body) for body in bodies[::-1]]


def test_sizes_and_faults_are_reported(tmp_path: Path) -> None:
    store, refs = store_with(tmp_path, b"12345")
    asked = [*refs, ref_in(1, "gone"), ref_in(7, "gone"), ref_in(None, "omitted")]

    found = list(count_in_bodies(store, asked, BytePattern(parse_pattern("1"))))

    assert [(part.found, part.fault and part.fault.code) for part in found] == [
        (1, None),
        (0, "missing"),
        (0, "missing"),
        (0, "omitted"),
    ]


def test_payloads_without_a_match_are_passed_together(tmp_path: Path) -> None:
    store, refs = store_with(tmp_path, *[b"-"] * 7, b"x", *[b"-"] * 3)

    found = list(count_in_bodies(store, refs, BytePattern(parse_pattern("x"))))

    assert [(part.ref.raw_payload_id, part.found, part.passed) for part in found] == [
        ("raw_payload:6", 0, 6),
        ("raw_payload:7", 1, 0),
        ("raw_payload:10", 0, 2),
    ]
    assert sum(part.passed + part.is_done for part in found) == len(refs)


@pytest.mark.parametrize(
    ("fragment", "pattern", "expected"),
    [
        (b"needle", "needle", 1),
        (b"ne\\u0065dle", "needle", 1),
        (b"a\\nb", "nb", 0),
        (b"a\\/b", "a/b", 1),
        (b'a\\"b', 'a"b', 1),
        (b"\\u00e9", "\u00e9", 1),
    ],
)
def test_fragments_are_searched_as_what_they_say(tmp_path: Path, fragment: bytes, pattern: str, expected: int) -> None:
    store, (_, part) = store_with(tmp_path, b'["' + fragment + b'",""]', b"1")

    assert counted(store, [ref_in(1, "raw_payload:0", part)], pattern) == [expected]


@pytest.fixture
def prompt(tmp_path: Path) -> tuple[PayloadStore, RawPayloadRef]:
    store, (_, item) = store_with(tmp_path, b'["{\\"a needle\\":[","],\\"needle\\":1}"]', b'"needle"')
    return store, ref_in(1, "raw_payload:0", item)


def test_parts_are_not_searched_again(prompt: tuple[PayloadStore, RawPayloadRef]) -> None:
    store, ref = prompt

    assert counted(store, [ref, *ref.parts], "needle") == [2, 1]
    assert counted(store, [ref], '"needle"') == [1]  # as the fragments say it, not as they are escaped
    assert counted(store, [ref], "null") == [0]
    assert searched_body(store, ref, 1_000) == b'{"a needle":[\n],"needle":1}'


def test_matches_are_placed_in_the_whole_body(prompt: tuple[PayloadStore, RawPayloadRef]) -> None:
    store, ref = prompt
    whole = store.read(ref)
    assert whole == b'{"a needle":["needle"],"needle":1}'

    found = list(matches_in_body(store, ref, BytePattern(parse_pattern("needle"))))

    assert [match.start for match in found if isinstance(match, BodyMatch)] == [4, 24]
    match = match_at(store, ref, 4, 10)
    assert isinstance(match, BodyMatch)
    assert (match.before, match.match, match.after) == (b'{"a ', b"needle", b'":[\n],"needle":1}')


def test_matches_beside_missing_parts_have_no_place(prompt: tuple[PayloadStore, RawPayloadRef]) -> None:
    store, ref = prompt
    broken = ref_in(1, ref.raw_payload_id, ref_in(1, "gone"))

    found = list(matches_in_body(store, broken, BytePattern(parse_pattern("needle"))))

    assert [match.start for match in found if isinstance(match, BodyMatch)] == [None, None]
    assert isinstance(store.read(broken), PayloadFault)


def test_of_records_that_share_an_id_the_first_is_counted(tmp_path: Path) -> None:
    bodies = [("a", b"x"), ("b", b"-"), ("a", b"xxx"), ("c", b"xx"), ("b", b"x")]
    write_shard(tmp_path, 1, frame([record(name, body) for name, body in bodies]))

    assert counted(PayloadStore(tmp_path), [ref_in(1, name) for name in "abc"], "x") == [1, 0, 2]


def test_records_before_the_damage_are_counted(tmp_path: Path) -> None:
    whole = frame([record("a", b"x"), record("b", b"xx" + bytes(range(256)) * 4_000), record("c", b"x")])
    write_shard(tmp_path, 1, whole[: len(whole) // 2])

    found = list(
        count_in_bodies(PayloadStore(tmp_path), [ref_in(1, "a"), ref_in(1, "c")], BytePattern(parse_pattern("x")))
    )

    assert [(part.found, part.fault is None) for part in found] == [(1, True), (0, False)]
