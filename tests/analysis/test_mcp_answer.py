"""What an MCP server answered to a call, and whether the model saw its structured part: by comparing texts."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from rich.cells import cell_len

from tests.reducer.recording import Recording, call, output, user
from tests.source.memory import MemorySource
from tests.viewmodel.test_why_list import made
from tui.analysis.requests.mcp_answer import McpAnswer, McpBlock, mcp_answer_in, mcp_answer_of
from tui.commands.answers.show import show_answer
from tui.commands.asked_object import Asked
from tui.commands.show import show_lines
from tui.model.ids import RawPayloadId
from tui.model.noderef import NodeRef
from tui.schema.events import ToolCallKind, ToolCallRuntimeStarted
from tui.store import TraceStore
from tui.viewmodel.lists.why import WhyLayout, why_entries

TOOL = NodeRef("tool_call", "t1")
GLOSSARY = {"content": [{"type": "text", "text": "a term"}], "structuredContent": {"word": "trace", "n": 1}}


PICTURE = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}


def recorded(result: Any, seen: Any) -> TraceStore:
    """An MCP server answers with `result`; the model gets `seen`, or nothing."""
    recording = Recording()
    recording.request("i1", [user("look it up")])
    recording.done("i1", [call("c1", "{}", "lookup")], "r1")
    recording.tool("t1", "lookup", call="c1")
    kind = ToolCallKind("mcp", server="demo", tool="lookup")
    begun = recording.payload("tool_runtime_event", {"invocation": {"server": "demo", "tool": "lookup"}})
    recording.event(ToolCallRuntimeStarted(tool_call_id="t1", kind=kind, runtime_payload=begun))
    recording.runtime_end("t1", {"result": result})
    recording.tool_end("t1")
    if seen is not None:
        recording.request("i2", [output("c1", seen)], previous="r1")
    store = TraceStore(MemorySource(recording))
    store.load_all()
    return store


def answered(store: TraceStore, node: NodeRef = TOOL) -> McpAnswer | None:
    return mcp_answer_of(store.trace, store.index, node, store.payloads.read)


@pytest.mark.parametrize(
    ("seen", "sight"),
    [
        ('Output:\n{"word":"trace","n":1}', "same text"),
        ('{"word": "trace", "n": 1}', "same text"),
        ("a term", "other text"),
        ('{"word":"trace"}', "other text"),
        (None, "no output"),
        ([{"type": "input_text", "text": "a term"}, PICTURE], "unknown"),
    ],
)
def test_comparing_texts_says_what_the_model_saw(seen: Any, sight: str) -> None:
    found = answered(recorded({"Ok": GLOSSARY}, seen))
    assert found is not None
    assert (found.structured, found.sight) == ('{"word":"trace","n":1}', sight)


@pytest.mark.parametrize(
    ("result", "lines"),
    [
        (
            {"Ok": GLOSSARY},
            [
                "  text",
                "    a term",
                "  structured content (the model saw the same text)",
                '    {"word":"trace","n":1}',
            ],
        ),
        ({"Err": "Transport\n\x1b[31mclosed"}, ["  error", "    Transport", "    ␛[31mclosed"]),
        (
            {"Ok": {"content": [], "isError": True}},
            ["  error", "    the server says that the call failed", "  content", "    empty"],
        ),
        ({"Ok": {"content": []}}, ["  content", "    empty"]),
        (
            {"Ok": {"content": [{"type": "text", "text": "x" * 2001}]}},
            ["  text", f"    {'x' * 2000}… 2,001 characters in total"],
        ),
    ],
    ids=["structured", "no answer", "failed", "empty", "long"],
)
def test_show_prints_the_answer(result: Any, lines: list[str]) -> None:
    shown = list(show_lines(Asked(recorded(result, '{"word":"trace","n":1}'), TOOL)))
    begin = shown.index("What the MCP server answered") + 1
    assert shown[begin : shown.index("", begin)] == lines


def test_json_holds_the_answer_as_values() -> None:
    answer = show_answer(recorded({"Ok": GLOSSARY}, "a term"), TOOL)
    assert msgspec.to_builtins(answer.mcp_answer) == {
        "raw_payload_id": "raw_payload:4",
        "error": None,
        "is_error": None,
        "blocks": [{"type": "text", "text": "a term", "uri": None, "media_type": None, "bytes": 6}],
        "structured_content": {"word": "trace", "n": 1},
        "structured_seen": "other text",
    }


def test_list_of_causes_leads_to_the_answer() -> None:
    store = recorded({"Ok": GLOSSARY}, "a term")
    steps = why_entries(store.trace, store.index, TOOL, WhyLayout(cell_len, 120), store.payloads.read)
    entries = made(steps)
    begin = next(place for place, entry in enumerate(entries) if "MCP server" in entry.text)
    assert [" ".join(entry.text.split()) for entry in entries[begin + 1 : begin + 4]] == [
        "text: a term result.Ok.content[0]",
        'structured content: {"word":"trace","n":1} result.Ok.structuredContent',
        "this text is not in what the model saw ≈ comparing both texts",
    ]
    assert [entry.value for entry in entries[begin : begin + 4]] == [
        None,
        NodeRef("payload", "raw_payload:4"),
        NodeRef("payload", "raw_payload:4"),
        None,
    ]


def test_other_objects_have_no_answer() -> None:
    store = recorded({"Ok": GLOSSARY}, "a term")
    assert answered(store, NodeRef("inference", "i1")) is None
    assert show_answer(store, NodeRef("inference", "i1")).mcp_answer is None


@pytest.mark.parametrize(
    ("block", "found"),
    [
        (b'{"type":"image","data":"AAAA","mimeType":"image/png"}', McpBlock("image", None, None, "image/png", 3)),
        (b'{"type":"resource_link","uri":"file:///a"}', McpBlock("resource_link", None, "file:///a", None, 42)),
        (
            b'{"type":"resource","resource":{"uri":"u","text":"hi","mimeType":"text/plain"}}',
            McpBlock("resource", "hi", "u", "text/plain", 2),
        ),
        (b'{"type":7,"text":8}', McpBlock("?", None, None, None, 19)),
        (b"[]", McpBlock("?", None, None, None, 2)),
    ],
)
def test_blocks_are_read_as_far_as_they_go(block: bytes, found: McpBlock) -> None:
    answer = mcp_answer_in(RawPayloadId("p"), b'{"result":{"Ok":{"content":[%s]}}}' % block)
    assert answer == McpAnswer(RawPayloadId("p"), None, None, (found,), None, None)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"result":3}', b'{"result":{"Ok":3}}', b'{"result":{}}', b'{"result":' + b"[" * 5000],
)
def test_other_payloads_hold_no_answer(body: bytes) -> None:
    assert mcp_answer_in(RawPayloadId("p"), body) is None
