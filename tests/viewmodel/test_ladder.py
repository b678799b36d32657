"""The ladder without a terminal: rows and silences, moving, narrowing, growing; and how a row is drawn."""

from __future__ import annotations

from typing import Literal

import pytest
from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.conversation import AgentMessage, Body, EncodedPart, TextPart
from tui.model.ids import ThreadId, ToolCallId
from tui.schema.events import ExecutionStatus
from tui.viewmodel.ladder.detail import detail_lines
from tui.viewmodel.ladder.lines import heading_line, ladder_line, layout_for, short_path
from tui.viewmodel.ladder.model import LadderModel
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.text.styled_lines import search_pattern


class Story:
    """A graph in which agents write to each other; `model` shows it, up to date after `tell`."""

    def __init__(self, *agents: str) -> None:
        self.graph: SmallGraph = small_graph()
        for name in agents:
            self.graph.thread(name, f"/root/{name}", parent="root")
        self.index = TraceIndex(self.graph.trace)
        self.model = LadderModel(self.graph.trace, self.index)
        self.count = 0

    def send(
        self,
        source: str,
        target: str,
        text: str,
        kind: Literal["spawn_agent", "send_message", "assign_agent_task", "agent_result"] = "send_message",
        *,
        encoded: bool = False,
    ) -> str:
        """A message that arrives; its id is that of the call."""
        self.count += 1
        name, item_id = f"call_{self.count}", f"conversation_item:{self.count}"
        tool = self.graph.tool(name, kind="send_message" if kind == "agent_result" else kind)
        tool.thread_id = ThreadId(source)
        paths = {thread.thread_id: thread.agent_path for thread in self.graph.trace.threads.values()}
        item = self.graph.item(
            item_id,
            "assistant",
            thread_id=target,
            agent_message=AgentMessage(paths[ThreadId(source)], paths[ThreadId(target)]),
        )
        part = EncodedPart("encrypted_content", text) if encoded else TextPart(text)
        item.body = Body([part])
        self.graph.edge(f"edge:tool:{name}", kind, ("tool", name), ("item", item_id))
        return name

    def try_to_send(self, source: str, target: str, status: ExecutionStatus = "completed") -> str:
        """A message of which nothing was seen at the other end."""
        self.count += 1
        name = f"call_{self.count}"
        preview = f'{{"target":"{target}","message":"lost"}}'
        self.graph.tool(name, kind="send_message", preview=preview, status=status).thread_id = ThreadId(source)
        return name

    def wait(self, milliseconds: int) -> None:
        self.graph.seq += milliseconds // 100

    def tell(self, *, is_over: bool = False) -> bool:
        delta = self.graph.take_delta()
        self.index.update(delta)
        self.model.take(delta)
        while not self.model.prepare(10):
            pass
        return self.model.refresh(is_over=is_over)

    @property
    def shown(self) -> list[str]:
        """The calls in the rows; `silence` for a row without one."""
        return ["silence" if row.edge is None else row.edge.source.id for row in self.model.rows]


def three() -> Story:
    """Root, a and b; four messages."""
    story = Story("a", "b")
    story.send("root", "a", "one")
    story.send("root", "b", "two")
    story.send("a", "root", "three")
    story.send("b", "root", "four")
    story.tell()
    return story


def test_agents_stand_in_the_order_in_which_they_appeared() -> None:
    assert three().model.agents == ["root", "a", "b"]


def test_a_long_silence_has_a_row() -> None:
    story = Story("a")
    story.send("root", "a", "one")
    story.wait(9_000)
    story.send("root", "a", "two")
    story.wait(65_000)
    story.send("root", "a", "three")
    story.tell()
    assert story.shown == ["call_1", "call_2", "silence", "call_3"]
    assert story.model.rows[2].gap_ms == 65_100


@pytest.mark.parametrize(
    ("column", "start", "steps", "row"),
    [
        (0, 0, 1, 1),
        (1, 0, 1, 2),
        (2, 0, 1, 1),
        (2, 0, 2, 3),
        (2, 0, 9, 3),
        (1, 2, 1, None),
        (1, 3, -1, 2),
        (2, 1, -1, None),
    ],
)
def test_one_goes_through_the_messages_of_one_agent(column, start, steps, row) -> None:
    model = three().model
    model.move_to(start)
    model.move_column(column)
    assert model.row_of_agent(steps) == row


@pytest.mark.parametrize(("row", "cursor"), [(-5, 0), (0, 0), (3, 3), (99, 3)])
def test_the_cursor_stays_among_the_rows(row, cursor) -> None:
    model = three().model
    model.move_to(row)
    assert model.cursor == cursor


def test_a_pair_shows_what_two_agents_passed_each_other_both_ways() -> None:
    story = three()
    story.model.move_to(2)
    assert story.model.toggle_pair()
    assert (story.shown, story.model.agents, story.model.hidden) == (["call_1", "call_3"], ["root", "a"], 2)
    assert story.model.cursor == 1
    assert story.model.toggle_pair()
    assert (len(story.model.rows), story.model.cursor, story.model.hidden) == (4, 2, 0)
    assert story.model.agents == ["root", "a", "b"]


def test_an_end_that_is_not_known_makes_no_pair() -> None:
    story = Story("a")
    story.try_to_send("root", "nobody")
    story.tell()
    assert not story.model.toggle_pair()


def test_the_cursor_stays_on_its_message_when_others_come_before_it() -> None:
    story = three()
    story.model.move_to(1)
    early = story.try_to_send("root", "a")
    story.graph.trace.tool_calls[ToolCallId(early)].execution.started_seq = 1
    story.tell()
    assert story.shown == [early, "call_1", "call_2", "call_3", "call_4"]
    assert story.model.cursor == 2


def test_the_cursor_stays_on_a_message_that_arrives() -> None:
    story = Story("a")
    story.try_to_send("root", "a", status="running")
    name = story.try_to_send("root", "a", status="running")
    story.tell()
    story.model.move_to(1)
    item = story.graph.item("conversation_item:9", "assistant", "lost", thread_id="a")
    item.agent_message = AgentMessage("/root", "/root/a")
    story.graph.edge(f"edge:tool:{name}", "send_message", ("tool", name), ("item", "conversation_item:9"))
    story.tell()
    current = story.model.current
    assert current is not None
    assert current.edge is not None
    assert (current.edge.id, current.edge.delivery, story.model.cursor) == (f"edge:tool:{name}", "delivered", 1)


@pytest.mark.parametrize(("follows", "cursor", "new"), [(True, 4, 0), (False, 0, 1)])
def test_new_rows_move_the_cursor_only_where_it_follows(follows, cursor, new) -> None:
    story = three()
    story.model.is_following = follows
    story.send("root", "a", "five")
    assert story.tell()
    assert (story.model.cursor, story.model.new_rows) == (cursor, new)


def test_nothing_new_is_nothing_to_show() -> None:
    story = three()
    assert not story.tell()


def test_what_was_under_way_never_arrived_once_the_recording_is_over() -> None:
    story = Story("a")
    story.try_to_send("root", "a")
    story.tell()
    assert [row.edge.delivery for row in story.model.rows if row.edge] == ["pending"]
    assert story.tell(is_over=True)
    assert [row.edge.delivery for row in story.model.rows if row.edge] == ["undelivered"]


@pytest.mark.parametrize(
    ("typed", "start", "step", "row"),
    [
        ("two", 0, 1, 1),
        ("/root/b", 2, 1, 3),
        ("one", 1, 1, 0),
        ("four", 0, -1, 3),
        ("message", 2, 1, 2),
        ("x", 0, 1, None),
    ],
)
def test_a_search_looks_at_agents_kinds_and_texts(typed, start, step, row) -> None:
    pattern = search_pattern(typed)
    assert pattern is not None
    assert three().model.find(pattern, start, step) == row


def test_a_search_does_not_look_into_what_nobody_can_read() -> None:
    story = Story("a")
    story.send("root", "a", "c2VjcmV0c2VjcmV0", encoded=True)
    story.tell()
    hidden, word = search_pattern("c2Vj"), search_pattern("encrypted")
    assert hidden is not None
    assert word is not None
    assert story.model.find(hidden, 0, 1) is None
    assert story.model.find(word, 0, 1) == 0


# Columns


def crowd(size: int, visible: int) -> Story:
    """So many agents below the root, each of which is sent one message."""
    names = [f"w{number}" for number in range(1, size + 1)]
    story = Story(*names)
    for name in names:
        story.send("root", name, f"to {name}")
    story.tell()
    story.model.visible_columns = visible
    return story


@pytest.mark.parametrize(
    ("visible", "row", "columns"),
    [
        (9, 0, [0, 1, 2, 3, 4, 5]),
        (4, 0, [0, 1, 2, 3]),
        (4, 4, [0, 3, 4, 5]),
        (3, 2, [0, 2, 3]),
        (2, 0, [0, 1]),
        (1, 3, [0]),
    ],
)
def test_the_columns_of_a_row_are_brought_into_sight_and_the_root_stays(visible, row, columns) -> None:
    story = crowd(5, visible)
    story.model.move_to(row)
    assert story.model.shown_columns == columns


def test_columns_move_no_further_than_needed() -> None:
    story = crowd(9, 4)
    for row, columns in ((5, [0, 4, 5, 6]), (4, [0, 4, 5, 6]), (3, [0, 4, 5, 6]), (2, [0, 3, 4, 5])):
        story.model.move_to(row)
        assert story.model.shown_columns == columns


@pytest.mark.parametrize(("steps", "column"), [(2, 2), (-1, 0), (99, 5)])
def test_the_current_column_stays_among_the_agents(steps, column) -> None:
    story = crowd(5, 3)
    story.model.move_column(steps)
    assert story.model.column == column
    assert column in story.model.shown_columns


# Drawing


def drawn(story: Story, width: int) -> list[str]:
    """Heading and rows as text, without the blanks at their ends."""
    layout = layout_for(width, len(story.model.agents), 100)
    story.model.visible_columns = layout.columns
    lines = [heading_line(story.model, layout, cell_len)]
    lines += [ladder_line(story.model, row, layout, cell_len) for row in story.model.rows]
    assert all(cell_len(line_text(line)) <= width for line in lines)
    return [line_text(line).rstrip() for line in lines]


def test_each_kind_has_a_stroke_and_a_word() -> None:
    story = Story("a", "b")
    story.send("root", "a", "read", "spawn_agent")
    story.send("root", "b", "read", "assign_agent_task")
    story.send("a", "root", "hello")
    story.send("b", "a", "done", "agent_result")
    story.graph.tool("close", kind="close_agent")
    story.graph.edge("edge:tool:close", "close_agent", ("tool", "close"), ("thread", "b"))
    story.tell()
    assert drawn(story, 60) == [
        "  seq ▸1 /root          2 a              3 b",
        "    5  ╞══ spawn ══════▶│                │",
        "    6  ├── task ────────────────────────▶│",
        "    7  │◁─ message ─────┤                │",
        "    8  │                │◀━ result ━━━━━━┥",
        "    9  ├── close ────────────────────────■",
    ]


def test_what_is_under_way_and_what_never_arrived_look_different_from_what_did() -> None:
    story = Story("a")
    story.try_to_send("root", "a", status="running")
    story.try_to_send("root", "a", status="failed")
    story.try_to_send("root", "nobody", status="failed")
    story.send("a", "root", "c2VjcmV0c2VjcmV0", encoded=True)
    story.tell()
    assert drawn(story, 90)[1:] == [
        "    4   0.400s  ├┄┄ message ┄┄┄┄┄◌│                 ◌ pending  “lost”",
        "    5   0.500s  ├┄┄ message ┄┄┄┄┄✗│                 ✗ failed  “lost”",
        "    6   0.600s  ├┄┄ message ┄┄┄✗ nobody             ✗ failed  “lost”",
        "    7   0.700s  │◁─ message▒ ─────┤                 ▒ encrypted  16 B",
    ]


def test_messages_beside_the_columns_are_told_with_names() -> None:
    story = crowd(9, 4)
    story.send("w1", "w2", "hello", "spawn_agent")
    story.tell()
    story.model.move_to(8)
    lines = drawn(story, 60)
    assert lines[0] == "  seq ▸1 /root    ◂8 w7        9 w8        10 w9"
    assert lines[1] == "   12  ├ message ▷» w1         │           │"
    assert lines[-2:] == [
        "   20  ├── message ───────────────────────▷│",
        "   21  │          « w1 spawn → w2          │",
    ]


def test_an_arrow_that_leaves_the_columns_names_where_it_goes() -> None:
    story = crowd(9, 4)
    story.model.move_to(0)
    assert drawn(story, 60)[0].endswith("4 w3       6▸")
    assert drawn(story, 60)[4] == "   15  ├── message ──────────────────────────── w4 ─▷»"


def test_a_silence_is_told_between_the_rows() -> None:
    story = Story("a")
    story.send("root", "a", "one")
    story.wait(65_000)
    story.send("root", "a", "two")
    story.tell()
    assert drawn(story, 80)[2].strip() == "┊ 1m05s without a message"


def test_one_agent_alone_has_a_column_and_no_rows() -> None:
    story = Story()
    story.tell()
    assert (story.model.agents, story.model.rows) == (["root"], [])
    assert drawn(story, 60) == ["  seq ▸1 /root"]
    assert detail_lines(story.model, 60, 5, cell_len) == []


@pytest.mark.parametrize("width", [20, 60, 80, 120, 200])
@pytest.mark.parametrize("size", [0, 1, 5, 40])
def test_every_ladder_can_be_drawn_in_every_width(width, size) -> None:
    story = crowd(size, 1)
    assert len(drawn(story, width)) == size + 1


@pytest.mark.parametrize(
    ("path", "cells", "shown"),
    [
        ("/root", 8, "/root"),
        ("/root/alpha", 8, "alpha"),
        ("/root/alpha/deep", 12, "alpha/deep"),
        ("/root/alpha/deep", 8, "…/deep"),
        ("/root/barrier_worker_12", 8, "…rker_12"),
    ],
)
def test_the_end_of_a_name_tells_agents_apart(path, cells, shown) -> None:
    assert short_path(path, cells, cell_len) == shown


def test_hostile_names_and_texts_are_harmless() -> None:
    story = Story("a")
    story.graph.trace.threads[ThreadId("a")].agent_path = "/root/\x1b]0;x\x07\u202e"
    story.send("root", "a", "\x1b[2J\x9b31m")
    story.try_to_send("a", "\x1b[31m日本")
    story.tell()
    texts = drawn(story, 120)
    for row in range(len(story.model.rows)):
        story.model.move_to(row)
        texts += [line_text(line) for line in detail_lines(story.model, 80, 6, cell_len)]
    assert all(character.isprintable() for text in texts for character in text)


# The panel


def panel(story: Story, row: int, width: int = 80, height: int = 6) -> list[str]:
    story.model.move_to(row)
    return [line_text(line) for line in detail_lines(story.model, width, height, cell_len)]


def test_the_panel_tells_sender_receiver_delivery_and_the_text() -> None:
    story = Story("a")
    story.send("root", "a", "first\nsecond")
    story.tell()
    assert panel(story, 0) == [" /root message → /root/a  delivered  12 B", " first", " second"]


def test_the_panel_says_of_an_encrypted_text_what_is_proven() -> None:
    story = Story("a")
    story.send("root", "a", "c2VjcmV0c2VjcmV0", encoded=True)
    story.send("root", "a", "read the parser", encoded=True)
    story.tell()
    assert panel(story, 0) == [
        " /root message → /root/a  delivered",
        " ▒ encrypted 16 B · no plain text of it is in this recording",
    ]
    assert panel(story, 1) == [
        " /root message → /root/a  delivered",
        " ▒ encrypted 15 B · marked as encrypted, but readable",
        " read the parser",
    ]


def test_a_text_that_is_too_long_for_the_panel_says_how_much_is_left() -> None:
    story = Story("a")
    story.send("root", "a", "\n".join(f"line {number}" for number in range(9)))
    story.tell()
    assert panel(story, 0, height=4)[-2:] == [" line 1", " … 7 more lines; Enter goes to it"]
    assert len(panel(story, 0, height=1)) == 1


def test_a_message_that_never_arrived_says_why() -> None:
    story = Story("a")
    story.try_to_send("root", "nobody", status="failed")
    story.tell()
    assert panel(story, 0)[0] == " /root message → “nobody”  ✗ failed · the call failed  4 B"


def test_facts_that_are_too_long_for_the_panel_are_wrapped_and_keep_their_warning() -> None:
    story = Story("a")
    story.try_to_send("root", "nobody", status="failed")
    story.tell()
    assert panel(story, 0, width=40) == [
        " /root message → “nobody”  ✗ failed ·",
        " the call failed  4 B",
        " lost",
    ]
    lines = detail_lines(story.model, 40, 6, cell_len)
    assert [line[0].style for line in lines] == ["warning", "warning", ""]
