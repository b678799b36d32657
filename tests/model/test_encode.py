"""The graph as JSON, to the byte (reduced model §1)."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.reducer.recording import Recording, encoded, user
from tui.model.encode import encode_trace
from tui.model.ids import ItemId, ordinal
from tui.reducer.reducer import TraceReducer
from tui.schema.sequence import SharedSequence


@given(st.text())
def test_strings_are_escaped_as_the_reference_escapes_them(text: str) -> None:
    """Two-space indent, sorted maps, everything but controls raw: what `json.dumps` writes for the same value."""
    recording = Recording()
    recording.request("i1", [user(text)] if text.isprintable() or not _has_surrogates(text) else [])
    data = encoded(recording.reduce())
    assert data.decode() == json.dumps(json.loads(data), indent=2, ensure_ascii=False)


def _has_surrogates(text: str) -> bool:
    return any(0xD800 <= ord(character) < 0xE000 for character in text)


def test_maps_are_sorted_by_the_bytes_of_their_keys() -> None:
    recording = Recording()
    recording.request("i1", [user(str(number)) for number in range(11)])
    items = json.loads(encoded(recording.reduce()))["conversation_items"]
    assert list(items)[:3] == ["conversation_item:1", "conversation_item:10", "conversation_item:11"]


def test_an_empty_graph_has_empty_maps() -> None:

    text = b"".join(encode_trace(TraceReducer(Recording().manifest).trace)).decode()
    assert text.endswith('"interaction_edges": {},\n  "raw_payloads": {}\n}')


@given(st.lists(st.lists(st.integers(0, 99), max_size=5), max_size=8), st.randoms(use_true_random=False))
def test_sequences_that_share_a_spine_never_see_each_others_ids(parts: list[list[int]], random) -> None:
    """Each sequence equals the plain list it stands for, whoever extended what in which order."""
    known: list[tuple[SharedSequence[ItemId], list[ItemId]]] = [(SharedSequence(), [])]
    for part in parts:
        sequence, plain = random.choice(known)
        keep = random.randint(0, len(plain))
        more = [ItemId(f"conversation_item:{number}") for number in part]
        known.append((sequence.prefix(keep).extended(more), plain[:keep] + more))
    for sequence, plain in known:
        assert list(sequence) == plain
        assert sequence[-1:] == plain[-1:]
        assert len(sequence) == len(plain)
        shared = sequence.shared_prefix_length(known[-1][0])
        assert plain[:shared] == known[-1][1][:shared]


def test_ordinals_are_creation_order() -> None:
    assert sorted(["conversation_item:10", "conversation_item:9"], key=ordinal)[0] == "conversation_item:9"
