"""One item as header and body, folded when long."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.model.conversation import (
    AgentMessage,
    Body,
    CodePart,
    ConversationItem,
    EncodedPart,
    JsonPart,
    Part,
    PayloadRefPart,
    SummaryPart,
    TextPart,
    ToolProducer,
)
from tui.model.evidence import ItemSource
from tui.model.ids import ItemId, RawPayloadId, ToolCallId
from tui.model.objects import TerminalResult
from tui.viewmodel.conversation.body import item_body
from tui.viewmodel.conversation.rows import LINE_CHARACTERS, ROWS_OF_OPEN_ITEM, Fold, Page, item_rows
from tui.viewmodel.text.spans import Span, line_text

PAYLOAD = "raw_payload:1"


def rows(
    graph: SmallGraph, item: ConversationItem, fold: Fold = Fold.SHORT, *, raw: bytes | None = None, short: int = 5
) -> list[str]:
    """The rows of an item in 40 cells."""
    body = item_body(graph.trace, item, raw)
    return [line_text(row.line) for row in item_rows(body, fold, short, Page(40, cell_len))]


def item_with(*parts: Part, **fields: Any) -> tuple[SmallGraph, ConversationItem]:
    graph = small_graph()
    item = graph.item("item", **fields)
    item.body = Body(list(parts))
    return graph, item


def test_a_short_message_stands_beside_its_role() -> None:
    assert rows(*item_with(TextPart("Hello there."))) == ["user  Hello there."]


def test_encrypted_summary_has_its_one_name() -> None:
    graph, item = item_with(EncodedPart("encrypted_content", "x"), role="assistant")
    item.channel = "summary"
    assert rows(graph, item)[0].startswith("encrypted summary")


def test_a_longer_one_below_it_wrapped() -> None:
    assert rows(*item_with(TextPart("A message that needs more than one line."))) == [
        "user",
        "  A message that needs more than one",
        "  line.",
    ]


def test_folded_to_the_header_it_shows_how_it_begins() -> None:
    assert rows(*item_with(TextPart("\nFirst line of many.\nSecond.")), Fold.HEADER) == ["user  First line of many."]


def test_hostile_text_is_harmless() -> None:
    assert rows(*item_with(TextPart("\x1b[2Jred\r\n\u202ebidi"))) == ["user", "  ␛[2Jred", "  ‹U+202E›bidi"]


def test_reasoning_shows_its_summary_and_the_size_of_what_is_encrypted() -> None:
    graph, item = item_with(SummaryPart("Thinking."), EncodedPart("encrypted_content", "x" * 1_200))
    item.role, item.kind, item.channel = "assistant", "reasoning", "analysis"

    assert rows(graph, item) == [
        "assistant reasoning",
        "  Thinking.",
        "  encrypted_content · 1.2 kB · only the",
        "  provider can read it",
    ]


def test_a_message_between_agents_names_both() -> None:
    graph, item = item_with(TextPart("Done."), role="assistant")
    item.agent_message = AgentMessage("/root/a", "/root")

    assert rows(graph, item) == ["assistant agent message /root/a → /root", "  Done."]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("c2VjcmV0" * 5, ["  ▒ encrypted message · 40 B · only the", "  provider can read it"]),
        (
            "read the parser",
            ["  ▒ encrypted message · 15 B · marked as", "  encrypted, but readable:", "  read the parser"],
        ),
    ],
)
def test_an_encrypted_message_shows_its_envelope_its_size_and_what_can_be_read(value: str, told: list[str]) -> None:
    graph, item = item_with(TextPart("Sender: /root/a"), EncodedPart("encrypted_content", value), role="assistant")
    item.agent_message = AgentMessage("/root/a", "/root")

    assert rows(graph, item) == ["assistant agent message /root/a → /root  ▒ encrypted", "  Sender: /root/a", *told]


def call(graph: SmallGraph, item: ConversationItem, tool_name: str, kind: str = "function_call") -> ConversationItem:
    item.role, item.kind = "assistant", kind  # type: ignore[assignment]
    graph.trace.evidence.item_sources[ItemId("item")] = ItemSource(RawPayloadId(PAYLOAD), "output_items", 0, tool_name)
    return item


def test_a_call_shows_its_command() -> None:
    graph, item = item_with(JsonPart('{"cmd":"ls -l","workdir":"/tmp"}', RawPayloadId(PAYLOAD)))

    assert rows(graph, call(graph, item, "exec_command")) == [
        "assistant → exec_command",
        "  $ ls -l",
        "  workdir: /tmp",
    ]


def test_a_call_without_a_command_shows_its_arguments() -> None:
    graph, item = item_with(JsonPart('{"target":"alpha","n":[1,2]}', RawPayloadId(PAYLOAD)))

    assert rows(graph, call(graph, item, "wait_agent")) == ["assistant → wait_agent", "  target: alpha", "  n: [1, 2]"]


def test_the_script_of_a_code_cell_is_code() -> None:
    graph, item = item_with(CodePart("javascript", "const a = 1;\ntext(a);"))

    shown = rows(graph, call(graph, item, "exec", "custom_tool_call"))

    assert shown == ["assistant → exec", "  const a = 1;", "  text(a);"]


def test_abridged_arguments_are_whole_once_the_raw_item_is_there() -> None:
    graph, item = item_with(JsonPart('{"message":"' + "x" * 229 + "...", RawPayloadId(PAYLOAD)))
    call(graph, item, "send_message")
    raw = b'{"type":"function_call","arguments":"{\\"message\\":\\"short\\"}"}'

    assert item_body(graph.trace, item).needs_raw
    assert rows(graph, item, raw=raw) == ["assistant → send_message  message: short"]
    assert not item_body(graph.trace, item, raw).needs_raw


def test_an_image_is_named_with_its_size_once_the_raw_item_is_there() -> None:
    graph, item = item_with(PayloadRefPart("input_image", RawPayloadId(PAYLOAD)))
    raw = b'{"content":[{"type":"input_image","image_url":"data:image/png;base64,' + b"A" * 4_000 + b'"}]}'

    assert item_body(graph.trace, item).needs_raw
    assert rows(graph, item, raw=raw) == [
        "user",
        "  input_image · image/png · 3.0 kB · O",
        "  saves it, Enter shows its payload",
    ]


def test_a_long_output_is_folded_and_says_how_much_is_hidden() -> None:
    graph, item = item_with(TextPart("".join(f"{n}\n" for n in range(1_209))), role="tool", kind="function_call_output")

    assert rows(graph, item)[-2:] == ["  4", "  … 1,204 more lines (Enter opens)"]
    assert len(rows(graph, item, Fold.WHOLE)) == 1_210


@pytest.mark.parametrize(("lines", "shown"), [(6, 6), (7, 5), (80, 5)])
def test_short_rest_is_not_folded(lines: int, shown: int) -> None:
    text = "".join(f"{n}\n" for n in range(lines))
    graph, item = item_with(TextPart(text), role="tool", kind="function_call_output")

    rest = [f"  … {lines - shown:,} more lines (Enter opens)"] if shown < lines else []
    assert rows(graph, item)[1:] == [*(f"  {n}" for n in range(shown)), *rest]


def test_an_opened_item_still_has_an_end() -> None:
    graph, item = item_with(TextPart("x\n" * 100_000), role="tool", kind="function_call_output")

    shown = rows(graph, item, Fold.WHOLE)

    assert len(shown) == ROWS_OF_OPEN_ITEM + 2
    assert shown[-1] == f"  … {100_000 - ROWS_OF_OPEN_ITEM:,} more lines (Enter opens)"


def test_a_line_of_megabytes_is_shown_at_its_beginning() -> None:
    graph, item = item_with(TextPart("x" * 5_000_000 + "\nend"))

    shown = rows(graph, item, Fold.WHOLE)

    assert len(shown) <= LINE_CHARACTERS // 38 + 5
    assert "… 5.0 MB more in this line" in " ".join(shown)
    assert shown[-1] == "  end"


def test_an_output_in_json_is_shown_as_keys_and_values() -> None:
    graph, item = item_with(TextPart('{"exit_code":0,"output":"a\\nb"}'), role="tool", kind="function_call_output")

    assert rows(graph, item)[1:] == ["  exit_code: 0", "  output:", "    a", "    b"]


@pytest.mark.parametrize("produced", [True, False])
def test_a_cut_output_says_so_first_and_at_the_place(produced: bool) -> None:
    output = "".join(f"{number}\n" for number in range(10_000))
    graph, item = item_with(
        TextPart(f"{output[:10]}…900 tokens truncated…{output[-10:]}"),
        role="tool",
        kind="function_call_output",
        produced_by=[ToolProducer(ToolCallId("tool"))] if produced else [],
    )
    graph.tool("tool", output_items=["item"])
    operation = graph.operation("operation", "tool", "seq 10000")
    operation.result = TerminalResult(0, output, "", None, None, None)

    shown = " ".join(line.strip() for line in rows(graph, item, Fold.WHOLE))

    if produced:
        assert "✂ cut before the model saw it: 20 B of 48.9 kB; bytes 10–48,880 missing" in shown
        assert "4 …900 tokens truncated… ✂ bytes 10–48,880 missing · Enter opens them 9998" in shown
    else:
        assert "a mark says that 900 tokens were left out; the whole output is not recorded, so nothing" in shown
        assert "4 …900 tokens truncated…9998" in shown


def test_colours_of_an_output_are_shown_or_as_written() -> None:
    graph, item = item_with(
        TextPart("\x1b[31m\x1b[1mFAILED\x1b[0m test_x\n\x1b[2Jok"), kind="function_call_output", role="tool"
    )
    shown = item_rows(item_body(graph.trace, item), Fold.SHORT, 5, Page(40, cell_len))[1:]
    assert [line_text(row.line) for row in shown] == ["  FAILED test_x", "  ␛[2Jok"]
    assert Span("FAILED", "output.bold output.red") in shown[0].line
    written = item_rows(item_body(graph.trace, item), Fold.SHORT, 5, Page(60, cell_len, as_source=True))[1:]
    assert line_text(written[0].line) == "  ␛[31m␛[1mFAILED␛[0m test_x"


def test_escape_that_a_person_typed_stays_a_picture() -> None:
    assert rows(*item_with(TextPart("\x1b[31mred"))) == ["user  ␛[31mred"]


def test_colours_in_a_structured_output_are_shown() -> None:
    graph, item = item_with(
        TextPart('{"output": "\\u001b[32mok\\u001b[0m", "code": 0}'), kind="function_call_output", role="tool"
    )
    shown = item_rows(item_body(graph.trace, item), Fold.SHORT, 5, Page(40, cell_len))[1:]
    assert [line_text(row.line) for row in shown] == ["  output: ok", "  code: 0"]
    assert Span("ok", "json.string output.green") in shown[0].line
