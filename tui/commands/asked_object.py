"""The object that a command was asked about."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from tui.analysis.kinds.node_names import find_node
from tui.analysis.kinds.numbered_names import numbered_node
from tui.commands.arguments import add_bundle, add_json
from tui.model.noderef import NodeRef
from tui.store import TraceStore

ID_FORMS = """\
ID may be
  the id of any object, or its start if only one object begins so
  KIND:ID, as the output of the commands writes it: tool_call:call_7, agent:01a2, process:terminal_session:…
  the path of an agent: /root/alpha
  AGENT#N, for request N of an agent: /root#4; turn 2, request 3 of /root/alpha, compaction 1
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


def asked_object(store: TraceStore, given: argparse.Namespace) -> Asked:
    """The object that the command line names. Raises `UnknownNodeError` if there is none, or more than one."""
    node = numbered_node(store.trace, store.index, given.id)
    return Asked(store, node or find_node(store.trace, given.id))
