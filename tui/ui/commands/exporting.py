"""Taking something out of the viewer: what, then the review of what is secret in it, then where to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from typing import TYPE_CHECKING, Any

from tui.analysis.kinds.plural import counted
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.in_lists import tools_of
from tui.ui.footer import Footer
from tui.ui.workspace import Workspace
from tui.viewmodel.text.clean import clean, format_bytes
from tui.viewmodel.text.spans import Span

if TYPE_CHECKING:
    from tui.export.scope import Scope
    from tui.ui.leaving import Leaving, LeavingWork
    from tui.ui.lists.review import ReviewScreen
    from tui.ui.scheduler import SlicedWork
    from tui.viewmodel.lists.picker import PickEntry

commands = CommandGroup[Workspace]("Copy")

TITLE = "Export: nothing is written before you say where"

HINTS = (("activate", "exports"), ("search_here", "narrows"), ("cancel", "closes"))


@commands.add("X", "Export it, or a slice of it; secrets are reviewed before anything is written")
def export_part(work: Workspace, _press: Press) -> None:
    """Choose a format and a part."""
    from tui.ui.leaving import Leaving, choices_of
    from tui.ui.lists.picker import PickerScreen

    node = work.panes.focused_node
    entries = _entries(choices_of(work.store, node, _scopes(work)))

    def chosen(choice: object) -> None:
        if isinstance(choice, Leaving):
            _begin(work, choice)

    screen = PickerScreen(TITLE, entries, tools_of(work), hints=HINTS, opened_by="export_part")
    work.host.app.push_screen(screen, chosen)


def _scopes(work: Workspace) -> list[tuple[str, Scope]]:
    """The agent and the turn of what the cursor is on."""
    from tui.analysis.kinds.naming import agent_name
    from tui.analysis.kinds.thread_of import thread_of
    from tui.export.scope import Scope
    from tui.model.lookup import find_object

    trace, node = work.store.trace, work.panes.focused_node
    thread_id = None if node is None else thread_of(trace, node)
    if node is None or thread_id is None or thread_id not in trace.threads:
        return []
    found: list[tuple[str, Scope]] = [(f"the agent {clean(agent_name(trace, thread_id))}", Scope(thread_id))]
    thing: Any = find_object(trace, node)
    turn_id = getattr(thing, "codex_turn_id", None) or getattr(thing, "started_by_codex_turn_id", None)
    turn = trace.codex_turns.get(turn_id) if turn_id is not None else None
    if turn is not None and turn.thread_id == thread_id:
        number = work.store.index.ordinal("turn", turn.codex_turn_id)
        found.append((f"turn {number} of it", Scope(thread_id, turn.codex_turn_id)))
    return found


def _entries(choices: list[Leaving]) -> list[PickEntry]:
    from tui.export.registry import FORMATS
    from tui.viewmodel.lists.picker import PickEntry

    entries: list[PickEntry] = []
    part = ""
    for one in choices:
        if one.words != part:
            part = one.words
            entries.append(PickEntry((Span(f" {part}", "title"),)))
        what = "with texts, after a review" if one.with_content else "structure only"
        offer = FORMATS.get(one.format)
        purpose = "a smaller recording" if offer is None else offer.in_a_menu
        line = (Span(f"   {one.format:<9}"), Span(f"{what:<27}  "), Span(purpose, "dim"))
        entries.append(PickEntry(line, one, hidden=part))
    return entries


def _begin(work: Workspace, choice: Leaving) -> None:
    """With texts, a review comes first."""
    from tui.ui.leaving import LeavingWork
    from tui.ui.lists.review import ReviewScreen

    job = LeavingWork(work.store, choice)
    if not choice.with_content:
        _ask_place(work, work.footer, job, frozenset(), None)
        return
    words = f"{choice.format} of {choice.words}"
    screen = ReviewScreen(tools_of(work), words, lambda kept: _ask_place(work, screen.footer, job, kept, screen))

    def looked() -> None:
        screen.show_found(_reviewed(job), format_bytes(job.bytes) if job.bytes else "the slice")

    looking: list[SlicedWork[None]] = []
    work.host.app.push_screen(screen, lambda _result: looking[0].stop())
    looking.append(_run(job.look(), screen.footer, looked))


def _reviewed(job: LeavingWork) -> list[Any]:
    from tui.viewmodel.lists.review import Reviewed

    seen = () if job.show is None else job.show.seen
    return [Reviewed(one.rule, one.mark, one.secret, one.before, one.after, one.times) for one in seen]


def _ask_place(work: Workspace, footer: Footer, job: LeavingWork, kept: Set[str], over: ReviewScreen | None) -> None:
    """Ask where to; a file that is there is replaced only if the person says so twice."""
    asked_twice: set[str] = set()

    def check(text: str) -> str:
        complaint = job.complaint(text)
        if not complaint and job.exists(text) and text not in asked_twice:
            asked_twice.add(text)
            return "exists already; Enter again replaces it"
        return complaint

    def done(text: str | None) -> None:
        if text is None:
            footer.say("nothing was written")
        else:
            _write(work, footer, job, text, kept, over)

    label = f"{job.choice.format} to the new {'folder' if job.choice.format == 'slice' else 'file'}"
    footer.ask(label, job.suggestion, lambda _text: "Enter writes it", done, check=check)


def _write(
    work: Workspace, footer: Footer, job: LeavingWork, text: str, kept: Set[str], over: ReviewScreen | None
) -> None:
    from tui.ui.leaving import place_of

    target = place_of(text)
    footer.say(f"writing {clean(str(target))} …")

    def written() -> None:
        if over is not None:
            over.close()
        left_out = "" if job.show is None else _left_out(job)
        work.footer.say(f"wrote {clean(str(target.resolve()))}{left_out}")

    _run(job.write(target, kept), footer, written)


def _left_out(job: LeavingWork) -> str:
    hidden = job.show.hidden if job.show is not None else None
    if hidden is None:
        return ""
    if hidden.texts and not job.choice.with_content:
        return f"; {counted(hidden.texts, 'text')} left out"
    return f"; {counted(sum(hidden.by_rule.values()), 'secret place')} hidden" if hidden.by_rule else ""


def _run(steps: Iterator[None], footer: Footer, on_done: Callable[[], None]) -> SlicedWork[None]:
    """Do the steps between keys; what keeps them from their end is said in the footer instead of `on_done`."""
    from tui.export.format import ExportError
    from tui.outbox.whole_file import OutputError
    from tui.source.opening import OpeningError
    from tui.ui.scheduler import SlicedWork

    failures: list[str] = []

    def guarded() -> Iterator[None]:
        try:
            yield from steps
        except (OpeningError, ExportError, OutputError, OSError) as error:
            failures.append(str(error))

    def done() -> None:
        if failures:
            footer.say(failures[0], "warning")
        else:
            on_done()

    return SlicedWork(guarded(), done)
