"""Items of a conversation from some time on."""

from __future__ import annotations

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.items_by_time import ItemsByTime
from tui.model.conversation import ConversationItem
from tui.model.ids import ItemId, ThreadId


def conversation(*times: int) -> SmallGraph:
    """A thread whose items, `1` and so on, were first seen at those times."""
    graph = small_graph()
    for number, unix_ms in enumerate(times, 1):
        graph.item(str(number)).first_seen_at_unix_ms = unix_ms
        graph.trace.threads[ThreadId("root")].conversation_item_ids.append(ItemId(str(number)))
    return graph


def since(items: ItemsByTime, unix_ms: int) -> list[str]:
    return [item.item_id for item in items.since(ThreadId("root"), unix_ms)]


def test_items_come_in_the_order_of_the_conversation_though_the_clock_went_back() -> None:
    items = ItemsByTime(conversation(10, 30, 20, 40, 5).trace)
    assert since(items, 20) == ["2", "3", "4"]
    assert since(items, 41) == []
    assert since(items, 0) == ["1", "2", "3", "4", "5"]


def test_a_conversation_that_grows_is_looked_at_again_also_where_an_item_came_between() -> None:
    graph = conversation(10, 30)
    items = ItemsByTime(graph.trace)
    assert since(items, 25) == ["2"]
    graph.item("late").first_seen_at_unix_ms = 26
    graph.trace.threads[ThreadId("root")].conversation_item_ids.insert(1, ItemId("late"))
    assert since(items, 25) == ["late", "2"]


def test_an_agent_or_an_item_that_the_graph_lacks_has_nothing() -> None:
    graph = conversation(10)
    graph.trace.threads[ThreadId("root")].conversation_item_ids.append(ItemId("lost"))
    items = ItemsByTime(graph.trace)
    assert since(items, 0) == ["1"]
    assert items.since(ThreadId("nobody"), 0) == []


class Counted(dict[ItemId, ConversationItem]):
    """Counts how often an item is fetched."""

    fetched = 0

    def __getitem__(self, name: ItemId) -> ConversationItem:
        self.fetched += 1
        return super().__getitem__(name)


def test_a_long_conversation_is_walked_through_once() -> None:
    graph = conversation(*range(1_000))
    graph.trace.conversation_items = counted = Counted(graph.trace.conversation_items)
    items = ItemsByTime(graph.trace)
    for start in range(990, 1_000):
        assert len(items.since(ThreadId("root"), start)) == 1_000 - start
    assert counted.fetched < 1_100
