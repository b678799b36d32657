"""Two agents side by side: the left one stays on its agent and grows, the right one goes where the person goes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.ui.driving import Driver, running
from tests.ui.test_follow_agent import watching
from tests.ui.widgets.panes import screen_lines
from tui.ui.widgets.conversation_view import ConversationView


def shows(view: ConversationView, text: str) -> bool:
    return text in "\n".join(screen_lines(view))


def titles(driver: Driver) -> list[str]:
    """The titles of the panes in sight, from left to right."""
    panes = driver.main.panes
    views = (panes.timeline, *panes.conversations, panes.inspector)
    return [str(view.border_title).partition(" · so far")[0].strip("▌ ") for view in views if view.display]


async def test_two_agents_are_shown_beside_each_other() -> None:
    async with running("agents", size=(120, 40)) as driver:
        await driver.press("g 2 | g 3")
        await driver.until(
            lambda: titles(driver) == ["Conversation · /root/alpha", "Conversation · /root/beta"], "both agents"
        )
        left, right = driver.main.panes.conversations
        assert abs(left.size.width - right.size.width) <= 1
        assert driver.footer.strip().startswith("TWO AGENTS  /root/beta ")
        await driver.press("tab")
        assert driver.main.panes.inspector.display
        await driver.press("shift+tab shift+tab")
        assert driver.app.focused is left
        await driver.press("g 5")
        await driver.until(lambda: titles(driver)[0] == "Conversation · /root/alpha/deep", "another agent on the left")
        assert titles(driver)[1] == "Conversation · /root/beta"
        await driver.press("escape")
        assert len(titles(driver)) == 3
        assert driver.main.pane == "conversation"


async def test_second_agent_is_another_at_once() -> None:
    async with running("agents", size=(120, 40)) as driver:
        for agent, both in (("1", ["/root", "/root/alpha"]), ("5", ["/root/alpha/deep", "/root/alpha"])):
            await driver.press(f"g {agent} |")
            wanted = [f"Conversation · {one}" for one in both]
            await driver.until(partial(lambda wanted: titles(driver) == wanted, wanted), "both agents")
            await driver.press("|")


async def test_without_room_for_both_the_first_goes_on() -> None:
    async with running("agents", size=(120, 40)) as driver:
        await driver.press("g 2 | g 3 shift+tab")
        left, right = driver.main.panes.conversations
        assert driver.app.focused is left
        await driver.press("z")
        await driver.until(lambda: driver.app.focused is right, "the zoom")
        assert titles(driver) == ["Conversation · /root/beta"]
        await driver.press("z")
        await driver.until(lambda: len(titles(driver)) == 2, "both again")
        await driver.press("shift+tab shift+tab")
        assert driver.main.pane == "timeline"
        await driver.press("g g j j")
        await driver.at_rest()
        assert driver.main.conversation is right
        assert "as sent in request 1" in titles(driver)[1]


async def test_wide_screen_keeps_the_timeline() -> None:
    async with running("agents", size=(200, 50)) as driver:
        await driver.press("g 2 | g 3")
        await driver.until(lambda: "/root/beta" in titles(driver)[2], "the second agent")
        assert titles(driver)[0].startswith("Timeline")
        assert len(titles(driver)) == 4
        await driver.press("|")
        assert len(titles(driver)) == 3


async def test_narrow_screen_says_what_it_needs() -> None:
    async with running("agents", size=(80, 24)) as driver:
        await driver.press("|")
        assert "two conversations need 100 columns" in driver.footer


async def test_both_agents_grow(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, session):
        await driver.press("g 2 F | g 4")
        left, right = driver.main.panes.conversations
        for _ in range(3):
            answers = session.round()
            for view, name in ((left, "alpha"), (right, "gamma")):
                await driver.until(partial(shows, view, answers[name]), f"{name}'s new end")


async def test_left_agent_stays_in_another_moment() -> None:
    async with running("agents", size=(120, 40)) as driver:
        await driver.press("g 2 | g 3")
        await driver.press("@")
        await driver.type("300")
        await driver.press("enter")
        await driver.until(lambda: driver.main.panes.is_as_of_earlier, "the earlier moment")
        assert titles(driver)[0] == "Conversation · /root/alpha"
