"""The options of the viewer; apart from the viewer, so that its help need not load it."""

from __future__ import annotations

import argparse

from tui.commands.arguments import add_view_options
from tui.commands.root import ROOT_VARIABLE

DESCRIPTION = "Explore the rollout trace of an AI agent session in the terminal, finished or while it runs."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle or a folder with bundles, and how to show it."""
    parser.add_argument(
        "bundle",
        metavar="BUNDLE",
        nargs="?",
        help=f"directory of a recording, or a folder of such; by default ${ROOT_VARIABLE}",
    )
    parser.add_argument("--no-restore", action="store_true", help="begin at the start, not where you left last time")
    parser.add_argument(
        "--at",
        metavar="PLACE",
        help="open there: an id, KIND:ID, an agent path, /root#4 (its request 4), seq:N, payloads/N.json or a value in "
        "it, payloads/N.json#/input/3; yp in the viewer copies such a line. "
        "(--at of show, agents, stats … is another thing: a moment of the recording)",
    )
    parser.add_argument(
        "--against",
        metavar="OTHER",
        help="compare with this recording: where the two part, and what caused it; q leads to BUNDLE alone",
    )
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="read the whole recording, and keep nothing that opens it faster next time",
    )
    parser.add_argument("--wait", action="store_true", help="wait for a recording that has not begun yet")
    add_view_options(parser)
    parser.add_argument(
        "--print-completion",
        metavar="SHELL",
        choices=("bash", "zsh", "fish"),
        help="print a completion script; for bash: source <(rtrace-tui --print-completion bash)",
    )
    parser.add_argument("--print-man", action="store_true", help="print the manual page: … --print-man | man -l -")
