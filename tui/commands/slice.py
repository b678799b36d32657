"""`rtrace-tui slice`: a part of a recording as a smaller recording, without its texts unless asked."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from tui.analysis.kinds.node_names import UnknownNodeError, find_node
from tui.analysis.kinds.plural import counted
from tui.bundle.open import Bundle
from tui.commands.arguments import add_bundle
from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.export import report_lines
from tui.commands.loaded import load
from tui.export.slice.choice import SliceChoice, Wanted
from tui.inputs import open_files
from tui.model.ids import CodexTurnId, ThreadId
from tui.outbox.slices import SliceJob, checked_folder
from tui.outbox.whole_file import OutputError
from tui.source.opening import OpeningError
from tui.store import TraceStore

DESCRIPTION = """\
Write a part of a recording into a folder, as a valid recording of its own that this program, and Codex, can read:
the events of the chosen agents and turns, the payloads that they name, and the earlier turns without which they cannot
be understood. Events are numbered again; ids, times and order stay.

Only structure leaves: ids, names of tools, agents and models, statuses, times, counts. A text becomes its size and a
number, ‹412 B·7›; equal texts have equal numbers. With --content texts leave, too, with marks in the place of what
looks like a secret; encrypted bodies leave whole or not at all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, what of it, and where to write it."""
    add_bundle(parser)
    parser.add_argument(
        "--agent",
        metavar="PATH",
        action="append",
        default=[],
        help="this agent: its path or thread id; may be repeated",
    )
    parser.add_argument(
        "--turn", metavar="TURN", help="turns of the one agent, else of the root: a number from 1, 3..5, or a turn's id"
    )
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="a new folder, or an empty one")
    parser.add_argument("--content", action="store_true", help="write texts, too, with marks in the place of secrets")


class SliceError(ValueError):
    """What was asked for cannot be; one line."""


def run(given: argparse.Namespace) -> int:
    """Write the slice that the command line names."""
    try:
        bundle = open_files(given.bundle)
        output = checked_folder(Path(given.output))
        store = load(bundle)
        wanted = _wanted(store, given.agent, given.turn)
    except (OpeningError, UnknownNodeError, SliceError, OutputError) as error:
        complain(str(error))
        return EXIT_UNUSABLE
    return _write(bundle, store, wanted, output, with_content=given.content)


def _write(bundle: Bundle, store: TraceStore, wanted: Wanted, output: Path, *, with_content: bool) -> int:
    job = SliceJob(bundle, store, wanted, with_content=with_content)
    try:
        for _ in chain(job.choose(), job.write(output)):
            pass
    except OSError as error:
        complain(f"{output}: cannot be written: {error.strerror or error}")
        return EXIT_UNUSABLE
    say(f"{output}: {len(job.choice.events):,} of {len(store.event_log):,} events, {counted(job.payloads, 'payload')}")
    _report(job.choice)
    for line in report_lines(job.show.hidden):
        complain(line)
    return EXIT_OK


def _report(choice: SliceChoice) -> None:
    if choice.added_turns:
        added = counted(choice.added_turns, "earlier turn")
        complain(f"{added} came along, without which the chosen ones cannot be understood")
    if choice.left_out:
        complain(f"left out {counted(choice.left_out, 'event')}: no reducer can use them without what is missing")


def _wanted(store: TraceStore, agents: Sequence[str], turn: str | None) -> Wanted:
    names = [_agent(store, name) for name in agents]
    if turn is None:
        if not names:
            raise SliceError("which part? Name an --agent or a --turn")
        return Wanted(names, {})
    if len(names) > 1:
        raise SliceError("--turn counts the turns of one agent; name one --agent")
    agent = names[0] if names else ThreadId(store.trace.root_thread_id)
    return Wanted([agent], {agent: _turns(store, agent, turn)})


def _agent(store: TraceStore, name: str) -> ThreadId:
    node = find_node(store.trace, name)
    if node.kind != "thread":
        raise SliceError(f"{name!r} is not an agent but a {node.kind}; expected an agent's path or its thread id")
    return ThreadId(node.id)


def _turns(store: TraceStore, agent: ThreadId, text: str) -> list[CodexTurnId]:
    known = list(store.index.turns.of(agent))
    first, dots, last = text.partition("..")
    if first.isdecimal() and (not dots or last.isdecimal()):
        start, end = int(first), int(last or first)
        if not 1 <= start <= end <= len(known):
            raise SliceError(f"there is no turn {text}; the agent has {len(known):,}")
        return known[start - 1 : end]
    node = find_node(store.trace, text if text.startswith("turn:") else f"turn:{text}")
    if node.id not in known:
        raise SliceError(f"{text!r} is not a turn of the agent {store.trace.threads[agent].agent_path}")
    return [CodexTurnId(node.id)]
