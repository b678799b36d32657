"""What a comparison shows: rows, the cursor, what is folded, which side is which. No terminal."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.reducer.recording import Recording, user
from tui.analysis.compare.comparison import AgentComparison, Numbers
from tui.analysis.compare.normal import ORDER, RULES, TOOLS_ORDER
from tui.analysis.compare.partings import DifferenceClass, Parting, Setting
from tui.analysis.compare.stream import StreamItem
from tui.analysis.requests.compared import RequestDifference
from tui.analysis.requests.raw_items import item_fields
from tui.model.ids import InferenceCallId, ItemId, ThreadId
from tui.model.noderef import NodeRef
from tui.viewmodel.compare.detail import detail_lines
from tui.viewmodel.compare.heading import note_text, settings_line, title_line
from tui.viewmodel.compare.ignored_words import ignored_words
from tui.viewmodel.compare.lines import row_line, window
from tui.viewmodel.compare.model import ComparedSide, CompareModel
from tui.viewmodel.compare.word_diff import Piece
from tui.viewmodel.text.spans import Span, line_text


def item(name: str) -> StreamItem:
    return StreamItem(ItemId(name), "model", name.strip("ab").encode())


def side(name: str, *, grows: bool = False) -> ComparedSide:
    def fields(one: StreamItem) -> dict[str, Any]:
        return {"type": "message", "role": "assistant", "content": f"says {one.item_id}"}

    return ComparedSide(
        name=name,
        fields=fields,
        seq_of=lambda _: 7,
        request_of=lambda item_id: 3 if item_id.endswith("x") else None,
        headline=tuple,
        may_grow=lambda: grows,
        visit=lambda _: None,
    )


def agents(name: str, ours: str, theirs: str, **more: Any) -> AgentComparison:
    """Two agents whose items are letters: equal letters at the beginning and at the end are the same."""
    a = tuple(item(f"{name}a{letter}") for letter in ours)
    b = tuple(item(f"{name}b{letter}") for letter in theirs)
    start = next((n for n, (x, y) in enumerate(zip(ours, theirs, strict=False)) if x != y), min(len(ours), len(theirs)))
    end = 0
    while end < min(len(ours), len(theirs)) - start and ours[-1 - end] == theirs[-1 - end]:
        end += 1
    pairs = [(n, n) for n in range(start)]
    pairs += [(len(ours) - n - 1, len(theirs) - n - 1) for n in reversed(range(end))]
    only_a, only_b = len(ours) - start - end, len(theirs) - start - end
    first = a[start] if only_a else None, b[start] if only_b else None
    partings = (Parting(start, start, "model", *first, only_a, only_b),) if only_a or only_b else ()
    found = AgentComparison(ThreadId(f"{name}A"), ThreadId(f"{name}B"), name, is_guess=False)
    return found._replace(items_a=a, items_b=b, pairs=tuple(pairs), partings=partings, **more)


def model(*found: AgentComparison, grows: bool = False) -> CompareModel:
    made = CompareModel(side("one", grows=grows), side("two", grows=grows))
    for each in found:
        made.take(each)
    return made


def rows(of: CompareModel) -> list[str]:
    return [f"{row.kind}{row.agent}" for row in of.rows]


def text(of: CompareModel, number: int) -> str:
    return line_text(row_line(of, of.rows[number], 100, len)).strip()


def test_agents_have_a_row_and_partings_one_below() -> None:
    of = model(agents("/root", "abc", "abc"), agents("/root/x", "abxd", "abyd"))
    assert rows(of) == ["agent0", "agent1", "parting1", "a1", "b1"]
    assert "3 = 3" in text(of, 0)
    assert "4 ≠ 4" in text(of, 1)
    assert text(of, 2).startswith("▶ 2     same 2 items before, then the MODEL decided differently")
    assert of.cursor == 2


def test_what_follows_is_folded_under_the_first_parting() -> None:
    of = model(agents("/root", "axyz", "auvw"))
    assert rows(of) == ["agent0", "parting0", "a0", "b0", "follow0"]
    assert text(of, 4) == "▸ what follows: 2 more items of A and 2 of B"
    of.toggle_fold()
    assert rows(of) == ["agent0", "parting0", "a0", "b0", "follow0", "a0", "b0", "a0", "b0"]


def test_other_head_folds_nothing() -> None:
    setting = Setting("model", "/root", "x", "y")
    found = agents("/root", "axb", "ayb")
    of = model(found._replace(partings=(Parting(0, 0, "settings", settings=(setting,)), *found.partings)))
    assert rows(of) == ["agent0", "parting0", "setting0", "parting0", "a0", "b0"]
    of.toggle_same()
    assert rows(of) == ["agent0", "parting0", "setting0", "same0", "parting0", "a0", "b0", "same0"]


def test_equal_items_have_rows_on_demand() -> None:
    of = model(agents("/root", "abxcd", "abycd"))
    of.toggle_same()
    assert rows(of) == ["agent0", "same0", "same0", "parting0", "a0", "b0", "same0", "same0"]
    assert of.current is not None
    assert of.current.kind == "parting"


def test_not_whole_gives_way_to_whole_and_never_back() -> None:
    whole = agents("/root", "abxc", "abyc")
    of = model(whole._replace(is_whole=False, items_a=whole.items_a[:3], items_b=whole.items_b[:3]))
    assert "comparing" in text(of, 0)
    of.take(whole)
    assert "4 ≠ 4" in text(of, 0)
    of.take(whole._replace(is_whole=False))
    assert "4 ≠ 4" in text(of, 0)


def test_swapped_sides_are_the_mirror() -> None:
    of = model(agents("/root", "abxc", "abyyc", delta=Numbers(requests=2)))
    of.swap()
    assert [one.name for one in of.sides] == ["two", "one"]
    assert of.agents[0].delta.requests == -2
    assert of.target() == ("a", NodeRef("item", "/rootby"))
    of.take(agents("/root", "abxc", "abyyc"))
    assert len(of.agents) == 1
    assert of.agents[0].only_a == 2


@pytest.mark.parametrize(
    ("grows", "said", "rest"),
    [(False, "A ends here", "2 more items of B"), (True, "A has no more items so far", "2 more items of B")],
)
def test_end_of_a_side_is_no_decision(grows: bool, said: str, rest: str) -> None:  # a case of the table
    of = model(agents("/root", "ab", "abcde"), grows=grows)
    assert said in text(of, 1)
    assert text(of, 4).endswith(rest)


def test_tokens_that_are_not_recorded_are_unknown() -> None:
    of = model(agents("/root", "ab", "ab", tokens_known=False, delta=Numbers(requests=1)))
    assert text(of, 0).endswith("B: +1 request · ? tok")


def test_agent_without_partner_says_where_it_is() -> None:
    alone = AgentComparison(None, ThreadId("B"), "/root/x", is_guess=False)
    of = model(agents("/root", "a", "a"), alone)
    assert text(of, 1).endswith("only in B")
    of.move_to(1)
    assert of.target() == ("b", NodeRef("thread", "B"))


def test_setting_that_differs_is_named_in_the_line_of_settings() -> None:
    from tui.analysis.compare.heads import HeadFact

    setting = Setting("tools", "/root", "plan", "")
    facts = (
        HeadFact("model", "same", "x", "x"),
        HeadFact("effort", "same", "x", "x"),
        HeadFact("tools", "differs", "2", "1"),
        HeadFact("sandbox", "unknown", "?", "ro"),
    )
    found = agents("/root", "ab", "ab", facts=facts)
    of = model(found._replace(partings=(Parting(1, 1, "tools", settings=(setting,)),)))
    assert line_text(settings_line(of, 80, len)) == "  model =  effort =  tools −1 (plan)  sandbox ? → ro"
    assert line_text(settings_line(of, 51, len)) == "  tools −1 (plan)  sandbox ? → ro  = model effort"
    assert line_text(settings_line(of, 35, len)) == "  tools −1 (plan)  sandbox ? → ro"
    of.move_to(0)
    assert "effort =  tools −1 (plan)" in " ".join(line_text(line) for line in detail_lines(of, 60, 12, len))
    assert rows(of) == ["agent0", "parting0", "setting0"]
    assert text(of, 2) == "tools: plan → none"
    assert "the TOOLS differ" in text(of, 1)


@pytest.mark.parametrize(
    ("ours", "theirs", "line"),
    [
        ("up to 0.164", "0.171 or later", "  Codex up to 0.164 → 0.171 or later"),
        ("up to 0.164", "up to 0.164", ""),
        ("", "up to 0.164", ""),
    ],
)
def test_releases_that_record_differently_are_named(ours: str, theirs: str, line: str) -> None:
    sides = (side("A")._replace(recorder=lambda: ours), side("B")._replace(recorder=lambda: theirs))
    assert line_text(settings_line(CompareModel(*sides), 80, len)) == line


@pytest.mark.parametrize(
    ("steps", "number"),
    [([1], 2), ([1, 1], 3), ([1, 1, 1], 3), ([2], 3), ([1, -1], 1), ([-1], 1), ([9], 3), ([9, -9], 1)],
)
def test_partings_are_walked_through_all_agents(steps: list[int], number: int) -> None:
    first = agents("/root", "axb", "ayb")
    later = Parting(2, 2, "environment", first.items_a[2], first.items_b[2], 1, 1)
    of = model(first._replace(partings=(*first.partings, later)), agents("/root/x", "ab", "ac"))
    assert of.parting_number == 1
    for step in steps:
        of.go_parting(step)
    assert of.parting_number == number
    assert f"parting {number} of 3" in line_text(title_line(of, 120, len))


def test_step_back_from_within_goes_to_the_start() -> None:
    of = model(agents("/root", "axb", "ayb"), agents("/root/x", "ab", "ac"))
    of.go_parting(1)
    of.move_to(of.cursor + 2)
    of.go_parting(-1)
    assert of.parting_number == 2
    assert of.current is not None
    assert of.current.kind == "parting"


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [("bx", "by", "request 3 | ? · seq 7 | 7"), ("bcd", "bz", "seq 7 | 7"), ("bx", "b", "request 3 · seq 7 | –")],
)
def test_decision_of_the_model_names_its_request(ours: str, theirs: str, words: str) -> None:
    assert text(model(agents("/root", ours, theirs)), 1).rstrip().endswith(f"   {words}")


@pytest.mark.parametrize(
    ("place", "width", "words"),
    [
        (1, 50, "at item 1: the MODEL decided differently · request 3 | ? · seq 7 | 7"),
        (4, 40, "what follows: 1 more item of A and 1 of B"),
        (0, 60, "2 items the same, 2 only in A, 2 only in B"),
    ],
)
def test_panel_says_in_full_what_a_row_cuts(place: int, width: int, words: str) -> None:
    of = model(agents("/root", "axyd", "azud"))
    of.move_to(place)
    said = " ".join(line_text(line).strip() for line in detail_lines(of, width, 12, len))
    assert words in said
    wide = " ".join(line_text(line).strip() for line in detail_lines(of, 200, 12, len))
    assert place == 0 or words not in wide


def test_long_line_is_shown_from_its_difference() -> None:
    of = model(agents("/root", "axb", "azb"))
    words = " ".join(["same"] * 400)
    said = [{"type": "message", "role": "user", "content": f"{words} {name}"} for name in ("one", "two")]
    a, b = of.sides
    of.sides = (a._replace(fields=lambda _: said[0]), b._replace(fields=lambda _: said[1]))
    lines = [line_text(line) for line in detail_lines(of, 80, 8, len)]
    assert any("one" in line for line in lines)
    assert any("two" in line for line in lines)


def test_side_has_the_room_that_the_other_leaves() -> None:
    of = model(agents("/root", "a", "b"))
    long = [{"type": "message", "role": "user", "content": "\n".join(f"line {number}" for number in range(9))}]
    a, b = of.sides
    for sides, first in (
        ((a._replace(fields=lambda _: long[0]), b), 1),
        ((a, b._replace(fields=lambda _: long[0])), 3),
    ):
        of.sides = sides
        of._texts.clear()
        lines = [line_text(line).strip() for line in detail_lines(of, 88, 12, len)]
        assert lines[first : first + 9] == [f"line {number}" for number in range(9)]


@pytest.mark.parametrize(
    ("ours", "theirs", "moved", "words"),
    [
        ("axyb", "azb", "", "2 not sent again and 1 new"),
        ("axyb", "azb", "x", "1 not sent again, 1 new and 1 moved away"),
        ("axb", "ab", "x", "1 moved away"),
        ("ab", "axb", "x", "1 moved here"),
    ],
)
def test_moved_items_of_a_request_are_not_gone(ours: str, theirs: str, moved: str, words: str) -> None:
    found = agents("", ours, theirs)
    both = {one.key for one in (*found.items_a, *found.items_b) if one.item_id[-1] in moved}
    of = CompareModel(side("one"), side("two"), is_one_recording=True)
    of.take(found._replace(moved=frozenset(both)))
    assert words in text(of, 1)
    assert any("moved: " in text(of, number) for number in (2, 3)) == bool(moved)


@pytest.mark.parametrize(
    ("new", "gone", "words"),
    [
        ("yz", "x", "1 not sent again and 2 new"),
        ("z", "x", "1 not sent again, 1 from the answer to one and 1 new"),
        ("y", "x", "1 not sent again, 1 said before in other JSON and 1 new"),
        ("yz", "", "2 new"),
    ],
)
def test_new_is_what_the_conversation_calls_new(new: str, gone: str, words: str) -> None:
    recording = Recording()
    recording.request("i1", [user("ask")])
    before = recording.reduce().trace.inference_calls[InferenceCallId("i1")]
    of = CompareModel(side("one"), side("two"), is_one_recording=True)
    of.difference = RequestDifference(
        previous=msgspec.structs.replace(before, response_item_ids=[ItemId("by")]),
        shared=1,
        new=frozenset(ItemId(f"b{letter}") for letter in new),
        gone=tuple(ItemId(f"a{letter}") for letter in gone),
    )
    of.take(agents("", "axw", "ayzw"))
    assert f"then {words}   " in text(of, 1)
    of.swap()
    assert f"then {words}   " in text(of, 1), "the earlier request stays the earlier one"


def test_class_of_a_parting_says_what_it_means() -> None:
    found = agents("/root", "axbzc", "aybzc")
    of = model(found._replace(partings=(found.partings[0]._replace(kind="input"),)))
    meaning = "INPUT: from the user, the harness or an agent"
    for width, is_in_row in ((140, True), (80, False)):
        assert (meaning in line_text(row_line(of, of.rows[1], width, len))) == is_in_row
        panel = [line_text(line).strip() for line in detail_lines(of, width, 12, len)]
        assert (meaning in panel) == (not is_in_row), "the panel says what the row has no room for"


def test_cursor_passes_a_side_that_only_lags_behind() -> None:
    behind, real = agents("/root", "ab", "abc"), agents("/root/x", "axb", "ayb")
    assert model(behind, real, grows=True).parting_number == 2
    assert model(behind, real).parting_number == 1
    assert model(behind, grows=True).parting_number == 1


def test_what_follows_names_who_did_it() -> None:
    first = agents("/root", "axbzc", "aybwc")
    later = [Parting(2, 2, "model"), Parting(3, 3, "input"), Parting(4, 4, "model")]
    of = model(first._replace(partings=(first.partings[0], *later)))
    assert ", then 3 more partings: 1 in the input, 2 by the model" in text(of, 4)


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["model"], "1 more parting: the MODEL decided differently (1 item only in A, 1 only in B)"),
        (["input", "input"], "2 more partings: in the input (2 items only in A, 2 only in B)"),
    ],
)
def test_partings_that_follow_are_said_in_words(kinds: list[DifferenceClass], words: str) -> None:
    first = agents("/root", "axbzc", "aybwc")
    later = (Parting(2, 2, kind, item("x"), item("y"), 1, 1) for kind in kinds)
    of = model(first._replace(partings=(first.partings[0], *later)))
    row = line_text(row_line(of, of.rows[4], 200, len)).strip()
    assert row == f"▸ what follows: 2 more items of A and 2 of B, then {words}"


def test_mark_goes_with_the_cursor() -> None:
    first, other = agents("/root", "axbzc", "aybwc"), agents("/root/x", "ab", "ac")
    later = Parting(3, 3, "model", first.items_a[3], first.items_b[3], 1, 1)
    of = model(first._replace(partings=(first.partings[0]._replace(only_a=1, only_b=1), later)), other)

    def marked() -> list[tuple[int, int]]:
        return [(row.agent, row.place) for number, row in enumerate(of.rows) if text(of, number).startswith("▶")]

    assert marked() == [(0, 1), (1, 1)]
    of.go_parting(1)
    assert marked() == [(0, 3), (1, 1)]
    of.move_to(0)
    assert marked() == [(0, 1), (1, 1)]


MESSAGE = '{"type":"message","id":"first","content":[{"type":"t","text":"hé"}]}'


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        (MESSAGE.replace("first", "other"), "only `id` differs"),
        (MESSAGE.replace("first", "other").replace('"type":"message",', ""), "`id` differs; `type` is only in A"),
        (MESSAGE.replace('"id":"first",', ""), "`id` is only in A"),
        ('{"id":"first","type":"message","content":[{"type":"t","text":"hé"}]}', "its fields are in another order"),
        (
            MESSAGE.replace('"type":"t","text":"hé"', '"text":"hé","type":"t"'),
            "the fields within `content` are in anoth",
        ),
        (MESSAGE.replace("é", "\\u00e9"), "JSON writes the same values in another way"),
    ],
)
def test_same_text_in_other_json_says_and_shows_what_differs(theirs: str, words: str) -> None:
    found = agents("", "x", "y")
    sent = {"a": MESSAGE.encode(), "b": theirs.encode()}

    def compared(which: str) -> ComparedSide:
        return side(which)._replace(raw=lambda _: sent[which], fields=lambda _: item_fields(sent[which]))

    of = CompareModel(compared("a"), compared("b"), is_one_recording=True)
    of.take(found._replace(partings=(found.partings[0]._replace(kind="words"),)))
    assert f"from the first item on: same text, other JSON: {words}" in line_text(row_line(of, of.rows[1], 200, len))
    shown = [line_text(row_line(of, of.rows[number], 200, len)) for number in (2, 3)]
    fields = [item_fields(one.encode()) for one in (MESSAGE, theirs)]
    if fields[0] == fields[1]:
        assert [line.partition("{")[2] for line in shown] == [MESSAGE[1:], theirs[1:]]
    else:
        assert ['id: "first"' in shown[0], 'id: "other"' in shown[1]] == [True, "other" in theirs]
    panel = [span for line in detail_lines(of, 160, 12, len) for span in line]
    assert any(span.style in ("gone", "new") and len(span.text) > 2 for span in panel)
    assert "the same text; its JSON:" in "".join(span.text for span in panel)
    narrow = " ".join(line_text(line).strip() for line in detail_lines(of, 80, 12, len))
    assert narrow.startswith(words)
    assert "whether that breaks the provider's cache is not recorded" in narrow


def test_line_without_a_difference_is_shown_from_its_start() -> None:
    assert line_text(window([Piece("first words", differs=False)], 6, "new")) == "first…"
    assert line_text(window([Piece("first", differs=False)], 5, "new")) == "first"


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"uuids": 1, "wall times": 2}, "1 uuid, 2 wall times"),
        ({"encrypted bodies": 1, "order of tools": 2}, "1 encrypted body, 2 in order of tools"),
        (dict.fromkeys((*RULES, ORDER, TOOLS_ORDER), 1), "1 chunk id, 1 date or time, 1 encrypted body, 1 item id"),
    ],
)
def test_ignored_differences_are_counted_in_words(counts: dict[str, int], words: str) -> None:
    assert ignored_words(counts).startswith(words)


def test_what_could_not_be_read_of_a_side_is_noted() -> None:
    of = model(agents("/root", "ab", "ac"))
    assert note_text(of) == ""
    of.sides = (of.sides[0], of.sides[1]._replace(unread=lambda: "3 payload bodies cannot be read"))
    assert note_text(of) == "B: 3 payload bodies cannot be read"
    of.swap()
    assert note_text(of) == "A: 3 payload bodies cannot be read"


def test_narrow_title_leaves_out_times_first() -> None:
    of = model(agents("/root", "ab", "ac"))
    a, b = (one._replace(headline=lambda: (Span("✓"), Span(" 261ms 5.2k"))) for one in of.sides)
    of.sides, of.is_complete = (a, b), True
    assert line_text(title_line(of, 60, len)) == " A one ✓ 261ms 5.2k   B two ✓ 261ms 5.2k  parting 1 of 1"
    assert line_text(title_line(of, 50, len)) == " A one ✓   B two ✓  parting 1 of 1"


@pytest.mark.parametrize(
    ("a", "b", "shown"),
    [
        ("old/…/trace-6d0c10b7…", "new/…/trace-bc786d5e…", ["old/…/tra…", "new/…/tra…"]),
        ("session-of-monday", "session-of-tuesday", ["…f-monday", "…-tuesday"]),
    ],
)
def test_long_names_keep_what_differs(a: str, b: str, shown: list[str]) -> None:
    of = CompareModel(side(a), side(b))
    of.take(agents("/root", "ab", "ac"))
    title = line_text(title_line(of, 54, len))
    assert all(name in title for name in shown), title


def test_names_come_before_times_and_models() -> None:
    of = CompareModel(side("of request 12"), side("of request 14"))
    of.take(agents("/root", "ab", "ac"))
    a, b = (one._replace(headline=lambda: (Span("completed"), Span(" · gpt-6.1-sol"))) for one in of.sides)
    of.sides = (a, b)
    narrow, wide = (line_text(title_line(of, width, len)) for width in (80, 120))
    assert " A of request 12 completed   B of request 14 completed " in narrow
    assert " A of request 12 completed · gpt-6.1-sol " in wide
