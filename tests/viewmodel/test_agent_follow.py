"""Following the end of one agent's conversation: what keeps it in view, and what ends that."""

from __future__ import annotations

from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.ids import InferenceCallId, ItemId, ThreadId
from tui.viewmodel.conversation.model import ConversationModel
from tui.viewmodel.conversation.scope import ConversationScope
from tui.viewmodel.rows.moves import Move


def grown_graph() -> SmallGraph:
    graph = small_graph()
    graph.trace.threads[ThreadId("root")].conversation_item_ids = []
    for number in range(3):
        say(graph, number)
    return graph


def say(graph: SmallGraph, number: int) -> TraceDelta:
    """One more message of the root agent, of three lines."""
    graph.item(f"say {number}", role="assistant", text=f"message {number}\nsecond line\nlast line")
    graph.trace.threads[ThreadId("root")].conversation_item_ids.append(ItemId(f"say {number}"))
    delta = graph.take_delta()
    delta.threads.add(ThreadId("root"))
    return delta


def followed() -> tuple[SmallGraph, ConversationModel]:
    graph = grown_graph()
    model = ConversationModel(graph.trace, TraceIndex(graph.trace), cell_len)
    model.layout.set_width(60)
    model.follow_agent(ThreadId("root"))
    return graph, model


def test_the_last_row_stays_under_the_cursor() -> None:
    graph, model = followed()
    for number in range(3, 6):
        model.update(say(graph, number))
        model.layout.measure_around(0, 1_000)
        assert model.focused == f"say {number}"
        assert model.cursor == model.layout.row_count - 1
    assert model.new_items == 0


def test_moving_away_stops_and_counts_what_comes() -> None:
    graph, model = followed()
    model.perform(Move.PREVIOUS_SIBLING)
    model.perform(Move.PREVIOUS_SIBLING)
    model.note_place()
    standing = model.focused
    for number in range(3, 5):
        model.update(say(graph, number))
    assert (model.focused, model.new_items) == (standing, 2)
    model.follow_agent(ThreadId("root"))
    assert (model.focused, model.new_items) == ("say 4", 0)


def test_one_row_up_inside_the_last_item_stops() -> None:
    _graph, model = followed()
    model.layout.measure_around(0, 1_000)
    model.stand_on(model.cursor - 1)
    model.note_place()
    assert not model.following.is_on


def test_another_conversation_ends_following() -> None:
    graph, model = followed()
    graph.inference("call", sends=["say 0"], returns=["say 1"])
    model.show(ConversationScope(ThreadId("root"), InferenceCallId("call")))
    assert (model.following.agent, model.following.is_on) == (None, False)
