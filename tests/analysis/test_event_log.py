"""The log behind the graph, in columns."""

from __future__ import annotations

import pytest

from tui.analysis.recording import event_log
from tui.analysis.recording.event_log import MALFORMED, MOST_MALFORMED_ROWS, EventLog, EventRow
from tui.schema.decode import EventLine, MalformedLine, TraceLine, decode_line

STARTED = (
    b'{"schema_version":2,"seq":1,"wall_time_unix_ms":1000,"rollout_id":"R","payload":'
    b'{"type":"thread_started","thread_id":"T","agent_path":"/root","metadata_payload":'
    b'{"raw_payload_id":"raw_payload:1","kind":{"type":"session_metadata"},"path":"payloads/1.json"}}}'
)
WARNING = (
    b'{"schema_version":2,"seq":2,"wall_time_unix_ms":900,"rollout_id":"R","thread_id":"T","payload":'
    b'{"type":"protocol_event_observed","event_type":"warning","event_payload":'
    b'{"raw_payload_id":"raw_payload:2","kind":{"type":"protocol_event"},"path":"payloads/2.json"}}}'
)
TURN_COMPLETE = WARNING.replace(b'"warning"', b'"turn_complete"').replace(b'"seq":2', b'"seq":3')


def line_of(data: bytes, number: int) -> TraceLine:
    line = decode_line(data, number)
    assert line is not None
    return line


@pytest.fixture
def log() -> EventLog:
    event_log = EventLog()
    offset = 0
    for number, data in enumerate((STARTED, WARNING, b"{torn", TURN_COMPLETE), 1):
        event_log.append(line_of(data, number), offset, len(data))
        offset += len(data) + 1
    return event_log


def test_a_row_says_where_the_line_stands_and_what_it_was(log: EventLog) -> None:
    assert log.row(1) == EventRow(1, 2, len(STARTED) + 1, len(WARNING), "protocol_event_observed", 2, 900, "T")


def test_a_line_that_is_no_event_keeps_its_place(log: EventLog) -> None:
    row = log.row(2)
    assert (row.line, row.kind, row.seq, row.time_unix_ms) == (3, MALFORMED, None, None)


def test_kinds_are_counted_and_the_newest_time_survives_a_clock_that_went_back(log: EventLog) -> None:
    assert log.counts == {"thread_started": 1, "protocol_event_observed": 2, MALFORMED: 1}
    assert log.newest_time_unix_ms == 1000
    assert log.newest_seq == 3


def test_warnings_and_errors_are_noted_ordinary_messages_are_not(log: EventLog) -> None:
    assert [(notice.event_type, notice.row) for notice in log.notices] == [("warning", 1)]


def test_a_payload_knows_the_first_event_that_refers_to_it(log: EventLog) -> None:
    origin = log.payload_origin("raw_payload:2")
    assert origin is not None
    assert origin.seq == 2
    assert log.payload_origin("raw_payload:99") is None


def test_payload_that_two_events_name_is_of_the_first(log: EventLog) -> None:
    before = log.payload_origin("raw_payload:2")
    log.append(line_of(WARNING.replace(b'"seq":2,', b'"seq":9,'), 9), 999, 1)
    assert log.payload_origin("raw_payload:2") == before
    assert log.payload_rows == {"raw_payload:1": 0, "raw_payload:2": 1}


@pytest.mark.parametrize("between", [1, 2, 3, 100])
def test_first_rows_are_a_log_of_their_own(log: EventLog, monkeypatch: pytest.MonkeyPatch, between: int) -> None:
    monkeypatch.setattr(event_log, "ROWS_BETWEEN_SUMS", between)
    lines = [line_of(data, number) for number, data in enumerate((STARTED, WARNING, b"{torn", TURN_COMPLETE), 1)]
    for rows in range(len(log) + 1):
        cut = EventLog()
        for line, whole in zip(lines[:rows], map(log.row, range(rows)), strict=True):
            cut.append(line, whole.offset, whole.length)
        first = log.first(rows, rows)
        assert [first.row(number) for number in range(len(first))] == [cut.row(number) for number in range(len(cut))]
        for name in ("counts", "newest_seq", "newest_time_unix_ms", "notices", "events", "last_line"):
            assert getattr(first, name) == getattr(cut, name), (rows, name)
        assert first.columns() == cut.columns()
        assert first.row_of_line(rows + 1) is None
        with pytest.raises(IndexError):
            first.row(rows)


def test_numbers_that_no_column_holds_do_not_stop_the_log() -> None:
    log = EventLog()
    line = line_of(STARTED.replace(b'"seq":1,', b'"seq":18446744073709551615,'), 1)
    assert isinstance(line, EventLine)
    log.append(line, 0, 1)
    log.append(MalformedLine(2, "reason", b"", seq=2**80), 1, 1)
    assert len(log) == 2


def test_rows_made_together_are_those_made_singly() -> None:
    singly, together, offset = EventLog(), EventLog(), 0
    for number, data in enumerate((STARTED, b"{torn", WARNING, TURN_COMPLETE), 1):
        singly.append(line_of(data, number), offset, len(data))
        together.append_soon(line_of(data, number), offset, len(data))
        offset += len(data) + 1
        assert len(together) == number
    together.settle()
    assert together.columns() == singly.columns()
    for name in ("counts", "notices", "newest_seq", "newest_time_unix_ms", "payload_rows", "kind_names", "thread_ids"):
        assert getattr(together, name) == getattr(singly, name), name


def test_lines_without_an_event_are_counted_without_end() -> None:
    """A file of millions of them costs nothing for each."""
    log = EventLog()
    for number in range(1, MOST_MALFORMED_ROWS + 101):
        log.append(MalformedLine(number, "no JSON", b"x"), number * 2, 1)
    assert len(log) == MOST_MALFORMED_ROWS
    assert log.counts[MALFORMED] == MOST_MALFORMED_ROWS + 100
    assert log.events == 0
    assert log.row_of_line(MOST_MALFORMED_ROWS + 1) is None
