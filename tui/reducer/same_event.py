"""Events that a recorder wrote twice: a start that comes again word for word begins nothing.

A log may hold a line again, where a writer was not sure that it had been written. The format's reference refuses a
second start, so the graph is ours to make. Two objects may share an id; what tells them from one that was written
twice is that they began at other moments, or have payloads of their own.
"""

from __future__ import annotations

from tui.model.ids import RawPayloadId, ThreadId
from tui.reducer.problem import Problem
from tui.reducer.state import ReducerState
from tui.schema.payloads import RawPayloadRef


def refuse_same_start(
    state: ReducerState,
    what: str,
    object_id: str,
    began: tuple[ThreadId, int, int | None],
    payloads: tuple[RawPayloadId | None, RawPayloadRef | None] = (None, None),
) -> None:
    """Raise `Problem` if the start that is being applied is the one that `began` an object of its id.

    `began`: the agent of the object, its start in Unix milliseconds and the number of its first event; no number if
    one agent cannot begin two such objects in one millisecond. `payloads`: the payload that the known object was
    started with, and the one of this event. An event that comes again under another number is recognised by it.
    """
    moment = state.moment
    thread_id, at_unix_ms, seq = began
    known, ours = payloads
    if moment.at_unix_ms != at_unix_ms or moment.thread_id not in (None, thread_id):
        return
    if known != (None if ours is None else ours.raw_payload_id) or (known is None and seq not in (None, moment.seq)):
        return
    message = f"duplicate {what} start for {object_id}"
    raise Problem("duplicate-start", f"{message}: the same event again", "it counts once", object_id)
