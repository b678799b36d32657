"""Times as a recorder of tomorrow might write them: a length that was not measured is never shown as 0."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conformance.test_drift import DEMOS, Recording
from tui import cli
from tui.analysis.agents.overview import overview_of
from tui.analysis.statistics.counts import statistics_of
from tui.analysis.time.session_time import session_time
from tui.bundle.open import open_bundle
from tui.commands.answers.agents import agents_answer
from tui.commands.answers.path import path_answer
from tui.commands.answers.stats import stats_answer
from tui.commands.check import check_bundle
from tui.commands.loaded import loaded_store

DEMO = "agents-schema2"
Change = Callable[[Recording], None]


def whole_seconds(recording: Recording) -> None:
    for event in recording.events:
        event["wall_time_unix_ms"] //= 1000


def truncated(recording: Recording) -> None:
    for event in recording.events:
        event["wall_time_unix_ms"] -= event["wall_time_unix_ms"] % 1000


def no_times(recording: Recording) -> None:
    for event in recording.events:
        del event["wall_time_unix_ms"]


def since_the_start(recording: Recording) -> None:
    for event in recording.events:
        event["wall_time_unix_ms"] -= recording.manifest["started_at_unix_ms"]


def elapsed(recording: Recording) -> None:
    for event in recording.events:
        event["elapsed_ms"] = event.pop("wall_time_unix_ms") - recording.manifest["started_at_unix_ms"]


def answers(bundle: Path) -> tuple[Any, Any, Any]:
    """What `stats`, `agents` and `path` say as JSON."""
    store = loaded_store(str(bundle))
    trace, index = store.trace, store.index
    overview = overview_of(trace, index, store.recording)
    found = (
        stats_answer(store, statistics_of(trace, index)),
        agents_answer(store, overview, 0),
        path_answer(trace, session_time(trace, index, is_over=True)),
    )
    return msgspec.to_builtins(found)


@cache
def answers_unchanged() -> tuple[Any, Any, Any]:
    return answers(DEMOS / DEMO)


def lengths(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every length of time in an answer, with its name."""
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from lengths(one, inner)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from lengths(one, name)
    elif name.endswith("_ms") and name not in ("at_ms", "start_ms", "age_ms"):
        yield name, value


def changed(change: Change, bundle: Path) -> Path:
    recording = Recording(DEMOS / DEMO)
    change(recording)
    return recording.write(bundle)


@pytest.mark.parametrize("change", [whole_seconds, truncated, no_times])
def test_what_was_not_measured_is_not_zero(change: Change, tmp_path: Path) -> None:
    found = answers(changed(change, tmp_path / "bundle"))
    wrong = [
        (name, now)
        for (name, now), (_, before) in zip(lengths(found[:2]), lengths(answers_unchanged()[:2]), strict=False)
        if now == 0 and before
    ]
    assert wrong == []
    assert found[2]["wall_ms"] != 0


def test_without_times_no_length_is_known(tmp_path: Path) -> None:
    stats, agents, path = answers(changed(no_times, tmp_path / "bundle"))
    own = {"first_token_p50_ms"}  # by the agent program's clock
    assert {now for name, now in lengths((stats, agents)) if name not in own} <= {None, 0}
    assert {point["at_ms"] for agent in stats["agents"] for point in agent["context"]} == {None}
    assert (agents["wall_ms"], path["wall_ms"], path["pieces"]) == (None, None, [])


@pytest.mark.parametrize(("change", "code"), [(since_the_start, "field-retyped"), (elapsed, "field-renamed")])
def test_times_since_the_start_are_added_to_it(change: Change, code: str, tmp_path: Path) -> None:
    bundle = changed(change, tmp_path / "bundle")
    assert answers(bundle) == answers_unchanged()
    assert code in [kind.code for kind in check_bundle(open_bundle(bundle)).findings if kind.severity != "note"]


def test_difference_of_lengths_without_times_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = changed(no_times, tmp_path / "bundle")

    cli.main(["diff", str(DEMOS / DEMO), str(bundle), "--json"])
    lengths_of_json = {agent["delta"]["wall_ms"] for agent in json.loads(capsys.readouterr().out)["agents"]}
    cli.main(["diff", str(DEMOS / "answer-schema2"), str(bundle)])

    assert lengths_of_json == {None}
    assert "? time" in capsys.readouterr().out
