"""What the commands say, against the same recordings read by hand: sums, durations, states at random moments, edges,
problems.
"""

from __future__ import annotations

import json
import os
import random
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.by_hand import Recording, without_id
from tests.conformance.golden import GOLDEN_FILE_NAME, golden_bundles
from tests.conformance.problems_by_hand import problems_of
from tui.analysis.requests.compared import compare_requests
from tui.analysis.requests.prompt_head import compare_heads, head_of
from tui.analysis.state.agent import state_of_agent
from tui.analysis.state.recording import RecordingState
from tui.cli import main
from tui.commands.loaded import loaded_store
from tui.model.ids import InferenceCallId, ThreadId
from tui.model.trace import RolloutTrace
from tui.schema.until import Until

CUTS = int(os.environ.get("RTRACE_CUTS", "30"))
"""Moments of each recording at which all agents are asked for; a tenth for those that are not the project's own."""

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
def test_problems_of_agents_are_those_of_the_log(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "agents", str(bundle))["problems"] == len(problems_of(Recording(bundle)))


@pytest.mark.parametrize("bundle", BUNDLES, ids=NAMES)
def test_states_at_random_moments_are_those_of_the_log(bundle: Path) -> None:
    recording, store = Recording(bundle), loaded_store(str(bundle))
    chance = random.Random(str(NAMES[BUNDLES.index(bundle)]))
    last = recording.events[-1]["seq"]
    cuts = CUTS if bundle.parent.name == "demo_bundles" else max(1, CUTS // 10)
    past = store.new_past()
    for _ in past.read(lambda: False):
        pass
    live = RecordingState("live", "more events follow")
    for seq in sorted(chance.choices(range(1, last), k=cuts)) if last > 1 else ():
        for _ in past.go(past.place_of(Until(seq=seq))):
            pass
        by_hand = recording.state_at(seq)
        words = {str(name): str(state_of_agent(past.trace, past.index, name, live).word) for name in past.trace.threads}
        assert words.keys() == by_hand.keys(), seq
        wrong = {
            name: (words[name], state) for name, state in by_hand.items() if words[ThreadId(name)] not in WORDS[state]
        }
        assert wrong == {}, seq
    past.close()


@pytest.mark.parametrize("bundle", BUNDLES, ids=NAMES)
def test_items_as_sent_heads_and_failures_are_those_of_the_log(bundle: Path) -> None:
    recording, store = Recording(bundle), loaded_store(str(bundle))
    trace, sent, heads = store.trace, recording.sent(), recording.heads()
    unknown = trace.evidence.unrecorded_beginnings
    for name, call in trace.inference_calls.items():
        assert name in unknown or len(call.request_item_ids) == len(sent[name]), name
    for thread in trace.threads:
        names = [name for name in store.index.inferences_of_thread.of(thread) if name not in unknown]
        for before, now in pairwise(names):
            _compare_by_hand(trace, before, now, sent)
            known = {name for name in heads[before] if name in heads[now]}
            says = compare_heads(
                *(head_of(trace, trace.inference_calls[name], store.payloads.read) for name in (before, now))
            )
            differs = (
                any(heads[before][name] != heads[now][name] for name in known)
                or heads[before].keys() != heads[now].keys()
            )
            assert bool(says) or not differs, (before, now)
    calls = {name for name, call in trace.tool_calls.items() if call.execution.status == "failed"}
    requests = {name for name, call in trace.inference_calls.items() if call.execution.status == "failed"}
    assert recording.failed("tool_call") <= calls
    assert recording.failed("inference") <= requests


def _compare_by_hand(
    trace: RolloutTrace, before: InferenceCallId, now: InferenceCallId, sent: dict[str, list[str]]
) -> None:
    """Both requests begin with as many equal items as their bytes say.

    Where a compaction gave messages new ids and left their texts, schema 1 calls them the same, schema 2 others.
    """
    shared = compare_requests(trace, trace.inference_calls[before], trace.inference_calls[now]).shared
    pairs = list(zip(sent[before], sent[now], strict=False))
    with_ids = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    without = sum(1 for _ in takewhile(lambda pair: without_id(pair[0]) == without_id(pair[1]), pairs))
    assert shared in (with_ids, without), (before, now)


def _sums_of(tokens: dict[str, Any]) -> tuple[object, ...]:
    names = ("requests", "requests_without_usage", "input", "cached_input", "output")
    return tuple(tokens[name] for name in names)


def _known(sums: tuple[int, ...]) -> tuple[object, ...]:
    """Sums of nothing are unknown, not 0, where there was something to add up."""
    requests, without, *amounts = sums
    return (requests, without, *(None if requests and requests == without else amount for amount in amounts))
