"""Requests are compared by what was sent, whatever ids the graph gave it."""

from __future__ import annotations

import pytest

from tests.reducer.recording import Json, Recording, answer, user
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.compared import RequestDifference, compactions_before, compare_requests
from tui.model.ids import InferenceCallId
from tui.model.trace import RolloutTrace
from tui.viewmodel.conversation.entries import entries_of
from tui.viewmodel.conversation.scope import ConversationScope
from tui.viewmodel.text.spans import line_text


def compared(trace: RolloutTrace, before: str, now: str) -> RequestDifference:
    """With the compactions that may have come in; all of the thread lead to the same."""
    earlier, later = (trace.inference_calls[InferenceCallId(name)] for name in (before, now))
    narrowed = compactions_before(trace, TraceIndex(trace), earlier, later)
    difference = compare_requests(trace, earlier, later, narrowed)
    assert difference == compare_requests(trace, earlier, later, trace.compactions.values())
    return difference


def counts(difference: RequestDifference) -> tuple[int, int, int]:
    return difference.shared, len(difference.new), len(difference.gone)


def image(data: str) -> Json:
    content = [{"type": "input_image", "image_url": f"data:image/png;base64,{data}"}]
    return {"type": "message", "role": "user", "content": content}


@pytest.mark.parametrize("schema", [1, 2])
def test_unchanged_items_are_the_same_after_a_compaction(schema: int) -> None:
    rules, ask, old, later = user("rules", "m1"), user("ask", "m2"), answer("old", "m3"), user("later", "m5")
    recording = Recording(schema)
    recording.request("i1", [rules, ask])
    recording.done("i1", [old])
    recording.request("i2", [rules, ask, old])
    passed = {"internal_chat_message_metadata_passthrough": {"turn_id": "U"}}
    recording.compact("c", [rules, ask, old], [rules | passed, ask | passed, user("summary", "m4") | passed])
    recording.request("i3", [rules, ask, user("summary", "m4"), later])
    difference = compared(recording.reduce().trace, "i2", "i3")
    assert counts(difference) == (2, 2, 1)
    assert difference.compaction_ids == ("c",)


@pytest.mark.parametrize("schema", [1, 2])
def test_images_do_not_change_by_being_sent_again(schema: int) -> None:
    recording = Recording(schema)
    recording.request("i1", [user("look"), image("AAAA")])
    recording.done("i1", [answer("seen")])
    recording.request("i2", [user("look"), image("AAAA"), answer("seen"), user("more")])
    recording.request("i3", [user("look"), image("BBBB"), answer("seen"), user("more")])
    trace = recording.reduce().trace
    assert counts(compared(trace, "i1", "i2")) == (2, 1, 0)
    assert counts(compared(trace, "i2", "i3")) == (1, 1, 1)


def test_same_words_said_twice_are_two_items() -> None:
    recording = Recording()
    recording.request("i1", [user("go on")])
    recording.request("i2", [user("go on"), user("go on")])
    recording.request("i3", [user("go on")])
    trace = recording.reduce().trace
    assert counts(compared(trace, "i1", "i2")) == (1, 1, 0)
    assert counts(compared(trace, "i2", "i3")) == (1, 0, 1)


def test_answer_kept_by_a_compaction_is_neither_new_nor_gone() -> None:
    recording = Recording()
    recording.request("i1", [user("ask")])
    recording.done("i1", [answer("kept")])
    recording.compact("c", [user("ask"), answer("kept")], [answer("kept"), user("summary")])
    recording.request("i2", [answer("kept"), user("summary")])
    assert counts(compared(recording.reduce().trace, "i1", "i2")) == (0, 1, 1)


USAGE = {"input_tokens": 1000, "cached_input_tokens": 600, "output_tokens": 1, "reasoning_output_tokens": 0}


def dividers(trace: RolloutTrace, name: str) -> list[str]:
    scope = ConversationScope("T", name, None)  # type: ignore[arg-type]  # plain ids
    entries = entries_of(trace, TraceIndex(trace), scope, {}).entries
    return [line_text(entry.line) for entry in entries if entry.divider in ("head", "difference")]


def test_what_is_the_same_and_what_was_cached_are_two_facts() -> None:
    recording = Recording()
    recording.request("i1", [user("a")])
    recording.request("i2", [user("a"), user("b")])
    recording.done("i2", [], usage=USAGE)
    recording.request("i3", [user("a"), user("b"), user("c")])
    trace = recording.reduce().trace
    assert dividers(trace, "i2") == ["── new since request 1 · same up to here: 1 item · usage: 600 tok cached ──"]
    assert dividers(trace, "i3") == ["── new since request 2 · same up to here: 2 items · usage: ? cached ──"]


def test_prompt_that_continues_an_untraced_answer_says_so() -> None:
    recording = Recording()
    recording.request("i1", [user("a")], previous="resp_warm_up")
    recording.done("i1", [answer("b")], response_id="resp_1")
    recording.request("i2", [user("c")], previous="resp_1")
    recording.request("i3", [user("whole")])
    reducer = recording.reduce()
    (found,) = reducer.diagnostics
    assert (found.code, found.severity) == ("previous-response-unknown", "warning")
    assert found.consequence == "the beginning of this prompt was not recorded"
    missing = "── ? the beginning of this prompt was not recorded ──"
    assert [missing in dividers(reducer.trace, name) for name in ("i1", "i2", "i3")] == [True, True, False]
