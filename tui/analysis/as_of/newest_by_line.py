"""The newest time and event that a growing graph knew of behind each line, worked out of what was noted.

Nobody asks for it while a log is read, and looking at each object with each line costs a tenth of the reading. So it
is found when an earlier moment is looked at: from when objects came, and from what changed in them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, cast

from tui.analysis.index.newest import Newest
from tui.model.execution import ExecutionWindow
from tui.model.objects import Compaction, Executed, InteractionEdge
from tui.model.recorded import Changes, RecordedMap
from tui.model.trace import RolloutTrace

STEP = 2_000
"""Objects, or changes, that are looked at between two looks at the clock: about a millisecond."""

_LARGEST = 2**63 - 1
"""The largest number that a column holds; damaged logs may say anything."""

_EXECUTED: Final = Executed.__args__

_MAPS: Final = (
    "threads",
    "codex_turns",
    "conversation_items",
    "inference_calls",
    "code_cells",
    "tool_calls",
    "terminal_operations",
    "compactions",
    "compaction_requests",
    "interaction_edges",
)
"""Maps of objects that say when something happened."""

_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    **dict.fromkeys(_EXECUTED, ("execution",)),
    Compaction: ("installed_at_unix_ms",),
    InteractionEdge: ("started_at_unix_ms", "ended_at_unix_ms"),
}
"""Fields of such objects that say it and may change."""

_CHANGING: Final = frozenset(field for fields in _FIELDS.values() for field in fields)

_Then = dict[tuple[int, str], Any]
"""Identity of an object and a field of it → the value that it had at the line that is looked at, as it was noted."""


class NewestByLine:
    """Grows with a graph, when it is asked: see `work_out`."""

    def __init__(
        self,
        start: RolloutTrace,
        trace: RolloutTrace,
        changes: Changes,
        starts: Sequence[int],
        heard: Sequence[int],
    ) -> None:
        """`start` is the trace before the first line.

        `starts`: for each line how many changes there were behind it. `heard`: when the newest event had come, a number
        below all times while there was none.
        """
        self._trace = trace
        self._changes = changes
        self._starts = starts
        self._heard = heard
        self._times = array("q", [start.started_at_unix_ms])
        self._seqs = array("q", [0])

    def at(self, line: int) -> Newest:
        """What the graph knew behind a line."""
        for _ in self.work_out(line):
            pass
        newest = Newest(self._times[line])
        newest.seq = self._seqs[line]
        return newest

    def work_out(self, line: int) -> Iterator[None]:
        """Find it for all lines so far, in steps, unless it is known for this one.

        Should the graph grow between two steps, what is left is done in one.
        """
        if line < len(self._times):
            return
        lines, known = len(self._starts), len(self._times)
        found = (array("q"), array("q"))
        for found in self._work_out():
            yield
            if len(self._starts) != lines or len(self._times) != known:
                found = (array("q"), array("q")) if line < len(self._times) else _last_of(self._work_out())
                break
        self._times += found[0]
        self._seqs += found[1]

    def _work_out(self) -> Iterator[tuple[array[int], array[int]]]:
        """The times and seqs of all lines that are not known yet, in steps: the last one has all of them."""
        found: dict[int, Newest] = {}
        times, seqs, newest = array("q"), array("q"), self._last()
        for _ in self._look(found):
            yield times, seqs
        for place, (number, seen) in enumerate(found.items()):
            newest.hear(max(seen.unix_ms, self._heard[number]))
            newest.seq = max(newest.seq, seen.seq)
            times.append(min(newest.unix_ms, _LARGEST))
            seqs.append(min(newest.seq, _LARGEST))
            if place % STEP == STEP - 1:
                yield times, seqs
        yield times, seqs

    def _last(self) -> Newest:
        newest = Newest(self._times[-1])
        newest.seq = self._seqs[-1]
        return newest

    def _look(self, found: dict[int, Newest]) -> Iterator[None]:
        """Find for each line that is not known yet what was seen with it. A line that is at work is none of them."""
        first = len(self._times)
        ahead = iter(range(first, len(self._starts)))
        while numbers := list(islice(ahead, STEP)):
            found.update((number, Newest(self._times[-1])) for number in numbers)
            yield
        then: _Then = {}
        yield from self._see_changed(found, then, first)
        for name in _MAPS:
            yield from self._see_born(found, then, getattr(self._trace, name), first)

    def _see_changed(self, found: Mapping[int, Newest], then: _Then, first: int) -> Iterator[None]:
        """Look at what changed from a line on, the last change first; afterwards `then` is as it was before it."""
        changes, line, seen_of_line = self._changes, len(self._starts), set[tuple[int, str]]()
        for number in range(len(changes.owners) - 1, self._starts[first - 1] - 1, -1):
            if number % STEP == 0:
                yield
            field, owner = changes.field(number), changes.owners[number]
            if field not in _CHANGING or field not in _FIELDS.get(type(owner), ()):
                continue
            while self._starts[line - 1] > number:
                line -= 1
                seen_of_line.clear()
            changed = (id(owner), field)
            if changed not in seen_of_line:  # else the line changed it again, and only its end counts
                seen_of_line.add(changed)
                _see(found.get(line), owner, then)
            then[changed] = changes.before[number]

    def _see_born(
        self, found: Mapping[int, Newest], then: _Then, entries: RecordedMap[Any, Any], first: int
    ) -> Iterator[None]:
        """Look at what came into a map, each object as it was when its line had ended."""
        known = bisect_right(entries.births, first - 1)
        replaced = {one.key: one.before for one in reversed(entries.replaced)}
        came = zip(islice(entries.births, known, None), islice(entries.items(), known, None), strict=True)
        for number, (line, (key, value)) in enumerate(came):
            if number % STEP == 0:
                yield
            _see(found.get(line), replaced.get(key, value), then)
        after: dict[Any, Any] = {}
        for one in reversed(entries.replaced):
            if one.line >= first:
                _see(found.get(one.line), after.get(one.key, entries.get(one.key, one.before)), then)
            after[one.key] = one.before
        for gone in entries.removed:
            if gone.born >= first:
                _see(found.get(gone.born), replaced.get(gone.key, gone.value), then)


def _last_of(steps: Iterator[tuple[array[int], array[int]]]) -> tuple[array[int], array[int]]:
    *_, found = steps
    return found


def _see(newest: Newest | None, owner: Any, then: _Then) -> None:
    """Let `newest` see an object whose fields were as `then` says, or are as they were."""
    if newest is None:
        return
    fields = _FIELDS.get(type(owner), ())
    noted = [(id(owner), field) in then for field in fields]
    if not any(noted):
        newest.see(owner)
        return
    values = [then.get((id(owner), field), getattr(owner, field)) for field in fields]
    if isinstance(owner, InteractionEdge):
        newest.hear(values[1] or values[0])
    elif isinstance(owner, Compaction):
        newest.hear(values[0])
    else:  # of a window the end is noted, see `Changes`
        window = cast("ExecutionWindow", owner.execution)
        ended = (None, None) if values[0] is None else values[0][:2]
        newest.see_window(ExecutionWindow(window.started_at_unix_ms, window.started_seq, *ended))
