"""Payloads nobody reads are held to JSON's grammar and to nothing else (reducer rules §12)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.recording.payload_syntax import _first_fault, json_fault

TOLERATED = {
    "deeper than any decoder goes": b"[" * 50_000 + b"]" * 50_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "lone surrogate escape": b'{"x": "\\ud800 alone"}',
    "surrogate before another escape": b'["\\ud800\\u0041"]',
    "number outside every type": b"[1e999, 123456789012345678901234567890]",
    "repeated keys": b'{"a": 1, "a": 2}',
}

REFUSED = {
    "nothing at all": (b"", "empty"),
    "cut in the middle": (b'{"a": [1, 2', "ends in the middle"),
    "cut in a string": (b'{"a": "b', "not JSON"),
    "not UTF-8": (b'{"a": "\xff"}', "not UTF-8: byte 0xff at offset 7"),
    "two values": (b"{} {}", "not JSON"),
    "not a number": (b"[NaN]", "not JSON"),
    "control character in a string": (b'["\x01"]', "not JSON"),
    "byte order mark": (b"\xef\xbb\xbf{}", "it begins with a byte order mark (BOM)"),
    "UTF-16": ("{}".encode("utf-16"), "the file is UTF-16; convert it to UTF-8"),
    "wrong bracket, deep": (b"[" * 5000 + b"}" + b"]" * 4999, "not JSON"),
    "missing colon, deep": (b"[" * 5000 + b'{"a"}' + b"]" * 5000, "not JSON"),
    "trailing comma after a lone surrogate": (b'["\\ud800",]', "not JSON"),
}


@pytest.mark.parametrize("data", TOLERATED.values(), ids=TOLERATED.keys())
def test_depth_surrogates_and_odd_numbers_pass(data: bytes) -> None:
    assert json_fault(data) is None


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_everything_else_is_named(data: bytes, reason: str) -> None:
    assert reason in str(json_fault(data))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


@given(
    json_values, st.integers(min_value=0, max_value=10_000), st.sampled_from([b"", b",", b"]", b"}", b":", b'"', b"1"])
)
def test_the_second_look_agrees_with_a_json_parser(value: object, place: int, junk: bytes) -> None:
    data = json.dumps(value, indent=1).encode()
    place %= len(data) + 1
    damaged = data[:place] + junk + data[place:]
    try:
        json.loads(damaged)
        expected = True
    except ValueError:
        expected = False
    assert (_first_fault(damaged) is None) == expected
