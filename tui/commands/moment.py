"""`--at`: the moment as of which a command answers."""

from __future__ import annotations

import argparse

from tui.analysis.recording.moment import FORMS


def add_at(parser: argparse.ArgumentParser, name: str = "--at") -> None:
    """The moment, as `given.at` (for `reduce`, `given.until`); None for now."""
    parser.add_argument(name, metavar="MOMENT", help=f"as the recording was then: {FORMS}")
