"""What may be loaded by what, seen in a fresh process: the static contracts cannot see late or plugged-in imports."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from functools import cache

import pytest

from tests.conftest import DEMO_BUNDLES, PROJECT

PURE_ROOMS = ["tui.schema", "tui.model", "tui.reducer", "tui.analysis", "tui.viewmodel"]
SCREENLESS_ROOMS = [*PURE_ROOMS, "tui.bundle", "tui.store", "tui.fleet"]

LOADED_BY_ROOMS = """
import importlib, pkgutil, sys
for room in {names!r}:
    before = set(sys.modules)
    package = importlib.import_module(room)
    for found in pkgutil.walk_packages(getattr(package, "__path__", []), room + "."):
        importlib.import_module(found.name)
    print(room, *sorted(set(sys.modules) - before))
"""
"""A line for each room: its name, and what was loaded for it that no room before had loaded."""

LOADED_BY_COMMANDS = """
import os, sys
from tui.cli import main
sys.stdout = sys.stderr = open(os.devnull, "w")
before = set()
for arguments in {names!r}:
    try:
        main(arguments)
    except SystemExit:
        pass
    print("_".join(arguments).replace(" ", "_"), *sorted(set(sys.modules) - before), file=sys.__stdout__)
    before = set(sys.modules)
print("all", *sorted(sys.modules), file=sys.__stdout__)
"""
"""A line for each command as for each room: the first one loads the program, too; the last has all that there is."""

LOADED_UNTIL_FIRST_ROWS = """
import os, sys
from functools import partialmethod
from tui.commands import view
from tui.ui import app, feed, selection

def leave(shown):
    assert shown._panes.timeline.model.row_count > 1
    os.write(1, "\\n".join(sys.modules).encode())
    os._exit(0)

feed.FIRST_PICTURE_SECONDS = 60.0  # a busy machine draws late: until then nothing more is read
feed.SLICE_SECONDS = 60.0  # and it reduces little in a slice: the first picture is to have all of the first lines
view.missing_terminal = lambda: None
app.TraceApp.run_async = partialmethod(app.TraceApp.run_async, headless=True, size=(120, 40))
selection.Selection.show = leave  # the other panes follow when the first rows are drawn
sys.exit(view.show(view.Target(path={bundle!r}), view.ViewOptions(restore=False)))
"""

LOADED_BY_VIEWER = """
import sys
from tui.ui.lean_textual import import_textual
import_textual()
import tui.ui.run, tui.ui.app
before = "\\n".join(sys.modules)
from textual.command import CommandPalette
from textual.widget import Widget
import platformdirs, ssl
assert issubclass(CommandPalette, Widget)
assert platformdirs.user_downloads_path() and ssl.create_default_context
from textual.color import Color, ColorParseError
from textual.content import Content
from textual.suggestions import get_suggestion
assert Content.from_markup("[b]bold[/b]").plain == "bold"
assert get_suggestion("rad", ["red"]) == "red"
try: Color.parse("rad")
except ColorParseError as error: assert str(error)
else: raise AssertionError
print(before)
"""

LATER_THAN_FIRST_ROWS = [
    "tui.analysis.compare",
    "tui.analysis.links.why",
    "tui.analysis.problems.sorts",
    "tui.analysis.search",
    "tui.analysis.statistics",
    "tui.analysis.time",
    "tui.bundle.disk.wrong_path",
    "tui.cache.memory",
    "tui.export",
    "tui.fleet",
    "tui.help",
    "tui.outbox",
    "tui.ui.bindings",
    "tui.ui.commands",
    "tui.ui.folder",
    "tui.ui.lists",
    "tui.viewmodel.compare",
    "tui.viewmodel.conversation",
    "tui.viewmodel.folder",
    "tui.viewmodel.ladder",
    "tui.viewmodel.lanes",
    "tui.viewmodel.lists.picker",
    "tui.viewmodel.payload.model",
    "tui.viewmodel.text.markdown",
    "tui.viewmodel.timeline.filter",
    "argparse",
    "duckdb",
    "markdown_it",
    "perfetto",
    "sqlite3",
]
"""Modules and rooms that belong to other panes, to lists and to what is asked for."""


def output_of(script: str) -> str:
    """What a fresh process prints."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n{script}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def modules_loaded(script: str) -> set[str]:
    return set(output_of(script).split())


@cache
def loaded_by(script: str) -> dict[str, set[str]]:
    """The libraries, by what was the first to load them."""
    lines = (line.split() for line in output_of(script).splitlines())
    return {name: {module.partition(".")[0] for module in modules} for name, *modules in lines}


def loading(script: str, unwanted: set[str], names: Iterable[str] | None = None) -> dict[str, set[str]]:
    """Who was the first to load what is not wanted."""
    found = {name: modules & unwanted for name, modules in loaded_by(script).items() if names is None or name in names}
    return {name: modules for name, modules in found.items() if modules}


BY_ROOM = LOADED_BY_ROOMS.format(names=SCREENLESS_ROOMS)
COMMANDS = [
    ["--help"],
    ["--version"],
    ["demo", "--help"],
    ["demo", "--list"],
    ["reduce", str(DEMO_BUNDLES / "answer")],
    ["check", str(DEMO_BUNDLES / "answer")],
    ["check", str(DEMO_BUNDLES / "answer"), "--json"],
    ["show", str(DEMO_BUNDLES / "answer"), "/root"],
    ["why", str(DEMO_BUNDLES / "answer"), "/root"],
    ["why", str(DEMO_BUNDLES / "answer"), "/root", "--json"],
    ["edges", str(DEMO_BUNDLES / "agents")],
    ["edges", str(DEMO_BUNDLES / "agents"), "--json"],
    ["export", str(DEMO_BUNDLES / "answer"), "--to", "markdown"],
    ["export", str(DEMO_BUNDLES / "answer"), "--to", "otlp"],
    ["export", str(DEMO_BUNDLES / "answer"), "--to", "html"],
    ["sql", str(DEMO_BUNDLES / "answer"), "select count(*) from items"],
    ["ls", str(DEMO_BUNDLES)],
    ["ls", str(DEMO_BUNDLES), "--json"],
    ["agents", str(DEMO_BUNDLES / "answer")],
    ["stats", str(DEMO_BUNDLES / "answer"), "--json"],
    ["grep", str(DEMO_BUNDLES / "answer"), "parser"],
    ["grep", str(DEMO_BUNDLES / "answer"), "re:pars(er|ing)", "--json"],
    ["no-such-bundle"],
]
BY_COMMAND = LOADED_BY_COMMANDS.format(names=COMMANDS)


def test_rooms_below_the_screen_load_no_screen() -> None:
    assert list(loaded_by(BY_ROOM)) == SCREENLESS_ROOMS
    assert loading(BY_ROOM, {"textual", "rich"}) == {}


def test_pure_rooms_load_nothing_that_watches_or_waits() -> None:
    """Threads, paths and clocks come with the standard library's own modules; the contracts look for those."""
    unwanted = {"watchfiles", "asyncio", "tempfile", "subprocess", "socket"}
    assert loading(BY_ROOM, unwanted, PURE_ROOMS) == {}


def test_commands_without_a_screen_load_none() -> None:
    assert {"tui", "msgspec", "duckdb"} <= loaded_by(BY_COMMAND)["all"]
    assert loading(BY_COMMAND, {"textual", "rich", "watchfiles", "asyncio"}) == {}


def test_the_help_of_the_program_reads_no_recording() -> None:
    assert list(loaded_by(BY_COMMAND))[:2] == ["--help", "--version"]
    assert loading(BY_COMMAND, {"msgspec", "zstandard"}, ["--help", "--version"]) == {}


@pytest.mark.parametrize("bundle", ["agents", "answer"])
def test_first_rows_wait_for_their_own_modules_alone(bundle: str) -> None:
    modules = modules_loaded(LOADED_UNTIL_FIRST_ROWS.format(bundle=str(DEMO_BUNDLES / bundle)))
    early = {name for name in LATER_THAN_FIRST_ROWS for one in modules if one == name or one.startswith(f"{name}.")}
    assert "tui.viewmodel.timeline.model" in modules
    assert not early


def test_viewer_loads_textual_without_what_is_off() -> None:
    """What was left out can be had afterwards, as it is."""
    modules = modules_loaded(LOADED_BY_VIEWER)
    assert "textual.app" in modules
    assert not modules & {"textual.command", "textual.widgets._select", "platformdirs", "rich.table", "ssl", "difflib"}
