"""The work of a session by what it was: requests, the runs of one program, the calls of one tool.

Where hundreds of pieces of some milliseconds decide how long a session took, no single one is worth making faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.analysis.kinds.naming import tool_name
from tui.analysis.kinds.programs import program_of
from tui.analysis.time.critical_path import PathPiece
from tui.model.ids import ToolCallId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace

WORK_PER_STEP = 1_000
"""Objects and pieces of the path that are looked at in one step: some milliseconds."""


class WorkKind(NamedTuple):
    """All work of one kind, and how many milliseconds of the path it took.

    `is_plural`: the name is that of several (`requests`); else it is that of a tool, or `$` and a program.
    """

    name: str
    nodes: tuple[NodeRef, ...]
    ms: int
    is_plural: bool


def kinds_of_work(
    trace: RolloutTrace, pieces: Sequence[PathPiece], nodes: Iterable[NodeRef], found: list[WorkKind]
) -> Iterator[None]:
    """Put into `found` of what kinds the work of a path is, what took most of it first; in steps."""
    by_kind: dict[str, list[NodeRef]] = {}
    kinds: dict[NodeRef, str] = {}
    for number, node in enumerate(nodes):
        kinds[node] = _kind_of(trace, node)
        by_kind.setdefault(kinds[node], []).append(node)
        if number % WORK_PER_STEP == WORK_PER_STEP - 1:
            yield
    took: dict[str, int] = {}
    for number, piece in enumerate(pieces):
        name = kinds.get(piece.node)
        if name is not None and piece.kind in ("model", "tool"):
            took[name] = took.get(name, 0) + piece.duration_ms
        if number % WORK_PER_STEP == WORK_PER_STEP - 1:
            yield
    for name in sorted(took, key=lambda one: -took[one]):
        nodes_of_kind = tuple(by_kind[name])
        found.append(WorkKind(name, nodes_of_kind, took[name], is_plural=nodes_of_kind[0].kind != "tool_call"))
        yield


def _kind_of(trace: RolloutTrace, node: NodeRef) -> str:
    """A command by its program, like the statistics; another call by its tool."""
    tool = trace.tool_calls.get(ToolCallId(node.id)) if node.kind == "tool_call" else None
    if tool is None:
        return "scripts" if node.kind == "code_cell" else "requests" if node.kind == "inference" else "compactions"
    operation = trace.terminal_operations.get(tool.terminal_operation_id) if tool.terminal_operation_id else None
    program = None if operation is None else program_of(operation)
    return tool_name(tool) if program is None else f"$ {program}"
