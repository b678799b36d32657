"""The list of a conversation's entries: what stands where, however long it is."""

from __future__ import annotations

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.ids import ItemId, ThreadId
from tui.model.objects import ItemAnchor
from tui.viewmodel.conversation import entry_list
from tui.viewmodel.conversation.entry_list import Entry, EntryList
from tui.viewmodel.conversation.model import ConversationModel
from tui.viewmodel.conversation.scope import ConversationScope
from tui.viewmodel.text.spans import Span
from tui.viewmodel.timeline.tree import TimelineTree

LINE = (Span("line"),)


def listed() -> EntryList:
    entries = EntryList()
    entries.add_divider("summary", LINE)
    entries.add_items([ItemId("a"), ItemId("b")])
    entries.add_divider("gone", LINE)
    entries.add_items([ItemId("x")], "gone")
    entries.add_divider("difference", LINE)
    entries.add_items([ItemId("c"), ItemId("a")], "new", only={ItemId("c")})
    return entries


def test_items_and_dividers_stand_where_they_were_put() -> None:
    summary, gone, difference = (Entry(None, divider=kind, line=LINE) for kind in ("summary", "gone", "difference"))
    whole = [
        summary,
        Entry(ItemId("a")),
        Entry(ItemId("b")),
        gone,
        Entry(ItemId("x"), "gone"),
        difference,
        Entry(ItemId("c"), "new"),
        Entry(ItemId("a")),
    ]
    assert list(listed()) == whole
    assert [listed()[number] for number in range(-8, 0)] == whole
    assert listed()[2:5] == whole[2:5]
    assert len(listed()) == 8


def test_an_entry_is_found_by_its_item_or_by_the_kind_of_its_divider() -> None:
    entries = listed()
    assert [entries.number_of_item(ItemId(name)) for name in ("a", "x", "c", "z")] == [1, 4, 6, None]
    assert entries.number_of(Entry(None, divider="difference", line=())) == 5
    assert entries.number_of(Entry(None, divider="response")) is None
    assert entries.number_of(Entry(ItemId("b"), "new")) == 2


def test_whether_any_of_some_items_is_listed() -> None:
    assert listed().holds_any({ItemId("z"), ItemId("c")})
    assert not listed().holds_any({ItemId("z")})
    assert not listed().holds_any(set())


def test_a_long_conversation_makes_only_the_entries_that_are_looked_at(monkeypatch) -> None:
    made: list[object] = []

    def entry(*fields: object, **named: object) -> Entry:
        made.append(fields)
        return Entry(*fields, **named)  # type: ignore[arg-type]  # as it was called

    graph = small_graph()
    names = [ItemId(f"conversation_item:{number}") for number in range(1, 5_001)]
    for name in names:
        graph.item(name)
    graph.trace.threads[ThreadId("root")].conversation_item_ids = names
    model = ConversationModel(graph.trace, TraceIndex(graph.trace), len)
    monkeypatch.setattr(entry_list, "Entry", entry)
    model.show(ConversationScope(ThreadId("root"), None, ItemId(names[2_500])))
    model.layout.measure_around(model.cursor, 40)
    model.update(TraceDelta(conversation_items={ItemId(names[7])}))
    assert model.focused == names[2_500]
    assert len(made) < 200


class Unwalked(set[ItemId]):
    """A set that may be asked what it holds, but not walked through."""

    def __iter__(self):
        raise AssertionError("walked through all that changed")


def test_very_many_changed_items_cost_what_is_shown() -> None:
    graph = small_graph()
    graph.item("conversation_item:1")
    graph.tool("message", kind="send_message")
    graph.edge("edge", "send_message", ("tool", "message"), ("thread", "root")).target = ItemAnchor(
        ItemId("conversation_item:1")
    )
    index = TraceIndex(graph.trace)
    tree, model = TimelineTree(graph.trace, index), ConversationModel(graph.trace, index, len)
    model.show(ConversationScope(ThreadId("root"), None, None))
    changed = TraceDelta(conversation_items=Unwalked(ItemId(f"conversation_item:{number}") for number in range(1_000)))
    assert tree._edges_touched(changed) == {"edge"}
    tree.apply(changed)
    assert not model.update(changed)
