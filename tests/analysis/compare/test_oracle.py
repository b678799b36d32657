"""Comparisons of the demo bundles against `git diff` of plain lists of their items, made without the engine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.analysis.compare.comparison import AgentComparison, Comparison, Numbers
from tui.analysis.compare.recordings import compare
from tui.analysis.compare.stream import Side, side_of
from tui.bundle.open import open_bundle
from tui.model.ids import ThreadId
from tui.store import TraceStore

NAMES = sorted(path.name for path in DEMO_BUNDLES.iterdir() if (path / "trace.jsonl").exists())
PAIRS = list(combinations(NAMES, 2))
ROOT_PAIRS = [(a, b) for a, b in PAIRS if a.split("-")[0] == b.split("-")[0]] + PAIRS[::7]

_IGNORED = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:call|msg|rs|fc|ctc|resp|amsg)_[0-9A-Za-z]{8,}"
    r"|Wall time:? [0-9.]+|Chunk ID: [0-9a-f]+|session ID \d+|cell ID \d+|pid \d+|\d{4}-\d\d-\d\d\S*|\d\d:\d\d:\d\d"
    r"|wall_time_seconds\W+[0-9.e-]+|chunk_id\W+[0-9a-f]+|_id\W{1,6}\d+"
)
_IDS = ("id", "call_id", "encrypted_content", "internal_chat_message_metadata_passthrough", "status", "phase")


@cache
def side(name: str) -> Side:
    store = TraceStore(open_bundle(DEMO_BUNDLES / name))
    store.load_all()
    return side_of(store.trace, store.index, store.payloads)


@cache
def comparison(a: str, b: str) -> Comparison:
    return compare(side(a), side(b))


def dump(name: str) -> list[str]:
    """The items of the first request of the root agent, one a line: straight from its body, as text."""
    of = side(name)
    root = of.trace.threads[ThreadId(of.trace.root_thread_id)]
    first = next((one for one in of.trace.inference_calls.values() if one.thread_id == root.thread_id), None)
    body = None if first is None else of.read(first.raw_request_payload_id)
    items = [] if body is None else json.loads(body).get("input", [])
    return [line(item) for item in items if item.get("type") != "additional_tools"]


def line(item: dict[str, Any]) -> str:
    kept = {name: value for name, value in item.items() if name not in _IDS and value is not None}
    return _IGNORED.sub("~", json.dumps(kept, sort_keys=True))


def first_by_git(ours: list[str], theirs: list[str], folder: Path) -> int | None:
    """The line, from 0, of the first difference that git finds."""
    for name, lines in (("a", ours), ("b", theirs)):
        (folder / name).write_text("\n".join([*lines, ""]))
    told = subprocess.run(
        ["git", "diff", "--no-index", "--unified=0", str(folder / "a"), str(folder / "b")],
        check=False,
        capture_output=True,
        text=True,
    ).stdout
    hunk = re.search(r"^@@ -(\d+)(?:,(\d+))? ", told, re.MULTILINE)
    if hunk is None:
        return None
    return int(hunk[1]) - (0 if hunk[2] == "0" else 1)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed, and the oracle of this test is git diff")
@pytest.mark.parametrize(("a", "b"), ROOT_PAIRS)
def test_git_finds_the_same_first_difference(a: str, b: str, tmp_path: Path) -> None:
    """As far as the first requests go: behind them the streams go on and the dumps do not."""
    ours, theirs = dump(a), dump(b)
    place = first_by_git(ours, theirs, tmp_path)
    root = comparison(a, b).agents[0]
    item = next((one for one in root.partings if not one.settings), None)
    if place is None or place >= min(len(ours), len(theirs)):
        assert item is None or item.place >= min(len(ours), len(theirs))
    else:
        assert item is not None
        assert item.place == place


@pytest.mark.parametrize("name", NAMES)
def test_bundle_differs_in_nothing_from_itself(name: str) -> None:
    found = comparison(name, name)
    assert found.is_same
    assert found.ignored == {}
    assert all(one.delta == Numbers() and len(one.pairs) == len(one.items_a) for one in found.agents)


def by_agents(found: tuple[AgentComparison, ...]) -> dict[tuple[str | None, str | None], AgentComparison]:
    return {(one.a, one.b): one._replace(name="") for one in found}


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_other_direction_is_the_mirror(a: str, b: str) -> None:
    there, back = comparison(a, b), comparison(b, a)
    mirrored = by_agents(tuple(one.mirrored for one in back.agents))
    unnamed = {
        pair: one._replace(partings=tuple(_unnamed(part) for part in one.partings)) for pair, one in mirrored.items()
    }
    expected = by_agents(there.agents)
    assert unnamed == {
        pair: one._replace(partings=tuple(_unnamed(part) for part in one.partings)) for pair, one in expected.items()
    }
    assert there.ignored == back.ignored


def _unnamed(parting: Any) -> Any:
    """Agents that are paired by order have the name of the first side."""
    return parting._replace(settings=tuple(one._replace(agent="") for one in parting.settings))
