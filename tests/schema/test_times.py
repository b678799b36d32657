"""Times in the forms that recorders may give them; the same moment each time, or none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.schema.decode import EventLine, decode_line
from tui.schema.times import time_in, unix_ms

MOMENT = 1_795_738_489_717


def nested(name: str, depth: int) -> Any:
    value: Any = MOMENT
    for _ in range(depth):
        value = {name: value}
    return value


VALUES: dict[str, tuple[Any, int | None]] = {
    "milliseconds": (MOMENT, MOMENT),
    "a small whole number": (1_001, 1_001),
    "seconds with a fraction": (1_795_738_489.717, MOMENT),
    "a text with a fraction": ("1795738489.717", MOMENT),
    "a date": ("2026-11-27T00:14:49.717+00:00", MOMENT),
    "a date in another zone": ("2026-11-27T01:14:49.717+01:00", MOMENT),
    "seconds and nanoseconds": ({"secs": 1_795_738_489, "nanos": 717_000_001}, MOMENT),
    "since the epoch": ({"secs_since_epoch": 1_795_738_489, "nanos_since_epoch": 717_000_000}, MOMENT),
    "nanoseconds in a text": ("1795738489717000000", MOMENT),
    "a pair of seconds and nanoseconds": ([1_795_738_489, 717_000_000], MOMENT),
    "one of several clocks": ({"wall": {"unix_ms": MOMENT}, "mono_ns": 5}, MOMENT),
    "two clocks that differ": ({"sent": {"at": MOMENT}, "gotten": {"at": MOMENT + 1}}, None),
    "in four objects": ({"at": {"value": {"time": {"at": MOMENT}}}}, MOMENT),
    "in a thousand objects": (nested("time", 1_000), None),
    "in a thousand wrappers": (nested("value", 1_000), None),
    "a pair of other numbers": ([3, 1], None),
    "parts of something else": ({"secs": 3, "nanos": 1}, None),
    "parts without a unit": ({"high": 1, "low": 2}, None),
    "words": ("yesterday", None),
    "no number": (float("nan"), None),
    "more than 64 bits": (2**63, None),
    "true": (True, None),
}


@pytest.mark.parametrize("name", VALUES)
def test_value_says_a_time(name: str) -> None:
    value, expected = VALUES[name]

    assert unix_ms(value) == expected


NAMES: dict[str, tuple[Any, int | None]] = {
    "time_s": (1_795_738_489, 1_795_738_489_000),
    "unix_seconds": (1_795_738_489.717, MOMENT),
    "wall_time_unix_us": (1_795_738_489_717_123, MOMENT),
    "unixNanos": (1_795_738_489_717_123_456, MOMENT),
    "at": (MOMENT, MOMENT),
    "recorded_at": ("2026-11-27T00:14:49.717Z", MOMENT),
    "clock": (1_795_738_489_717_123, MOMENT),
    "latency_ms": (120, None),
    "thread": (MOMENT, None),
    "timestamp": ("soon", None),
}


@pytest.mark.parametrize("name", NAMES)
def test_name_says_the_unit(name: str) -> None:
    value, expected = NAMES[name]

    assert time_in(name, value) == expected


PARTS: dict[str, tuple[dict[str, int], int]] = {
    "a second and its rest": ({"time_s": 1_795_738_489, "time_ns": 717_000_000}, MOMENT),
    "a second and another time": ({"time_s": 1_795_738_489, "latency_ns": 717_000_000}, MOMENT - 717),
    "milliseconds and another time": ({"time_ms": MOMENT, "time_ns": 717_000_000}, MOMENT),
}


@pytest.mark.parametrize("name", PARTS)
def test_time_in_two_members_is_added_up(name: str) -> None:
    members, expected = PARTS[name]
    line = {"schema_version": 3, "seq": 1, "rollout_id": "r", **members, "payload": {"type": "recording_completed"}}

    found = decode_line(json.dumps(line).encode(), 1)

    assert isinstance(found, EventLine)
    assert found.event.wall_time_unix_ms == expected


UNITS: dict[str, tuple[int, int]] = {
    "whole seconds": (1_795_738_489, 1_795_738_489_000),
    "microseconds": (1_795_738_489_717_123, MOMENT),
    "nanoseconds": (1_795_738_489_717_123_456, MOMENT),
    "an early time of a clock that was never set": (86_400_000, 86_400_000),
    "the largest number": (2**63 - 1, 2**63 - 1),
}


@pytest.mark.parametrize("name", UNITS)
def test_whole_number_says_its_unit_by_its_size(name: str) -> None:
    value, expected = UNITS[name]

    assert unix_ms(value) == expected
    line = decode_line(
        b'{"schema_version":3,"seq":1,"wall_time_unix_ms":%d,"rollout_id":"r","thread_id":null,'
        b'"codex_turn_id":null,"payload":{"type":"rollout_ended","status":"completed"}}' % value,
        1,
    )
    assert isinstance(line, EventLine)
    assert line.event.wall_time_unix_ms == expected
    assert [oddity.code for oddity in line.oddities] == ["field-retyped"] * (value != expected)
