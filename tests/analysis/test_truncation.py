"""What of an output the model did not see."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.route import route_of
from tui.analysis.requests.truncation import Cut, cut_of_item, find_cut, is_other_text
from tui.model.conversation import ToolProducer
from tui.model.ids import ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import TerminalResult
from tui.schema.events import ExecutionStatus

PREAMBLE = "Chunk ID: 4f6c8e\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\n"
OUTPUT = "".join(f"line {number}\n" for number in range(2_000))


def cut_copy(output: str, head: int, tail: int, preamble: str = PREAMBLE) -> str:
    """The model's copy of an output: so many characters of its beginning and of its end."""
    return f"{preamble}{output[:head]}…4242 tokens truncated…{output[len(output) - tail :]}"


def test_the_missing_bytes_are_found_by_comparing_both_texts() -> None:
    seen = cut_copy(OUTPUT, 100, 60)

    cut = find_cut(seen, OUTPUT)

    assert cut == Cut(
        certainty="compared",
        mark_start=len(PREAMBLE) + 100,
        mark_end=len(PREAMBLE) + 100 + len("…4242 tokens truncated…"),
        kept_bytes=160,
        produced_bytes=len(OUTPUT),
        missing_start=100,
        missing_end=len(OUTPUT) - 60,
        mark="4242 tokens",
    )


@pytest.mark.parametrize(
    "preamble",
    ["", "Total output lines: 2000\n\n", f"{PREAMBLE}Warning: truncated output\n... 9 bytes omitted ...\n\n"],
)
def test_lines_of_the_runtime_before_the_output_do_not_count_as_output(preamble: str) -> None:
    cut = find_cut(cut_copy(OUTPUT, 100, 60, preamble), OUTPUT)

    assert cut is not None
    assert (cut.certainty, cut.kept_bytes, cut.missing_start) == ("compared", 160, 100)


def test_bytes_are_counted_not_characters() -> None:
    output = "日本語" * 1_000

    cut = find_cut(cut_copy(output, 10, 10), output)

    assert cut is not None
    assert (cut.kept_bytes, cut.missing_start, cut.missing_end, cut.produced_bytes) == (60, 30, 8_970, 9_000)


def test_a_repeating_output_is_not_confused_with_itself() -> None:
    output = "the same line\n" * 5_000

    cut = find_cut(cut_copy(output, 1_003, 502), output)

    assert cut is not None
    assert (cut.missing_start, cut.missing_end) == (1_003, len(output) - 502)


def test_what_the_runtime_dropped_before_is_told_apart() -> None:
    for kept, omitted in ((1 << 19, 777), (5_000, 0)):
        output = f"{'a' * kept}\n... 777 bytes omitted ...\n{'b' * kept}"

        cut = find_cut(cut_copy(output, 100, 100), output)

        assert cut is not None
        assert cut.omitted_bytes == omitted


@pytest.mark.parametrize("tail", [6, 13, 57])
@pytest.mark.parametrize("head", [9, 30, 100])
def test_mark_on_a_line_of_its_own_is_found(head: int, tail: int) -> None:
    output = "".join(f"entry {number}\n" for number in range(400))
    seen = f"{PREAMBLE}{output[:head]}\n[... omitted 380 of 400 lines ...]\n\n{output[len(output) - tail :]}"

    cut = find_cut(seen, output, "late")

    assert cut is not None
    assert (cut.certainty, cut.mark, cut.kept_bytes, cut.missing_start) == ("compared", "380 lines", head + tail, head)


QUOTES = [
    "# the model sees …1234 tokens truncated… in its place\n",
    "[... omitted 120 of 400 lines ...]\n",
    "begin …12 tokens truncated… and …12 tokens truncated… end\n",
]
"""Outputs of tools that print what looks like the runtime's mark."""


@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize("preamble", ["", PREAMBLE])
def test_mark_that_the_tool_printed_is_no_cut(quote: str, preamble: str) -> None:
    assert find_cut(preamble + quote, quote) is None
    assert find_cut(f"{preamble}{quote}", f"{quote}\n") is None
    early = find_cut(f"{preamble}{quote}", f"{quote}and more\n")
    assert early is not None
    assert (early.certainty, early.mark) == ("earlier", "")


@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize("is_before", [True, False])
def test_real_cut_beside_quoted_mark_is_found(quote: str, *, is_before: bool) -> None:
    output = quote + OUTPUT if is_before else OUTPUT + quote
    cut = find_cut(cut_copy(output, 200, 150), output)
    assert cut is not None
    assert (cut.certainty, cut.mark, cut.kept_bytes) == (
        "compared",
        "4242 tokens",
        len(output[:200].encode()) + len(output[-150:].encode()),
    )
    assert cut.missing_start == len(output[:200].encode())


@pytest.mark.parametrize("mark", ["...300 tokens truncated...", "", "[output too long: 9 kB left out]"])
def test_cut_with_unknown_mark_is_found_by_comparing(mark: str) -> None:
    cut = find_cut(f"{PREAMBLE}{OUTPUT[:200]}{mark}{OUTPUT[-100:]}", OUTPUT)
    assert cut is not None
    assert (cut.certainty, cut.mark, cut.kept_bytes) == ("compared", mark.strip(), 300)


@pytest.mark.parametrize(
    ("seen", "kept", "missing"),
    [
        (OUTPUT[:200], 200, (200, len(OUTPUT))),
        (f"{OUTPUT[:200]}\n[output truncated]", 200, (200, len(OUTPUT))),
        (OUTPUT[-100:], 100, (0, len(OUTPUT) - 100)),
        (f"{PREAMBLE}{OUTPUT[-99:]}", 99, (0, len(OUTPUT) - 99)),
        ("", 0, (0, len(OUTPUT))),
    ],
    ids=["beginning", "beginning and a note", "end", "end behind the runtime's lines", "nothing"],
)
def test_copy_of_one_end_only_is_cut(seen: str, kept: int, missing: tuple[int, int]) -> None:
    cut = find_cut(seen, OUTPUT, "late")
    assert cut is not None
    assert (cut.kept_bytes, (cut.missing_start, cut.missing_end)) == (kept, missing)


@pytest.mark.parametrize(
    ("seen", "produced", "expected"),
    [
        ("command was aborted", "6 files\n", True),
        ("a\nb\n", "a\r\nb\r\n\r\n", False),
        (f"{PREAMBLE}6 files", "6 files\n\n", False),
        ("nothing was printed", " \n", False),
        ("nothing was recorded", None, False),
    ],
)
def test_copy_without_the_output_is_another_text(seen: str, produced: str | None, *, expected: bool) -> None:
    assert is_other_text(seen, produced) is expected


@pytest.mark.parametrize(
    "seen", [OUTPUT.replace("line 7\n", "line seven\n"), OUTPUT.replace("line 9\n", ""), "other\n" * 99]
)
def test_text_that_was_only_changed_is_no_cut(seen: str) -> None:
    assert find_cut(seen, OUTPUT) is None


def test_answer_after_the_end_was_not_taken_early() -> None:
    cut = find_cut(f"{PREAMBLE}first\n", "first\nsecond\n", "late")
    assert cut is not None
    assert (cut.certainty, cut.kept_bytes, cut.produced_bytes) == ("compared", 5, 13)


@pytest.mark.parametrize(
    ("tool_status", "seen", "certainty"),
    [
        ("running", "Wall time: 1.2 seconds\naborted by user", "unseen"),
        ("aborted", "aborted by user", "unseen"),
        ("aborted", "begin\naborted by user", None),
        ("completed", "something else", None),
    ],
)
def test_answer_in_place_of_an_interrupted_command(
    tool_status: ExecutionStatus, seen: str, certainty: str | None
) -> None:
    graph = small_graph()
    graph.tool("tool", output_items=["item"], status=tool_status)
    graph.operation("operation", "tool", "echo begin; sleep 50", stdout="begin\n")
    item = graph.item(
        "item", text=seen, role="tool", kind="function_call_output", produced_by=[ToolProducer(ToolCallId("tool"))]
    )
    cut = cut_of_item(graph.trace, item)
    assert (cut and cut.certainty) == certainty
    route = route_of(graph.trace, TraceIndex(graph.trace), NodeRef("tool_call", "tool"))
    assert route is not None
    assert route.route == ("interrupted" if certainty == "unseen" else "terminal")


@pytest.mark.parametrize(
    "produced", [None, "", "something else altogether, longer than any probe of a place in a text"]
)
def test_without_the_output_only_the_mark_speaks(produced: str | None) -> None:
    cut = find_cut(cut_copy(OUTPUT, 100, 60), produced)

    assert cut is not None
    assert (cut.certainty, cut.mark, cut.produced_bytes, cut.missing_start) == ("marked", "4242 tokens", None, None)
    assert cut.kept_bytes == len(PREAMBLE) + 160


def test_older_marks_count_lines() -> None:
    cut = find_cut("first\n[... omitted 120 of 400 lines ...]\nlast", None)

    assert cut is not None
    assert cut.mark == "120 lines"


def test_an_output_seen_before_the_command_ended_is_not_called_cut() -> None:
    cut = find_cut(f"{PREAMBLE}first\n", "first\nsecond\nthird\n")

    assert cut is not None
    assert (cut.certainty, cut.kept_bytes, cut.missing_start, cut.missing_end) == ("earlier", 5, 5, 19)


@pytest.mark.parametrize("seen", [f"{PREAMBLE}all of it\n", "all of it", f"{PREAMBLE}all of it\n\n"])
def test_nothing_is_missing_from_a_whole_copy(seen: str) -> None:
    assert find_cut(seen, "all of it\n") is None


def test_an_item_is_compared_with_its_terminal_operation() -> None:
    graph = small_graph()
    graph.tool("tool", output_items=["item"])
    operation = graph.operation("operation", "tool", "seq 2000")
    operation.result = TerminalResult(0, OUTPUT, "", None, None, None)
    fields: dict[str, Any] = {"role": "tool", "kind": "function_call_output", "text": cut_copy(OUTPUT, 100, 60)}

    produced = graph.item("item", produced_by=[ToolProducer(ToolCallId("tool"))], **fields)
    orphan = graph.item("orphan", **fields)

    cuts = [cut_of_item(graph.trace, item) for item in (produced, orphan)]
    assert [cut.certainty for cut in cuts if cut is not None] == ["compared", "marked"]
