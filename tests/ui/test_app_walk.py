"""The keyboard walks along the links of a recording, and comes back to the exact place."""

from __future__ import annotations

import pytest

from tests.ui.driving import Driver, running
from tui.model.noderef import NodeRef


def focused(driver: Driver) -> NodeRef | None:
    return driver.main.timeline.model.focused


def thread(driver: Driver, agent_path: str) -> NodeRef:
    threads = driver.app.store.trace.threads.values()
    return NodeRef("thread", next(found.thread_id for found in threads if found.agent_path == agent_path))


def spawn_call(driver: Driver, name: str) -> NodeRef:
    """The tool call that spawned an agent."""
    child = thread(driver, f"/root/{name}").id
    for edge in driver.app.store.trace.interaction_edges.values():
        if edge.kind == "spawn_agent" and edge.edge_id.endswith(child):
            return NodeRef("tool_call", edge.source.tool_call_id)  # type: ignore[union-attr]
    raise AssertionError(name)


async def stand_on(driver: Driver, node: NodeRef) -> None:
    assert driver.main.timeline.reveal(node)
    driver.main.panes.focus("timeline")
    await driver.at_rest()


@pytest.mark.parametrize("keys", ["enter", "g d"])
async def test_from_the_call_that_spawned_a_child_to_the_child_and_back(keys: str) -> None:
    async with running("agents") as driver:
        call = spawn_call(driver, "alpha")
        await stand_on(driver, call)
        await driver.press(keys)
        await driver.until(lambda: focused(driver) == thread(driver, "/root/alpha"), "the child")
        await driver.press("ctrl+o")
        assert focused(driver) == call
        await driver.press("alt+right")
        assert focused(driver) == thread(driver, "/root/alpha")


async def test_from_a_child_to_the_call_that_spawned_it() -> None:
    async with running("agents") as driver:
        await stand_on(driver, thread(driver, "/root/alpha"))
        await driver.press("p")
        assert focused(driver) == spawn_call(driver, "alpha")


async def test_the_root_has_no_parent_and_says_so() -> None:
    async with running("agents") as driver:
        await driver.press("g g p")
        assert "no agent spawned this one" in driver.footer


async def test_back_restores_the_folding() -> None:
    async with running("agents") as driver:
        await driver.press("g g z M")
        rows = driver.main.timeline.row_count()
        start = focused(driver)
        await driver.press("alt+5")
        assert driver.label.startswith("/root/alpha/deep")
        assert driver.main.timeline.row_count() > rows
        await driver.press("g b")
        assert focused(driver) == start
        assert driver.main.timeline.row_count() == rows


async def test_agents_are_picked_by_their_number_or_by_typing() -> None:
    async with running("agents") as driver:
        await driver.press("a")
        await driver.picked()
        assert len(driver.picker_texts) == 5
        await driver.press("2")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert focused(driver) == thread(driver, "/root/alpha")
        await driver.press("a")
        await driver.picked()
        await driver.narrow("gamma")
        assert len(driver.picker_texts) == 1
        await driver.press("enter")
        await driver.until(lambda: focused(driver) == thread(driver, "/root/gamma"), "the agent")


async def test_an_agent_that_is_not_there_is_named() -> None:
    async with running("answer") as driver:
        await driver.press("g 9")
        assert "there is no agent 9" in driver.footer


async def test_why_shows_the_way_to_the_prompt_and_enter_walks_it() -> None:
    async with running("agents") as driver:
        await stand_on(driver, thread(driver, "/root/alpha/deep"))
        await driver.press("w")
        await driver.picked()
        texts = driver.picker_texts
        end = texts.index("this is the user's prompt")
        assert texts[end - 1].startswith("└ prompted by user message")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert focused(driver) != thread(driver, "/root/alpha/deep")
        await driver.press("ctrl+o")
        assert focused(driver) == thread(driver, "/root/alpha/deep")


async def test_the_links_of_a_row_are_listed_and_lead_there() -> None:
    async with running("agents") as driver:
        await stand_on(driver, spawn_call(driver, "alpha"))
        await driver.press("o")
        await driver.picked()
        assert any("/root/alpha" in text for text in driver.picker_texts)
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")


async def test_a_failed_command_is_found_and_its_payload_read() -> None:
    async with running("shell") as driver:
        await driver.press("g g e")
        await driver.at_rest()
        node = focused(driver)
        assert node is not None
        row = driver.main.timeline.model.rows(driver.main.timeline.model.cursor, 1)[0]
        assert row.problem
        assert driver.main.inspector.payload is not None
        await driver.press("E")
        assert focused(driver) != node, "before the first problem comes the last one"
        await driver.press("e")
        assert focused(driver) == node


async def test_from_a_tool_call_to_its_output_as_the_model_saw_it_and_back() -> None:
    async with running("shell") as driver:
        await driver.press("g g e")
        await driver.at_rest()
        node, asked = focused(driver), driver.main.conversation.model.scope
        await driver.press("%")
        shown = driver.main.conversation.model
        assert shown.focused is not None
        assert driver.app.store.trace.conversation_items[shown.focused].kind == "function_call_output"
        assert asked is not None
        assert shown.scope is not None
        assert shown.scope.inference_id != asked.inference_id
        await driver.press("ctrl+o")
        assert focused(driver) == node
        assert driver.main.pane == "timeline"


async def test_marks_come_back_to_their_place() -> None:
    async with running("agents") as driver:
        await driver.press("3 j m x G ' x")
        await driver.at_rest()
        assert driver.main.timeline.model.cursor == 3
        await driver.press("' y")
        assert "nothing is marked as y" in driver.footer


async def test_links_lead_into_payloads_too() -> None:
    async with running("shell") as driver:
        await driver.press("g g e")
        await driver.press("o")
        await driver.picked()
        await driver.type("recorded in")
        await driver.press("enter")
        await driver.until(lambda: driver.main.pane == "payload", "the payload pane")
        assert driver.main.inspector.payload is not None
        await driver.press("ctrl+o")
        assert driver.main.pane == "timeline"


@pytest.mark.parametrize(
    ("keys", "pane", "title"),
    [
        ("g g j j enter", "timeline", ""),  # has rows below: folded
        ("G enter", "conversation", "request 12"),
        ("g g 8 j enter", "conversation", "/root/alpha"),
    ],
)
async def test_enter_reads_a_row_without_rows_below(keys: str, pane: str, title: str) -> None:
    async with running("agents") as driver:
        await driver.press(keys)
        await driver.until(lambda: driver.main.pane == pane, "the pane")
        assert title in str(driver.main.conversation.border_title)


async def test_enter_on_a_request_reads_its_answer() -> None:
    async with running("markdown") as driver:
        await driver.press("G enter")
        await driver.until(lambda: driver.main.pane == "conversation", "the pane")
        item = driver.main.conversation.focused_item
        call = next(iter(driver.main.work.store.trace.inference_calls.values()))
        assert item in call.response_item_ids
        assert driver.main.work.store.trace.conversation_items[item].role == "assistant"
