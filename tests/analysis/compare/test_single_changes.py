"""A session recorded twice, with one change between: found at its item, with what caused it, and nothing else.

The bundles are on disk, by every schema, whole requests or increments: files, shards, prompts made of parts, pictures.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tui.analysis.compare.recordings import compare
from tui.analysis.compare.stream import Side, side_of
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.schema.events import (
    CodexTurnStarted,
    InferenceCompleted,
    InferenceStarted,
    RolloutStarted,
    ThreadStarted,
)
from tui.store import TraceStore

Json = dict[str, Any]

PICTURE = "data:image/png;base64," + "iVBORw0KGgo" * 40
OUTPUT = (
    "Chunk ID: 5385a8\nWall time: 0.0123 seconds\nProcess exited with code 1\nOutput:\n"
    "/srv/app/src/parser.py:12 failed, 3 of 40, http://127.0.0.1:8080/, commit 9f86d081884c, pid 77, "
    "2026-10-31T12:00:00Z, 01a20205-f11a-7b42-b242-80a835c0a04f\n"
)


def message(role: str, *content: Json, **more: Any) -> Json:
    """A message of a person, the program or the model."""
    return {"type": "message", "role": role, "content": list(content), **more}


def text(said: str, kind: str = "input_text") -> Json:
    """A part of a message."""
    return {"type": kind, "text": said}


def say(said: str, phase: str = "commentary") -> Json:
    """A message of the model."""
    return message("assistant", text(said, "output_text"), phase=phase)


def run(number: int, arguments: str) -> Json:
    """A call of a tool; `number` becomes its id, another one in every run."""
    return {"type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": number}


def returned(number: int, said: str) -> Json:
    """What a tool answered."""
    return {"type": "function_call_output", "call_id": number, "output": said}


def passed(author: str, recipient: str, said: str) -> Json:
    """A message of one agent to another."""
    return {"type": "agent_message", "author": author, "recipient": recipient, "content": [text(said)]}


TOOLS: list[Json] = [
    {"type": "function", "name": "exec_command", "description": "Run a command.", "parameters": {}},
    {"type": "function", "name": "view_image", "description": "Look at a picture.", "parameters": {}},
]


@dataclass
class Session:
    """What one agent and its child are sent and say."""

    root: list[Json] = field(
        default_factory=lambda: [
            message("developer", text("You may write in /srv/app.")),
            message("user", text("Fix the parser."), {"type": "input_image", "image_url": PICTURE}),
            {
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": "First I look."}],
                "encrypted_content": "c2VjcmV0",
            },
            run(1, '{"cmd": "cat src/parser.py", "timeout": 5}'),
            returned(1, OUTPUT),
            run(2, '{"cmd":"pytest -q tests"}'),
            run(3, '{"cmd":"git log -1"}'),
            returned(2, "2 passed"),
            returned(3, "commit 41ab07"),
            say("One test fails."),
            {"type": "custom_tool_call", "name": "exec", "input": 'text("x");\n', "call_id": 4},
            {"type": "custom_tool_call_output", "call_id": 4, "output": "Script completed\nOutput:\nx"},
            passed("/root/alpha", "/root", "The lexer is sound."),
            say("Fixed.", "final_answer"),
        ]
    )
    child: list[Json] = field(
        default_factory=lambda: [
            passed("/root", "/root/alpha", "Read the lexer."),
            run(5, '{"cmd":"cat src/lexer.py"}'),
            returned(5, "def lex(): ..."),
            say("The lexer is sound.", "final_answer"),
        ]
    )
    heads: dict[str, Json] = field(
        default_factory=lambda: {
            name: {
                "model": "m",
                "instructions": "Be brief.",
                "tools": copy.deepcopy(TOOLS),
                "reasoning": {"effort": "low"},
            }
            for name in ("root", "child")
        }
    )


@dataclass(frozen=True)
class Dialect:
    """How a session is recorded: the schema, and whether requests are increments."""

    schema: int
    is_incremental: bool = False


DIALECTS = {
    "schema1": Dialect(1),
    "schema2": Dialect(2),
    "schema2-increments": Dialect(2, is_incremental=True),
    "schema3": Dialect(3),
    "schema3-increments": Dialect(3, is_incremental=True),
}


def record(path: Path, session: Session, dialect: Dialect, number: int) -> Path:
    """Write the bundle of run `number` of a session."""
    with BundleWriter(path, root_thread_id="T", schema_version=dialect.schema) as writer:
        writer.append(RolloutStarted(trace_id="t", root_thread_id="T"))
        agents = (("T", "/root", session.root, "root"), ("C", "/root/alpha", session.child, "child"))
        for thread, agent_path, items, name in agents:
            spawn = {"parent_thread_id": "T", "depth": 1, "agent_path": agent_path, "agent_role": "worker"}
            source = {"agent_path": agent_path, "session_source": {"subagent": {"thread_spawn": spawn}}}
            metadata = writer.write_payload("session_metadata", source) if thread == "C" else None
            writer.append(ThreadStarted(thread_id=thread, agent_path=agent_path, metadata_payload=metadata))
            turn = f"turn-{thread}"
            writer.append(CodexTurnStarted(codex_turn_id=turn, thread_id=thread), thread_id=thread, codex_turn_id=turn)
            head = session.heads[name]
            for step, (sent, new, answer) in enumerate(requests(with_ids(items, number, thread))):
                is_increment = dialect.is_incremental and step > 0
                body = {**head, "input": new if is_increment else sent}
                if is_increment:
                    body["previous_response_id"] = f"resp_{number}{thread}{step - 1:08}"
                prompt = {
                    "base_instructions": {"text": head["instructions"]},
                    "tools": head["tools"],
                    "input": [item for item in sent if item["type"] != "additional_tools"],
                }
                call = f"inference-{thread}-{step}"
                writer.append(
                    InferenceStarted(
                        inference_call_id=call,
                        thread_id=thread,
                        codex_turn_id=turn,
                        model=head["model"],
                        provider_name="p",
                        request_payload=writer.write_payload("inference_request", body),
                        prepared_prompt_payload=writer.write_prompt(prompt),
                    ),
                    thread_id=thread,
                    codex_turn_id=turn,
                )
                response = writer.write_payload("inference_response", {"output_items": answer, "token_usage": None})
                writer.append(
                    InferenceCompleted(
                        inference_call_id=call,
                        response_payload=response,
                        response_id=f"resp_{number}{thread}{step:08}",
                    ),
                    thread_id=thread,
                    codex_turn_id=turn,
                )
    return path


def with_ids(items: list[Json], number: int, thread: str) -> list[Json]:
    """The items with the ids that a run gives them."""
    found = []
    for place, item in enumerate(items):
        ids: Json = {"id": f"msg_{number}{thread}{place:08}"}
        if "call_id" in item:
            ids["call_id"] = f"call_{number}{item['call_id']:08}"
        found.append({"type": item["type"], **ids, **{name: item[name] for name in item if name not in ids}} | ids)
    return found


def requests(items: list[Json]) -> Iterator[tuple[list[Json], list[Json], list[Json]]]:
    """For each answer of the model: all items before it, those of them that are new, and the answer."""
    start = place = 0
    while place < len(items):
        end = next((one for one in range(place, len(items)) if is_of_model(items[one])), len(items))
        over = next((one for one in range(end, len(items)) if not is_of_model(items[one])), len(items))
        yield items[:end], items[start:end], items[end:over]
        start = place = over


def is_of_model(item: Json) -> bool:
    return item["type"] in ("reasoning", "function_call", "custom_tool_call") or item.get("role") == "assistant"


def side(path: Path) -> Side:
    store = TraceStore(open_bundle(path))
    store.load_all()
    assert store.diagnostics == []
    return side_of(store.trace, store.index, store.payloads)


# Changes


def replaced(where: str, place: int, before: str, now: str) -> Callable[[Session], None]:
    """In an item, one text instead of another."""

    def change(session: Session) -> None:
        items = getattr(session, where)
        written = json.dumps(items[place])
        assert json.dumps(before)[1:-1] in written
        items[place] = json.loads(written.replace(json.dumps(before)[1:-1], json.dumps(now)[1:-1], 1))

    return change


def given(where: str, **fields: Any) -> Callable[[Session], None]:
    """Other values in the head of an agent."""
    return lambda session: session.heads[where].update(fields)


def dropped(where: str, place: int) -> Callable[[Session], None]:
    """An item less."""
    return lambda session: getattr(session, where).pop(place)


def doubled(where: str, place: int) -> Callable[[Session], None]:
    """An item twice, each with an id of its own."""
    return lambda session: getattr(session, where).insert(place, copy.deepcopy(getattr(session, where)[place]))


def swapped(where: str, place: int) -> Callable[[Session], None]:
    """An item behind the next one."""

    def change(session: Session) -> None:
        items = getattr(session, where)
        items[place], items[place + 1] = items[place + 1], items[place]

    return change


LESS = [TOOLS[0]]
OTHER = [{**TOOLS[0], "description": "Run commands."}, TOOLS[1]]
TURNED = [dict(reversed(TOOLS[0].items())), TOOLS[1]]

CHANGES: dict[str, tuple[Callable[[Session], None], str, int, str]] = {
    "instructions": (given("root", instructions="Be thorough."), "/root", 0, "instructions"),
    "instructions of a child": (given("child", instructions="Be thorough."), "/root/alpha", 0, "instructions"),
    "tool less": (given("root", tools=LESS), "/root", 0, "tools"),
    "tool with another description": (given("root", tools=OTHER), "/root", 0, "tools"),
    "tool with its keys in another order": (given("root", tools=TURNED), "/root", 0, "tools"),
    "tool of a child": (given("child", tools=LESS), "/root/alpha", 0, "tools"),
    "model": (given("root", model="n"), "/root", 0, "settings"),
    "effort": (given("root", reasoning={"effort": "high"}), "/root", 0, "settings"),
    "effort of a child": (given("child", reasoning={"effort": "high"}), "/root/alpha", 0, "settings"),
    "new setting": (given("root", parallel_tool_calls=False), "/root", 0, "settings"),
    "context": (replaced("root", 0, "/srv/app", "/srv/lib"), "/root", 0, "input"),
    "role of the context": (replaced("root", 0, "developer", "user"), "/root", 0, "input"),
    "question": (replaced("root", 1, "parser", "lexer"), "/root", 1, "input"),
    "blank in the question": (replaced("root", 1, "the parser", "the  parser"), "/root", 1, "input"),
    "newline in the question": (replaced("root", 1, "parser.", "parser.\n"), "/root", 1, "input"),
    "letter that looks the same": (replaced("root", 1, "parser", "p\u0430rser"), "/root", 1, "input"),
    "blank without width": (replaced("root", 1, "parser", "p\u200barser"), "/root", 1, "input"),
    "picture": (replaced("root", 1, PICTURE, PICTURE[:-4] + "AAAA"), "/root", 1, "input"),
    "picture less": (lambda session: session.root[1]["content"].pop(), "/root", 1, "input"),
    "message of an agent": (replaced("root", 12, "sound", "broken"), "/root", 12, "input"),
    "sender of a message": (replaced("root", 12, "/root/alpha", "/root/beta"), "/root", 12, "input"),
    "message less": (dropped("root", 12), "/root", 12, "input"),
    "message twice": (doubled("root", 12), "/root", 13, "input"),
    "task of a child": (replaced("child", 0, "lexer", "grammar"), "/root/alpha", 0, "input"),
    "thought": (replaced("root", 2, "look", "run it"), "/root", 2, "model"),
    "thought less": (dropped("root", 2), "/root", 2, "model"),
    "command": (replaced("root", 3, "cat src", "head src"), "/root", 3, "model"),
    "path in a command": (replaced("root", 3, "src/parser", "lib/parser"), "/root", 3, "model"),
    "number in a call": (replaced("root", 3, '"timeout": 5', '"timeout": 50'), "/root", 3, "model"),
    "tool that is called": (replaced("root", 5, "exec_command", "shell"), "/root", 5, "model"),
    "namespace of a tool": (lambda session: session.root[5].update(namespace="shell"), "/root", 5, "model"),
    "order of two calls": (swapped("root", 5), "/root", 5, "model"),
    "answer twice": (doubled("root", 9), "/root", 10, "model"),
    "answer": (replaced("root", 9, "One", "No"), "/root", 9, "model"),
    "channel of an answer": (replaced("root", 9, "commentary", "final_answer"), "/root", 9, "model"),
    "accent on a letter": (replaced("root", 9, "One", "One\u0301"), "/root", 9, "model"),
    "slash twice in a command": (replaced("root", 3, "src/parser", "src//parser"), "/root", 3, "model"),
    "answer less": (dropped("root", 9), "/root", 9, "model"),
    "source of a script": (replaced("root", 10, "x", "y"), "/root", 10, "model"),
    "last answer": (replaced("root", 13, "Fixed", "Done"), "/root", 13, "model"),
    "last answer less": (dropped("root", 13), "/root", 13, "model"),
    "command of a child": (replaced("child", 1, "lexer", "parser"), "/root/alpha", 1, "model"),
    "answer of a child": (replaced("child", 3, "sound", "broken"), "/root/alpha", 3, "model"),
    "number in an output": (replaced("root", 4, "3 of 40", "3 of 41"), "/root", 4, "environment"),
    "path in an output": (replaced("root", 4, "/srv/app/src", "/srv/lib/src"), "/root", 4, "environment"),
    "port": (replaced("root", 4, ":8080", ":8081"), "/root", 4, "environment"),
    "hash": (replaced("root", 4, "9f86d081884c", "9f86d081884d"), "/root", 4, "environment"),
    "exit code": (replaced("root", 4, "code 1", "code 0"), "/root", 4, "environment"),
    "blank in an output": (replaced("root", 4, "failed, 3", "failed,  3"), "/root", 4, "environment"),
    "newline less in an output": (replaced("root", 4, "a04f\n", "a04f"), "/root", 4, "environment"),
    "carriage return in an output": (replaced("root", 4, "a04f\n", "a04f\r\n"), "/root", 4, "environment"),
    "short output": (replaced("root", 7, "2 passed", "1 passed"), "/root", 7, "environment"),
    "output of a script": (replaced("root", 11, "Output:\nx", "Output:\ny"), "/root", 11, "environment"),
    "output of a child": (replaced("child", 2, "lex()", "scan()"), "/root/alpha", 2, "environment"),
    "output less": (dropped("root", 8), "/root", 8, "environment"),
    "quotes in a command": (replaced("root", 3, "cat src/parser.py", "cat 'src/parser.py'"), "/root", 3, "words"),
    "blanks in a command": (replaced("root", 5, "pytest -q", "pytest  -q"), "/root", 5, "words"),
    "blanks between arguments": (replaced("root", 3, '", "timeout', '","timeout'), "/root", 3, "words"),
    "order of arguments": (
        replaced("root", 3, '{"cmd": "cat src/parser.py", "timeout": 5}', '{"timeout": 5, "cmd": "cat src/parser.py"}'),
        "/root",
        3,
        "words",
    ),
    "blank at the end of a child's command": (
        replaced("child", 1, "lexer.py", "lexer.py "),
        "/root/alpha",
        1,
        "words",
    ),
}
"""What is changed: how, and where and with what cause it must be found."""

IGNORED: dict[str, tuple[Callable[[Session], None], str]] = {
    "encrypted body": (replaced("root", 2, "c2VjcmV0", "b3RoZXI="), "encrypted bodies"),
    "wall time": (replaced("root", 4, "0.0123", "4.5"), "wall times"),
    "chunk id": (replaced("root", 4, "5385a8", "00ff00"), "chunk ids"),
    "process": (replaced("root", 4, "pid 77", "pid 8"), "process and session ids"),
    "date": (replaced("root", 4, "2026-10-31T12", "2026-11-01T09"), "dates and times"),
    "uuid": (replaced("root", 4, "01a20205", "01a20206"), "uuids"),
    "tools in another order": (given("root", tools=TOOLS[::-1]), "order of tools"),
    "message before an output": (swapped("root", 11), "order of arrival"),
}
"""Changes that no two runs lack, and the rule that covers each."""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Side]:
    """The first run of the session, by each dialect, recorded once."""
    return cache(lambda name: side(record(tmp_path_factory.mktemp("a") / name, Session(), DIALECTS[name], 1)))


def again(folder: Path, dialect: str, change: Callable[[Session], None] = lambda _: None) -> Side:
    """The second run, with a change."""
    session = Session()
    change(session)
    return side(record(folder / "b", session, DIALECTS[dialect], 2))


First = Callable[[str], Side]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", CHANGES)
def test_one_change_is_found_and_nothing_else(name: str, dialect: str, before: First, tmp_path: Path) -> None:
    change, agent, place, kind = CHANGES[name]
    found = compare(before(dialect), again(tmp_path, dialect, change))
    parted = [(one.name, part.place, part.other_place, part.kind) for one in found.agents for part in one.partings]
    assert parted[0] == (agent, place, place, kind)
    assert parted[1:] == ([(agent, place + 1, place + 2, kind)] if "order of two" in name else [])
    assert found.ignored == {}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", IGNORED)
def test_what_runs_never_share_is_ignored_and_counted(name: str, dialect: str, before: First, tmp_path: Path) -> None:
    change, rule = IGNORED[name]
    found = compare(before(dialect), again(tmp_path, dialect, change))
    assert found.is_same
    assert found.ignored == {rule: 1}


@pytest.mark.parametrize("name", IGNORED)
def test_exact_comparison_ignores_nothing(name: str, before: First, tmp_path: Path) -> None:
    found = compare(before("schema2"), again(tmp_path, "schema2", IGNORED[name][0]), exact=True)
    assert not found.is_same
    assert found.ignored == {}


@pytest.mark.parametrize("after", DIALECTS)
@pytest.mark.parametrize("earlier", DIALECTS)
def test_same_session_is_the_same_by_every_schema(earlier: str, after: str, before: First, tmp_path: Path) -> None:
    found = compare(before(earlier), again(tmp_path, after))
    assert found.is_same
    assert found.ignored == {}


def test_moved_item_says_where_it_is(before: First, tmp_path: Path) -> None:
    found = compare(before("schema2"), again(tmp_path, "schema2", swapped("root", 5)))
    earlier, later = found.agents[0].partings
    assert (earlier.later_a, earlier.later_b) == (1, None)
    assert (later.later_a, later.later_b) == (None, -2)
