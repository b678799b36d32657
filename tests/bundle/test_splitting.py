"""Values in pieces: joined again they are the same text, and each part is a value of its own."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.bundle.write.splitting import JsonPieces, split_list, split_pictures

PICTURE = "data:image/png;base64,AA=="
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from(["", "a", '"', "\\", PICTURE, f'"{PICTURE}"', "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", PICTURE, "input"]), inner),
)


def joined(split: JsonPieces) -> bytes:
    pieces = [split.fragments[0]]
    for part, fragment in zip(split.parts, split.fragments[1:], strict=True):
        pieces += [part, fragment]
    return b"".join(pieces)


@pytest.mark.parametrize(
    ("value", "fragments"),
    [
        ({"image_url": PICTURE}, ['{"image_url":', "}"]),
        ([PICTURE, PICTURE], ["[", ",", "]"]),
        ([f'"{PICTURE}"'], None),
        ([f'say "{PICTURE}",'], None),
        ({PICTURE: 1}, None),
        ("data:text/plain,a", None),
        (PICTURE, None),
    ],
    ids=["a field", "two elements", "quoted in a text", "quoted before a comma", "a key", "no picture", "the whole"],
)
def test_only_values_that_are_pictures_are_cut_out(value: object, fragments: list[str] | None) -> None:
    text = msgspec.json.encode(value)
    split = split_pictures(text)

    assert joined(split) == text
    assert split.body() == (msgspec.json.encode(fragments) if fragments else text)


@pytest.mark.parametrize(
    ("value", "fragments"),
    [
        ({"input": [1, 2]}, ['{"input":[', ",", "]}"]),
        ({"a": 0, "input": [1], "b": {"input": [1]}}, ['{"a":0,"input":[', '],"b":{"input":[1]}}']),
        ({"a": '"input":[', "input": [[]]}, ['{"a":"\\"input\\":[","input":[', "]}"]),
    ],
    ids=["alone", "between others", "the same words before"],
)
def test_a_list_is_cut_into_its_elements(value: dict[str, Any], fragments: list[str]) -> None:
    split = split_list(value, "input")

    assert json.loads(split.body()) == fragments
    assert split.parts == [msgspec.json.encode(element) for element in value["input"]]


@given(JSON)
def test_cut_pictures_join_to_the_same_text(value: object) -> None:
    text = msgspec.json.encode(value)
    split = split_pictures(text)

    assert joined(split) == text
    assert set(split.parts) <= {f'"{PICTURE}"'.encode()}


@given(st.dictionaries(st.sampled_from("abc"), JSON), st.lists(JSON), st.dictionaries(st.sampled_from("def"), JSON))
def test_cut_lists_join_to_the_same_text(before: dict[str, Any], items: list[Any], after: dict[str, Any]) -> None:
    value = before | {"input": items} | after

    assert joined(split_list(value, "input")) == msgspec.json.encode(value)
