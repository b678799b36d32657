"""Events that are not one a line: each is found, whatever is around them, and what is damaged stays damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.bundle.log.reader import LogReader
from tui.schema.decode import EventLine, MalformedLine
from tui.schema.events import ThreadEnded
from tui.source.lines import RawLine, decode_raw_line

EVENTS = [
    {
        "schema_version": 3,
        "seq": seq,
        "wall_time_unix_ms": 1_795_738_489_717,
        "rollout_id": "r",
        "payload": {
            "type": "thread_ended",
            "thread_id": 'brackets }{ and "quotes" in \\ a text',
            "status": "completed",
        },
    }
    for seq in (1, 2, 3, 4)
]
ONE, TWO, THREE, FOUR = (json.dumps(event) for event in EVENTS)
SPREAD = [json.dumps(event, indent=2) for event in EVENTS]

FRAMINGS: dict[str, tuple[str, str]] = {
    "one a line": (f"{ONE}\n{TWO}\n{THREE}\n{FOUR}\n", ""),
    "two a line": (f"{ONE}{TWO}\n{THREE}{FOUR}\n", "several events are in one line"),
    "two a line with a blank": (f"{ONE} {TWO}\n{THREE} {FOUR}\n", "several events are in one line"),
    "two in the last line": (f"{ONE}\n{TWO}\n{THREE}{FOUR}\n", "several events are in one line"),
    "lists in lines": (f"[{ONE},{TWO}]\n[{THREE}, {FOUR}]\n", "several events are in one line"),
    "one list": (f"[{ONE}, {TWO}, {THREE}, {FOUR}]", "several events are in one line"),
    "carriage returns": ("\r".join((ONE, TWO, THREE, FOUR)), "several events are in one line"),
    "a list with lines": (f"[\n{ONE},\n{TWO},\n{THREE},\n{FOUR}\n]\n", "signs that separate events are in the line"),
    "commas": (f"{ONE},\n{TWO},\n{THREE},\n{FOUR},\n", "signs that separate events are in the line"),
    "record separators": (f"\x1e{ONE}\n\x1e{TWO}\n\x1e{THREE}\n\x1e{FOUR}\n", "signs that separate events"),
    "server-sent events": (f"data: {ONE}\n\ndata: {TWO}\n\ndata: {THREE}\n\ndata: {FOUR}\n\n", "signs that separate"),
    "times before": (f"12:00 {ONE}\n12:01 {TWO}\n12:02 {THREE}\n12:03 {FOUR}\n", "something else is in the line"),
    "columns before": (
        f"1\tinfo\t{ONE}\n2\tinfo\t{TWO}\n3\t-\t{THREE}\n4\t-\t{FOUR}\n",
        "something else is in the line",
    ),
    "brackets before": (
        f"[{{1}}] {ONE}\n[{{2}}] {TWO}\n[{{3}}] {THREE}\n[{{4}}] {FOUR}\n",
        "something else is in the line",
    ),
    "an open quote before": (f'" {ONE}\n" {TWO}\n" {THREE}\n" {FOUR}\n', "something else is in the line"),
    "checksums behind": (f"{ONE} 5b\n{TWO} 5c\n{THREE} 5d\n{FOUR} 5e\n", "something else is in the line"),
    "a mark before each": (f"\ufeff{ONE}\n\ufeff{TWO}\n\ufeff{THREE}\n\ufeff{FOUR}\n", "the line begins with a byte"),
    "zeros between": (f"{ONE}\0{TWO}\0{THREE}\0{FOUR}\0", "several events are in one line"),
    "many lines": ("\n".join(SPREAD) + "\n", "one event is on several lines"),
    "many lines without the last newline": ("\n".join(SPREAD), "one event is on several lines"),
    "many lines with empty ones": ("\n".join(SPREAD).replace(",\n", ",\n\n"), "one event is on several lines"),
    "many lines in one list": (json.dumps(EVENTS, indent=1), "one event is on several lines"),
    "many lines, next to each other": ("".join(SPREAD) + "\n", "one event is on several lines"),
    "one document": (f'{{"version": 4, "events": [{ONE}, {TWO}, {THREE}, {FOUR}]}}', "events are in a list inside"),
    "one document with lines": (
        json.dumps({"version": 4, "log": {"events": EVENTS}}, indent=1),
        "events are in a list inside",
    ),
    "one document with an event a line": (
        f'{{"version": 4, "events": [\n{ONE},\n{TWO},\n{THREE},\n{FOUR}\n]}}\n',
        "signs that separate events are in the line",
    ),
    "one document with other words": (f'{{"rows": [{ONE}, {TWO}, {THREE}, {FOUR}]}}\n', "events are in a list inside"),
    "lists in objects": (
        f'{{"id": 1, "events": [{ONE}, {TWO}]}}\n{{"id": 2, "events": [{THREE}, {FOUR}]}}\n',
        "events are in a list inside",
    ),
    "a list in an object behind a line": (f'{ONE}\n{{"events": [{TWO}, {THREE}, {FOUR}]}}\n', "events are in a list"),
    "windows": (f"{ONE}\r\n{TWO}\r\n{THREE}\r\n{FOUR}\r\n", "lines end with a carriage return"),
}


def _lines(path: Path, text: str, chunk_bytes: int = 1 << 18) -> list[RawLine]:
    path.write_bytes(text.encode())
    log = LogReader(path, chunk_bytes=chunk_bytes)
    log.look()
    found: list[RawLine] = []
    while log.fill():
        while (line := log.next_line()) is not None:
            found.append(line)
    while (line := log.finish()) is not None:
        found.append(line)
    assert (log.held, log.taken) == (0, len(text.encode()))
    log.close()
    return found


@pytest.mark.parametrize("name", FRAMINGS)
def test_each_event_is_found(name: str, tmp_path: Path) -> None:
    text, message = FRAMINGS[name]

    found = _lines(tmp_path / "log", text)

    events = [decode_raw_line(line) for line in found]
    assert [event.event.seq for event in events if isinstance(event, EventLine)] == [1, 2, 3, 4]
    assert [text.encode()[line.offset : line.offset + line.length] for line in found] == [line.data for line in found]
    said = {oddity.message for event in events if isinstance(event, EventLine) for oddity in event.oddities}
    assert all(one.startswith(message) for one in said)
    assert bool(said) == bool(message)


@pytest.mark.parametrize("name", FRAMINGS)
@pytest.mark.parametrize("chunk_bytes", [1, 7, 100])
def test_chunks_do_not_matter(name: str, chunk_bytes: int, tmp_path: Path) -> None:
    text, _ = FRAMINGS[name]

    assert _lines(tmp_path / "log", text, chunk_bytes) == _lines(tmp_path / "log", text)


PAYLOADS = [{"type": "thread_ended", "thread_id": thread, "status": "completed"} for thread in ("t1", "t2")]
BATCHES: dict[str, object] = {
    "in an event of another kind": {"type": "batch", "events": PAYLOADS},
    "in a list": PAYLOADS,
    "in lists of both": {"type": "batch", "labels": [{"type": "none"}], "events": PAYLOADS},
}


@pytest.mark.parametrize("name", BATCHES)
def test_payloads_in_a_batch_share_its_envelope(name: str, tmp_path: Path) -> None:
    line = json.dumps({**EVENTS[0], "thread_id": "root", "payload": BATCHES[name]})

    found = [decode_raw_line(one) for one in _lines(tmp_path / "log", line + "\n")]

    events = [one.event for one in found if isinstance(one, EventLine)]
    assert [event.payload.thread_id for event in events if isinstance(event.payload, ThreadEnded)] == ["t1", "t2"]
    assert {(event.wall_time_unix_ms, event.rollout_id, event.is_numbered) for event in events} == {
        (EVENTS[0]["wall_time_unix_ms"], "r", False)
    }


UNNUMBERED = [json.dumps({name: value for name, value in event.items() if name != "seq"}) for event in EVENTS]


@pytest.mark.parametrize("chunk_bytes", [7, 1 << 18])
def test_events_without_numbers_get_different_ones(chunk_bytes: int, tmp_path: Path) -> None:
    first, second, third, fourth = UNNUMBERED
    text = f"{first}\n{second}{third}\n{fourth}\n{first}{second}\n{third}"

    found = [decode_raw_line(line) for line in _lines(tmp_path / "log", text, chunk_bytes)]

    assert [(one.line, one.event.seq) for one in found if isinstance(one, EventLine)] == [
        (1, 1),
        (2, 2),
        (2, 3),
        (3, 4),
        (4, 5),
        (4, 6),
        (5, 7),
    ]


DAMAGED: dict[str, tuple[str, list[int | str]]] = {
    "a torn line": (f"{ONE[:90]}\n{TWO}\n", [ONE[:90], 2]),
    "a line torn between names": ('{"schema_version": 3,\n' + f"{TWO}\n", ['{"schema_version": 3,', 2]),
    "a line torn within another": (f"{ONE[:90]}{TWO}\n{THREE}\n", [f"{ONE[:90]}{TWO}", 3]),
    "half an event behind another": (f"{ONE}{TWO[:30]}\n{THREE}\n", [1, f"{ONE}{TWO[:30]}", 3]),
    "half an object behind an event": (f'{ONE} {{"n": 1\n{TWO}\n', [1, f'{ONE} {{"n": 1', 2]),
    "many words before an event": (f"{'x' * 300} {ONE}\n{TWO}\n", ["x" * 120, 2]),
    "other objects": ('{"a": 1}{"b": 2}\n' + f"{ONE}\n", ['{"a": 1}{"b": 2}', 1]),
    "an object that never ends": ('{\n"a": 1,\n' + f"{ONE}\n", ["{", '"a": 1,', 1]),
    "a document that never ends": (f'{{"events": [{ONE}, {TWO}\n', ['{"events": [' + ONE[:108]]),
    "an object with another list": (f'{{"events": [{{"type": "x"}}]}}\n{ONE}\n', ['{"events": [{"type": "x"}]}', 1]),
    "a list among events": (f"{ONE}\n[\n{TWO}\n", [1, "[", 2]),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_lines_stay_as_they_are(name: str, tmp_path: Path) -> None:
    text, expected = DAMAGED[name]

    events = [decode_raw_line(line) for line in _lines(tmp_path / "log", text)]

    assert [
        event.event.seq if isinstance(event, EventLine) else event.excerpt.decode()
        for event in events
        if isinstance(event, EventLine | MalformedLine)
    ] == [one if isinstance(one, int) else one[:120] for one in expected]


def test_event_over_lines_is_held_until_whole(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(SPREAD[0] + "\n" + SPREAD[1][:60])
    log = LogReader(path)
    log.look()
    log.fill()

    assert (log.next_line() is not None, log.next_line(), log.finish()) == (True, None, None)
    assert log.held == 60

    path.write_text(SPREAD[0] + "\n" + SPREAD[1] + "\n")
    log.look()
    log.fill()
    line = log.next_line()
    assert line is not None
    assert line.data.decode() == SPREAD[1]
    assert (log.held, line.number) == (0, SPREAD[0].count("\n") + 2)


def test_log_that_ends_within_an_event_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(f'{ONE}\n{{"rollout_id":"r"\nwords\n')
    log = LogReader(path)
    log.look()
    log.fill()

    assert log.next_line() is not None
    assert log.next_line() is log.finish() is None
    assert (log.taken, log.held) == (path.stat().st_size, len('{"rollout_id":"r"\nwords\n'))
