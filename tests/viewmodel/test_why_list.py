"""Why something is here, and what it is linked with, as lists: on real recordings."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.analysis.small_graph import small_graph
from tests.viewmodel.recorded import recorded
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import operation_argument
from tui.analysis.links.linked import links_of
from tui.model.noderef import NodeRef
from tui.model.objects import CodeCellCaller, ExecRequest
from tui.store import TraceStore
from tui.viewmodel.lists import why as why_list
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.lists.whole import WHOLE_ROWS, whole_lines, whole_text
from tui.viewmodel.lists.why import (
    HEADINGS,
    ROWS_PER_STEP,
    Gathering,
    WhyLayout,
    link_entries,
    why_entries,
)
from tui.viewmodel.text.spans import line_text


def made(steps: Gathering, most: int = 10_000) -> list[PickEntry]:
    """What the steps return; there may be `most` of them."""
    for _ in range(most + 1):
        try:
            next(steps)
        except StopIteration as end:
            entries: list[PickEntry] = end.value
            return entries
    raise AssertionError(f"more than {most} steps")


def listed(store: TraceStore, node: NodeRef) -> list[PickEntry]:
    return made(link_entries(store.trace, store.index, node, WhyLayout(cell_len, 120)))


def explained(store: TraceStore, node: NodeRef) -> list[PickEntry]:
    return made(why_entries(store.trace, store.index, node, WhyLayout(cell_len, 120)))


def heading_places(entries: list[PickEntry]) -> list[int]:
    return [place for place, entry in enumerate(entries) if entry.text.strip() in HEADINGS.values()]


def test_why_of_a_compaction_lists_all_that_it_was_given() -> None:
    store = recorded("compaction")
    name, compaction = next(iter(store.trace.compactions.items()))
    rows = [entry.value for entry in explained(store, NodeRef("compaction", name))]
    assert {NodeRef("item", item) for item in compaction.input_item_ids} <= set(rows)


def test_command_and_the_call_that_ran_it_have_names_of_their_own() -> None:
    store = recorded("terminal")
    operation = next(one for one in store.trace.terminal_operations.values() if isinstance(one.request, ExecRequest))
    call = explained(store, NodeRef("tool_call", operation.tool_call_id))
    command = f"command $ {operation_argument(operation)}"
    assert any(f"ran {command}"[:30] in entry.text for entry in call)
    title = why_list.why_title(store.trace, store.index, NodeRef("terminal_operation", operation.operation_id))
    assert title.startswith(f"Why is this here · {command}")


@pytest.mark.parametrize("bundle", ["agents", "code-mode", "terminal", "compaction"])
def test_causes_stand_apart_from_effects_and_every_link_is_there(bundle: str) -> None:
    store = recorded(bundle)
    for name in store.trace.tool_calls:
        node = NodeRef("tool_call", name)
        entries = listed(store, node)
        causes, effects = heading_places(entries)
        links = links_of(store.trace, store.index, node)
        assert {one.value for one in entries[causes:effects] if one.value} == {
            link.target for link in links if link.direction == "upstream"
        }
        assert {one.value for one in entries[effects:] if one.value} == {
            link.target for link in links if link.direction == "downstream"
        }


def test_payload_files_do_not_take_the_number_keys_from_what_is_linked() -> None:
    store = recorded("agents")
    for name in store.trace.tool_calls:
        numbered = [entry for entry in listed(store, NodeRef("tool_call", name)) if entry.value is not None]
        assert [entry.key for entry in numbered[:9]] == [str(slot) for slot in range(1, len(numbered[:9]) + 1)]
        kinds = [isinstance(entry.value, NodeRef) and entry.value.kind == "payload" for entry in numbered]
        assert kinds == sorted(kinds)


def test_what_is_not_proven_is_grey_and_cannot_be_chosen() -> None:
    store = recorded("terminal")
    session = next(
        name
        for name, found in store.trace.terminal_sessions.items()
        if store.trace.terminal_operations[found.created_by_operation_id].kind == "write_stdin"
    )
    entries = listed(store, NodeRef("terminal_session", session))
    (gap,) = (entry for entry in entries if "unproven" in entry.text)
    assert gap.value is None
    assert {span.style for span in gap.line if span.text.strip()} == {"dim"}


def test_the_way_to_the_cause_is_a_staircase_with_its_evidence() -> None:
    store = recorded("agents")
    tool = list(store.trace.tool_calls)[-1]
    texts = [entry.text for entry in explained(store, NodeRef("tool_call", tool))]
    texts = texts[texts.index(" ← Causes") + 1 :]
    assert texts[1].startswith("   └ asked for by ")
    assert "tool_call_ids_started_by_response" in texts[1]
    assert texts[2].startswith("     └ prompted by ")
    assert "seq " in texts[0]


def test_prompt_kept_by_a_compaction_is_told_once() -> None:
    store = recorded("compaction")
    request = list(store.trace.inference_calls)[2]
    texts = [entry.text.strip() for entry in explained(store, NodeRef("inference", request))]
    chain = texts[: texts.index(next(text for text in texts if "this is the user's prompt" in text)) + 1]
    assert sum("Do six steps." in text for text in chain) == 1
    assert "prompted by a copy of the message below" in chain[1]
    assert "installed by compaction 1" in chain[2]
    links = links_of(store.trace, store.index, NodeRef("inference", request))
    link = next(link for link in links if link.kind == "prompted by")
    assert "Do six steps." in explained(store, link.target)[0].text, "what is explained keeps its name"


def test_how_an_output_reached_the_model_is_told_with_the_requests_that_saw_it() -> None:
    store = recorded("code-mode")
    trace = store.trace
    nested = next(name for name, tool in trace.tool_calls.items() if isinstance(tool.requester, CodeCellCaller))
    texts = [entry.text.strip() for entry in explained(store, NodeRef("tool_call", nested))]
    at = texts.index("It reached the model through a script: only what it passed on")
    assert any(text.startswith("through script") for text in texts[at:])
    assert any(text.startswith("seen in request") for text in texts[at:])


def test_a_cut_is_told_in_bytes() -> None:
    store = recorded("shell")
    texts = [
        entry.text
        for name in store.trace.terminal_operations
        for entry in explained(store, NodeRef("terminal_operation", name))
    ]
    assert any("cut to " in text and " of " in text for text in texts)


def test_what_the_model_saw_of_a_command_that_still_ran_is_not_called_cut() -> None:
    store = recorded("terminal")
    texts = [
        entry.text
        for name in store.trace.terminal_operations
        for entry in explained(store, NodeRef("terminal_operation", name))
    ]
    assert any("while it still ran: " in text for text in texts)
    assert not any("cut to " in text for text in texts)


@pytest.mark.parametrize("width", [40, 76])
def test_what_has_no_room_in_its_line_is_told_in_full_below(width: int) -> None:
    store = recorded("shell")
    for name in store.trace.tool_calls:
        entries = made(why_entries(store.trace, store.index, NodeRef("tool_call", name), WhyLayout(cell_len, width)))
        for entry in (one for one in entries if one.value is not None):
            lines = [line_text(line) for line in whole_lines(whole_text(entry, width, cell_len), width, cell_len)]
            assert len(lines) == WHOLE_ROWS
            assert all(cell_len(line) <= width for line in lines)
            is_cut = "…" in entry.text or cell_len(entry.text) > width
            assert bool(lines[0].strip()) == is_cut
            assert entry.whole.startswith(lines[0].strip().rstrip("…"))


def test_how_much_was_cut_stands_where_a_narrow_list_has_room() -> None:
    store = recorded("shell")
    layout = WhyLayout(cell_len, 80)
    entries = [
        entry
        for name in store.trace.tool_calls
        for entry in made(why_entries(store.trace, store.index, NodeRef("tool_call", name), layout))
    ]
    cut = [entry.text for entry in entries if "cut to " in entry.text]
    assert cut
    assert all(" of " in text[: 80 - 7] for text in cut)
    assert all(cell_len(entry.text) <= 80 - 4 for entry in entries if entry.value is None)


@pytest.mark.parametrize("make", [link_entries, why_entries])
def test_many_rows_are_made_in_small_steps(make, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = small_graph()
    for number in range(20 * ROWS_PER_STEP):
        graph.tool(f"tool {number}")
    index = TraceIndex(graph.trace)
    named = 0

    def counted(*given: object) -> str:
        nonlocal named
        named += 1
        return "name"

    monkeypatch.setattr(why_list, "name_of", counted)
    steps, most = make(graph.trace, index, NodeRef("turn", "turn"), WhyLayout(cell_len, 120)), 0
    while True:
        before = named
        try:
            next(steps)
        except StopIteration as end:
            entries = end.value
            break
        finally:
            most = max(most, named - before)
    assert most <= 2 * ROWS_PER_STEP
    assert len(entries) > 20 * ROWS_PER_STEP
