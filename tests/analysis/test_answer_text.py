"""Which words of an answer are quoted, and that row, turn and summary quote the same."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tests.conftest import DEMO_BUNDLES
from tui.analysis.agents.summary import summary_steps
from tui.analysis.messages.answer_text import answer_text
from tui.bundle.open import open_bundle
from tui.model.conversation import Channel
from tui.store import TraceStore
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.model import TimelineModel

Said = tuple[Channel | None, str]

LOOK: Said = ("commentary", "Let me look.")
MORE: Said = ("commentary", "Something more.")
DONE: Said = ("final", "It is done.")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([LOOK, DONE], "It is done."),
        ([DONE, MORE], "It is done."),
        ([LOOK, MORE], "Something more."),
        ([LOOK, ("final", " ")], "Let me look."),
        ([(None, "One."), (None, "Two.")], "Two."),
        ([], ""),
    ],
)
def test_a_final_message_is_the_answer(said: list[Said], expected: str) -> None:
    graph = small_graph()
    items = []
    for number, (channel, text) in enumerate(said):
        items.append(graph.item(f"item {number}", "assistant", text))
        items[-1].channel = channel
    thought = graph.item("thought", "assistant", "Thinking.", kind="reasoning")
    assert answer_text([*items, thought, graph.item("ask", "user", "Please.")]) == expected


def test_rows_and_summary_quote_the_same_answer() -> None:
    """The recording whose answer follows a comment on what the model is about to do."""
    store = TraceStore(open_bundle(DEMO_BUNDLES / "answer"))
    store.load_all()
    model = TimelineModel(store.trace, store.index)
    *_, summary = summary_steps(store.trace, store.index, store.recording, [])
    assert summary is not None
    assert summary.answered.startswith("The parser splits each line on")
    labels = {row.node.kind: line_text(row.label) for row in model.rows(0, model.row_count)}
    assert "“The parser splits each line on" in labels["turn"]
    assert "“The parser splits each line on" in labels["inference"]
