"""Who adds a kind of object, an event, a move or a command is shown every place that has no answer for it.

Kinds: every table by kind is a `ByKind` or `ByGraphKind`, and every `match` over kinds or objects ends in
`assert_never`, so that mypy names what lacks an entry or a case. These tests name every table and `match` that is
written otherwise.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

import tui.commands
import tui.ui.commands
from tests.conftest import PROJECT
from tui import cli
from tui.model.kinds import GRAPH_KINDS, NODE_KINDS, GraphObject
from tui.schema.events import EVENT_TYPES
from tui.schema.needs import always_needed
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.ui.bindings import COMMANDS_BY_ID
from tui.ui.command import Command, CommandGroup
from tui.ui.commands import COMMANDS
from tui.viewmodel.conversation.model import CONVERSATION_MOVES
from tui.viewmodel.lanes.model import LANE_MOVES
from tui.viewmodel.payload.moves import TREE_MOVES
from tui.viewmodel.rows.moves import ROW_MOVES, Move
from tui.viewmodel.timeline.moves import MOVES

OBJECTS = {one.__name__ for one in get_args(GraphObject)}
SOME = 3
"""So many kinds in one table are a table by kind."""


def open_tables(source: str) -> Iterator[int]:
    """Lines of tables and matches that a new kind would slip through."""
    tree = ast.parse(source)
    closed = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.AnnAssign) and _is_table(node.annotation)
    }
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.returns is not None and _is_table(function.returns):
            closed.update(id(node.value) for node in ast.walk(function) if isinstance(node, ast.Return))
    for node in ast.walk(tree):
        is_open = isinstance(node, ast.Dict | ast.Set) and id(node) not in closed and _kinds_in(node) >= SOME
        if is_open or (isinstance(node, ast.Match) and _is_over_kinds(node) and not _is_exhaustive(node.cases[-1])):
            yield node.lineno  # type: ignore[attr-defined]  # nodes of these classes have one


def _is_table(annotation: ast.expr) -> bool:
    return ast.unparse(annotation).startswith(("ByKind[", "ByGraphKind["))


def _kinds_in(node: ast.Dict | ast.Set) -> int:
    keys = node.keys if isinstance(node, ast.Dict) else node.elts
    words = [key.value for key in keys if isinstance(key, ast.Constant)]
    return len(words) if set(words) <= set(NODE_KINDS) else 0


def _is_over_kinds(node: ast.Match) -> bool:
    for pattern in (inner for case in node.cases for inner in ast.walk(case.pattern)):
        if isinstance(pattern, ast.MatchClass) and ast.unparse(pattern.cls) in OBJECTS:
            return True
        is_word = isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant)
        if is_word and ast.unparse(node.subject).endswith("node.kind"):
            return True
    return False


def _is_exhaustive(last: ast.match_case) -> bool:
    """Whether the last case takes what is left and hands it on, to `assert_never` or to another such function."""
    if not isinstance(last.pattern, ast.MatchAs) or last.pattern.pattern is not None:
        return False
    name = last.pattern.name
    calls = (node for line in last.body for node in ast.walk(line) if isinstance(node, ast.Call))
    handed_on = {ast.unparse(argument) for call in calls for argument in call.args}
    if name is None:
        return "assert_never" in ast.unparse(last.body[0])
    return name in handed_on


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield importlib.import_module(found.name)


@pytest.mark.parametrize("room", ["analysis", "viewmodel", "export", "commands", "ui", "store.py"])
def test_no_table_by_kind_is_open(room: str) -> None:
    place = PROJECT / "tui" / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    assert [f"{_short(file)}:{line}" for file in files for line in open_tables(file.read_text())] == []


def _short(file: Path) -> str:
    return str(file.relative_to(PROJECT))


OPEN = """
WORDS = {"thread": 1, "turn": 2, "item": 3}
def name(trace, node):
    match find_object(trace, node):
        case Thread():
            return 1
        case _:
            return 0
def scope(node):
    match node.kind:
        case "thread":
            return 1
        case "turn" as turn:
            return name(turn)
MOMENTS = frozenset({"edge", "event", "payload"})
"""

CLOSED = """
WORDS: ByKind[int] = {"thread": 1, "turn": 2, "item": 3}
def name(trace, node):
    match find_object(trace, node):
        case Thread():
            return 1
        case other:
            assert_never(other)
def table(self) -> ByGraphKind[int]:
    return {"thread": 1, "turn": 2, "item": 3}
COLOURS = {"thread": 1, "lemon": 2, "rose": 3}
"""


def test_open_tables_are_seen() -> None:
    assert sorted(open_tables(OPEN)) == [2, 4, 10, 15]
    assert list(open_tables(CLOSED)) == []


@pytest.mark.parametrize("room", ["model", "analysis", "viewmodel"])
def test_tables_of_kinds_are_complete(room: str) -> None:
    """Mypy says so, too; this names the table where no type checker runs."""
    met = 0
    for module in modules_of(importlib.import_module(f"tui.{room}")):
        for name, annotation in vars(module).get("__annotations__", {}).items():
            if str(annotation).startswith(("ByKind[", "ByGraphKind[")):
                wanted = NODE_KINDS if str(annotation).startswith("ByKind[") else GRAPH_KINDS
                assert set(getattr(module, name)) == set(wanted), f"{module.__name__}.{name}"
                met += 1
    assert met >= {"model": 1, "analysis": 5, "viewmodel": 2}[room]


UNREAD = {
    "agent_result_observed",
    "code_cell_ended",
    "code_cell_initial_response",
    "compaction_request_completed",
    "compaction_request_started",
    "tool_call_ended",  # only where it is all there is of a terminal operation
}
"""Events whose payloads the reducer does not read, or not for themselves."""


def test_each_event_with_a_payload_says_whether_it_is_read() -> None:
    ref = RawPayloadRef(raw_payload_id="p", kind=PayloadKind("tool_result"), path="payloads/p.json")
    kinds = {}
    for kind, event_type in EVENT_TYPES.items():
        fields = {
            name: ref if annotation in (RawPayloadRef, RawPayloadRef | None) else None
            for name, annotation in inspect.get_annotations(event_type).items()
        }
        if ref in fields.values():
            kinds[kind] = event_type(**{name: fields.get(name) for name in event_type.__struct_fields__})
    assert len(kinds) >= 10
    assert {kind for kind, event in kinds.items() if not always_needed(event, 2)} == UNREAD


MOVE_TABLES = (ROW_MOVES, MOVES, CONVERSATION_MOVES, TREE_MOVES, LANE_MOVES)

WIDGET_MOVES = {Move.ACTIVATE, Move.NEXT_VIEW_MODE, Move.TOGGLE_TIME_BAR}
"""Moves that a pane does itself: they change what it shows, not where it is."""


@pytest.mark.parametrize("move", Move)
def test_each_move_has_a_key_and_a_table_that_does_it(move: Move) -> None:
    assert move in WIDGET_MOVES or any(move in table for table in MOVE_TABLES)
    assert any(command.move is move or command.id == move.value for command in COMMANDS_BY_ID.values())


def test_every_command_of_the_viewer_is_collected() -> None:
    written: list[Command] = []
    for module in modules_of(tui.ui.commands):
        for made in vars(module).values():
            if isinstance(made, CommandGroup):
                written += made.all
    collected = {id(command) for command in COMMANDS}
    assert len(written) > 40
    assert [command.id for command in written if id(command) not in collected] == []


def test_every_command_line_command_is_offered() -> None:
    offered = {module.__name__.rpartition(".")[2] for module in modules_of(tui.commands) if _is_command(module)}
    assert offered == set(cli.COMMANDS)


def _is_command(module: ModuleType) -> bool:
    return all(hasattr(module, name) for name in ("DESCRIPTION", "add_arguments", "run"))


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_each_command_line_command_says_what_its_exit_code_means(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([name, "--help"])
    assert "exit codes:" in capsys.readouterr().out
