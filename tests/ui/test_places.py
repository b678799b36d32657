"""A place that can be sent: what `yp` writes, and the viewer that opens there."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from tests.ui.driving import DEMO_BUNDLES, Driver, running
from tests.viewmodel.recorded import recorded
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.node_names import UnknownNodeError
from tui.analysis.kinds.numbered_names import numbered_node
from tui.analysis.links.place_names import NamedPlace, find_place, place_name
from tui.bundle.catalog.demos import REPLAY_PREFIX
from tui.cli import main
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.ui.commands.copying import opening_line, place_here
from tui.viewmodel.text.spans import line_text


@pytest.mark.parametrize("name", ["agents", "agents-schema2"])
def test_every_object_has_a_name_that_leads_back(name: str) -> None:
    trace = recorded(name).trace
    nodes = [NodeRef("tool_call", one) for one in trace.tool_calls]
    nodes += [NodeRef("thread", one) for one in trace.threads]
    nodes += [NodeRef("item", one) for one in list(trace.conversation_items)[:20]]
    nodes += [NodeRef("payload", one) for one in list(trace.raw_payloads)[:20]]
    nodes += [NodeRef("edge", one) for one in trace.interaction_edges]
    for node in nodes:
        assert find_place(trace, place_name(trace, NamedPlace(node))) == NamedPlace(node)


def test_value_in_a_payload_is_a_json_pointer() -> None:
    trace = recorded("agents-schema2").trace
    place = NamedPlace(NodeRef("payload", next(iter(trace.raw_payloads))), ("input", "3", "a/b~c"))
    name = place_name(trace, place)
    assert name == "payloads/1.json#/input/3/a~1b~0c"
    assert find_place(trace, name) == place


def test_events_without_an_object_lead_to_what_had_begun() -> None:
    trace = recorded("agents").trace
    places = [find_place(trace, f"seq:{seq}") for seq in range(2, 60)]
    assert all(place.node.kind != "diagnostic" and not place.path for place in places)


@pytest.mark.parametrize("name", ["", "call_of_nobody", "/root#/x", "payloads/999.json#/x"])
def test_what_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(UnknownNodeError):
        find_place(recorded("agents-schema2").trace, name)


@pytest.mark.parametrize(
    ("keys", "pane"), [("j j j j", "timeline"), ("tab J J", "conversation"), ("j j tab tab j j j", "payload")]
)
async def test_line_copied_anywhere_opens_the_same_place(keys: str, pane: str) -> None:
    async with running("agents-schema2") as driver:
        await driver.press(keys)
        await driver.at_rest()
        place = place_here(driver.main.work)
        assert place is not None
        words = shlex.split(opening_line(driver.main.work, place))
        assert words[:3] == ["rtrace-tui", str(DEMO_BUNDLES / "agents-schema2"), "--at"]
    async with running("agents-schema2", at=words[3]) as driver:
        await driver.at_rest()
        assert place_here(driver.main.work) == place
        assert driver.main.pane == pane


async def test_named_place_is_gone_to_unless_one_moved() -> None:
    async with running("agents") as driver:
        arrival = driver.main.work.live.arrival
        arrival.aim("/root#4")
        await driver.press("tab")  # before the recording was read
        arrival.take_up()
        await driver.at_rest()
        assert driver.main.timeline.model.focused == numbered_node(*graph_of(driver), "/root#4")
        assert driver.main.pane == "conversation", "what the key did stays"
        await driver.press("shift+tab g g j")
        here = driver.main.timeline.model.focused
        arrival.aim("/root#4")
        arrival.take_up()
        assert driver.main.timeline.model.focused == here
        assert "you moved before /root#4 was there, and stay here" in driver.footer


def graph_of(driver: Driver) -> tuple[RolloutTrace, TraceIndex]:
    return driver.app.store.trace, driver.app.store.index


async def test_copied_line_is_shown_whole_until_the_next_key() -> None:
    async with running("agents", size=(60, 20)) as driver:
        await driver.press("j y p")
        box, place = driver.main.keys.box, place_here(driver.main.work)
        assert place is not None
        line = opening_line(driver.main.work, place)
        assert box.display
        assert "".join(map(line_text, box.lines)).replace(" ", "") == line.replace(" ", "")
        await driver.press("j")
        assert not box.display


async def test_line_of_a_demo_says_how_long_it_works(tmp_path: Path) -> None:
    bundle = tmp_path / f"{REPLAY_PREFIX}x" / "answer"
    shutil.copytree(DEMO_BUNDLES / "answer", bundle)
    async with running(bundle) as driver:
        await driver.press("j y p")
        assert driver.footer.strip().startswith("works until the demo ends · ")


async def test_numbered_request_is_a_place() -> None:
    async with running("agents", at="/root#4") as driver:
        assert driver.label.startswith("request 4")
        assert driver.footer.strip().startswith("/root › turn 1 › request 4")


async def test_place_that_is_not_there_is_said() -> None:
    async with running("answer", at="call_of_nobody") as driver:
        assert "there is no 'call_of_nobody' in this recording" in driver.footer


def test_folder_has_no_places(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(DEMO_BUNDLES), "--at", "seq:3"]) == 2
    assert "--at names a place in one recording" in capsys.readouterr().err
