"""The JSON tree: rows that exist only where somebody looks."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len

from tui.source.pages import MemoryPages
from tui.viewmodel.payload import json_tree
from tui.viewmodel.payload.json_rows import node_line
from tui.viewmodel.payload.json_tree import JsonTree, path_text
from tui.viewmodel.text.spans import line_text

RESULT = json.dumps(
    {
        "type": "direct_response",
        "response_item": {"output": [{"text": "one\ntwo"}, {"text": '{"nested": [1]}'}], "odd key": "x" * 300},
    }
).encode()


def tree_of(data: bytes) -> JsonTree:
    tree = JsonTree(MemoryPages(data))
    work(tree)
    return tree


def work(tree: JsonTree) -> None:
    while (job := tree.next_job()) is not None:
        job.accept(job.run())


def shown(tree: JsonTree, width: int = 60) -> list[str]:
    return [line_text(node_line(node, width, cell_len)) for node in tree.rows]


def row_of(tree: JsonTree, path: str) -> int:
    return [path_text(node) for node in tree.rows].index(path)


def test_a_small_document_opens_by_itself_with_its_short_texts() -> None:
    """What a command printed, and JSON in a string, are what one came for."""
    assert shown(tree_of(RESULT)) == [
        "▾ {2} 426 B",
        '    type: "direct_response"',
        "  ▾ response_item: {2} 380 B",
        "    ▾ output: [2]",
        "      ▾ [0] {1}",
        '        ▾ text: "one\\ntwo"',
        "            one",
        "            two",
        "      ▾ [1] {1}",
        '        ▾ text: "{\\"nested\\": [1]}"',
        "          ▾ {1}",
        "            ▾ nested: [1]",
        "                [0] 1",
        f'      odd key: "{"x" * 37}… 302 B',
    ]


def test_a_long_string_opens_only_when_somebody_asks() -> None:
    tree = tree_of(json.dumps({"text": "one\ntwo\n" + "x" * json_tree.AUTO_TEXT_BYTES}).encode())
    assert len(tree.rows) == 2

    tree.expand(row_of(tree, "text"))

    assert shown(tree)[2:4] == ["      one", "      two"]


@pytest.mark.parametrize(
    ("url", "row"),
    [
        ("data:application/octet-stream;base64,R0lGODlhDAAiAA==", "(image/gif · 12 × 34 pixels · 10 B · O saves it)"),
        ("data:image/png;base64,iVBORw0KGgo=", "(image/png · 8 B · O saves it)"),
        ("data:text/plain;base64,R0k=", '"data:text/plain;base64,R0k="'),
        ("data:image/png;base64,\udc80", '"data:image/png;base64,\\udc80"'),
    ],
)
def test_picture_is_named_instead_of_its_bytes(url: str, row: str) -> None:
    assert shown(tree_of(json.dumps({"image_url": url}).encode()), 100)[1] == f"    image_url: {row}"


@pytest.mark.parametrize(
    ("path", "rows_left"), [("", 1), ("response_item", 3), ("response_item.output", 5), ("type", 14)]
)
def test_folding_hides_what_is_below(path: str, rows_left: int) -> None:
    tree = tree_of(RESULT)
    row = row_of(tree, path)
    before = shown(tree)

    tree.collapse(row)

    assert len(tree.rows) == rows_left
    tree.expand(row)
    assert shown(tree) == before


def test_a_large_container_is_listed_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_tree, "MEMBERS_AT_ONCE", 20)
    monkeypatch.setattr(json_tree, "SLICE_MEMBERS", 7)
    tree = tree_of(json.dumps(list(range(50))).encode())
    first = len(tree.rows)

    tree.expand(first - 1)
    work(tree)
    second = shown(tree)
    tree.expand(len(tree.rows) - 1)
    work(tree)

    assert first == 23
    assert second[0] == "▾ [42+] 190 B"
    assert second[-1] == "    … more members (Enter lists them)"
    assert shown(tree)[-1] == "    [49] 49"


def test_work_that_was_stopped_can_be_taken_up() -> None:
    data = json.dumps(list(range(5_000))).encode()
    tree = JsonTree(MemoryPages(data))
    job = tree.next_job()
    assert job is not None
    job.accept(job.run())
    reading = shown(tree)[-1]

    tree.stop()
    stopped = shown(tree)[-1]
    tree.expand(len(tree.rows) - 1)
    work(tree)

    assert reading == "    … reading (Esc stops)"
    assert stopped == "    … more members (Enter lists them)"
    assert shown(tree)[-1] == "    [4999] 4999"


@pytest.mark.parametrize(
    ("target", "path", "found_all"),
    [
        (RESULT.index(b"nested"), "response_item.output[1].text", True),
        (RESULT.index(b"direct"), "type", True),
        (("response_item", "output", "0"), "response_item.output[0]", True),
        (("response_item", "odd key"), 'response_item["odd key"]', True),
        (("response_item", "missing", "0"), "response_item", False),
        (("type", "0"), "type", False),
    ],
)
def test_a_place_is_found_by_offset_and_by_path(target: int | tuple[str, ...], path: str, found_all: bool) -> None:
    tree = JsonTree(MemoryPages(RESULT))

    tree.seek(target)
    work(tree)

    assert tree.found is not None
    assert (path_text(tree.found), tree.found_all) == (path, found_all)
    assert tree.found in tree.rows


def test_a_place_behind_many_members_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_tree, "MEMBERS_AT_ONCE", 10)
    monkeypatch.setattr(json_tree, "SLICE_MEMBERS", 10)
    tree = JsonTree(MemoryPages(json.dumps([[number] for number in range(300)]).encode()))

    tree.seek(("250",))
    work(tree)

    assert tree.found is not None
    assert path_text(tree.found) == "[250]"


@pytest.mark.parametrize(
    ("data", "row"),
    [
        (b'{"a": 1, "b": [1, 2', "    the file ends inside a value at byte 19"),
        (b'{"a": 1, "b" 2}', "    not JSON: a colon should be at byte 13"),
    ],
)
def test_a_broken_document_says_where_it_breaks(data: bytes, row: str) -> None:
    assert shown(tree_of(data))[1:] == ["    a: 1", row]


@pytest.mark.parametrize("data", [b"", b"   ", b"plain text", b"\x00\x01"])
def test_what_does_not_begin_like_json_is_no_tree(data: bytes) -> None:
    tree = JsonTree(MemoryPages(data))

    assert tree.rows == []
    assert tree.fault is not None


@pytest.mark.parametrize(("data", "row"), [(b'"text"', '  "text"'), (b" -1.5 ", "  -1.5"), (b"null", "  null")])
def test_a_scalar_is_a_tree_of_one_row(data: bytes, row: str) -> None:
    assert shown(tree_of(data)) == [row]


def test_hostile_keys_and_values_are_harmless() -> None:
    assert shown(tree_of('{"\x1b]0;x": "\u202e"}'.encode()))[1] == '    ␛]0;x: "‹U+202E›"'


def test_lone_surrogates_and_broken_escapes_are_shown() -> None:
    tree = tree_of(rb'{"a": "\ud800\n", "b": "\q\n"}')

    tree.expand(2)
    tree.expand(1)

    assert shown(tree) == ["▾ {2}", '  ▾ a: "\\ud800\\n"', "      ‹U+D800›", '  ▾ b: "\\q\\n"', '      "\\q\\n"']
