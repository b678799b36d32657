"""The five questions of the format, answered by keys alone, both ways, and the way back to the exact place.

| question | keys |
|---|---|
| 1 which request produced this tool call? | `w` `Enter`; back down: `o`, type, `Enter` |
| 2 did this output reach the model as it was? | `w`: the line that begins with "It"; `%` shows the output |
| 3 which cell issued this nested call? | `w` `Enter`; down: `o` on the cell's row, `→` on the cell |
| 4 which operation created this process? | `o` or `w`: "process started by"; down: "goes on in" |
| 5 which call spawned, messaged, received from, closed this agent? | `o` on the agent; `p` and `gd` go there |
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ui.driving import DEMO_BUNDLES, Driver, running
from tui.model.noderef import NodeRef


def graph(bundle: str) -> dict[str, Any]:
    """The reference's graph: what the answers are compared with."""
    found: dict[str, Any] = json.loads((DEMO_BUNDLES / bundle / "state.json").read_text())
    return found


def focused(driver: Driver) -> NodeRef | None:
    return driver.main.focused_node


async def walk_to(driver: Driver, kind: str, name: str) -> None:
    """Down from the top, by `j`, to the row of an object."""
    await driver.press("g g z R g g")
    for _ in range(400):
        if focused(driver) == NodeRef(kind, name):  # type: ignore[arg-type]
            await driver.at_rest()
            return
        await driver.press("j")
    raise AssertionError((kind, name))


async def listed(driver: Driver, key: str) -> list[str]:
    """The lines of the list that a key opens."""
    await driver.press(key)
    await driver.picked()
    return driver.picker_texts


async def choose(driver: Driver, typed: str) -> None:
    """Type to narrow the open list, and choose what is left first."""
    await driver.narrow(typed)
    assert driver.picker_texts, typed
    await driver.press("enter")
    await closed(driver)


async def down_to(driver: Driver, node: NodeRef) -> None:
    """Down in the open list, by the key, to the line of an object."""
    for _ in range(len(driver.picker_texts)):
        chosen = driver.picker.picker.chosen
        if chosen is not None and chosen.value == node:
            return
        await driver.press("down")
    raise AssertionError(node)


async def close(driver: Driver) -> None:
    await driver.press("escape")
    await closed(driver)


async def closed(driver: Driver) -> None:
    await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
    await driver.at_rest()


# 1. Which model request produced this tool call?


@pytest.mark.parametrize("bundle", ["agents", "terminal"])
async def test_which_request_produced_this_tool_call(bundle: str) -> None:
    state = graph(bundle)
    calls = state["inference_calls"].values()
    ended = [name for name, tool in state["tool_calls"].items() if tool["execution"]["status"] == "completed"]
    asked = [(one, one["tool_call_ids_started_by_response"]) for one in calls]
    call, (tool_id,) = next((one, tools) for one, tools in asked if len(tools) == 1 and tools[0] in ended)
    async with running(bundle) as driver:
        await walk_to(driver, "tool_call", tool_id)
        texts = await listed(driver, "w")
        assert next(text for text in texts if text.startswith("└ ")).startswith("└ asked for by request")
        await driver.press("enter")
        await closed(driver)
        assert focused(driver) == NodeRef("inference", call["inference_call_id"])
        texts = await listed(driver, "o")
        assert any("asked for " in text for text in texts)
        await choose(driver, "tool_call_ids_started_by_response")
        assert focused(driver) == NodeRef("tool_call", tool_id)
        await driver.press("ctrl+o ctrl+o")
        assert focused(driver) == NodeRef("tool_call", tool_id)


# 2. Did this output reach the model as it was, through a cell, a terminal, or an agent's notice?


async def test_an_output_that_reached_the_model_directly() -> None:
    state = graph("agents")
    direct = next(
        one
        for one in state["tool_calls"].values()
        if one["terminal_operation_id"] is None
        and one["model_visible_output_item_ids"]
        and "started_code_cell_id" not in one
    )
    async with running("agents") as driver:
        await walk_to(driver, "tool_call", direct["tool_call_id"])
        texts = await listed(driver, "w")
        assert "It reached the model as the tool's own output" in texts
        await close(driver)
        await driver.press("%")
        await driver.at_rest()
        assert focused(driver) == NodeRef("item", direct["model_visible_output_item_ids"][-1])
        assert "output of" in (await listed(driver, "w"))[1]
        await driver.press("enter")
        await closed(driver)
        assert focused(driver) == NodeRef("tool_call", direct["tool_call_id"])


async def test_an_output_that_reached_the_model_through_a_terminal() -> None:
    state = graph("terminal")
    operation = next(one for one in state["terminal_operations"].values() if one["model_observations"])
    async with running("terminal") as driver:
        await walk_to(driver, "tool_call", operation["tool_call_id"])
        texts = await listed(driver, "w")
        assert any(text.startswith("It reached the model as the terminal showed it") for text in texts)
        assert any(text.startswith("seen in request") for text in texts)


async def test_an_output_that_reached_the_model_through_a_code_cell() -> None:
    state = graph("code-mode")
    cell = next(one for one in state["code_cells"].values() if one["nested_tool_call_ids"] and one["output_item_ids"])
    async with running("code-mode") as driver:
        await walk_to(driver, "tool_call", cell["nested_tool_call_ids"][0])
        texts = await listed(driver, "w")
        assert "It reached the model through a script: only what it passed on" in texts
        await choose(driver, "as output seen")
        assert focused(driver) == NodeRef("item", cell["output_item_ids"][0])


async def test_an_output_that_reached_the_model_as_an_agents_notice() -> None:
    state = graph("agents")
    edge = next(one for one in state["interaction_edges"].values() if one["kind"] == "agent_result")
    async with running("agents") as driver:
        await walk_to(driver, "edge", edge["edge_id"])
        await listed(driver, "o")
        await choose(driver, "arrived at")
        assert focused(driver) == NodeRef("item", edge["target"]["item_id"])
        texts = await listed(driver, "w")
        assert "It reached the model as another agent's message" in texts
        await choose(driver, "comes from")
        assert focused(driver) == NodeRef("item", edge["source"]["item_id"])
        assert "It came from the model itself" in await listed(driver, "w")


# 3. Which code cell issued this nested tool call?


async def test_which_cell_issued_this_nested_call() -> None:
    state = graph("code-mode")
    cell = next(one for one in state["code_cells"].values() if len(one["nested_tool_call_ids"]) > 1)
    nested = cell["nested_tool_call_ids"][0]
    dispatch = next(
        name for name, one in state["tool_calls"].items() if one.get("started_code_cell_id") == cell["code_cell_id"]
    )
    async with running("code-mode") as driver:
        await walk_to(driver, "tool_call", nested)
        assert (await listed(driver, "w"))[1].startswith("└ issued by script ")
        await driver.press("enter")
        await closed(driver)
        assert focused(driver) == NodeRef("tool_call", dispatch), "the row of the cell"
        await listed(driver, "o")
        await down_to(driver, NodeRef("code_cell", cell["code_cell_id"]))
        await driver.press("right")
        assert sum(" issued " in f" {text}" for text in driver.picker_texts) == len(cell["nested_tool_call_ids"])
        await choose(driver, "requester.code_cell_id")
        node = focused(driver)
        assert node is not None
        assert node.id in cell["nested_tool_call_ids"]


# 4. Which terminal operation created or reused this process?


async def test_which_operation_created_this_process_and_who_used_it_then() -> None:
    state = graph("terminal")
    session = next(one for one in state["terminal_sessions"].values() if len(one["operation_ids"]) > 2)
    tools = [state["terminal_operations"][name]["tool_call_id"] for name in session["operation_ids"]]
    async with running("terminal") as driver:
        await walk_to(driver, "tool_call", tools[-1])
        assert any(text.startswith("process started by") for text in await listed(driver, "w"))
        await choose(driver, "process started by")
        assert focused(driver) == NodeRef("tool_call", tools[0])
        for tool in tools[1:]:
            await listed(driver, "o")
            await choose(driver, "goes on in")
            assert focused(driver) == NodeRef("tool_call", tool)
        await listed(driver, "o")
        await choose(driver, "used before by")
        assert focused(driver) == NodeRef("tool_call", tools[-2])


async def test_the_process_itself_can_be_asked() -> None:
    state = graph("terminal")
    session = next(one for one in state["terminal_sessions"].values() if len(one["operation_ids"]) > 2)
    creator = state["terminal_operations"][session["created_by_operation_id"]]
    async with running("terminal") as driver:
        await walk_to(driver, "tool_call", creator["tool_call_id"])
        await listed(driver, "o")
        await down_to(driver, NodeRef("terminal_operation", creator["operation_id"]))
        await driver.press("right")
        await down_to(driver, NodeRef("terminal_session", session["terminal_id"]))
        await driver.press("right")
        users = [text for text in driver.picker_texts if " used by " in f" {text}"]
        assert len(users) == len(session["operation_ids"]) - 1
        await driver.press("left left")
        assert any("ran command" in text for text in driver.picker_texts), "the list that was asked first"


# 5. Which tool call spawned, messaged, received from or closed this agent?


async def test_which_calls_spawned_messaged_and_closed_this_agent_and_where_its_result_went() -> None:
    state = graph("agents")
    edges = list(state["interaction_edges"].values())
    alpha = next(name for name, one in state["threads"].items() if one["agent_path"] == "/root/alpha")
    spawn = next(one for one in edges if one["kind"] == "spawn_agent" and one["edge_id"].endswith(alpha))
    close_edge = next(one for one in edges if one["kind"] == "close_agent" and one["target"]["thread_id"] == alpha)
    async with running("agents") as driver:
        await driver.press("alt+2")
        await driver.at_rest()
        assert focused(driver) == NodeRef("thread", alpha)
        texts = " | ".join(await listed(driver, "o"))
        for words in ("spawned by spawn_agent alpha", "closed or interrupted by interrupt_agent alpha"):
            assert words in texts
        assert "result delivered as" in texts
        await choose(driver, "spawned by")
        assert focused(driver) == NodeRef("tool_call", spawn["source"]["tool_call_id"])
        await driver.press("g d")
        await driver.at_rest()
        assert focused(driver) == NodeRef("thread", alpha)
        await driver.press("p")
        assert focused(driver) == NodeRef("tool_call", spawn["source"]["tool_call_id"])
        await driver.press("alt+2")
        await listed(driver, "o")
        await choose(driver, "closed or interrupted by")
        assert focused(driver) == NodeRef("tool_call", close_edge["source"]["tool_call_id"])
        await driver.press("g d")
        await driver.at_rest()
        assert focused(driver) == NodeRef("thread", alpha)


async def test_which_call_messaged_this_agent_or_gave_it_a_task() -> None:
    state = graph("agents")
    words = {"send_message": ("messaged by", "messaged"), "assign_agent_task": ("given a task by", "gave a task to")}
    edges = [one for one in state["interaction_edges"].values() if one["kind"] in words]
    assert len(edges) > 1
    async with running("agents") as driver:
        for edge in edges:
            receiver = state["conversation_items"][edge["target"]["item_id"]]["thread_id"]
            await driver.press(f"alt+{1 + list(driver.app.store.trace.threads).index(receiver)}")
            await listed(driver, "o")
            await choose(driver, words[edge["kind"]][0])
            assert focused(driver) == NodeRef("tool_call", edge["source"]["tool_call_id"])
            await listed(driver, "o")
            await choose(driver, f"{words[edge['kind']][1]} agent")
            assert focused(driver) == NodeRef("thread", receiver)


async def test_from_a_result_at_the_parent_to_the_answer_of_the_child_and_to_the_prompt() -> None:
    state = graph("agents")
    result = next(one for one in state["interaction_edges"].values() if one["kind"] == "agent_result")
    async with running("agents") as driver:
        await walk_to(driver, "edge", result["edge_id"])
        texts = await listed(driver, "w")
        assert texts[1].startswith("└ comes from assistant message")
        assert "this is the user's prompt" in texts
        await choose(driver, "comes from assistant message")
        assert focused(driver) == NodeRef("item", result["source"]["item_id"])


# And back


async def test_back_restores_the_row_the_folding_and_the_scrolling() -> None:
    state = graph("agents")
    tool_id = next(
        one["source"]["tool_call_id"]
        for one in state["interaction_edges"].values()
        if one["kind"] == "assign_agent_task"
    )
    async with running("agents", size=(100, 24)) as driver:
        await walk_to(driver, "tool_call", tool_id)
        await driver.press("4 k z a 4 j ctrl+e ctrl+e")
        await driver.at_rest()
        before = exact_place(driver)
        await listed(driver, "w")
        await choose(driver, "user message")
        await driver.press("g g z M")
        await driver.at_rest()
        assert exact_place(driver) != before
        await driver.press("ctrl+o")
        await driver.at_rest()
        assert exact_place(driver) == before
        await driver.press("alt+right ctrl+o")
        await driver.at_rest()
        assert exact_place(driver) == before


def exact_place(driver: Driver) -> tuple[object, ...]:
    timeline = driver.main.timeline
    return (
        driver.main.pane,
        focused(driver),
        timeline.model.cursor,
        timeline.row_count(),
        timeline.scroll_offset.y,
    )
