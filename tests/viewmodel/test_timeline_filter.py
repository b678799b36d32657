"""What a filter leaves, what is no filter, and how it is completed while it is typed."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import SmallGraph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.ids import InferenceCallId
from tui.model.objects import TokenUsage
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.timeline.filter import FilterError, parse_filter
from tui.viewmodel.timeline.filter_completion import FilterVocabulary
from tui.viewmodel.timeline.model import TimelineModel


def graph() -> SmallGraph:
    made = SmallGraph()
    made.thread("root")
    made.turn("turn a")
    made.inference("call a", "turn a", tools=["read", "fetch"])
    made.tool("read", "turn a", kind="other", label="read_file", preview='{"path": "src/parser.py"}')
    made.tool("fetch", "turn a", kind="other", label="fetch_page", preview='{"url": "http://x"}', status="failed")
    made.turn("turn b", status="running")
    made.tool("patch", "turn b", kind="other", label="apply_patch", preview="Exit Code")
    return made


def model_of(made: SmallGraph) -> TimelineModel:
    model = TimelineModel(made.trace, TraceIndex(made.trace))
    model.perform(Move.UNFOLD_ALL)
    return model


def left(text: str) -> list[str]:
    model = model_of(graph())
    model.set_filter(parse_filter(text))
    return [row.node.id for row in model.rows(0, 50) if model.tree.nodes[row.node].matches]


EVERYTHING = ["root", "turn a", "call a", "read", "fetch", "turn b", "patch"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", EVERYTHING),
        ("parser", ["read"]),
        ("exit", ["patch"]),
        ("eXit", []),  # a capital asks for exactly that
        ('"Exit Code"', ["patch"]),
        ('text:"exit code"', ["patch"]),
        ("text:parser,exit", ["read", "patch"]),
        ('"http://x"', ["fetch"]),
        ("kind:tool", ["read", "fetch", "patch"]),
        ("kind:turn,agent", ["root", "turn a", "turn b"]),
        ("-kind:tool,turn", ["root", "call a"]),
        ("tool:FILE,fetch", ["read", "fetch"]),
        ("-tool:fetch kind:tool", ["read", "patch"]),
        ("status:failed", ["fetch"]),
        ("status:error", ["fetch"]),
        ("failed", ["fetch"]),  # no label says it
        ("-Failed kind:tool", ["read", "patch"]),
        ("running kind:turn", ["turn a", "turn b"]),
        ("cut off", []),
        ('"cut off"', []),
        ("-cut off kind:turn", ["turn a", "turn b"]),
        ("status:running kind:turn", ["turn a", "turn b"]),
        ("agent:root kind:turn", ["turn a", "turn b"]),
        ("agent:/roo kind:turn", []),  # from the slash on, the whole path
        ("agent:/Root kind:turn", []),  # of which capitals are a part
        ("KIND:turn", ["turn a", "turn b"]),
        ("turn:2", ["turn b", "patch"]),
        ("turn:1 kind:tool", ["read", "fetch"]),
        ("duration<1ms", []),
        ("duration>40ms duration<0.06s kind:tool", ["read", "fetch", "patch"]),
        ("tokens>1k", []),
        ("cached<50", []),
        ("problem", ["fetch"]),
        ("-problem kind:tool", ["read", "patch"]),
        ("text:problem", []),
        ("-parser kind:tool", ["fetch", "patch"]),
        ("kind:tool  parser", ["read"]),
    ],
)
def test_a_filter_leaves(text: str, expected: list[str]) -> None:
    assert left(text) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("colour:red", "there is no key 'colour'; expected kind, tool, status"),
        ("kind:", "kind: lacks a value; expected one of agent, turn, request"),
        ("kind:tool,cat", "there is no kind 'cat'; expected one of agent, turn"),
        ("status:good", "there is no status 'good'; expected one of ok, failed, running, cancelled, waiting"),
        ("turn:first", "turn:first is not a number; write for example turn:3"),
        ("duration:2s", "cannot compare duration with '2s'; write for example duration>2s or duration<500ms"),
        ("duration>2parsecs", "cannot compare duration with '2parsecs'"),
        ("tokens>", "cannot compare tokens with ''; write for example tokens>10k"),
        ("kind>tool", "kind cannot be compared; expected kind:…, as in kind:tool"),
    ],
)
def test_what_is_no_filter_says_what_was_expected_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(FilterError) as raised:
        parse_filter(text)
    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)


def test_tokens_are_compared() -> None:
    made = graph()
    made.trace.inference_calls[InferenceCallId("call a")].usage = TokenUsage(1_000, 0, 20, 0, 0)
    model = model_of(made)
    rows = [(row.node, row.tokens) for row in model.rows(0, 50) if row.tokens is not None]
    assert "call a" in [node.id for node, _ in rows]
    for node, tokens in rows:
        model.set_filter(parse_filter(f"tokens>{tokens.total - 1} tokens<{tokens.total + 1}"))
        assert model.tree.nodes[node].matches
        model.set_filter(parse_filter(f"tokens>{tokens.total}"))
        assert not model.tree.nodes[node].matches


@pytest.mark.parametrize(
    ("text", "expected"),
    [("cached<50", ["call a"]), ("cached<40%", []), ("cached>39", ["call a"]), ("-cached<50 kind:request", [])],
)
def test_requests_are_found_by_what_was_cached(text: str, expected: list[str]) -> None:
    made = graph()
    made.trace.inference_calls[InferenceCallId("call a")].usage = TokenUsage(1_000, 400, 20, 0, 0)
    model = model_of(made)
    model.set_filter(parse_filter(text))
    assert [row.node.id for row in model.rows(0, 50) if model.tree.nodes[row.node].matches] == expected


def test_hidden_rows_are_counted() -> None:
    model = model_of(graph())
    model.set_filter(parse_filter("parser"))
    assert model.hidden_count == len(EVERYTHING) - 4  # the row, and the way to it
    model.set_filter(parse_filter(""))
    assert model.hidden_count == 0


def test_a_filter_applied_in_steps_is_the_same_filter() -> None:
    model, in_steps = model_of(graph()), model_of(graph())
    model.set_filter(parse_filter("kind:tool -parser"))
    for _ in in_steps.filter_steps(parse_filter("kind:tool -parser")):
        assert in_steps.row_count == len(in_steps.rows(0, 50))
    assert [row.node for row in in_steps.rows(0, 50)] == [row.node for row in model.rows(0, 50)]
    assert in_steps.hidden_count == model.hidden_count


@pytest.mark.parametrize(
    ("text", "words", "after"),
    [
        ("k", ["kind"], "kind:"),
        ("parser -k", ["kind"], "parser -kind:"),
        ("d", ["duration"], "duration>"),
        ("t", ["text", "tokens", "tool", "turn"], "t"),
        ("to", ["tokens", "tool"], "to"),
        ("prob", ["problem"], "problem "),
        ("kind:t", ["tool", "turn"], "kind:t"),
        ("kind:sc", ["script"], "kind:script "),
        ("kind:turn,sc", ["script"], "kind:turn,script "),
        ("tool:", ["apply_patch", "fetch_page", "read_file"], "tool:"),
        ("tool:a", ["apply_patch"], "tool:apply_patch "),
        ("agent:/", ["/root"], "agent:/root "),
        ("status:r", ["running"], "status:running "),
        ("nowhere", [], "nowhere"),
        ("tool:zzz", [], "tool:zzz"),
        ('text:"a b', [], 'text:"a b'),
    ],
)
def test_keys_and_values_of_this_recording_are_completed(text: str, words: list[str], after: str) -> None:
    vocabulary = FilterVocabulary(graph().trace)
    while vocabulary.gather(2):
        pass
    found = vocabulary.candidates(text)
    assert (list(found.words), found.after) == (words, after)


def test_an_empty_line_offers_all_keys_and_completes_none() -> None:
    found = FilterVocabulary(graph().trace).candidates("")
    assert {"kind", "tool", "duration", "problem"} <= set(found.words)
    assert found.after == ""


def test_tab_offers_the_candidates_in_turn_where_nothing_is_certain() -> None:
    vocabulary = FilterVocabulary(graph().trace)
    offered = ["kind:"]
    for _ in range(12):
        offered.append(vocabulary.complete(offered[-1]))
    assert offered[1:5] == ["kind:agent", "kind:attempt", "kind:compaction", "kind:diagnostic"]
    assert offered[12] == "kind:agent", "after the last comes the first"
    assert vocabulary.complete("duration>1s -status:c") == "duration>1s -status:cancelled "
    first = vocabulary.complete("")
    assert (first, vocabulary.complete(first)) == ("agent:", "cached<")
    assert vocabulary.complete("kin") == "kind:", "what was typed since counts"
