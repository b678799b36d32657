"""`--at`: the moment as of which a command answers."""

from __future__ import annotations

import argparse

from tui.analysis.recording.moment import FORMS, moment_of
from tui.bundle.log.clock import LogClock
from tui.commands.console import complain
from tui.schema.decode import EventLine
from tui.schema.parts import PartLists
from tui.schema.until import Until
from tui.source.lines import decode_raw_line
from tui.source.source import Source


def add_at(parser: argparse.ArgumentParser, name: str = "--at") -> None:
    """The moment, as `given.at` (for `reduce`, `given.until`); None for now."""
    parser.add_argument(name, metavar="MOMENT", help=f"as the recording was then: {FORMS}".replace("%", "%%"))


def moment_in(source: Source, text: str) -> Until:
    """The moment of a recording that `text` names. Raises `MomentError` if it names none.

    A part of the time costs one more look at all lines: only the last of them says how much was recorded.
    """
    newest = _newest_time(source) if text.endswith("%") else None
    return moment_of(text, source.manifest.started_at_unix_ms, newest)


def remark_on_later(until: Until, text: str, newest_seq: int | None, newest_unix_ms: int | None) -> None:
    """Say so where a moment lies behind all that was recorded: the answer is that of the whole recording."""
    is_later = (until.seq or 0) > (newest_seq or 0) or (until.unix_ms or 0) > (newest_unix_ms or 0)
    if is_later:
        last = "no event was recorded" if newest_seq is None else f"the last event is {newest_seq:,}"
        complain(f"{text} is after everything recorded ({last}); the answer is that of the whole recording")


def _newest_time(source: Source) -> int | None:
    lines, clock, parts = source.open_lines(), LogClock(source.manifest), PartLists()
    newest: int | None = None
    lines.look()
    while True:
        raw = lines.next_line()
        if raw is None and not lines.fill():
            break
        line = None if raw is None else decode_raw_line(raw, parts)
        if isinstance(line, EventLine):
            at = (line if clock.is_usual else clock.since_1970(line)).event.wall_time_unix_ms
            newest = at if newest is None or (at is not None and at > newest) else newest
    lines.close()
    return newest
