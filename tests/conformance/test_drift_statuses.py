"""Statuses that no known recorder writes: whether something failed is then unknown, and never said to be nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.test_drift import DEMOS, Recording
from tui.analysis.agents.overview import RolloutOverview, overview_of
from tui.analysis.state.outcome import outcome_of
from tui.analysis.statistics.counts import statistics_of
from tui.commands.agents_text import overview_lines
from tui.commands.answers.agents import agents_answer
from tui.commands.loaded import loaded_store
from tui.store import TraceStore
from tui.viewmodel.lists.problems import problems_title


def statuses_as(change: Callable[[Any], Any]) -> Callable[[Recording], None]:
    def changed(recording: Recording) -> None:
        for payload in recording.payloads():
            if "status" in payload:
                payload["status"] = change(payload["status"])

    return changed


def without_statuses(recording: Recording) -> None:
    for payload in recording.payloads():
        payload.pop("status", None)


UNREAD: dict[str, Callable[[Recording], None]] = {
    "numbers": statuses_as(lambda word: len(word)),
    "new words": statuses_as(lambda word: f"{word} with a twist"),
    "objects": statuses_as(lambda word: {"code": 4, "at": [word]}),
    "missing": without_statuses,
}


def looked_at(change: Callable[[Recording], None], bundle: Path) -> tuple[TraceStore, RolloutOverview]:
    recording = Recording(DEMOS / "agents-schema2")
    change(recording)
    store = loaded_store(str(recording.write(bundle)))
    return store, overview_of(store.trace, store.index, store.recording)


@pytest.mark.parametrize("name", UNREAD)
def test_unread_statuses_leave_problems_open(name: str, tmp_path: Path) -> None:
    store, overview = looked_at(UNREAD[name], tmp_path / "bundle")
    answer = agents_answer(store, overview, 0)
    assert answer.problems is None
    assert answer.unclear > 0
    assert {agent.problems for agent in answer.agents} == {None}
    assert statistics_of(store.trace, store.index).calls.failed is None
    said = next(line for line in overview_lines(store.trace, store.index, overview, 0) if line.startswith("problems"))
    assert said.endswith(f"how {answer.unclear} objects ended could not be read")
    assert store.reading.may_hide_problems
    assert "status" in (store.reading.note or "")
    outcome = outcome_of(store.trace, store.index, store.recording)
    assert (outcome.word, outcome.why) == ("unknown", "")
    assert "could not be read" in outcome.evidence


def test_script_with_an_unread_status_is_over(tmp_path: Path) -> None:
    store, _ = looked_at(UNREAD["new words"], tmp_path / "bundle")
    assert not any(cell.execution.is_open for cell in store.trace.code_cells.values())
    assert statistics_of(store.trace, store.index).calls.open == 0


def test_title_of_problems_says_that_there_may_be_more() -> None:
    assert problems_title(2, (), "ended") == "2 problems · ended"
    assert problems_title(2, (), "ended", may_be_more=True) == "≥2 problems, not all ends could be read · ended"
