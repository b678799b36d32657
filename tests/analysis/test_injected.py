"""Which messages in the user's role are the program's own context, and which a person wrote."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.injected import is_injected
from tui.analysis.requests.prompts import prompt_of
from tui.model.conversation import Body, EncodedPart, TextPart
from tui.schema.prompt_text import is_injected_text

CONTEXT = "<environment_context>\n  <cwd>/src</cwd>\n</environment_context>"


@pytest.mark.parametrize(
    ("text", "injected"),
    [
        (CONTEXT, True),
        (f"\n {CONTEXT}\n", True),
        ("<permissions instructions>Ask first.</permissions>", True),
        ("<skills_instructions></skills_instructions>", True),
        ('<user_instructions from="a">Be brief.</user_instructions>', True),
        ("# AGENTS.md instructions for /src\n\n<INSTRUCTIONS>\nBe brief.\n</INSTRUCTIONS>", True),
        (f"{CONTEXT}\nMend the tests.", False),
        (f"Why this? {CONTEXT}", False),
        ("<b>Mend</b> the tests, and <b>all</b>", False),
        ("<b>one</b> and <b>two</b>", False),
        ("<environment_context>", False),
        ("<div>Mend</span>", False),
        ("<3 the tests</3>", False),
        ("Mend the tests.", False),
        ("", False),
    ],
)
def test_a_text_that_is_one_block_is_injected(text: str, injected: bool) -> None:
    assert is_injected_text(text) is injected


@pytest.mark.parametrize(
    ("parts", "injected"),
    [
        ([TextPart(CONTEXT), TextPart("<skills>x</skills>")], True),
        ([TextPart(CONTEXT), TextPart("Mend the tests.")], False),
        ([TextPart(CONTEXT), EncodedPart("image", "payload")], False),
        ([], False),
    ],
)
def test_every_part_of_an_injected_item_is_a_block(parts: list[TextPart | EncodedPart], injected: bool) -> None:
    item = small_graph().item("conversation_item:1")
    item.body = Body(list(parts))
    assert is_injected(item) is injected


@pytest.mark.parametrize(
    ("texts", "prompt"),
    [
        ((CONTEXT, "Mend."), 1),
        (("Mend.", CONTEXT), 0),
        (("First.", CONTEXT, "Second."), 2),
        ((CONTEXT,), None),
    ],
)
def test_the_prompt_of_a_request_is_what_was_written_last_by_a_person(texts: tuple[str, ...], prompt: int | None):
    graph = small_graph()
    for number, text in enumerate(texts):
        graph.item(f"conversation_item:{number}", text=text)
    call = graph.inference("call", sends=[f"conversation_item:{number}" for number in range(len(texts))])
    found = prompt_of(graph.trace, TraceIndex(graph.trace), call)
    assert found == (None if prompt is None else f"conversation_item:{prompt}")
