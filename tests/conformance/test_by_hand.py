"""What the commands say, against the same recordings read by hand: sums, durations, states at random moments, edges."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.by_hand import Recording
from tests.conformance.golden import GOLDEN_FILE_NAME, golden_bundles
from tui.cli import main

CUTS = 3
"""Moments of each recording at which all agents are asked for; one for recordings that are not the project's own."""

WORDS = {
    "ended": {"ended", "failed", "cancelled"},
    "idle": {"idle"},
    "asks": {"waiting on the model"},
    "busy": {"working", "waiting on a terminal", "waiting on an agent", "waiting on the model"},
}
"""By hand → what the program may say; a compaction is a wait for the model, too."""

BUNDLES = golden_bundles()
NAMES = [f"{path.parent.name}/{path.name}" for path in BUNDLES]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


@pytest.mark.parametrize("bundle", BUNDLES, ids=NAMES)
def test_sums_durations_and_spawns_are_those_of_the_log(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = Recording(bundle)
    stats = said(capsys, "stats", str(bundle))
    assert _sums_of(stats["tokens"]) == _known(recording.sums())
    for agent in stats["agents"]:
        assert _sums_of(agent["tokens"]) == _known(recording.sums(agent["thread_id"])), agent["agent_path"]
    durations = recording.request_durations()
    assert stats["requests"]["count"] == recording.sums().requests
    assert stats["requests"]["count"] - stats["requests"]["open"] >= len(durations)
    if stats["requests"]["count"] - stats["requests"]["open"] == len(durations) and durations:
        assert (stats["requests"]["total_ms"], stats["requests"]["max_ms"]) == (sum(durations), durations[-1])
    edges = said(capsys, "edges", str(bundle))["edges"]
    reference = json.loads((bundle / GOLDEN_FILE_NAME).read_bytes())["interaction_edges"]
    assert {edge["id"] for edge in edges if edge["in_graph"]} == reference.keys()
    assert len(stats["agents"]) == len({event["payload"]["thread_id"] for event in recording.of_kind("thread_started")})


@pytest.mark.parametrize("bundle", BUNDLES, ids=NAMES)
def test_states_at_random_moments_are_those_of_the_log(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = Recording(bundle)
    chance = random.Random(str(NAMES[BUNDLES.index(bundle)]))
    last = recording.events[-1]["seq"]
    cuts = CUTS if bundle.parent.name == "demo_bundles" else 1
    for seq in sorted({chance.randrange(1, last) for _ in range(cuts)}) if last > 1 else ():
        by_hand = recording.state_at(seq)
        agents = said(capsys, "agents", str(bundle), "--at", str(seq))["agents"]
        words = {agent["thread_id"]: agent["state"]["word"] for agent in agents}
        assert words.keys() == by_hand.keys(), seq
        wrong = {name: (words[name], state) for name, state in by_hand.items() if words[name] not in WORDS[state]}
        assert wrong == {}, seq


def _sums_of(tokens: dict[str, Any]) -> tuple[object, ...]:
    names = ("requests", "requests_without_usage", "input", "cached_input", "output")
    return tuple(tokens[name] for name in names)


def _known(sums: tuple[int, ...]) -> tuple[object, ...]:
    """Sums of nothing are unknown, not 0, where there was something to add up."""
    requests, without, *amounts = sums
    return (requests, without, *(None if requests and requests == without else amount for amount in amounts))
