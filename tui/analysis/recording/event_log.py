"""The log behind the graph: for each line its place, when it was written and what it was, in a few bytes.

A hundred thousand events must stay light, so rows are columns of numbers; the text of a line is read again from the
file, by its offset, when somebody wants to see it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from tui.model.protocol import weight_of
from tui.named_tuple import NamedTuple
from tui.schema.decode import EventLine, MalformedLine, TraceLine
from tui.schema.events import EVENT_TYPES, ProtocolEventObserved
from tui.schema.payloads import RawPayloadRef

MALFORMED: Final = "malformed line"
"""Kind under which a line that is not an event is counted."""

MOST_MALFORMED_ROWS: Final = 1_000
"""Lines without an event that get a row: a file of two million must not cost fifty bytes of memory for each of two."""

ROWS_BETWEEN_SUMS: Final = 4_096
"""The sums of an earlier moment are those of a row that is a multiple of this, and of the rows behind it."""

_NO_SEQ = -1
_NO_TIME = -(2**63)


_Word = TypeVar("_Word", str, "str | None")


class EventRow(NamedTuple):
    """One line of the log. `line` counts from 1; `offset` and `length` are bytes in the log; time is Unix ms."""

    row: int
    line: int
    offset: int
    length: int
    kind: str
    seq: int | None
    time_unix_ms: int | None
    thread_id: str | None


class Notice(NamedTuple):
    """A session message for people: its type, the row that brought it, and the payload with its text."""

    event_type: str
    row: int
    payload: RawPayloadRef


class EventLog:
    """Rows of a log, appended in the order of the file."""

    def __init__(self) -> None:
        self._lines = array("Q")
        self._offsets = array("Q")
        self._lengths = array("Q")
        self._seqs = array("q")
        self._times = array("q")
        self._kinds = array("I")
        self._threads = array("I")
        self._kind_names: list[str] = []
        self._kind_numbers: dict[str, int] = {}
        self._thread_ids: list[str | None] = [None]
        self._thread_numbers: dict[str | None, int] = {None: 0}
        self._payload_ids: list[str] = []
        """Payloads that events refer to, in order, one that several refer to several times."""
        self._payload_rows = array("I")
        """The rows of those events."""
        self._soon: list[tuple[EventLine, int, int]] = []
        """Lines of `append_soon` that have no row yet, with the places where they begin and their lengths."""
        self.counts: Counter[str] = Counter()
        self.notices: list[Notice] = []
        self.newest_time_unix_ms: int | None = None
        self.newest_seq: int | None = None
        self._sums: list[tuple[Counter[int], int]] = [(Counter(), _NO_TIME)]
        """How many rows there are of each kind, and their newest time, up to every `ROWS_BETWEEN_SUMS`th row."""

    @classmethod
    def restored(
        cls,
        columns: Mapping[str, bytes],
        kind_names: list[str],
        thread_ids: list[str | None],
        payload_rows: dict[str, int],
        counts: Mapping[str, int],
    ) -> EventLog:
        """A log that was written down, but for its notices and what came last.

        Raises `KeyError` or `ValueError` for columns that are missing or do not fit each other.
        """
        log = cls()
        for name, column in log.columns().items():
            column.frombytes(columns[name])
        if len({len(column) for column in log.columns().values()}) != 1:
            raise ValueError("the columns of the event log differ in length")
        log._kind_names, log._thread_ids = kind_names, thread_ids
        log._payload_ids, log._payload_rows = list(payload_rows), array("I", payload_rows.values())
        log._kind_numbers = {name: number for number, name in enumerate(kind_names)}
        log._thread_numbers = {name: number for number, name in enumerate(thread_ids)}
        log.counts = Counter(counts)
        return log

    def columns(self) -> dict[str, array[int]]:
        """The numbers of all rows by what they are, to be written to a cache."""
        names = ("_lines", "_offsets", "_lengths", "_seqs", "_times", "_kinds", "_threads")
        return {name.lstrip("_"): getattr(self, name) for name in names}

    @property
    def kind_names(self) -> Sequence[str]:
        """The kinds that the column `kinds` gives the numbers of."""
        return self._kind_names

    @property
    def thread_ids(self) -> Sequence[str | None]:
        """The threads that the column `threads` gives the numbers of."""
        return self._thread_ids

    @property
    def payload_rows(self) -> Mapping[str, int]:
        """Payload id → the row of the first event that refers to it. Made when it is asked for."""
        return dict(zip(reversed(self._payload_ids), reversed(self._payload_rows), strict=True))

    def __len__(self) -> int:
        return len(self._lines) + len(self._soon)

    def append(self, line: TraceLine, offset: int, length: int) -> None:
        """Take in the next line, which begins at byte `offset` and has `length` bytes.

        Of lines that hold no event only the first ones get a row each; all are counted.
        """
        self.append_soon(line, offset, length)
        self.settle()

    def append_soon(self, line: TraceLine, offset: int, length: int) -> None:
        """Take in the next line as `append` does, so that `len` knows of it; `settle` does the rest.

        Rows that are made together take less than half the time. Nothing but `len` is to be asked in between.
        """
        if isinstance(line, EventLine):
            self._soon.append((line, offset, length))
        else:
            self.settle()
            self._append_malformed(line, offset, length)

    def settle(self) -> None:
        """Make the rows of the lines that came by `append_soon`."""
        if not self._soon:
            return
        row, soon = len(self._lines), self._soon
        self._soon = []
        self._lines.extend([line.line for line, _, _ in soon])
        self._offsets.extend([offset for _, offset, _ in soon])
        self._lengths.extend([length for _, _, length in soon])
        events = [line.event for line, _, _ in soon]
        times = [event.wall_time_unix_ms for event in events]
        self._seqs.extend(_column([event.seq for event in events]))
        self._times.extend(_column([_NO_TIME if at is None else at for at in times]))
        kinds, threads = [event.payload.kind_name for event in events], [event.thread_id for event in events]
        self._kinds.extend(_numbered(kinds, self._kind_numbers, self._kind_names))
        self._threads.extend(_numbered(threads, self._thread_numbers, self._thread_ids))
        self.counts.update(kinds)
        self.newest_seq = events[-1].seq
        self.newest_time_unix_ms = max(
            (at for at in (self.newest_time_unix_ms, *times) if at is not None), default=None
        )
        for number, event in enumerate(events, row):
            payload = event.payload
            for ref in payload.payload_refs():
                self._payload_ids.append(ref.raw_payload_id)
                self._payload_rows.append(number)
            if type(payload) is ProtocolEventObserved and _is_notice(payload.event_type):
                self.notices.append(Notice(payload.event_type, number, payload.event_payload))

    def first(self, rows: int, lines: int) -> EventLog:
        """A log of the first rows alone, as it was when `lines` lines were taken in. It is not to be appended to.

        It shares the rows with this one, whatever their number.
        """
        earlier = _FirstRows(rows)
        for name in _SHARED:
            setattr(earlier, name, getattr(self, name))
        counts, newest = self._sums_of(rows)
        earlier.counts = Counter({self._kind_names[number]: count for number, count in counts.items()})
        if lines > rows:  # of many malformed lines not every one has a row
            earlier.counts[MALFORMED] += lines - rows
        earlier.notices = [notice for notice in self.notices if notice.row < rows]
        earlier.newest_time_unix_ms = None if newest == _NO_TIME else newest
        seqs = (self._seqs[row] for row in range(rows - 1, -1, -1))
        earlier.newest_seq = next((seq for seq in seqs if seq != _NO_SEQ), None)
        return earlier

    def prepare_first(self) -> Iterator[None]:
        """Make `first` quick, in steps of about a millisecond."""
        while (row := len(self._sums) * ROWS_BETWEEN_SUMS) <= len(self):
            self._sums.append(self._sums_from(len(self._sums) - 1, row))
            yield

    def _sums_of(self, rows: int) -> tuple[Counter[int], int]:
        """How many of the first rows are of each kind, and their newest time."""
        for _ in self.prepare_first():
            pass
        return self._sums_from(rows // ROWS_BETWEEN_SUMS, rows)

    def _sums_from(self, number: int, rows: int) -> tuple[Counter[int], int]:
        counts, newest = self._sums[number]
        part = slice(number * ROWS_BETWEEN_SUMS, rows)
        return counts + Counter(self._kinds[part]), max(newest, max(self._times[part], default=newest))

    @property
    def events(self) -> int:
        """Lines that hold an event."""
        return len(self) - min(self.counts[MALFORMED], MOST_MALFORMED_ROWS)

    @property
    def ends_unread(self) -> bool:
        """Whether the last row is a line that holds no event of a known kind."""
        return len(self) > 0 and self.row(len(self) - 1).kind not in EVENT_TYPES

    @property
    def last_line(self) -> int:
        """The physical line of the last row, from 1; 0 before the first."""
        return self._lines[len(self) - 1] if len(self) else 0

    def row(self, number: int) -> EventRow:
        """Row `number`, from 0. Raises IndexError beyond the end."""
        if number >= len(self):
            raise IndexError(number)
        seq = self._seqs[number]
        kind = self._kind_names[self._kinds[number]]
        return EventRow(
            number,
            self._lines[number],
            self._offsets[number],
            self._lengths[number],
            kind,
            None if seq == _NO_SEQ else seq,
            None if self._times[number] == _NO_TIME else self._times[number],
            self._thread_ids[self._threads[number]],
        )

    def agrees(self, other: EventLog, number: int) -> bool:
        """Whether row `number` is the same line in both logs, by all that is kept of it. Both must have it."""
        columns = (self._offsets, self._lengths, self._seqs, self._times, self._kinds, self._threads)
        others = (other._offsets, other._lengths, other._seqs, other._times, other._kinds, other._threads)
        return all(mine[number] == theirs[number] for mine, theirs in zip(columns, others, strict=True))

    def row_of_line(self, line: int) -> EventRow | None:
        """The row of physical line `line`, from 1; None for a blank line or one that was not read."""
        number = bisect_left(self._lines, line, 0, len(self))
        return self.row(number) if number < len(self) and self._lines[number] == line else None

    def payload_origin(self, raw_payload_id: str) -> EventRow | None:
        """The first event that refers to a payload, or None."""
        try:
            number = self._payload_rows[self._payload_ids.index(raw_payload_id)]
        except ValueError:
            return None
        return None if number >= len(self) else self.row(number)

    def _append_malformed(self, line: MalformedLine, offset: int, length: int) -> None:
        self.counts[MALFORMED] += 1
        if self.counts[MALFORMED] > MOST_MALFORMED_ROWS:
            return
        self._lines.append(line.line)
        self._offsets.append(offset)
        self._lengths.append(length)
        self._seqs.append(_NO_SEQ if line.seq is None else _in_range(line.seq))
        self._times.append(_NO_TIME)
        self._kinds.extend(_numbered([MALFORMED], self._kind_numbers, self._kind_names))
        self._threads.append(self._thread_numbers[None])


class _FirstRows(EventLog):
    """The first rows of a log: it holds all of them, and shows as many as there were."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._count = rows

    def __len__(self) -> int:
        return self._count

    def columns(self) -> dict[str, array[int]]:
        return {name: column[: self._count] for name, column in super().columns().items()}


_SHARED: Final = (
    *("_lines", "_offsets", "_lengths", "_seqs", "_times", "_kinds", "_threads"),
    *("_kind_names", "_kind_numbers", "_thread_ids", "_thread_numbers", "_payload_ids", "_payload_rows"),
)
"""What a log of the first rows has in common with the whole."""

_INT64 = 2**63


def _in_range(number: int) -> int:
    """A number that a column can hold; damaged logs may say anything."""
    return number if -_INT64 <= number < _INT64 else _INT64 - 1


def _numbered(words: list[_Word], numbers: dict[_Word, int], known: list[_Word]) -> list[int]:
    """The numbers of words; one that is not `known` yet gets the next one."""
    for word in dict.fromkeys(words):
        if word not in numbers:
            numbers[word] = len(known)
            known.append(word)
    return [numbers[word] for word in words]


def _column(numbers: list[int]) -> array[int]:
    """Numbers as a column holds them."""
    try:
        return array("q", numbers)
    except OverflowError:
        return array("q", map(_in_range, numbers))


def _is_notice(event_type: str) -> bool:
    """Whether a person should hear of such a session message; the reducer ignores all (bundle format §4.1)."""
    return event_type == "shutdown_complete" or weight_of(event_type) in ("error", "warning")
