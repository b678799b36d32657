"""`rtrace-tui edges`: everything that went between agents, and what was sent and not seen to arrive."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from tui.analysis.kinds.naming import agent_name
from tui.analysis.kinds.node_names import UnknownNodeError, find_node
from tui.analysis.messages.calls import PayloadReader
from tui.analysis.messages.edges import EdgeView, edge_views
from tui.commands.answer import answer
from tui.commands.answers.edges import edges_answer
from tui.commands.arguments import add_bundle, add_json
from tui.commands.folder_totals import count
from tui.commands.moment import add_at
from tui.model.ids import RawPayloadId, ThreadId
from tui.model.trace import RolloutTrace
from tui.store import TraceStore
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.edge_words import DELIVERY_SIGNS, DELIVERY_WORDS, ENCRYPTED_SIGN, KIND_WORDS, size_word

DESCRIPTION = "List what went between agents: tasks, messages, results; also what was sent and never seen to arrive."

TEXT_CHARACTERS = 100
"""First words of a text on its line; the JSON has it whole."""

INVOCATION_LIMIT = 4 << 20
"""Bytes of an invocation payload that are read for the text of a call."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, perhaps one agent of it, and how to print the list."""
    add_bundle(parser)
    parser.add_argument("--agent", metavar="PATH", help="only what this agent sent or got: its path or thread id")
    add_json(parser)
    add_at(parser)


def run(given: argparse.Namespace) -> int:
    """List what the command line asks for."""
    return answer(
        "edges",
        given,
        lambda store, given: (store, _views(store, _agent(store.trace, given.agent))),
        lambda asked: edges_answer(asked[0].trace, asked[1], payload_reader(asked[0])),
        lambda asked: edge_lines(asked[0].trace, asked[1], is_partial=asked[0].reading.is_partial),
    )


def payload_reader(store: TraceStore) -> PayloadReader:
    """Reads the bodies of the bundle's payloads."""

    def read(payload_id: RawPayloadId) -> bytes | None:
        ref = store.trace.raw_payloads.get(payload_id)
        body = None if ref is None else store.payloads.read_once(ref, INVOCATION_LIMIT)
        return body if isinstance(body, bytes) else None

    return read


def _agent(trace: RolloutTrace, name: str | None) -> ThreadId | None:
    if name is None:
        return None
    node = find_node(trace, name)
    if node.kind != "thread":
        raise UnknownNodeError(f"{name!r} is not an agent but a {node.kind}; expected an agent's path or its thread id")
    return ThreadId(node.id)


def _views(store: TraceStore, agent: ThreadId | None) -> list[EdgeView]:
    is_over = store.recording.is_over
    views = edge_views(store.trace, store.index, is_over, payload_reader(store))
    found = [view for view in views if agent is None or agent in (view.source_agent, view.target_agent)]
    count(edges=len(found))
    return found


def edge_lines(trace: RolloutTrace, views: Sequence[EdgeView], *, is_partial: bool = False) -> Iterator[str]:
    """One line per edge, aligned; one line that says so if there is none.

    `is_partial`: not all of the recording could be read, so there may be edges that are not in the graph.
    """
    if not views:
        yield "nothing was read that went between agents" if is_partial else "nothing went between agents"
        return
    rows = [_cells(trace, view) for view in views]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for (seq, *others), view in zip(rows, views, strict=True):
        cells = [seq.rjust(widths[0]), *(text.ljust(width) for text, width in zip(others, widths[1:], strict=True))]
        yield f"{'  '.join(cells)}  {_first_words(view)}".rstrip()


def _cells(trace: RolloutTrace, view: EdgeView) -> list[str]:
    """Seq, kind, both ends, delivery, size: as texts of any width."""
    return [
        f"{view.started_seq}",
        KIND_WORDS[view.deed],
        _name(trace, view.source_agent, ""),
        f"→ {_name(trace, view.target_agent, view.named)}",
        f"{DELIVERY_SIGNS[view.delivery]} {DELIVERY_WORDS[view.delivery]}".strip(),
        size_word(view),
    ]


def _name(trace: RolloutTrace, thread_id: ThreadId | None, named: str) -> str:
    if thread_id is not None:
        return clean(agent_name(trace, thread_id))
    return f'"{clean(named)}"' if named else "?"


def _first_words(view: EdgeView) -> str:
    text = clean(view.passed.first_line[:TEXT_CHARACTERS])
    if view.delivery == "failed":
        text = f"{text}  · {clean(view.reason[:TEXT_CHARACTERS])}"
    return f"{ENCRYPTED_SIGN} encrypted  {text}" if view.encrypted else text
