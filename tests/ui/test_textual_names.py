"""No screen, widget or app gives a name of Textual another meaning.

Textual asks its own names. A screen whose `is_current` said whether all was read left what it had to draw undrawn while
it was false.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

from tui import ui

MEANT = {
    *("ALLOW_SELECT", "BINDINGS", "CSS_PATH", "ENABLE_COMMAND_PALETTE", "TITLE", "can_focus", "can_focus_children"),
    *("compose", "render_line", "render_lines", "notify_style_update", "watch_has_focus", "post_message"),
    *("get_css_variables", "refresh_css", "get_driver_class", "get_default_screen", "exit", "on_event"),
    *("_display", "_set_pointer_shape", "_handle_exception", "set_timer", "check_idle"),
}
"""What Textual asks subclasses for, or calls at a moment that this program needs: they do what theirs does, and more.

A name is added here once it was looked up what Textual does with it.
"""


def taken_names(ours: type) -> set[str]:
    """Names that a class gives itself though a class of Textual that it inherits from has them, too."""
    by_class_machinery = set(vars(type("Empty", (Widget,), {})))
    theirs = {name for one in ours.__mro__ if one.__module__.startswith("textual.") for name in vars(one)}
    taken = (vars(ours).keys() & theirs) - by_class_machinery - MEANT
    return {name for name in taken if not name.startswith("__")}


def subclasses(of: type[object]) -> Iterator[type[object]]:
    for one in of.__subclasses__():
        yield one
        yield from subclasses(one)


def test_no_class_takes_a_name_of_textual() -> None:
    for found in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        importlib.import_module(found.name)
    ours = [one for one in subclasses(MessagePump) if one.__module__.startswith("tui.")]
    assert len(ours) > 20
    assert {one.__name__: names for one in ours if (names := taken_names(one))} == {}


@pytest.mark.parametrize(
    ("base", "name", "is_taken"),
    [(Screen, "is_current", True), (App, "_end_batch", True), (Widget, "region", True), (Screen, "is_read", False)],
)
def test_taken_name_is_seen(base: type, name: str, is_taken: bool) -> None:
    assert taken_names(type("Ours", (base,), {"__module__": __name__, name: property(bool)})) == (
        {name} if is_taken else set()
    )
