"""The whole program as it was behind an earlier event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.noderef import NodeRef
from tui.ui.command import CommandGroup, Press
from tui.ui.workspace import Workspace

if TYPE_CHECKING:
    from tui.readings.past import Past
    from tui.schema.until import Until

commands = CommandGroup[Workspace]("Earlier moments")


@commands.add("@", "As of an earlier moment: everything as it was then; Enter alone takes the selected row")
def ask_moment(work: Workspace, _press: Press) -> None:
    """Type an event number, a time since the start, a part as 50%, or a time of day; nothing means the selected row."""
    from tui.analysis.recording.moment import SHORT_FORMS, MomentError, moment_of

    started = work.store.manifest.started_at_unix_ms

    def meant(text: str) -> Until:
        """Counted when it is gone to: a part of the time is another one while the recording is read."""
        return moment_of(text, started, work.store.shown.event_log.newest_time_unix_ms)

    def wrong(text: str) -> str:
        try:
            if text:
                meant(text)
        except MomentError:
            return f"not a moment; write {SHORT_FORMS}"
        return ""

    def done(text: str | None) -> None:
        if text:
            work.as_of.go(lambda past: past.place_of(meant(text)), lambda past: past.reaches(meant(text)))
        elif text is not None:
            go_to_selected(work)

    def remark(text: str) -> str:
        return "" if text else f"Enter: the selected row; or {SHORT_FORMS}"

    work.footer.ask("as of", "", remark, done, check=wrong)
    work.footer.remark(remark(""))


def go_to_selected(work: Workspace) -> None:
    """Go to the event with which the selected object came."""
    node = work.panes.focused_node
    if node is None:
        work.footer.say("nothing is selected", "warning")
    else:
        go_to_beginning(work, node)


def go_to_beginning(work: Workspace, node: NodeRef) -> None:
    """Go to the event with which an object came, or with which something was found wrong."""
    if node.kind == "diagnostic":
        line = work.store.diagnostics[int(node.id)].line if node.id.isdigit() else None
        work.as_of.go(lambda past: _place_of_line(past, line))
    else:
        work.as_of.go(lambda past: past.birth(node) or past.last_place)


def _place_of_line(past: Past, line: int | None) -> int:
    return past.last_place if line is None else past.place_of_line(line)


@commands.add("<", "The event before")
def previous_event(work: Workspace, press: Press) -> None:
    """Everything as it was one event earlier."""
    _step(work, -(press.times or 1))


@commands.add(">", "The next event")
def next_event(work: Workspace, press: Press) -> None:
    """Everything as it was one event later; behind the newest event that is now."""
    _step(work, press.times or 1)


def _step(work: Workspace, step: int) -> None:
    if work.as_of.is_on:
        work.as_of.go(lambda past: past.place + step, lambda past: past.last_place >= past.place + step)
    elif step < 0:
        work.as_of.go(lambda past: past.last_place + step)
    else:
        _say_now(work)


@commands.add("{ | g <", "To where the turn before began")
def previous_turn_start(work: Workspace, press: Press) -> None:
    """Everything as it was when a turn of any agent began."""
    work.as_of.go(lambda past: past.turn_from(-(press.times or 1), is_now=not work.as_of.is_on))


@commands.add("} | g >", "To where the next turn began")
def next_turn_start(work: Workspace, press: Press) -> None:
    """The same forward; behind the last turn that is now."""
    if work.as_of.is_on:
        work.as_of.go(lambda past: past.turn_from(press.times or 1))
    else:
        _say_now(work)


@commands.add(".", "Back to now")
def return_to_now(work: Workspace, _press: Press) -> None:
    """Everything as it is now, on the same row."""
    if work.as_of.is_on:
        work.as_of.return_to_now()
    else:
        _say_now(work)


def _say_now(work: Workspace) -> None:
    back = work.keyboard.first_key("previous_event")
    work.footer.say(f"this is now; {back} goes back one event")
