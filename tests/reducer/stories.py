"""Random recordings for property tests: lists of steps that may or may not make sense together."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.reducer.recording import (
    Recording,
    agent_message,
    answer,
    call,
    output,
    reasoning,
    script,
    script_output,
    user,
)

CHILD = "01a201f9-37b4-7960-b1e2-450fd42331b1"
PATHS = {"T": "/root", CHILD: "/root/a"}

_words = st.sampled_from("abc")
_ids = st.sampled_from([None, "x1", "x2", "x3"])
_calls = st.sampled_from(["c1", "c2", "c3"])
_paths = st.sampled_from(list(PATHS.values()))

items = st.one_of(
    st.builds(user, _words, _ids),
    st.builds(answer, _words, _ids),
    st.builds(reasoning, _words, _ids, st.lists(_words, max_size=1)),
    st.builds(lambda name: call(name, '{"n":1.50}'), _calls),
    st.builds(output, _calls, st.sampled_from(["out", [{"type": "input_image", "image_url": "data:"}]])),
    st.builds(script, _calls),
    st.builds(script_output, _calls),
    st.builds(agent_message, _paths, _paths, _words, st.sampled_from(["m1", "m2"])),
    st.sampled_from([{"type": "hologram"}, {"type": "additional_tools"}, {"type": "message", "role": "user"}]),
)
_lists = st.lists(items, max_size=4)
_numbers = st.integers(1, 3)
_threads = st.sampled_from(list(PATHS))

_STEPS: dict[str, st.SearchStrategy[Any]] = {
    "request": st.tuples(_lists, st.booleans()),
    "increment": st.tuples(_lists, _numbers),
    "done": st.tuples(_numbers, _lists),
    "failed": st.tuples(_numbers, st.none() | _lists),
    "accept": st.tuples(st.sampled_from(["x1", "m1", "m2"]), st.booleans()),
    "tool": st.tuples(_calls, st.sampled_from(["exec_command", "write_stdin", "spawn_agent", "send_message", "other"])),
    "nested": st.tuples(_numbers, _numbers),
    "runtime": st.tuples(_calls, st.sampled_from([None, "1", "2"])),
    "runtime_end": st.tuples(_calls, st.sampled_from(["command", "started", "interacted"])),
    "tool_end": st.tuples(_calls, st.booleans()),
    "cell": st.tuples(_numbers, _calls),
    "cell_end": st.tuples(_numbers, st.sampled_from(["yielded", "completed"])),
    "compact": st.tuples(_numbers, _lists, _lists),
    "end_turn": st.tuples(st.sampled_from(["completed", "cancelled"])),
}
steps = st.tuples(_threads, st.sampled_from(list(_STEPS)).flatmap(lambda name: st.tuples(st.just(name), _STEPS[name])))


@st.composite
def recordings(draw: st.DrawFn, schema: int | None = None) -> Recording:
    """A recording of up to 25 random steps in two threads."""
    recording = Recording(schema or draw(st.sampled_from([1, 2])))
    recording.child(CHILD, PATHS[CHILD])
    history: dict[str, list[Any]] = {name: [] for name in PATHS}
    for thread, (name, arguments) in draw(st.lists(steps, min_size=1, max_size=25)):
        _take(recording.inside(thread), name, arguments, history[thread])
    return recording


def _take(recording: Recording, name: str, arguments: tuple[Any, ...], history: list[Any]) -> None:  # noqa: C901  # one case a step
    first: Any = arguments[0]
    second: Any = arguments[1] if len(arguments) > 1 else None
    match name:
        case "request":
            history[:] = [*(history if second else history[1:]), *first]
            recording.request(f"i{len(recording.lines)}", history)
        case "increment":
            recording.request(f"i{len(recording.lines)}", first, previous=f"R{second}")
        case "done" | "failed":
            inference = _recent_inference(recording, first)
            if name == "done":
                recording.done(inference, second, f"R{first}")
            else:
                recording.failed(inference, second)
            history.extend(second or [])
        case "accept":
            path = PATHS[str(recording.thread_id)]
            recording.accept(first, agent_message("/root", path, "a", first) if second else None)
        case "tool":
            recording.tool(first, second, call=first, arguments={"session_id": 1, "message": "a"})
        case "nested":
            recording.tool(f"n{len(recording.lines)}", cell=str(second))
        case "runtime":
            recording.runtime(first, {"command": ["ls"], "cwd": "/", "process_id": second})
        case "runtime_end":
            recording.runtime_end(first, _runtime_end(second))
        case "tool_end":
            recording.tool_end(first, {"type": "error", "error": "no"} if second else None)
        case "cell":
            recording.cell(str(first), str(second))
        case "cell_end":
            recording.cell_end(str(first), second)
        case "compact":
            recording.compact(f"k{len(recording.lines)}", arguments[1], arguments[2])
        case _:
            recording.end_turn(first)


def _runtime_end(form: str | None) -> dict[str, Any]:
    if form == "command":
        return {"exit_code": 0, "aggregated_output": "out", "process_id": "1"}
    return {"event_id": "e", "agent_thread_id": CHILD, "agent_path": "/root/a", "kind": form}


def _recent_inference(recording: Recording, back: int) -> str:
    started = [
        line.event.payload.inference_call_id  # type: ignore[union-attr]
        for line in recording.lines
        if line.event.payload.kind_name == "inference_started"  # type: ignore[union-attr]
    ]
    return str(started[-back]) if len(started) >= back else "never"
