"""Every command of the viewer: one function each, with its key, scope, group and help beside it.

The key map, the help, the palette and the README's table of keys are collected from here, in this order.
"""

from __future__ import annotations

from tui.ui.command import Command
from tui.ui.commands import (
    agents,
    as_of,
    comparing,
    copying,
    exporting,
    in_lists,
    ladder,
    leaving,
    live,
    looking,
    marks,
    moving,
    problems,
    program,
    searching,
    statistics,
    time,
    walking,
)

COMMANDS: tuple[Command, ...] = (
    *moving.COMMANDS,
    *problems.commands.all,
    *walking.commands.all,
    *agents.commands.all,
    *ladder.commands.all,
    *statistics.commands.all,
    *time.commands.all,
    *as_of.commands.all,
    *comparing.commands.all,
    *ladder.ladder_commands.all,
    *time.lanes_commands.all,
    *comparing.compare_commands.all,
    *in_lists.list_commands.all,
    *searching.commands.all,
    *leaving.commands.all,
    *live.commands.all,
    *marks.commands.all,
    *copying.commands.all,
    *exporting.commands.all,
    *looking.commands.all,
    *program.commands.all,
)
"""All commands in the order of the help."""

FOOTER_HINTS: tuple[tuple[str, str], ...] = (
    ("show_help", "help"),
    ("search_here", "search"),
    ("filter_rows", "filter"),
    ("pick_agent", "agents"),
    ("next_problem", "problem"),
    ("follow_edge", "leads to"),
    ("explain_why", "why"),
    ("list_edges", "links"),
)
"""Commands that the footer names while there is room, the first ones first, each with its word."""
