"""Following one agent of several that grow: its end stays in view, nothing else moves, and moving up stops it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from textual.events import MouseScrollUp

from tests.ui.driving import Driver, running
from tests.ui.widgets.panes import message, screen_lines
from tui.bundle.write.writer import BundleWriter
from tui.schema.events import CodexTurnStarted, InferenceCompleted, InferenceStarted, RolloutStarted, ThreadStarted


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


AGENTS = ("root", "alpha", "beta", "gamma")


class Session:
    """A root agent and three children in a bundle; `say` lets one of them make a request and get an answer."""

    def __init__(self, path: Path) -> None:
        # In schema 1 an answer joins the conversation with its event; later ones say so in an event of its own.
        self.writer = BundleWriter(path, root_thread_id="root", schema_version=1, clock=_now_ms)
        self.said: dict[str, list[dict[str, Any]]] = {name: [] for name in AGENTS}
        self.writer.append(RolloutStarted(trace_id="trace", root_thread_id="root"))
        for name in AGENTS:
            self._start(name)
            self.say(name)

    def _start(self, name: str) -> None:
        path = "/root" if name == "root" else f"/root/{name}"
        spawn = {"parent_thread_id": "root", "depth": 1, "agent_path": path, "agent_role": "worker"}
        metadata = {"agent_path": path, "session_source": {"subagent": {"thread_spawn": spawn}}}
        ref = None if name == "root" else self.writer.write_payload("session_metadata", metadata)
        self.writer.append(ThreadStarted(thread_id=name, agent_path=path, metadata_payload=ref))
        self.writer.append(CodexTurnStarted(codex_turn_id=f"turn {name}", thread_id=name), **self._place(name))

    def _place(self, name: str) -> dict[str, Any]:
        return {"thread_id": name, "codex_turn_id": f"turn {name}"}

    def say(self, name: str) -> str:
        """One more request of the agent; the text that the model answers."""
        said = self.said[name]
        number = len(said) // 2 + 1
        said.append(message("user", f"question {number} to {name}"))
        answer = f"{name} says {number}"
        request = self.writer.write_payload("inference_request", {"model": "m", "input": said})
        started = InferenceStarted(
            inference_call_id=f"{name} {number}",
            thread_id=name,
            codex_turn_id=f"turn {name}",
            model="m",
            provider_name="provider",
            request_payload=request,
        )
        self.writer.append(started, **self._place(name))
        item = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": answer}]}
        response = self.writer.write_payload("inference_response", {"output_items": [item], "token_usage": None})
        said.append(item)
        ended = InferenceCompleted(inference_call_id=f"{name} {number}", response_payload=response)
        self.writer.append(ended, **self._place(name))
        return answer

    def round(self) -> dict[str, str]:
        """One request of every agent; their answers."""
        return {name: self.say(name) for name in AGENTS}


@asynccontextmanager
async def watching(tmp_path: Path) -> AsyncIterator[tuple[Driver, Session]]:
    session = Session(tmp_path / "bundle")
    with session.writer:
        async with running(tmp_path / "bundle", follow=True) as driver:
            yield driver, session


def conversation(driver: Driver) -> list[str]:
    return screen_lines(driver.main.conversation)


def wheel_up() -> MouseScrollUp:
    """One notch of the wheel over the conversation."""
    return MouseScrollUp(None, 1, 1, 0, -1, 0, False, False, False)


def ends_with(driver: Driver, text: str) -> bool:
    return text in last_line(driver)


def last_line(driver: Driver) -> str:
    return next((line for line in reversed(conversation(driver)) if line.strip()), "")


async def test_end_of_one_agent_stays_in_view(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, session):
        await driver.press("g 2 tab F")
        assert driver.footer.startswith(" FOLLOW /root/alpha ")
        row = driver.label
        for _ in range(12):  # more than the pane holds; each waits for an update of a calm recording
            answers = session.round()
            await driver.until(partial(ends_with, driver, answers["alpha"]), "alpha's new end")
            assert "beta says" not in "\n".join(conversation(driver))
            assert driver.label == row
            assert driver.main.pane == "conversation"
        assert "/root/alpha" in str(driver.main.conversation.border_title)


async def test_moving_up_stops_and_g_returns(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, session):
        for _ in range(20):
            session.round()
        await driver.press("g 3 tab F")
        await driver.until(lambda: "beta says 21" in last_line(driver), "beta's end")
        await driver.press("k")
        assert "FOLLOW" not in driver.footer
        screen = conversation(driver)
        session.round()
        session.say("alpha")
        await driver.until(lambda: driver.footer.startswith(" +2 new in /root/beta "), "beta's new items to be counted")
        assert conversation(driver) == screen
        await driver.press("G")
        assert driver.footer.startswith(" FOLLOW /root/beta ")
        assert "beta says 22" in last_line(driver)
        session.say("beta")
        await driver.until(lambda: "beta says 23" in last_line(driver), "beta's new end")


async def test_numbers_switch_the_agent_that_is_followed(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, session):
        await driver.press("g 2 F")
        for key, name in (("3", "beta"), ("4", "gamma"), ("1", "root")):
            await driver.press(f"g {key}")
            path = "/root" if name == "root" else f"/root/{name}"
            assert driver.footer.startswith(f" FOLLOW {path} ")
            answer = session.round()[name]
            await driver.until(partial(ends_with, driver, answer), f"the new end of {name}")


async def test_f_on_a_spawn_follows_the_spawned_agent() -> None:
    async with running("agents") as driver:
        await driver.press("/")
        await driver.type("spawn_agent")
        await driver.press("enter F")
        assert driver.main.pane == "conversation"
        assert driver.main.conversation.shown_agent != driver.app.store.trace.root_thread_id
        assert driver.footer.startswith(" the end of the conversation of /root/")


async def test_second_f_follows_the_whole_again(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, session):
        await driver.press("g 2 F F")
        assert driver.footer.startswith(" FOLLOW all  ")
        session.say("gamma")
        await driver.until(lambda: "gamma says 2" in "\n".join(conversation(driver)), "what gamma was answered")


async def test_end_of_a_living_conversation_is_followed(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, session):
        await driver.press("g 4 tab G")
        answer = session.say("gamma")
        await driver.until(lambda: answer in last_line(driver), "gamma's new end")
        assert driver.footer.startswith(" FOLLOW /root/gamma ")


async def test_wheel_up_stops_following(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, session):
        for _ in range(20):
            session.round()
        await driver.press("g 2 F")
        await driver.until(lambda: "alpha says 21" in last_line(driver), "alpha's end")
        driver.main.conversation.post_message(wheel_up())
        await driver.until(lambda: "FOLLOW" not in driver.footer, "following to stop")
