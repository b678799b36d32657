"""What could not be read is said in one line, and nothing is said of a recording that was read whole."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.recording.event_log import MALFORMED
from tui.analysis.recording.reading import reading_of
from tui.viewmodel.frame.reading_banner import reading_banner
from tui.viewmodel.text.spans import line_text

KNOWN = {"turn_started_elsewhere": 0, "codex_turn_started": 200}


@pytest.mark.parametrize(
    ("counts", "bodies", "fields", "schema", "note"),
    [
        (KNOWN, 0, {}, 2, None),
        (KNOWN | {"new": 100, MALFORMED: 12}, 0, {}, 2, "200 of 312 events are understood"),
        (KNOWN, 1, {}, 3, "1 payload body cannot be read"),
        (KNOWN, 0, {"model": 16, "error": 2}, 1, "model, error could not be read in 16 events"),
        (
            KNOWN | {"new": 112},
            5,
            {},
            4,
            "schema 4 is newer than this program: 200 of 312 events are understood; 5 payload bodies cannot be read",
        ),
        (KNOWN, 0, {}, 9, "schema 9 is newer than this program: what is new in its events is not shown"),
        (KNOWN, 0, {}, 0, "schema 0 is not known: what is new in its events is not shown"),
    ],
)
def test_note_names_what_is_missing(
    counts: dict[str, int], bodies: int, fields: dict[str, int], schema: int, note: str | None
) -> None:
    assert reading_of(counts, bodies, fields, schema).note == note


@pytest.mark.parametrize(("missing", "is_shown"), [(0, False), (2, False), (3, True), (100, True)])
def test_banner_is_for_a_relevant_part(missing: int, is_shown: bool) -> None:
    line = reading_banner(reading_of(KNOWN | {"new": missing}, 0, {}, 2))
    assert (line is not None) == is_shown
    if line is not None:
        assert f"200 of {200 + missing} events are understood" in line_text(line)


def test_part_of_a_recording_has_no_zero() -> None:
    assert reading_of(KNOWN | {"new": 1}, 0, {}, 2).is_partial
    assert reading_of(KNOWN, 1, {}, 2).is_partial
    graph = small_graph()
    assert not reading_of(KNOWN, 0, {}, 2, graph.trace).is_partial
    graph.tool("tool")
    reading = reading_of(KNOWN, 0, {}, 2, graph.trace)
    assert (reading.is_partial, reading.note) == (True, "the requests to the model are not recorded")
    graph.inference("call")
    assert not reading_of(KNOWN, 0, {}, 2, graph.trace).is_partial
    assert not reading_of(KNOWN, 0, {"model": 3}, 2).is_partial
