"""Says when another version of Textual has changed a name that is not public and that this program needs."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import pkgutil
import re
import weakref
from contextvars import ContextVar, copy_context
from pathlib import Path

import pytest
from textual import events
from textual._styles_cache import StylesCache
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump
from textual.screen import Screen

from tests.ui.driving import wait_until
from tests.ui.test_textual_names import subclasses
from tui import ui
from tui.ui.terminal import textual_private
from tui.ui.terminal.textual_private import (
    EndingApp,
    OpenDriver,
    SureTimers,
    character_key,
    forget_cancelled_timers,
    forget_removed_widgets,
    functional_key,
    is_modifier_alone,
    keys_of_sequence,
)

SOURCES = Path(textual_private.__file__).parents[1]
PRIVATE = re.compile(r"(?:from|import) textual(?:\.\w+)*\._\w|from textual import .*\b_\w|\bapp\._\w|_app\._\w")


def test_no_other_file_uses_private_names() -> None:
    users = {path.name for path in SOURCES.rglob("*.py") if PRIVATE.search(path.read_text())}
    assert users == {"textual_private.py"}


@pytest.mark.parametrize(
    ("sequence", "names"),
    [
        ("\r", ("enter",)),
        ("\x0f", ("ctrl+o",)),
        ("\x1b[Z", ("shift+tab",)),
        ("\x1bOA", ("up",)),
        ("\x1bOp", ("0",)),
        ("\x1b[E", ()),
        ("no sequence", ()),
    ],
)
def test_the_table_of_sequences_is_there(sequence: str, names: tuple[str, ...]) -> None:
    assert keys_of_sequence(sequence) == names


def test_the_table_of_functional_keys_is_there() -> None:
    assert (functional_key("57414u"), functional_key("1A"), functional_key("97u")) == ("enter", "up", None)
    assert [name for name in ("left_shift", "caps_lock", "enter") if is_modifier_alone(name)] == [
        "left_shift",
        "caps_lock",
    ]


def test_characters_have_key_names() -> None:
    assert [character_key(character) for character in "a?/"] == ["a", "question_mark", "slash"]


def test_the_cache_of_widgets_can_be_cleared() -> None:
    forget_removed_widgets()
    assert StylesCache.get_inner_outer.cache_info().currsize == 0


async def test_a_cancelled_timer_lets_go_of_its_context() -> None:
    """asyncio keeps the timer until it would have come, and with it the context."""
    held: ContextVar[set[str]] = ContextVar("held")
    screen = {"left"}
    kept = weakref.ref(screen)
    context = copy_context()
    context.run(held.set, screen)
    timers = [asyncio.get_running_loop().call_later(60, print, context=context) for _ in range(2)]
    timers[0].cancel()
    del context, screen
    forget_cancelled_timers()
    assert kept() is not None, "the other timer may still come"
    timers.pop().cancel()
    forget_cancelled_timers()
    assert kept() is None


@pytest.mark.parametrize(
    "name", ["_handle_exception", "_close_messages_no_wait", "_post_message", "_display", "_set_pointer_shape"]
)
def test_the_app_has_what_is_overridden_or_called(name: str) -> None:
    assert callable(getattr(App, name))


@pytest.mark.parametrize("name", ["_driver", "_exit", "_return_code", "_message_queue"])
async def test_the_app_has_the_attributes(name: str) -> None:
    app: EndingApp[None] = EndingApp()
    async with app.run_test():
        assert hasattr(app, name)


@pytest.mark.parametrize(
    ("base", "is_sure"),
    [((EndingApp,), True), ((App,), False)],
    ids=["ours", "what Textual does by itself"],
)
async def test_a_timer_comes_on_a_busy_machine(
    base: tuple[type[App[None]]], is_sure: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else has the processor for a while between two looks at the clock, before the app goes on."""
    came = asyncio.Event()
    app = type("Small", base, {})()
    async with app.run_test() as pilot:
        await pilot.pause()
        moments = itertools.count(0.0, 0.005)
        monkeypatch.setattr("textual.timer._time.get_time", lambda: next(moments))
        app.set_timer(0.001, came.set)
        if is_sure:
            await wait_until(app, came.is_set, lambda: "the timer")
        else:
            await pilot.pause(0.02)
        assert came.is_set() == is_sure


def test_every_app_and_screen_has_sure_timers() -> None:
    """Widgets set none: who wants another one here adds it to the bases of the class."""
    for found in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        importlib.import_module(found.name)
    hosts = [one for one in subclasses(MessagePump) if one.__module__.startswith("tui.")]
    unsure = {one.__name__ for one in hosts if issubclass(one, App | Screen) and not issubclass(one, SureTimers)}
    assert len(hosts) > 20
    assert unsure == set()
    assert not [path.name for path in (SOURCES / "widgets").rglob("*.py") if ".set_timer(" in path.read_text()]


@pytest.mark.parametrize(
    "name",
    [
        "_get_terminal_size",
        "_sigtstp_application",
        "_sigcont_application",
        "_query_in_band_window_resize",
        "run_input_thread",
        "start_application_mode",
        "stop_application_mode",
    ],
)
def test_the_driver_has_the_methods_that_are_overridden(name: str) -> None:
    assert callable(getattr(LinuxDriver, name))
    assert getattr(OpenDriver, name) is not None


async def test_the_driver_has_the_attributes() -> None:
    app: EndingApp[None] = EndingApp()
    async with app.run_test():
        for name in ("_app", "_loop", "_auto_restart"):
            assert hasattr(app._driver, name), name
    assert issubclass(LinuxDriver, Driver)
    names = LinuxDriver.__init__.__code__.co_names
    assert {"_file", "fileno", "exit_event", "_key_thread", "_writer_thread"} <= set(names)


async def test_messages_that_a_screen_has_not_come_to_are_waiting_too() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        driver = OpenDriver.__new__(OpenDriver)
        driver._app = app
        await pilot.pause()
        before = driver.waiting_messages
        for _ in range(5):
            app.screen.post_message(events.Idle())
        assert driver.waiting_messages >= before + 5
