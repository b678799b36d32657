"""The object that a command was asked about."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from tui.analysis.node_names import UnknownNodeError, find_node
from tui.bundle.open import BundleError
from tui.commands.arguments import add_bundle, add_json
from tui.commands.console import complain
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


def asked_object(given: argparse.Namespace) -> Asked | None:
    """The object that the command line names; None after one line that says what is wrong with it."""
    try:
        store = loaded_store(given.bundle)
        return Asked(store, find_node(store.trace, given.id))
    except (BundleError, UnknownNodeError) as error:
        complain(str(error))
        return None
