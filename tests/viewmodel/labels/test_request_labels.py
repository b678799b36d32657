"""A request's row says what it answered: its words, what it asked for, or why it has no answer."""

from __future__ import annotations

import msgspec
import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.messages import brief
from tui.analysis.messages.brief import CallWords, work_of_tool
from tui.model.conversation import (
    Body,
    Channel,
    EncodedPart,
    InferenceProducer,
    ItemKind,
    JsonPart,
    Part,
    PayloadRefPart,
    SummaryPart,
)
from tui.model.ids import InferenceCallId, RawPayloadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import TokenUsage, ToolCall
from tui.model.trace import RolloutTrace
from tui.schema.events import ExecutionStatus
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.filter import parse_filter
from tui.viewmodel.timeline.model import TimelineModel


def label(graph: SmallGraph, kind: str, name: str) -> str:
    return line_text(TimelineModel(graph.trace, TraceIndex(graph.trace)).face(NodeRef(kind, name)).label)  # type: ignore[arg-type]


def answered(*items: str, tools: tuple[str, ...] = (), status: ExecutionStatus = "completed") -> SmallGraph:
    """A second request to the same model that returns the texts `items` and starts `tools`, which read files."""
    graph = small_graph()
    graph.inference("first")
    for number, text in enumerate(items):
        graph.item(f"said:{number}", "assistant", text)
    for name in tools:
        tool, _, path = name.partition(":")
        graph.tool(name, kind="other", label=tool, preview="{}" if path.isdigit() else f'{{"path": "{path}"}}')
    graph.inference("call", returns=[f"said:{number}" for number in range(len(items))], tools=tools, status=status)
    return graph


def test_request_shows_its_first_words() -> None:
    graph = answered("**I'll** split\nthis up.")
    assert label(graph, "inference", "call") == "request 2  “I'll split this up.”"


def test_request_shows_what_it_asked_for() -> None:
    graph = answered("Looking.", tools=("read:a.py", "read:b.py", "list:0"))
    assert label(graph, "inference", "call") == "request 2  “Looking.”  → read a.py, b.py · list"


def test_equal_calls_are_counted() -> None:
    graph = answered(tools=("read:a.py", "list:1", "list:2"))
    assert label(graph, "inference", "call") == "request 2  → read a.py · list ×2"


def test_commands_and_spawned_agents_are_told_shortly() -> None:
    graph = small_graph()
    graph.inference("first")
    graph.tool("a")
    graph.operation("operation:a", "a", "pytest -q")
    graph.tool("b", preview='{"cmd": "apply_patch <<EOF\\n*** Begin Patch\\n*** Update File: a.py\\n"}')
    graph.tool("c", kind="spawn_agent", label="spawn_agent", preview='{"task_name": "alpha"}')
    graph.inference("call", tools=["a", "b", "c"])
    assert label(graph, "inference", "call") == "request 2  → $ pytest -q · $ apply_patch a.py · spawn alpha"
    assert label(graph, "tool_call", "b") == "$ apply_patch a.py"
    patch = graph.trace.tool_calls[ToolCallId("b")]
    patch.kind = msgspec.structs.replace(patch.kind, type="apply_patch")  # so the runtime calls it in the end
    assert label(graph, "tool_call", "b") == "$ apply_patch a.py"


def test_answer_of_very_many_calls_names_the_first_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the number of calls, a row costs what it names: only so many of them are looked at."""
    graph = small_graph()
    graph.inference("first")
    names = [f"call:{number}" for number in range(9)]
    for name in names:
        graph.item(f"item:{name}", "assistant", kind="function_call", call_id=name)
        asked = f'{{"path": "{name}"}}'
        graph.tool(name, kind="other", label="read", preview=asked, call_id=name, call_items=[f"item:{name}"])
    graph.cell("code_cell:script", "item:none", *names)
    graph.inference("call", returns=[f"item:{name}" for name in names], tools=names)
    whole = "read call:0, call:1, call:2, call:3 +5 more"
    assert label(graph, "inference", "call") == f"request 2  → {whole}"
    assert label(graph, "code_cell", "code_cell:script") == f"script  {whole}"

    looked_at: list[str] = []
    monkeypatch.setattr(brief, "MOST_CALLS", 5)

    def noted(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> tuple[CallWords, ...]:
        looked_at.append(tool.tool_call_id)
        return work_of_tool(trace, index, tool)

    monkeypatch.setattr(brief, "work_of_tool", noted)
    first_ones = "read call:0, call:1, call:2, call:3 +1 more · 4 further calls"
    assert label(graph, "inference", "call") == f"request 2  → {first_ones}"
    assert len(looked_at) == 5
    assert label(graph, "code_cell", "code_cell:script") == f"script  {first_ones}"
    assert len(looked_at) == 10


def test_empty_command_says_so() -> None:
    graph = small_graph()
    graph.tool("a", preview='{"cmd": ""}')
    assert label(graph, "tool_call", "a") == "$ (empty command)"


def test_model_is_shown_where_it_changes() -> None:
    graph = answered("a")
    graph.inference("third").model = "model-2"
    graph.inference("fourth").model = "model-2"
    shown = [label(graph, "inference", name) for name in ("first", "call", "third", "fourth")]
    ending = "  (answer not recorded)"
    assert shown == [
        f"request 1 model-1{ending}", "request 2  “a”", f"request 3 model-2{ending}", f"request 4{ending}",
    ]  # fmt: skip


@pytest.mark.parametrize(("usage", "ending"), [(None, "(no answer read)"), (TokenUsage(9, 0, 0, 0, 0), "(no answer)")])
def test_answer_that_was_not_read_is_not_none(usage: TokenUsage | None, ending: str) -> None:
    graph = answered()
    call = graph.trace.inference_calls[InferenceCallId("call")]
    call.raw_response_payload_id, call.usage = RawPayloadId("raw_payload:5"), usage
    assert label(graph, "inference", "call") == f"request 2  {ending}"


def test_reason_stands_before_what_was_answered() -> None:
    graph = answered("Half an ans", status="failed")
    graph.trace.evidence.failure_texts["call"] = "stream disconnected"  # type: ignore[index]
    assert label(graph, "inference", "call") == "request 2  stream disconnected  “Half an ans”"


def test_request_without_words_shows_its_thought() -> None:
    graph = small_graph()
    graph.inference("first")
    graph.item("thought", "assistant", kind="reasoning").body = Body([SummaryPart("**Planning**")])
    graph.inference("call", returns=["thought"])
    assert label(graph, "inference", "call") == "request 2  thought: “Planning”"


@pytest.mark.parametrize(
    ("kind", "channel", "part", "expected"),
    [
        ("message", "summary", EncodedPart("encrypted_content", "x"), "(encrypted summary)"),
        ("reasoning", "analysis", EncodedPart("encrypted_content", "x"), "(encrypted thoughts)"),
        ("message", "final", PayloadRefPart("image", RawPayloadId("raw_payload:1")), "(answer without text)"),
    ],
)
def test_answer_without_words_is_no_missing_one(kind: ItemKind, channel: Channel, part: Part, expected: str) -> None:
    graph = small_graph()
    graph.inference("first")
    item = graph.item("said", "assistant", kind=kind)
    item.channel, item.body = channel, Body([part])
    graph.inference("call", returns=["said"])
    assert label(graph, "inference", "call") == f"request 2  {expected}"


def test_running_request_claims_no_missing_answer() -> None:
    assert label(answered(status="running"), "inference", "call") == "request 2"


def test_work_of_the_provider_has_a_row_and_is_told_by_its_request() -> None:
    graph = small_graph()
    search = '{"type":"web_search_call","status":"completed","action":{"type":"search","query":"trace format"}}'
    item = graph.item(
        "search", "assistant", kind="function_call", produced_by=[InferenceProducer(InferenceCallId("call"))]
    )
    item.body = Body([JsonPart(search, RawPayloadId("raw_payload:1"))])
    graph.inference("first")
    graph.inference("call", returns=["search"])
    assert label(graph, "inference", "call") == "request 2  → web_search trace format"
    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    model.set_filter(parse_filter("kind:tool"))
    row = model.rows(0, 9)[-1]
    assert (row.node, line_text(row.label)) == (NodeRef("item", "search"), "web_search trace format")
    assert (row.status, row.depth) == ("ok", 3)
