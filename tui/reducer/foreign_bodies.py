"""Reads bodies that known recorders write otherwise, field by field: a change costs the field that it touches.

The format's reference refuses nearly all recordings with such a body. It accepts a command whose streams are written
apart, and leaves out what they say; here it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tui.model.objects import TerminalResult
from tui.reducer.state import ReducerState
from tui.schema.field_readers import struct_reader, whole_number
from tui.schema.members import BAD_JSON, Members, folded
from tui.schema.oddity import UNRECORDED, LineNotes
from tui.schema.payloads import RawPayloadRef

_OTHER_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "command": ("argv", "cmd", "commandline"),
    "cwd": ("workdir", "workingdirectory", "currentdirectory"),
    "process_id": ("pid", "process"),
    "exit_code": ("exitstatus", "returncode", "exit", "code"),
    "aggregated_output": ("combinedoutput", "output", "text"),
}
"""Field of a body → other names, folded, that it may have."""

_STREAMS: Final = ("stdout", "stderr")
_WRITTEN_BESIDE: Final = "formatted_output"
"""What a recorder of schema 1 writes beside the output of both streams: it leaves none out."""

_RESULT: Final = ("exit_code", "aggregated_output", "process_id")
_WORST_EXIT: Final = 2**31


def read_by_fields(state: ReducerState, ref: RawPayloadRef, data: bytes, struct: type[msgspec.Struct]) -> Any:
    """The struct that a body makes as far as it can be read; None if no field of it can."""
    try:
        value = msgspec.json.decode(data)
    except BAD_JSON:
        return None
    if not isinstance(value, dict):
        return None
    notes = LineNotes(state.moment.seq)
    names = [field.encode_name for field in msgspec.structs.fields(struct)]
    members = Members(_usually_named(value, names, ref.kind.type, notes))
    try:
        made = struct_reader(struct).read_members(members, ref.kind.type, notes)
    except (TypeError, ValueError):
        return None
    needed = [field.name for field in msgspec.structs.fields(struct) if field.required]
    if members.used.isdisjoint(needed):
        return None
    _report(state, notes)
    lost = {name: [UNRECORDED] for name in needed if name not in members.used and getattr(made, name) == []}
    return msgspec.structs.replace(made, **lost) if lost else made


def result_by_fields(state: ReducerState, ref: RawPayloadRef, payload: Any) -> tuple[str | None, TerminalResult] | None:
    """Process and result of a command whose end is written otherwise.

    None if it is as usual, or says neither how the command ended nor what it put out.
    """
    if not isinstance(payload, dict) or "type" in payload:
        return None
    notes = LineNotes(state.moment.seq)
    usual = _usually_named(payload, _RESULT, ref.kind.type, notes)
    if _WRITTEN_BESIDE not in payload and "aggregated_output" not in usual:
        streams = [usual[name] for name in _STREAMS if isinstance(usual.get(name), str)]
        if streams:
            usual["aggregated_output"] = "".join(streams)
            notes.renamed(f"{ref.kind.type}.aggregated_output", " and ".join(_STREAMS))
    exit_code, output = _exit_code(usual.get("exit_code")), _output(usual.get("aggregated_output"))
    if exit_code is None and output is None:
        return None
    for name, value, read in (("exit_code", exit_code, int), ("aggregated_output", output, str)):
        place = f"{ref.kind.type}.{name}"
        if value is None and name not in usual:
            if name == "exit_code":
                notes.missing(place)
        elif value is None:
            notes.unreadable(place, usual[name], "what it should be")
        elif not isinstance(usual[name], read):
            notes.retyped(place, usual[name], "a whole number" if read is int else "text")
    if not notes.oddities:
        return None
    _report(state, notes)
    process = usual.get("process_id")
    process_id = str(process) if isinstance(process, str | int) and not isinstance(process, bool) else None
    return process_id, TerminalResult(exit_code, output or "", "", None, None, None)


def _usually_named(
    value: Mapping[str, Any], names: tuple[str, ...] | list[str], kind: str, notes: LineNotes
) -> dict[str, Any]:
    """The members with the usual names of these fields, where another of the same meaning is used instead."""
    usual = dict(value)
    spelled = {folded(name): name for name in value if name not in names}
    for name in names:
        if name in usual:
            continue
        found = next((spelled[one] for one in (folded(name), *_OTHER_NAMES.get(name, ())) if one in spelled), None)
        if found is not None:
            usual[name] = usual.pop(found)
            notes.renamed(f"{kind}.{name}", found)
    return usual


def _exit_code(value: Any) -> int | None:
    """The exit code that a number, a text, or the one number in an object says."""
    if isinstance(value, dict):
        numbers = [one for one in value.values() if type(one) is int]
        value = numbers[0] if len(numbers) == 1 else None
    number = whole_number(value)
    return number if number is not None and -_WORST_EXIT <= number < _WORST_EXIT else None


def _output(value: Any) -> str | None:
    """The text that an output is, or that its pieces make."""
    if isinstance(value, list):
        pieces = [one.get("text") if isinstance(one, dict) else one for one in value]
        texts = [piece for piece in pieces if isinstance(piece, str)]
        return "".join(texts) if len(texts) == len(pieces) else None
    return value if isinstance(value, str) else None


def _report(state: ReducerState, notes: LineNotes) -> None:
    for oddity in notes.oddities:
        state.report_oddity(oddity)
