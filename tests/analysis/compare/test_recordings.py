"""Two recordings that differ in one thing: found at its item, with who did it, and nothing else."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from tests.conftest import DEMO_BUNDLES
from tests.reducer.recording import Recording, agent_message, answer, call, output, user
from tui.analysis.compare.comparison import Comparison
from tui.analysis.compare.items import ItemReader
from tui.analysis.compare.recordings import Comparer, compare
from tui.analysis.compare.stream import Side, side_of
from tui.analysis.index.trace_index import TraceIndex
from tui.bundle.open import open_bundle
from tui.model.conversation import Body, TextPart
from tui.schema.payloads import RawPayloadRef
from tui.store import TraceStore
from tui.viewmodel.compare.item_counts import item_counts

Step = tuple[str, Any]

SESSION: tuple[Step, ...] = (
    ("user", "Fix the parser."),
    ("call", {"cmd": "cat src/parser.py"}),
    ("output", "def parse(): ..."),
    ("call", {"cmd": "pytest -q", "timeout": 5}),
    ("output", "Chunk ID: 5385a8\nWall time: 0.0123 seconds\nProcess exited with code 1\n1 failed"),
    ("say", "One test fails."),
    ("call", {"cmd": "sed -i s/a/b/ src/parser.py"}),
    ("output", "Process running with session ID 1174"),
    ("say", "Fixed."),
    ("user", "Thanks. Now document it."),
    ("say", "Documented on 2026-10-31."),
)


def items_of(steps: tuple[Step, ...], run: int) -> list[dict[str, Any]]:
    """The items of a session, with the ids that a run gives them."""
    items: list[dict[str, Any]] = []
    call = 0
    for number, (kind, value) in enumerate(steps):
        item_id = f"item_{run}_{number:08}"
        if kind == "user":
            content = [{"type": "input_text", "text": value}]
            items.append({"type": "message", "id": item_id, "role": "user", "content": content})
        elif kind == "say":
            content = [{"type": "output_text", "text": value}]
            items.append({"type": "message", "id": item_id, "role": "assistant", "content": content})
        elif kind == "call":
            call += 1
            arguments = value if isinstance(value, str) else _json(value)
            name = {"name": "exec_command", "arguments": arguments, "call_id": f"call_{run}{call:08}"}
            items.append({"type": "function_call", "id": item_id, **name})
        else:
            items.append({"type": "function_call_output", "call_id": f"call_{run}{call:08}", "output": value})
    return items


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value)


def side(steps: tuple[Step, ...] = SESSION, run: int = 1, **request: Any) -> Side:
    """A recording in which each answer of the model is a request of its own."""
    recording = Recording()
    items = items_of(steps, run)
    number = 0
    for place, (kind, _) in enumerate(steps):
        if kind in ("call", "say"):
            number += 1
            recording.request(f"i{number}", items[:place], **request)
            recording.done(f"i{number}", [items[place]], response_id=f"r{run}{number}")
    trace = recording.graph()
    return Side(
        trace,
        TraceIndex(trace),
        recording.bodies.get,
        lambda ref: recording.bodies.get(ref.raw_payload_id),
    )


def changed(place: int, kind: str, value: Any) -> tuple[Step, ...]:
    return (*SESSION[:place], (kind, value), *SESSION[place + 1 :])


def first(found: Comparison) -> tuple[int, str] | None:
    (agent,) = found.agents
    return None if agent.first is None else (agent.first.place, agent.first.kind)


def test_recording_is_the_same_as_itself() -> None:
    found = compare(side(), side(), exact=True)
    assert found.is_same
    assert found.ignored == {}
    assert (found.agents[0].only_a, found.agents[0].only_b) == (0, 0)


def test_other_ids_and_times_are_ignored_and_counted() -> None:
    steps = tuple(
        (kind, value.replace("5385a8", "00ff00").replace("0.0123", "0.4").replace("1174", "9").replace("-31", "-30"))
        if isinstance(value, str)
        else (kind, value)
        for kind, value in SESSION
    )
    found = compare(side(), side(steps, run=2))
    assert found.is_same
    assert found.ignored == {"chunk ids": 1, "wall times": 1, "process and session ids": 1, "dates and times": 1}
    assert first(compare(side(), side(steps, run=2), exact=True)) == (4, "environment")


@pytest.mark.parametrize(
    ("steps", "index", "kind"),
    [
        (changed(0, "user", "Fix the lexer."), 0, "input"),
        (changed(1, "call", {"cmd": "head src/parser.py"}), 1, "model"),
        (changed(1, "call", {"cmd": "cat  'src/parser.py'"}), 1, "words"),
        (changed(3, "call", '{"timeout":5,"cmd":"pytest -q"}'), 3, "words"),
        (changed(2, "output", "def lex(): ..."), 2, "environment"),
        (changed(4, "output", "Process exited with code 0\n2 passed"), 4, "environment"),
        (changed(5, "say", "Two tests fail."), 5, "model"),
        (changed(9, "user", "Thanks."), 9, "input"),
        (SESSION[:9], 9, "input"),
        ((*SESSION[:5], ("say", "Hm."), *SESSION[5:]), 5, "model"),
        ((*SESSION[:9], ("user", "Wait."), *SESSION[9:]), 9, "input"),
    ],
)
def test_one_change_is_found_with_its_cause(steps: tuple[Step, ...], index: int, kind: str) -> None:
    found = compare(side(), side(steps, run=2))
    assert first(found) == (index, kind)
    assert not found.is_same
    assert found.settings == ()


@pytest.mark.parametrize(
    ("before", "now", "kind", "what"),
    [
        ({"instructions": "a"}, {"instructions": "b"}, "instructions", "instructions"),
        ({"tools": [{"name": "shell"}]}, {"tools": []}, "tools", "tools"),
        ({"reasoning": {"effort": "low"}}, {"reasoning": {"effort": "high"}}, "settings", "reasoning.effort"),
    ],
)
def test_head_is_to_blame_before_the_model(before: Any, now: Any, kind: str, what: str) -> None:
    found = compare(side(**before), side(changed(1, "call", {"cmd": "ls"}), run=2, **now))
    assert first(found) == (0, kind)
    assert [one.what for one in found.settings] == [what]


def test_cache_key_that_is_a_uuid_is_no_setting() -> None:
    keys = [f"01a20205-f11a-7b42-b242-80a835c0a04{number}" for number in range(2)]
    found = compare(side(prompt_cache_key=keys[0]), side(run=2, prompt_cache_key=keys[1]))
    assert found.is_same
    assert not compare(side(prompt_cache_key=keys[0]), side(prompt_cache_key=keys[1]), exact=True).is_same


@pytest.mark.parametrize("seed", range(50))
def test_random_change_is_found_both_ways(seed: int) -> None:
    dice = random.Random(seed)
    place = dice.randrange(len(SESSION))
    kind = SESSION[place][0]
    value = {"cmd": f"echo {seed}"} if kind == "call" else f"Something else, number {seed}."
    steps = changed(place, kind, value)
    blame = {"user": "input", "say": "model", "call": "model", "output": "environment"}[kind]
    there, back = compare(side(), side(steps, run=2)), compare(side(steps, run=2), side())
    assert first(there) == first(back) == (place, blame)
    (agent,) = there.agents
    assert (agent.only_a, agent.only_b, len(agent.pairs)) == (1, 1, len(SESSION) - 1)
    assert agent.delta.requests == 0
    mirrored = back.agents[0]
    assert [(right, left) for left, right in mirrored.pairs] == list(agent.pairs)


def test_agents_are_paired_by_path_and_else_by_order() -> None:
    def family(*paths: str) -> Side:
        recording = Recording()
        for number, path in enumerate(paths):
            recording.child(f"C{number}", path)
        trace = recording.graph()
        return Side(
            trace, TraceIndex(trace), recording.bodies.get, lambda ref: recording.bodies.get(ref.raw_payload_id)
        )

    found = compare(family("/root/a", "/root/b", "/root/c"), family("/root/b", "/root/x"))
    pairs = [(one.a, one.b, one.is_guess) for one in found.agents]
    assert pairs == [("T", "T", False), ("C0", "C1", True), ("C1", "C0", False), ("C2", None, False)]
    assert not found.is_same


def one_agent(*items: dict[str, Any]) -> Side:
    """A recording whose one request holds these items."""
    recording = Recording()
    recording.request("i1", items)
    trace = recording.graph()
    return Side(trace, TraceIndex(trace), recording.bodies.get, lambda ref: recording.bodies.get(ref.raw_payload_id))


def test_message_of_another_agent_is_input() -> None:
    found = compare(
        one_agent(user("go"), agent_message("/root/a", "/root", "done")),
        one_agent(user("go"), agent_message("/root/a", "/root", "failed")),
    )
    assert first(found) == (1, "input")


def test_order_of_what_arrives_together_is_ignored_and_counted() -> None:
    calls, result, message = call("c"), output("c", "ok"), agent_message("/root/a", "/root", "done")
    sides = (one_agent(user("go"), calls, result, message), one_agent(user("go"), calls, message, result))
    found = compare(*sides)
    assert found.is_same
    assert found.ignored == {"order of arrival": 1}
    assert first(compare(*sides, exact=True)) == (2, "input")


def test_message_that_comes_later_is_only_another_order() -> None:
    task, message = user("go"), agent_message("/root/a", "/root", "done")
    one = one_agent(task, message, call("c"), output("c", "ok"))
    later = one_agent(task, call("c"), output("c", "ok"), message)
    other = one_agent(task, call("c"), output("c", "ok"), message, user("more"))
    (found,), (more,) = compare(one, later).agents, compare(one, other).agents
    assert (found.only_a, found.only_b, found.reordered, found.is_only_order) == (1, 1, 1, True)
    assert (more.only_a, more.only_b, more.reordered, more.is_only_order) == (1, 2, 1, False)
    assert item_counts(found) == "3 items the same, 1 in another order"
    assert item_counts(more) == "3 items the same, 1 in another order, 0 only in A, 1 only in B"


def test_first_parting_comes_before_the_rest() -> None:
    found = [one for one in Comparer(side(), side(changed(1, "call", {"cmd": "ls"}), run=2)).steps() if one is not None]
    assert [one.is_whole for one in found] == [False, True]
    early, whole = found
    assert early.first == whole.first
    assert len(early.items_a) == 2


@pytest.mark.parametrize("is_first", [True, False])
def test_message_noted_before_its_request_keeps_its_place(is_first: bool) -> None:
    """Older recorders note a message of an agent when it arrives, newer ones with the request that sends it."""
    task = agent_message("/root", "/root/a", "read", item_id="m1")
    start = [] if is_first else [user("go"), call("c"), output("c")]

    def received(*, is_noted: bool) -> Side:
        recording = Recording()
        if not is_first:
            recording.request("i0", start[:1])
            recording.done("i0", start[1:2])
        if is_noted:
            recording.accept("m1", task)
        recording.request("i1", [*start, user("where you are"), task])
        recording.done("i1", [answer("done")])
        trace = recording.graph()
        return Side(
            trace, TraceIndex(trace), recording.bodies.get, lambda ref: recording.bodies.get(ref.raw_payload_id)
        )

    noted, sent = received(is_noted=True), received(is_noted=False)
    found = compare(noted, sent)
    assert found.is_same
    assert [len(one.items_a) for one in found.agents] == [len(start) + 3]


def test_items_read_along_need_no_second_reading() -> None:
    """What a line brings is read while its bodies are at hand: a shard would have to be decompressed again."""
    store = TraceStore(open_bundle(DEMO_BUNDLES / "agents"))
    reads: list[str] = []

    def counted(ref: RawPayloadRef) -> object:
        reads.append(ref.raw_payload_id)
        return store.payloads.read_once(ref)

    payloads = SimpleNamespace(read_once=counted, read_joined=store.payloads.read_joined)
    late, along = (ItemReader(side_of(store.trace, store.index, payloads), exact=True) for _ in range(2))
    store.on_bodies = along.read_new
    store.load_all()
    items = list(store.trace.conversation_items.values())
    assert not reads
    found = [along.item(item) for item in items]
    assert not reads
    assert [late.item(item) for item in items] == found
    assert reads


def test_each_payload_is_read_once_for_all_agents() -> None:
    """The shards of many agents would else be decompressed again and again; a call is in the graph as it was sent."""
    stores = [TraceStore(open_bundle(DEMO_BUNDLES / "agents")) for _ in range(2)]
    reads: Counter[str] = Counter()
    sides = []
    for store in stores:
        store.load_all()
        side = side_of(store.trace, store.index, store.payloads)
        read_frame = side.read_frame

        def counted(ref: RawPayloadRef, read_frame: Callable[[RawPayloadRef], object] = read_frame) -> object:
            reads[ref.raw_payload_id] += 1
            return read_frame(ref)

        sides.append(
            msgspec.structs.replace(side, read=lambda _: pytest.fail("the graph holds all"), read_frame=counted)
        )
    assert compare(*sides).is_same
    assert reads
    assert set(reads.values()) == {len(stores)}


def test_heads_read_along_need_no_second_reading() -> None:
    stores = [TraceStore(open_bundle(DEMO_BUNDLES / "agents")) for _ in range(2)]
    comparer = Comparer(*(side_of(store.trace, store.index, store.payloads) for store in stores))
    for number, store in enumerate(stores):
        store.on_bodies = comparer.read_along(number)
        store.load_all()
        store.payloads.read_joined = lambda *_: pytest.fail("read a second time")  # type: ignore[method-assign]  # stands in
    assert comparer.comparison().is_same


def test_item_that_another_request_completes_is_read_again() -> None:
    """A thought may be shown encrypted at first, and readable later."""
    recording = Recording()
    recording.request("i1", [user("go")])
    graph = recording.graph()
    reader = ItemReader(Side(graph, TraceIndex(graph), lambda _: None, lambda _: None))
    (item,) = graph.conversation_items.values()
    before = reader.item(item)
    item.body = Body([TextPart("stop")])
    assert reader.item(item) != before


@pytest.mark.parametrize(("other", "is_same"), [(2, True), (3, False)])
def test_output_never_sent_counts_between_recorders_that_note_it(other: int, is_same: bool) -> None:
    """Only newer recorders note what a tool answered when it enters the history, and not when a request sends it."""

    def session(schema: int, *, is_noted: bool) -> Side:
        recording = Recording(schema)
        recording.request("i1", [user("go")])
        recording.done("i1", [call("c")])
        if is_noted:
            recording.accept_output({**output("c", "ok"), "id": "o"}, "o")
        graph = recording.graph()
        return Side(
            graph, TraceIndex(graph), recording.bodies.get, lambda ref: recording.bodies.get(ref.raw_payload_id)
        )

    found = compare(session(other, is_noted=False), session(3, is_noted=True))
    assert found.is_same == is_same
    assert found.ignored == ({"outputs never sent": 1} if is_same else {})


@pytest.mark.parametrize(
    ("more", "ignored"),
    [([], {"items sent again": 2}), ([user("rules", "r3")], None), ([user("never seen", "n")], None)],
    ids=["sent again", "said once more", "new"],
)
def test_instructions_that_a_compaction_repeats_are_the_same_item(
    more: list[dict[str, Any]], ignored: dict[str, int] | None
) -> None:
    """Recorders of schema 1 know no ids of items; newer ones give each a new one after a compaction."""

    def session(schema: int, *again: dict[str, Any]) -> Side:
        recording = Recording(schema)
        recording.request("i1", [user("rules", "r1"), user("place", "p1"), user("go", "g")])
        recording.done("i1", [answer("ok", "a1")])
        recording.request("i2", [*again, user("summary", "s")])
        recording.done("i2", [answer("done", "a2")])
        graph = recording.graph()
        return Side(
            graph, TraceIndex(graph), recording.bodies.get, lambda ref: recording.bodies.get(ref.raw_payload_id)
        )

    older = session(1, user("rules", "r1"), user("place", "p1"))
    for schema in (2, 3):
        found = compare(older, session(schema, user("rules", "r2"), user("place", "p2"), *more))
        assert found.is_same == (ignored is not None)
        if ignored is not None:
            assert found.ignored == ignored
        else:
            assert [(one.only_a, one.only_b) for one in found.agents] == [(0, len(more))]


def test_items_after_a_replaced_history_are_new_in_all_schemas() -> None:
    def session(schema: int) -> Side:
        recording = Recording(schema)
        recording.request("i1", [user("rules", "r1"), user("go", "g")])
        recording.done("i1", [answer("ok", "a1")])
        recording.compact("c", [user("rules", "r1"), user("go", "g")], [user("summary", "s")])
        recording.request("i2", [user("rules", "r2"), user("summary", "s")])
        recording.done("i2", [answer("done", "a2")])
        graph = recording.graph()
        return Side(
            graph, TraceIndex(graph), recording.bodies.get, lambda ref: recording.bodies.get(ref.raw_payload_id)
        )

    for schema in (2, 3):
        found = compare(session(1), session(schema))
        assert found.is_same
        assert not found.ignored


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        ({"cmd": "ls", "session_id": 7}, '{"cmd":"ls","session_id":9}', None),
        ({"cmd": "ls", "session_id": 7}, '{"session_id": 9, "cmd":"ls"}', "words"),
        ({"cmd": "ls", "limit": 7}, '{"limit": 9, "cmd":"ls"}', "model"),
        ({"cmd": "ls", "all": True}, '{"all": false, "cmd":"ls"}', "model"),
    ],
)
def test_number_that_differs_by_itself_is_no_decision(before: Any, now: str, kind: str | None) -> None:
    sides = [one_agent(user("go"), call("c", arguments=text)) for text in (msgspec.json.encode(before).decode(), now)]
    found = compare(*sides)
    assert first(found) == (None if kind is None else (1, kind))
