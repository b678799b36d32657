"""What of an output the model did not see."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.truncation import Cut, cut_of_item, find_cut
from tui.model.conversation import ToolProducer
from tui.model.objects import TerminalResult

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
    output = f"{'a' * 5_000}\n... 777 bytes omitted ...\n{'b' * 5_000}"

    cut = find_cut(cut_copy(output, 100, 100), output)

    assert cut is not None
    assert cut.omitted_bytes == 777


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
    fields = {"role": "tool", "kind": "function_call_output", "text": cut_copy(OUTPUT, 100, 60)}

    produced = graph.item("item", produced_by=[ToolProducer("tool")], **fields)
    orphan = graph.item("orphan", **fields)

    assert cut_of_item(graph.trace, produced).certainty == "compared"
    assert cut_of_item(graph.trace, orphan).certainty == "marked"
