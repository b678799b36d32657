"""`rtrace-tui help`: the pages for people who use the program."""

from __future__ import annotations

import argparse
import shutil

from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.help.layout import laid_out
from tui.help.pages import KEYS_TOPIC, TOPICS, page

WIDEST = 100
"""Columns of a page at most: longer lines are hard to read."""

DESCRIPTION = "Print a page of the help; without a topic, list the pages."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which page."""
    parser.add_argument("topic", metavar="TOPIC", nargs="?", help=f"one of: {', '.join(TOPICS)}")


def run(given: argparse.Namespace) -> int:
    """Print the page, or the list of them."""
    if given.topic is None:
        return _list_topics()
    if given.topic not in TOPICS:
        complain(f"there is no help page {given.topic!r}; the pages are {', '.join(TOPICS)}")
        return EXIT_UNUSABLE
    for line in laid_out(_text(given.topic), min(WIDEST, shutil.get_terminal_size().columns)):
        say(line)
    return EXIT_OK


def _list_topics() -> int:
    say("rtrace-tui help TOPIC prints one of these pages; ? in the viewer shows them, too:")
    say("")
    width = max(map(len, TOPICS))
    for topic, about in TOPICS.items():
        say(f"  {topic:<{width}}  {about}")
    say("")
    say("rtrace-tui COMMAND --help lists the options of a command.")
    return EXIT_OK


def _text(topic: str) -> str:
    if topic != KEYS_TOPIC:
        return page(topic)
    from tui.ui.commands import COMMANDS
    from tui.ui.key_page import key_page

    return key_page(COMMANDS)
