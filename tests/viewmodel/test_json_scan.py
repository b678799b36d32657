"""Members of a JSON container, found without decoding what is inside."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.source.pages import MemoryPages
from tui.viewmodel.payload import json_scan
from tui.viewmodel.payload.json_scan import ContainerScan, Member

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


def scanned(data: bytes, start: int = 0) -> tuple[list[Member], ContainerScan]:
    scan = ContainerScan(MemoryPages(data), start)
    members: list[Member] = []
    while not scan.done:
        members += scan.advance(1_000, 3)
    return members, scan


def test_members_of_an_object() -> None:
    data = b' {"a": "x\\"}]", "b":[1,{"c":2}] ,\n"d":{}, "e" : -1.5e3,"f":true,"g":null} '

    members, scan = scanned(data, 1)

    assert [(one.key, one.kind, data[one.start : one.end]) for one in members] == [
        (b"a", "string", b'"x\\"}]"'),
        (b"b", "array", b'[1,{"c":2}]'),
        (b"d", "object", b"{}"),
        (b"e", "number", b"-1.5e3"),
        (b"f", "bool", b"true"),
        (b"g", "null", b"null"),
    ]
    assert scan.end == len(data) - 1


@pytest.mark.parametrize("data", [b"[]", b"{}", b"[ ]", b"{\n}"])
def test_an_empty_container_has_no_members(data: bytes) -> None:
    members, scan = scanned(data)

    assert (members, scan.end, scan.fault) == ([], len(data), None)


@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES), st.integers(2, 40), st.booleans())
def test_any_window_gives_the_same_members(value: object, window: int, is_ascii: bool) -> None:
    data = json.dumps(value, ensure_ascii=is_ascii).encode(errors="surrogatepass")
    whole, _scan = scanned(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_scan, "WINDOW_BYTES", window)
        members, scan = scanned(data)

    assert members == whole
    assert scan.end == len(data)
    expected = list(value.values()) if isinstance(value, dict) else value
    assert [json.loads(data[one.start : one.end]) for one in members] == expected


@pytest.mark.parametrize(
    ("data", "keys", "fault"),
    [
        (b"[1, 2", [0, 1], "the file ends where a comma or the end should be at byte 5"),
        (b'{"a": "xxx', [], "the file ends inside a string at byte 10"),
        (b'{"a": [1, {"b": ', [], "the file ends inside a value at byte 16"),
        (b'{"a": 1 "b": 2}', [b"a"], "not JSON: a comma or the end should be at byte 8"),
        (b"{a: 1}", [], "not JSON: a key should be at byte 1"),
        (b'{"a" 1}', [], "not JSON: a colon should be at byte 5"),
        (b"[1, oops]", [0], "not JSON: a value should be at byte 4"),
        (b'["a\\', [], "the file ends inside a string at byte 4"),
        (b"[", [], "the file ends where a value should be at byte 1"),
    ],
)
def test_what_is_no_json_ends_the_scan_and_keeps_what_was_found(data: bytes, keys: list[object], fault: str) -> None:
    members, scan = scanned(data)

    assert [one.key for one in members] == keys
    assert str(scan.fault) == fault


def test_a_million_brackets_need_no_stack() -> None:
    data = b"[" * 1_000_000 + b"]" * 1_000_000

    members, scan = scanned(data)

    assert len(members) == 1
    assert scan.end == len(data)


def test_work_comes_in_pieces() -> None:
    scan = ContainerScan(MemoryPages(b"[" + b"1," * 999 + b"1]"), 0)

    first = scan.advance(1_000_000, 10)

    assert len(first) == 10
    assert not scan.done
    assert 15 <= scan.position <= 25


class ShrunkPages(MemoryPages):
    """A file that was cut after its size was taken."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.size = 1_000


@pytest.mark.parametrize("data", [b'["abc', b"[[1, [", b"[1, ", b'{"a'])
def test_a_file_that_became_shorter_ends_the_scan(data: bytes) -> None:
    scan = ContainerScan(ShrunkPages(data), 0)

    scan.advance(10_000, 10)

    assert scan.fault is not None
