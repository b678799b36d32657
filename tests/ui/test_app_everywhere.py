"""`g/`: one list for the graph and the payload files; Enter goes there, `n` walks on, Esc leads out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import copytree

import pytest

from tests.ui.driving import DEMO_BUNDLES, Driver, running
from tui.analysis.search.pattern import parse_pattern
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.model.delta import TraceDelta
from tui.model.noderef import NodeRef
from tui.schema.events import ProtocolEventObserved, RolloutStarted, ThreadStarted
from tui.store import TraceStore
from tui.ui.lists.found import FoundRows, FoundScreen
from tui.ui.live.everywhere import EverywhereSearch
from tui.viewmodel.text.spans import line_text


def found_screen(driver: Driver) -> FoundScreen:
    assert isinstance(driver.app.screen, FoundScreen), driver.app.screen
    return driver.app.screen


def rows(driver: Driver) -> list[str]:
    view = found_screen(driver).query_one(FoundRows)
    return [line_text(view.row_line(row, 100)) for row in range(view.row_count())]


@asynccontextmanager
async def searched(bundle: str | Path, text: str, *, follow: bool = False) -> AsyncIterator[Driver]:
    """The app with the list of a search that is over."""
    async with running(bundle, follow=follow) as driver:
        await driver.press("g /")
        await driver.type(text)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, FoundScreen), "the list")
        await driver.until(lambda: not found_screen(driver).search.is_running, "the end of the search")
        await driver.until(
            lambda: f"{found_screen(driver).search.found.matches:,} match" in found_screen(driver).title_text,
            "the count in the title",
        )
        yield driver


async def closed(driver: Driver) -> None:
    await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
    await driver.at_rest()


async def test_counts_are_exact_and_payloads_are_listed_below_the_graph() -> None:
    bodies = [path.read_bytes() for path in (DEMO_BUNDLES / "agents-schema2/payloads").iterdir()]
    async with searched("agents-schema2", "alpha") as driver:
        found = found_screen(driver).search.found
        in_payloads = [found.place_at(number) for number in range(found.place_count)]
        matches = sum(place is not None and place.group.node.kind == "payload" for place in in_payloads)
        assert matches == sum(body.lower().count(b"alpha") for body in bodies)
        objects = found.group_count - found.payload_count
        holders = f"{found.matches - matches} in {objects} objects, {matches} in {found.payload_count} payloads"
        counts = f"{found.matches} matches at {found.place_count} places: {holders}"
        assert counts in found_screen(driver).title_text
        shown = rows(driver)
        assert "/root/alpha" in shown[0]
        assert "payloads/" not in shown[0]
        assert any("payloads/" in row and "matches" in row for row in shown)
        assert "byte " in shown[-1]


async def test_enter_goes_to_the_object_and_back_returns() -> None:
    async with searched("agents", "/root/alpha") as driver:
        await driver.press("enter")
        await closed(driver)
        assert "/root/alpha" in driver.label
        assert "g//root/alpha place 1 of " in driver.footer
        await driver.press("ctrl+o")
        assert driver.main.timeline.cursor == 0


async def test_a_match_in_a_payload_is_stood_on_and_marked() -> None:
    async with searched("agents", '"previous_status"') as driver:
        await driver.press("G enter")
        await closed(driver)
        assert driver.main.pane == "payload"
        inspector = driver.main.inspector
        line = inspector.row_line(inspector.cursor, 80)
        assert any(span.style == "match" and "previous" in span.text for span in line)


async def test_n_and_shift_n_walk_through_everything_and_around_the_end() -> None:
    async with searched("agents", "previous_status") as driver:
        count = found_screen(driver).search.found.place_count
        assert count > 2
        await driver.press("enter")
        await closed(driver)
        await driver.press("n")
        assert f" place 2 of {count}" in driver.footer
        await driver.press("N N")
        assert f" place {count} of {count}" in driver.footer
        assert "went on from the end" in driver.footer
        await driver.press("n")
        assert "went on from the top" in driver.footer
        await driver.press("escape")
        assert f" of {count}" not in driver.footer
        await driver.press("n")
        assert f" place 2 of {count}" in driver.footer


async def test_an_item_is_shown_in_the_conversation_with_its_match() -> None:
    async with searched("answer", "re:splitting +once") as driver:
        found = found_screen(driver).search.found
        item = next(
            number
            for number in range(found.place_count)
            if (place := found.place_at(number)) is not None and place.group.node.kind == "item"
        )
        found_screen(driver).query_one(FoundRows).move_cursor(found.row_of_place(item))
        await driver.press("enter")
        await closed(driver)
        assert driver.main.pane == "conversation"
        view = driver.main.conversation
        assert any(span.style == "match" for span in view.row_line(view.cursor, 80))


async def test_the_list_has_its_own_moves() -> None:
    async with searched("agents", "alpha") as driver:
        view = found_screen(driver).query_one(FoundRows)
        last = view.row_count() - 1
        await driver.press("j j k")
        assert view.cursor == 1
        await driver.press("G")
        assert view.cursor == last
        await driver.press("K")
        assert found_screen(driver).search.found.row_at(view.cursor).number is None  # type: ignore[union-attr]
        await driver.press("g g pagedown")
        assert view.cursor > 5
        await driver.press("q")
        await closed(driver)


async def test_nothing_found_says_so_and_an_empty_search_shows_the_last_results() -> None:
    async with searched("answer", "no such words") as driver:
        assert "0 matches" in found_screen(driver).title_text
        await driver.press("enter escape")
        await closed(driver)
        await driver.press("g /")
        assert "last results" in driver.footer
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, FoundScreen), "the list again")
        assert "no such words" in found_screen(driver).title_text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("re:a(", "missing ), unterminated subpattern at character 2"), ("re:[é]", "cannot be searched for in bytes")],
)
async def test_a_wrong_expression_stays_in_the_box_with_what_is_wrong(text: str, complaint: str) -> None:
    async with running("answer", size=(200, 40)) as driver:
        await driver.press("g /")
        await driver.type(text)
        await driver.press("enter")
        assert complaint in driver.footer
        assert "▏" in driver.footer
        await driver.press("escape")
        assert driver.app.screen is driver.main


async def test_escape_stops_a_search_and_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = asyncio.Event()

    async def never_done(_search: object) -> None:
        await waiting.wait()

    monkeypatch.setattr("tui.ui.live.everywhere.EverywhereSearch._search_payloads", never_done)
    async with running("agents") as driver:
        await driver.press("g /")
        await driver.type("alpha")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, FoundScreen), "the list")
        await driver.until(lambda: found_screen(driver).search.found.place_count, "the first results")
        await driver.until(lambda: "Esc stops" in found_screen(driver).title_text, "the title of a search under way")
        await driver.press("escape")
        waiting.set()
        await driver.until(lambda: not found_screen(driver).search.is_running, "the search to stop")
        await driver.until(lambda: "stopped at" in found_screen(driver).title_text, "the title")
        await driver.press("escape")
        await closed(driver)


async def test_an_expression_without_end_holds_nothing_up(tmp_path: Path) -> None:
    writer = BundleWriter(tmp_path, root_thread_id="root")
    writer.append(RolloutStarted(trace_id="trace", root_thread_id="root"))
    writer.append(ThreadStarted(thread_id="root", agent_path="/root"))
    for text in ("a" * 40 + "!", "needle"):
        ref = writer.write_payload("protocol_event", {"type": "other", "note": text})
        writer.append(ProtocolEventObserved(event_type="other", event_payload=ref))
    async with searched(tmp_path, "re:(a+)+!?$|needle") as driver:
        assert "takes too long on 2 texts" in found_screen(driver).title_text, "an event says what its payload does"
        assert found_screen(driver).search.found.matches == 2
    writer.close()


async def test_what_is_recorded_while_the_list_is_open_is_searched_too(tmp_path: Path) -> None:
    writer = BundleWriter(tmp_path, root_thread_id="root")
    writer.append(RolloutStarted(trace_id="trace", root_thread_id="root"))
    writer.append(ThreadStarted(thread_id="root", agent_path="/root"))
    async with searched(tmp_path, "needle", follow=True) as driver:
        assert found_screen(driver).search.found.matches == 0
        ref = writer.write_payload("protocol_event", {"type": "other", "note": "needle"})
        writer.append(ProtocolEventObserved(event_type="other", event_payload=ref))
        await driver.until(lambda: found_screen(driver).search.found.matches == 2, "the new event and its payload")
        places = [found_screen(driver).search.found.place_at(number) for number in range(2)]
        nodes = {place.group.node for place in places if place is not None}
        assert nodes == {NodeRef("event", "event:3"), NodeRef("payload", ref.raw_payload_id)}
        await driver.until(lambda: "until seq" in found_screen(driver).title_text, "how far it looked")
    writer.close()


async def test_what_changes_after_it_was_looked_at_is_looked_at_again(tmp_path: Path) -> None:
    text = "def"  # in what commands wrote
    async with searched("agents-schema2", text) as driver:
        whole = counts(driver)
    bundle = copytree(DEMO_BUNDLES / "agents-schema2", tmp_path / "bundle")
    log = bundle / "trace.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    cut = next(number for number, line in enumerate(lines) if b"tool_call_runtime_ended" in line and b"exec-" in line)
    log.write_bytes(b"".join(lines[:cut]))
    async with searched(bundle, text, follow=True) as driver:
        assert counts(driver) < whole
        await driver.press("enter")
        await closed(driver)
        with log.open("ab") as file:
            file.writelines(lines[cut:])
        await driver.until(lambda: "ENDED" in driver.status, "the rest")
        await driver.press("g / enter")
        await driver.until(lambda: isinstance(driver.app.screen, FoundScreen), "the list again")
        await driver.until(lambda: counts(driver) == whole, f"{whole}, not {counts(driver)}")


async def test_what_changes_during_the_second_look_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look comes when the log was read: objects that it has passed by then go on changing."""
    loading = [True]
    monkeypatch.setattr(TraceStore, "is_loading", property(lambda _store: loading[0]))
    monkeypatch.setattr("tui.ui.live.everywhere.LOOP_SECONDS", 0.0)
    monkeypatch.setattr("tui.ui.live.everywhere.OBJECTS_PER_LOOK", 1)
    store = TraceStore(open_bundle(DEMO_BUNDLES / "agents"))
    store.load_all()
    search = EverywhereSearch(store, parse_pattern("no such words"), lambda _node: "")
    await search.run()
    loading[0] = False
    second = asyncio.create_task(search.run())
    while search._second is None or not search._second.progress:
        await asyncio.sleep(0)
    thread = next(iter(store.trace.threads.values()))
    thread.nickname = "no such words"
    search.note_changes(TraceDelta(threads={thread.thread_id}))
    assert not second.done()
    await second
    assert search.found.matches == 1


def counts(driver: Driver) -> tuple[int, int, int]:
    found = found_screen(driver).search.found
    return found.matches, found.place_count, found.group_count


async def test_slash_in_the_list_asks_for_other_words() -> None:
    async with searched("agents", "/root/alpha") as driver:
        await driver.press("/")
        await closed(driver)
        assert "g/ everywhere" in driver.footer
        await driver.type("/root/beta")
        await driver.press("enter")
        await driver.until(lambda: "/root/beta" in found_screen(driver).title_text, "the other list")
