"""Ids that a recorder writes otherwise in events than in bodies: `urn:codex:<id>` in the one, `<id>` in the other.

What is added to the ids of agents and turns is learned once, from an id that both have. Ids that have nothing in common
are known from the metadata of each agent, which repeat its id.
"""

from __future__ import annotations

from typing import Final

from tui.late_pattern import late_pattern
from tui.model.ids import ThreadId
from tui.reducer.id_form import form_between
from tui.reducer.state import ReducerState
from tui.schema.oddity import shortened

_UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
THREAD_ID: Final = late_pattern(rf"[0-9a-fA-F]{{32}}|{_UUID}|urn:uuid:{_UUID}|\{{{_UUID}\}}")
"""Any usual spelling of a UUID, as bodies may name agents."""


def thread_meant(state: ReducerState, recorded: str) -> ThreadId:
    """The agent that a body means by an id."""
    if recorded in state.trace.threads:
        return ThreadId(recorded)
    if recorded in state.thread_of_body_id:
        return state.thread_of_body_id[recorded]
    return ThreadId(_usual(state, recorded, state.trace.root_thread_id))


def note_body_id(state: ReducerState, thread_id: ThreadId, recorded: object) -> None:
    """Remember what the metadata of an agent call it, where events have ids of another form for agents."""
    if recorded == thread_id or not isinstance(recorded, str) or THREAD_ID.fullmatch(thread_id) is not None:
        return
    if THREAD_ID.fullmatch(recorded) is None or form_between(recorded, thread_id) is not None:
        return
    state.thread_of_body_id[recorded] = thread_id
    message = f"bodies call the agent {shortened(thread_id)} {recorded}"
    consequence = "ids of agents in bodies were read as those of events"
    state.report_counted("threads", "field-retyped", message, consequence, severity="warning")


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
