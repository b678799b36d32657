"""Names with numbers, as the timeline shows them, mean objects."""

from __future__ import annotations

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.analysis.kinds.node_names import UnknownNodeError
from tui.analysis.kinds.numbered_names import numbered_node
from tui.bundle.open import open_bundle
from tui.store import TraceStore


@pytest.fixture(scope="module")
def store() -> TraceStore:
    loaded = TraceStore(open_bundle(DEMO_BUNDLES / "agents"))
    loaded.load_all()
    return loaded


@pytest.mark.parametrize(
    ("name", "kind", "agent", "number"),
    [
        ("/root#4", "inference", "/root", 4),
        ("/root/alpha#1", "inference", "/root/alpha", 1),
        ("request 2 of /root/beta", "inference", "/root/beta", 2),
        ("inference 3", "inference", "/root", 3),
        ("turn 2 of /root/beta", "turn", "/root/beta", 2),
        ("Turn 1", "turn", "/root", 1),
    ],
)
def test_number_means_the_object_that_has_it(store: TraceStore, name: str, kind: str, agent: str, number: int) -> None:
    node = numbered_node(store.trace, store.index, name)
    assert node is not None
    assert node.kind == kind
    assert store.index.ordinal(node.kind, node.id) == number
    found = (store.trace.inference_calls if kind == "inference" else store.trace.codex_turns)[node.id]  # type: ignore[index]
    assert store.trace.threads[found.thread_id].agent_path == agent


@pytest.mark.parametrize("name", ["/root", "call_7", "payloads/3.json", "seq:4", "call#4", "turn", "turn x"])
def test_other_names_are_left_to_others(store: TraceStore, name: str) -> None:
    assert numbered_node(store.trace, store.index, name) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("/root#99", "/root has 12 requests, so there is no '/root#99'"),
        ("turn 0", "/root has 1 turn, so there is no 'turn 0'"),
        ("/nobody#1", "there is no agent '/nobody'; the agents are /root, /root/alpha"),
    ],
)
def test_missing_number_says_what_there_is(store: TraceStore, name: str, says: str) -> None:
    with pytest.raises(UnknownNodeError) as raised:
        numbered_node(store.trace, store.index, name)
    assert says in str(raised.value)
