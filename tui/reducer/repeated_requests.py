"""Requests that share one id: a second start under a known id is a request of its own, named `<id>~2`.

The format's reference refuses such a recording, so the graph is ours to make. An end belongs to the first request of
its id that is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, TypeVar

from tui.reducer.same_event import refuse_same_start
from tui.reducer.state import ReducerState
from tui.schema.payloads import RawPayloadRef

_Request = TypeVar("_Request", bound=Any)
_Id = TypeVar("_Id", bound=str)


def name_of_request(state: ReducerState, given: _Id, known: Mapping[_Id, _Request], what: str) -> _Id:
    """The name of a request that starts: its id, or another one where an earlier request has the id."""
    if given not in known:
        return given
    names = state.requests_of_id.setdefault(given, [given])
    free: Iterator[Any] = (f"{given}~{number}" for number in count(len(names) + 1))
    name: _Id = next(name for name in free if name not in known)
    names.append(name)
    message = f"duplicate {what} start for {given}"
    state.report("call-id-repeated", message, f"it is a request of its own, {name}", object_id=name)
    return name


def refuse_same_request(
    state: ReducerState, given: _Id, known: Mapping[_Id, _Request], what: str, payload: RawPayloadRef
) -> None:
    """Raise `Problem` if the start that is being applied began the newest request of its id already."""
    names: list[Any] = state.requests_of_id.get(given, [given])
    request = known.get(names[-1])
    if request is not None:
        window = request.execution
        began = (request.thread_id, window.started_at_unix_ms, window.started_seq)
        refuse_same_start(state, what, given, began, (request.raw_request_payload_id, payload))


def request_meant(state: ReducerState, given: _Id, known: Mapping[_Id, _Request]) -> _Request | None:
    """The request that an end with this id means: the first open one, else the newest; None for an unknown id."""
    names: list[Any] = state.requests_of_id.get(given, [given])
    found = [known[name] for name in names if name in known]
    return next((one for one in found if one.execution.is_open), found[-1] if found else None)
