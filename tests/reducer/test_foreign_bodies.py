"""Bodies of commands that a recorder writes otherwise: each change costs the field that it touches, and is reported."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reducer.recording import Recording, operation_of

Json = dict[str, Any]
START: Json = {"command": ["ls", "-l"], "cwd": "/w", "process_id": "1"}
END: Json = {"exit_code": 2, "aggregated_output": "no such file", "process_id": "1"}


def _without(body: Json, *names: str, **more: Any) -> Json:
    return {**{name: value for name, value in body.items() if name not in names}, **more}


def _read(start: Json, end: Json) -> tuple[Any, list[str]]:
    recording = Recording()
    recording.tool("x")
    recording.runtime("x", start)
    recording.runtime_end("x", end)
    reducer = recording.reduce()
    return operation_of(reducer.trace, 1), [finding.code for finding in reducer.diagnostics]


STARTS: dict[str, tuple[Json, list[str], str, str]] = {
    "a text": (_without(START, command="ls -l"), ["ls -l"], "/w", "field-retyped"),
    "another name": (_without(START, "command", argv=["ls", "-l"]), ["ls", "-l"], "/w", "field-renamed"),
    "a folder in an object": (_without(START, cwd={"path": "/w"}), ["ls", "-l"], "/w", "field-retyped"),
    "no folder": (_without(START, "cwd"), ["ls", "-l"], "?", "field-missing"),
    "no command": (_without(START, "command"), ["?"], "/w", "field-missing"),
}


@pytest.mark.parametrize("name", STARTS)
def test_start_of_a_command_is_read_by_fields(name: str) -> None:
    start, command, folder, code = STARTS[name]

    operation, codes = _read(start, END)

    assert (operation.request.command, operation.request.cwd, codes) == (command, folder, [code])
    assert (operation.result.exit_code, operation.result.stdout) == (2, "no such file")


ENDS: dict[str, tuple[Json, int | None, str, list[str]]] = {
    "as usual": (END, 2, "no such file", []),
    "a code in a text": (_without(END, exit_code="2"), 2, "no such file", ["field-retyped"]),
    "a code in an object": (_without(END, exit_code={"code": 2, "signal": None}), 2, "no such file", ["field-retyped"]),
    "a code of another name": (_without(END, "exit_code", exitStatus=2), 2, "no such file", ["field-renamed"]),
    "no code": (_without(END, "exit_code"), None, "no such file", ["field-missing"]),
    "a word for a code": (_without(END, exit_code="lost"), None, "no such file", ["field-unreadable"]),
    "pieces": (_without(END, aggregated_output=["no ", {"text": "file"}]), 2, "no file", ["field-retyped"]),
    "two streams": (_without(END, "aggregated_output", stdout="a", stderr="b"), 2, "ab", ["field-renamed"]),
    "an output of another name": (_without(END, "aggregated_output", combined_output="c"), 2, "c", ["field-renamed"]),
    "no output": (_without(END, "aggregated_output"), 2, "", []),
    "streams as schema 1 has them": (
        _without(END, "aggregated_output", stdout="a", stderr="", formatted_output="a"),
        2,
        "",
        [],
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_end_of_a_command_is_read_by_fields(name: str) -> None:
    end, exit_code, output, codes = ENDS[name]

    operation, found = _read(START, end)

    assert (operation.result.exit_code, operation.result.stdout, found) == (exit_code, output, codes)


def test_body_without_any_known_field_is_invalid() -> None:
    recording = Recording()
    recording.tool("x")
    recording.runtime("x", {"other": 1})

    assert [finding.code for finding in recording.reduce().diagnostics] == ["payload-invalid"]
