"""Ids that a recorder writes otherwise in events than in bodies: `urn:codex:<id>` in the one, `<id>` in the other.

What is added to the ids of agents and turns is learned once, from an id that both have.
"""

from __future__ import annotations

from tui.model.ids import ThreadId
from tui.reducer.id_form import form_between
from tui.reducer.state import ReducerState


def thread_meant(state: ReducerState, recorded: str) -> ThreadId:
    """The agent that a body means by an id."""
    if recorded in state.trace.threads:
        return ThreadId(recorded)
    return ThreadId(_usual(state, recorded, state.trace.root_thread_id))


def turn_id_meant(state: ReducerState, recorded: str) -> str:
    """The id of the turn that a body means, as events write it."""
    newest = next(reversed(state.trace.codex_turns), None)
    if newest is None or recorded in state.trace.codex_turns:
        return recorded
    return _usual(state, recorded, newest)


def _usual(state: ReducerState, recorded: str, known: str) -> str:
    if state.id_form is None:
        state.id_form = form = form_between(recorded, known)
        if form is not None:
            message = f"bodies call {known} {recorded}"
            consequence = "ids in bodies were read as those of events"
            state.report_counted("ids", "field-retyped", message, consequence, severity="warning")
    return recorded if state.id_form is None else state.id_form.usual(recorded)
