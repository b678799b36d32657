"""What the footer of the main screen shows while nothing is typed."""

from __future__ import annotations

from collections.abc import Sequence

from tui.analysis.kinds.naming import agent_name
from tui.model.noderef import NodeRef
from tui.ui.workspace import Workspace
from tui.viewmodel.frame.footer import FooterFacts, Hint, event_words, footer_line
from tui.viewmodel.frame.layout import next_pane
from tui.viewmodel.frame.useful_keys import OF_THE_ROW, Here, Named, useful_on
from tui.viewmodel.text.spans import Line, Span

TOO_SMALL = Span("too small: 20 columns and 6 rows are the least", "warning")


def main_footer(work: Workspace, message: Span | None, width: int) -> Line:
    """The message, or where one is, which modes are on, and which keys are useful here."""
    return footer_line(_facts(work, message), width, work.panes.measure)


def _facts(work: Workspace, message: Span | None) -> FooterFacts:
    keyboard, timeline, conversation = work.keyboard, work.panes.timeline, work.panes.conversation
    may_grow = work.store.state in ("live", "waiting") and not work.store.is_as_of_earlier
    hints = [Hint(*pair) for pair in keyboard.continuations()] if keyboard.pressed else _hints(work)
    followed = _followed_agent(work) if may_grow else ""
    return FooterFacts(
        is_following=may_grow and (timeline.is_following or conversation.followed is not None),
        new_rows=(conversation.new_items if followed else timeline.new_rows) if may_grow else 0,
        followed=followed,
        crumbs=_crumbs(work),
        hints=hints,
        pressed=keyboard.pressed,
        message=TOO_SMALL if work.panes.is_too_small else message,
        modes=_mode_words(work),
    )


def _followed_agent(work: Workspace) -> str:
    """The agent that is followed, or was before somebody looked back in its conversation; else empty."""
    conversation = work.panes.conversation
    is_there = work.panes.pane == "conversation"
    agent = conversation.last_followed if is_there else conversation.followed
    return "" if agent is None else agent_name(work.store.trace, agent)


def _crumbs(work: Workspace) -> Sequence[str]:
    """Where one is: in the payload its own path, else the rows of the timeline from the agent down.

    Of two agents that are shown, the one whose conversation has the focus: the timeline may be on another.
    """
    inspector, agent = work.panes.inspector, work.panes.conversation.shown_agent
    if "pair" in work.modes and work.panes.pane == "conversation" and agent is not None:
        return [agent_name(work.store.trace, agent)]
    is_in_payload = work.panes.pane == "payload" and inspector.remark
    return [inspector.remark] if is_in_payload else work.panes.timeline.breadcrumb()


def _hints(work: Workspace) -> list[Hint]:
    """What the footer names; while a pane is out of sight, where Tab leads comes before what every row has.

    Nothing before the first rows: they need not wait for all commands to be loaded.
    """
    if not work.growth.is_pictured:
        return []
    from tui.ui.commands import FOOTER_HINTS

    panes, keyboard = work.panes, work.keyboard
    tab = () if panes.are_all_visible else (("focus_next_pane", next_pane(panes.pane, 1)),)
    useful = _useful_here(work)
    own = [one for one in useful if one in OF_THE_ROW]
    named = tuple(dict.fromkeys((*FOOTER_HINTS[:1], *own, *tab, *useful, *FOOTER_HINTS[1:])))
    hints = [Hint(keyboard.first_key(name), word) for name, word in named]
    return [hint for hint in hints if hint.key]


def _useful_here(work: Workspace) -> tuple[Named, ...]:
    """What is of most use on the row; while the cursor moves what was last, so that a held key repaints less."""
    timeline, store = work.panes.timeline, work.store
    if work.live.selection.is_at_rest:
        rows = timeline.model.rows(timeline.model.cursor, 1)
        here = Here(
            is_root=bool(rows) and rows[0].node == NodeRef("thread", store.trace.root_thread_id),
            may_grow=store.state in ("live", "waiting"),
            agents=len(store.trace.threads),
            problems=timeline.problem_count,
        )
        work.panes.useful = useful_on(rows[0], here) if rows and work.panes.pane == "timeline" else ()
    return work.panes.useful


def _mode_words(work: Workspace) -> list[str]:
    words = []
    if "earlier" in work.modes:
        words.append(_moment_words(work))
    if "filter" in work.modes:
        words.append(work.live.filtering.words())
    if "search" in work.modes and (place := work.live.search.words_here):
        words.append(place)
    if "zoom" in work.modes:
        words.append("ZOOM")
    if "pair" in work.modes:
        words.append("TWO AGENTS")
    return words


def _moment_words(work: Workspace) -> str:
    """The event behind which one is, and the keys that go on from there."""
    log, first_key = work.store.event_log, work.keyboard.first_key
    event = event_words(log.row(len(log) - 1).kind) if len(log) else "nothing yet"
    steps = f"{first_key('previous_event')} {first_key('next_event')} event"
    return f"AS OF {event} · {steps}  {first_key('return_to_now')} now"
