"""The event log of a reading as columns of numbers, and back."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import msgspec

from tui.analysis.recording.event_log import EventLog, Notice
from tui.cache.names import NameColumn, Names, Numbering, numbers_of
from tui.schema.payloads import RawPayloadRef


class RowsRecord(msgspec.Struct, array_like=True, tag="rows"):
    """An event log. `notices` are type, row and number of the payload among `refs`."""

    columns: dict[str, bytes]
    kinds: list[str]
    threads: list[str | None]
    payloads: NameColumn
    payload_rows: bytes
    counts: dict[str, int]
    notices: list[tuple[str, int, int]]
    newest_time_unix_ms: int | None
    newest_seq: int | None


def rows_record(log: EventLog, numbering: Numbering, number_of: Mapping[int, int]) -> RowsRecord:
    """An event log as it is; `number_of` gives the number of a reference by the id of its object."""
    rows = log.payload_rows
    return RowsRecord(
        columns={name: column.tobytes() for name, column in log.columns().items()},
        kinds=list(log.kind_names),
        threads=list(log.thread_ids),
        payloads=numbering.column(list(rows)),
        payload_rows=array("I", rows.values()).tobytes(),
        counts=dict(log.counts),
        notices=[(one.event_type, one.row, number_of[id(one.payload)]) for one in log.notices],
        newest_time_unix_ms=log.newest_time_unix_ms,
        newest_seq=log.newest_seq,
    )


def restored_rows(record: RowsRecord, names: Names, refs: Sequence[RawPayloadRef]) -> EventLog:
    """The event log of a record. Raises `ValueError` for columns that do not fit each other."""
    rows = dict(zip(names.of(record.payloads), numbers_of(record.payload_rows), strict=True))
    notices = [Notice(event_type, row, refs[number]) for event_type, row, number in record.notices]
    log = EventLog.restored(record.columns, record.kinds, record.threads, rows, record.counts)
    log.notices = notices
    log.newest_time_unix_ms, log.newest_seq = record.newest_time_unix_ms, record.newest_seq
    return log
