"""The payload pane as a state machine: (actions, expected row)."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len

from tui.analysis.search.pattern import parse_pattern
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.source.pages import MemoryPages
from tui.viewmodel.payload.model import PayloadModel
from tui.viewmodel.payload.source import Pages
from tui.viewmodel.payload.subject import PayloadSubject
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import line_text

REF = RawPayloadRef("raw_payload:10", PayloadKind("tool_result"), "payloads/10.json")
OUTPUT = "".join(f"line {number}\n" for number in range(500))
BODY = json.dumps({"type": "end", "call": {"id": 7, "name": "sh"}, "aggregated_output": OUTPUT}).encode()


def model_of(data: bytes | Pages, **fields: object) -> PayloadModel:
    model = PayloadModel(cell_len)
    model.shown.set_width(60)
    pages = MemoryPages(data) if isinstance(data, bytes) else data
    model.show(PayloadSubject(REF, pages=pages, **fields))  # type: ignore[arg-type]
    work(model)
    return model


def work(model: PayloadModel) -> None:
    while (job := model.next_job()) is not None:
        job.accept(job.run())


def cursor_line(model: PayloadModel) -> str:
    model.measure_around(model.cursor, 1)
    return line_text(model.row(model.cursor)).strip()


def perform(model: PayloadModel, *actions: str) -> None:
    for action in actions:
        model.perform(Move(action))
        work(model)


# Rows: 0 root, 1 type, 2 call, 3 id, 4 name, 5 aggregated_output
@pytest.mark.parametrize(
    ("start", "actions", "row"),
    [
        (0, ["step_in"], 1),
        (2, ["step_in"], 3),
        (3, ["step_out"], 2),
        (2, ["step_out"], 2),
        (2, ["step_out", "step_out"], 0),
        (1, ["next_sibling"], 2),
        (2, ["next_sibling"], 5),
        (5, ["next_sibling"], 5),
        (5, ["previous_sibling"], 2),
        (3, ["previous_sibling"], 3),
        (0, ["next_sibling"], 0),
        (4, ["fold_all"], 2),
        (5, ["toggle_fold"], 5),
    ],
)
def test_actions_in_the_tree(start: int, actions: list[str], row: int) -> None:
    model = model_of(BODY)
    model.stand_on(start)

    perform(model, *actions)

    assert model.cursor == row


@pytest.mark.parametrize(
    ("actions", "rows"),
    [([], 6), (["fold_all"], 4), (["fold_all", "unfold_all"], 6), (["toggle_fold"], 1), (["toggle_fold"] * 2, 6)],
)
def test_folding_in_the_tree(actions: list[str], rows: int) -> None:
    model = model_of(BODY)

    perform(model, *actions)

    assert model.row_count == rows


def test_the_modes_go_round() -> None:
    model = model_of(BODY)
    seen = []
    for _ in range(5):
        seen.append((model.mode, cursor_line(model)))
        perform(model, "next_view_mode")

    assert seen == [
        ("tree", "▾ {3} 5.0 kB"),
        ("text", "{"),
        ("raw", '{"type": "end", "call": {"id": 7, "name": "sh"},'),
        ("hex", '00000000  7b 22 74 79 70 65 22 3a  {"type":'),
        ("tree", "▾ {3} 5.0 kB"),
    ]


def test_the_text_of_a_string_is_the_string() -> None:
    model = model_of(BODY)
    model.stand_on(5)

    perform(model, "next_view_mode")
    model.measure_around(0, 1_000)

    assert (model.row_count, cursor_line(model)) == (500, "line 0")


def test_enter_on_a_long_string_opens_its_lines_and_on_a_short_one_its_text() -> None:
    model = model_of(BODY)
    model.stand_on(5)
    model.activate()
    opened = model.row_count
    model.stand_on(1)
    model.activate()
    work(model)

    assert opened == 506
    assert (model.mode, cursor_line(model)) == ("text", "end")


def test_bytes_and_raw_text_stay_at_the_value_of_the_tree() -> None:
    model = model_of(BODY)
    model.stand_on(4)

    model.set_mode("hex")
    at = model.view.offset  # type: ignore[union-attr]
    model.set_mode("raw")

    assert BODY[at:].startswith(b'"sh"')
    assert "sh" in cursor_line(model)


def test_the_missing_bytes_of_an_output_are_shown_at_once() -> None:
    model = model_of(BODY, path=("aggregated_output",), missing=(70, 140))

    assert model.mode == "text"
    assert cursor_line(model) == "line 10"
    assert model.row(model.cursor)[0].style == "cut"
    assert line_text(model.status()) == "bytes 70–140 did not reach the model"


def test_a_path_leads_to_its_value() -> None:
    model = model_of(BODY, path=("call", "name"))

    assert cursor_line(model) == 'name: "sh"'
    assert model.copied_path() == "call.name"


def test_a_path_that_is_not_there_is_said() -> None:
    model = model_of(BODY, path=("elsewhere",), missing=(0, 1))

    assert line_text(model.status()) == "the missing bytes are not in this payload"
    assert model.mode == "tree"


@pytest.mark.parametrize(
    ("data", "mode", "row"),
    [
        (b"plain words\nand more", "raw", "plain words"),
        (b"", "raw", ""),
        (b"\x00\x01binary\xff", "hex", "00000000  00 01 62 69 6e 61 72 79  ··binary"),
        (b"{\xff\xfe not text", "hex", "00000000  7b ff fe 20 6e 6f 74 20  {·· not"),
    ],
)
def test_what_is_no_json_is_shown_as_text_or_bytes(data: bytes, mode: str, row: str) -> None:
    model = model_of(data)

    assert (model.mode, cursor_line(model)) == (mode, row)


def test_a_fault_is_told_with_its_reason() -> None:
    model = PayloadModel(cell_len)
    model.show(PayloadSubject(REF, fault="payloads/10.json: no such file"))

    rows = [line_text(model.row(row)) for row in range(model.row_count)]

    assert rows[:2] == ["This payload cannot be shown.", "  payloads/10.json: no such file"]
    assert model.next_job() is None
    perform(model, "next_view_mode", "step_in", "fold_all")


def test_nothing_is_a_subject_too() -> None:
    model = PayloadModel(cell_len)
    model.show(None)

    assert line_text(model.row(0)) == "Nothing selected has a payload."
    assert line_text(model.title()) == "no payload"


def test_the_title_names_the_file_and_the_event_behind_it() -> None:
    model = model_of(BODY, line=14, seq=13, offset_ms=1_500, event_kind="tool_call_ended")

    assert line_text(model.title()) == (
        "tool_result · payloads/10.json · 5.0 kB · tool_call_ended · line 14 · seq 13 · 1.500s · tree"
    )


# Search


@pytest.mark.parametrize(
    ("mode", "needle", "row"),
    [
        ("tree", "sh", 'name: "sh"'),
        ("tree", "line 77", None),
        ("raw", '"sh"', '{"type": "end", "call": {"id": 7, "name": "sh"},'),
        ("hex", "type", '00000000  7b 22 74 79 70 65 22 3a  {"type":'),
    ],
)
def test_search_goes_to_the_row_of_a_match(mode: str, needle: str, row: str | None) -> None:
    model = model_of(BODY)
    model.set_mode(mode)  # type: ignore[arg-type]

    assert model.finder.search(parse_pattern(needle))

    assert cursor_line(model) == row if row else cursor_line(model).startswith('▸ aggregated_output: "line 0')


def test_search_in_the_text_goes_from_match_to_match() -> None:
    model = model_of(BODY, path=("aggregated_output",), missing=(0, 1))
    pattern = parse_pattern("line 7")

    seen = []
    for forward in (True, True, True, False):
        assert model.finder.search(pattern, forward=forward)
        seen.append(cursor_line(model))

    assert seen == ["line 7", "line 70", "line 71", "line 70"]


def test_in_the_tree_a_row_counts_as_one_match() -> None:
    model = model_of(BODY)
    pattern = parse_pattern("n")

    seen = []
    for _ in range(4):
        model.finder.search(pattern)
        seen.append(model.cursor)

    assert seen == [1, 4, 5, 1]


def test_a_search_without_a_match_says_so_and_stays() -> None:
    model = model_of(BODY)
    model.stand_on(3)

    assert not model.finder.search(parse_pattern("nowhere"))
    assert (model.cursor, line_text(model.status())) == (3, "no match")


def test_a_large_payload_is_searched_by_jobs_that_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.viewmodel.payload.finding.SEARCHED_AT_ONCE", 10)
    model = model_of(BODY)

    model.finder.search(parse_pattern("line 499"))
    status = line_text(model.status())
    assert model.stop()
    assert model.next_job() is None
    model.finder.search(parse_pattern("line 499"))
    work(model)

    assert status == "searching 0% · Esc stops"
    assert cursor_line(model).startswith("▸ aggregated_output")


def test_a_match_inside_a_string_is_marked_when_its_text_is_opened() -> None:
    model = model_of(BODY)
    model.finder.search(parse_pattern("line 77"))

    model.set_mode("text")
    work(model)

    assert cursor_line(model) == "line 77"
    assert [span.text for span in model.row(model.cursor) if span.style == "match"] == ["line 77"]


# Copying


@pytest.mark.parametrize(
    ("row", "value", "path"),
    [
        (1, "end", "type"),
        (2, '{"id": 7, "name": "sh"}', "call"),
        (3, "7", "call.id"),
        (5, OUTPUT, "aggregated_output"),
        (0, BODY.decode(), ""),
    ],
)
def test_what_is_copied(row: int, value: str, path: str) -> None:
    model = model_of(BODY)
    model.stand_on(row)

    assert (model.copied_value(), model.copied_path()) == (value, path)


def test_a_value_too_large_to_copy_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.viewmodel.payload.copying.COPIED_BYTES", 100)

    assert model_of(BODY).copied_value() is None


# Large payloads


class HugePages:
    """A request of a gigabyte: an array of equal objects, made as it is read."""

    HEAD = b'{"model":"m","input":['
    ITEM = b'{"type":"message","text":"' + b"x" * 1_000 + b'"},'
    TAIL = b'0],"stream":true}'
    COUNT = 1_000_000
    size = len(HEAD) + COUNT * len(ITEM) + len(TAIL)

    def __init__(self) -> None:
        self.bytes_read = 0

    def read(self, offset: int, length: int) -> bytes:
        length = max(0, min(length, self.size - offset))
        self.bytes_read += length
        first = max(0, (offset - len(self.HEAD)) // len(self.ITEM))
        start = len(self.HEAD) + first * len(self.ITEM)
        body = self.ITEM * min(self.COUNT - first, length // len(self.ITEM) + 2)
        data = self.HEAD + body if first == 0 else body
        start = 0 if first == 0 else start
        if start + len(data) < offset + length:
            data += self.TAIL
        return data[offset - start : offset - start + length]


def test_a_gigabyte_opens_without_being_read() -> None:
    pages = HugePages()
    model = PayloadModel(cell_len)
    model.show(PayloadSubject(REF, pages=pages))

    job = model.next_job()
    assert job is not None
    job.accept(job.run())
    first_rows = [line_text(model.row(row)) for row in range(2)]
    model.set_mode("raw")
    model.stand_on(model.row_count - 1)
    model.measure_around(model.row_count - 1, 5)
    model.stand_on(model.row_count - 1)

    assert first_rows == ["▾ {1+} 1.0 GB", '    model: "m"']
    assert cursor_line(model).endswith('"stream":true}')
    assert pages.bytes_read < 20_000_000


CHANGES = {
    "src/a.py": {"type": "update", "unified_diff": "@@ -9,2 +9,2 @@\n-old\n+new\n same\n", "move_path": "src/b.py"},
    "gone.py": {"type": "delete", "content": "x\x1b\n"},
    "b.py": {"type": "update", "unified_diff": "[left out]"},
}
PATCHED = json.dumps({"call_id": "c", "changes": CHANGES}).encode()
PATCH_REF = RawPayloadRef("raw_payload:11", PayloadKind("tool_runtime_event"), "payloads/11.json")


def patch_model(**fields: object) -> PayloadModel:
    model = PayloadModel(cell_len)
    model.show(PayloadSubject(PATCH_REF, pages=MemoryPages(PATCHED), **fields))  # type: ignore[arg-type]
    work(model)
    return model


def test_patch_is_shown_as_files_with_line_numbers() -> None:
    model = patch_model()
    assert model.mode == "changes"
    assert [line_text(model.row(row)) for row in range(model.row_count)] == [
        "changed src/{a.py → b.py}  +1 −1",
        "       @@ -9,2 +9,2 @@",
        " 9    -old",
        "    9 +new",
        "10 10  same",
        "",
        "deleted gone.py  +0 −1",
        "1   -x␛",
        "",
        "changed b.py  what is recorded is not a diff:",
        "     [left out]",
    ]


def test_next_mode_of_a_patch_is_what_was_recorded() -> None:
    model = patch_model()
    perform(model, "next_view_mode")
    assert model.mode == "tree"
    perform(model, *["next_view_mode"] * 4)
    assert model.mode == "changes"


def test_value_that_is_meant_is_shown_in_the_tree() -> None:
    assert patch_model(path=("changes", "gone.py")).mode == "tree"
