"""What `rtrace-tui grep` prints: lines for people, or one JSON document that is written as matches are found."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from tui.analysis.search.excerpt import Excerpt
from tui.analysis.search.pattern import Pattern
from tui.commands.console import say
from tui.commands.object_names import full_id, short
from tui.model.noderef import NodeRef
from tui.viewmodel.text.excerpts import excerpt_line
from tui.viewmodel.text.spans import line_text

if TYPE_CHECKING:
    from tui.commands.answers.reading import ReadingAnswer  # what the graph needs is loaded with it

FORMAT = "rtrace-tui grep 1"


class GrepOutput(Protocol):
    """Takes what a search finds, in the order in which it is found."""

    says_facts: bool
    """Whether `count` takes what is said of a payload beside its name."""

    def match(self, node: NodeRef, where: str, found: Excerpt, facts: Mapping[str, Any]) -> None:
        """A place that matches; `facts` are `start`, `end` and, of a payload, its id, path, shard and users.

        Start and end count in the body of a payload; they are None where that cannot be assembled.
        """
        ...

    def count(self, node: NodeRef, found: int, facts: Mapping[str, Any]) -> None:
        """How often an object matches; `facts` are `name` and, of a payload, its id, path, shard and users."""
        ...

    def finish(self, total: int, reading: ReadingAnswer | None = None) -> None:
        """The search is over; `reading` says how much of the recording could be read, if its graph was searched."""
        ...


def output_for(pattern: Pattern, *, counts: bool, names: bool, as_json: bool) -> GrepOutput:
    """The output that the command line asks for."""
    if as_json:
        return _JsonOutput(pattern, "objects" if counts or names else "hits")
    return _TextOutput(tells_counts=counts)


class _TextOutput:
    """`tool_call:call_7  command  …`, `raw_payload:3  payloads/3.json:1234  …`; `12  tool_call:call_7  shell ls`."""

    says_facts = False

    def __init__(self, *, tells_counts: bool) -> None:
        self._tells_counts = tells_counts
        self._has_told = False
        self._names = lru_cache(short)

    def match(self, node: NodeRef, where: str, found: Excerpt, facts: Mapping[str, Any]) -> None:
        place = _place(facts) if "path" in facts else where
        self._tell(f"{full_id(node)}  {place}  {line_text(excerpt_line(found))}")

    def count(self, node: NodeRef, found: int, facts: Mapping[str, Any]) -> None:
        count = f"{found:>9}  " if self._tells_counts else ""
        self._tell(f"{count}{full_id(node)}  {self._names(facts['name'])}".rstrip())

    def finish(self, total: int, reading: ReadingAnswer | None = None) -> None:  # noqa: ARG002 - JSON alone says
        if self._tells_counts:
            say(f"{total:>9}  total")

    def _tell(self, line: str) -> None:
        """Write a line; the first one at once, also into a pipe: a person may be waiting for it."""
        say(line)
        if not self._has_told:
            self._has_told = True
            sys.stdout.flush()


def _place(facts: Mapping[str, Any]) -> str:
    """Where in a payload: the file that is the body, and the byte; in a shard, the byte of the body."""
    start = "?" if facts["start"] is None else str(facts["start"])
    return f"byte {start}" if facts["path"] is None or facts["shard"] is not None else f"{facts['path']}:{start}"


class _JsonOutput:
    """The document is begun before anything is found, and one line is added for each match."""

    says_facts = True

    def __init__(self, pattern: Pattern, name: str) -> None:
        import json  # lines of text need nothing of it

        import msgspec

        self._dumps, self._plain = json.dumps, msgspec.to_builtins
        head = {
            "format": FORMAT,
            "pattern": pattern.source,
            "is_regex": pattern.is_regex,
            "ignores_case": pattern.ignores_case,
        }
        sys.stdout.write(f'{self._dumps(head)[:-1]},\n"{name}": [')
        self._separator = "\n"

    def match(self, node: NodeRef, where: str, found: Excerpt, facts: Mapping[str, Any]) -> None:
        text = {"before": found.before, "match": found.match, "after": found.after}
        self._add({"node": _named(node), "where": where, **facts, **text})

    def count(self, node: NodeRef, found: int, facts: Mapping[str, Any]) -> None:
        self._add({"node": _named(node), "count": found, **facts})

    def finish(self, total: int, reading: ReadingAnswer | None = None) -> None:
        sys.stdout.write(f'\n], "count": {total}, "reading": {self._dumps(self._plain(reading))}}}\n')

    def _add(self, value: Mapping[str, Any]) -> None:
        sys.stdout.write(self._separator + self._dumps(value, allow_nan=False))
        self._separator = ",\n"


def _named(node: NodeRef) -> dict[str, str]:
    return {"kind": node.kind, "id": node.id}
