"""The object that a command was asked about."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from tui.analysis.node_names import UnknownNodeError, find_node
from tui.bundle.open import BundleError
from tui.commands.arguments import add_bundle, add_json
from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.json_output import print_json
from tui.commands.loaded import loaded_store
from tui.model.noderef import NodeRef
from tui.store import TraceStore

ID_FORMS = """\
ID may be
  the id of any object, or its start if only one object begins so
  KIND:ID, as the output of the commands writes it: tool_call:call_7, agent:01a2, process:terminal_session:…
  the path of an agent: /root/alpha
  the call id that the model gave a tool call
  the file of a payload: payloads/7.json
  seq:N, for the object that event N of the log began or ended
"""


class Asked(NamedTuple):
    """A recording and one object of it."""

    store: TraceStore
    node: NodeRef


def add_object(parser: argparse.ArgumentParser) -> None:
    """The bundle and the object, as `given.bundle` and `given.id`; and `given.json`."""
    add_bundle(parser)
    parser.add_argument("id", metavar="ID", help="the object: an id, KIND:ID, an agent path, payloads/N.json, seq:N")
    add_json(parser)
    parser.epilog = f"{ID_FORMS}\n{parser.epilog or ''}"


def _asked_object(given: argparse.Namespace) -> Asked | None:
    """The object that the command line names; None after one line that says what is wrong with it."""
    try:
        store = loaded_store(given.bundle)
        return Asked(store, find_node(store.trace, given.id))
    except (BundleError, UnknownNodeError) as error:
        complain(str(error))
        return None


def answer(
    command: str,
    given: argparse.Namespace,
    as_json: Callable[[Asked], Mapping[str, Any]],
    as_lines: Callable[[Asked], Iterable[str]],
) -> int:
    """Print what `command` has to say of the object that the command line names; return the exit code."""
    asked = _asked_object(given)
    if asked is None:
        return EXIT_UNUSABLE
    if given.json:
        print_json(command, as_json(asked))
    else:
        for line in as_lines(asked):
            say(line)
    return EXIT_OK
