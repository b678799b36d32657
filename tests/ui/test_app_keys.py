"""Keys, counts and sequences reach the focused pane; the screen says what is going on."""

from __future__ import annotations

from tests.ui.driving import running
from tui.ui.config import Config


async def test_moving() -> None:
    async with running("agents") as driver:
        for keys, row in (
            ("j", 1),
            ("down down", 2),
            ("5 j", 5),
            ("5 j 2 k", 3),
            ("1 2 G", 11),
            ("1 2 g g", 11),
            ("8 j g g", 0),
            ("8 j home", 0),
            ("2 j 0", 2),
        ):
            await driver.press("g g")
            await driver.press(keys)
            assert driver.main.timeline.cursor == row, keys


async def test_an_unfinished_sequence_shows_what_may_follow_and_escape_forgets_it() -> None:
    async with running("agents", size=(160, 40)) as driver:
        await driver.press("y")
        assert driver.footer.startswith(" y… ")
        assert "p Copy a shell line" in driver.footer
        await driver.press("escape")
        assert "y…" not in driver.footer


async def test_a_key_that_means_nothing_says_so() -> None:
    async with running("answer") as driver:
        await driver.press("~")
        assert "~ means nothing here; ? shows the keys" in driver.footer
        await driver.press("j")
        assert "means nothing" not in driver.footer


async def test_z_alone_zooms_after_a_pause_and_za_folds() -> None:
    async with running("agents") as driver:
        await driver.press("z")
        await driver.until(lambda: "zoom" in driver.main.modes, "the zoom")
        await driver.press("escape")
        assert "zoom" not in driver.main.modes
        rows = driver.main.timeline.row_count()
        await driver.press("g g z a")
        assert driver.main.timeline.row_count() < rows
        assert "zoom" not in driver.main.modes


async def test_moving_in_the_timeline_moves_the_other_panes() -> None:
    async with running("shell") as driver:
        await driver.press("g g")
        await driver.at_rest()
        before = (driver.main.conversation.model.scope, driver.main.inspector.payload)
        await driver.press("5 j")
        await driver.at_rest()
        assert driver.main.conversation.model.scope != before[0]
        assert driver.main.inspector.payload != before[1]
        assert driver.main.inspector.payload is not None


async def test_payload_follows_the_conversation_that_v_shows() -> None:
    async with running("compaction") as driver:
        await driver.press("G")
        await driver.at_rest()
        await driver.press("tab v")
        await driver.at_rest()
        for _ in range(2):
            await driver.press("v")
            await driver.at_rest()
            shown = driver.main.inspector.payload
            await driver.press("k j")
            await driver.at_rest()
            assert driver.main.inspector.payload == shown


async def test_tab_goes_through_the_panes_and_keys_go_to_the_one_with_the_focus() -> None:
    async with running("shell") as driver:
        await driver.press("5 j")
        await driver.at_rest()
        row = driver.main.timeline.cursor
        panes = []
        for _ in range(4):
            panes.append(driver.main.pane)
            await driver.press("tab")
        assert panes == ["timeline", "conversation", "payload", "timeline"]
        await driver.press("shift+tab shift+tab")
        assert driver.main.pane == "payload"
        at = driver.main.inspector.cursor
        await driver.press("j")
        assert driver.main.inspector.cursor == at + 1
        assert driver.main.timeline.cursor == row


async def test_moving_in_the_conversation_moves_the_payload() -> None:
    async with running("shell") as driver:
        await driver.press("g g j tab g g")
        seen = set()
        for _ in range(6):
            await driver.press("J")
            await driver.at_rest()
            seen.add(driver.main.inspector.payload)
        assert len(seen) > 1


async def test_a_remapped_key_works_and_the_old_one_does_not() -> None:
    async with running("agents", config=Config(keys={"move_down": ("ctrl+n",)})) as driver:
        await driver.press("g g ctrl+n")
        assert driver.main.timeline.cursor == 1
        await driver.press("j down")
        assert driver.main.timeline.cursor == 1


async def test_problems_of_the_configuration_are_told_at_start() -> None:
    async with running("answer", config=Config(problems=("config.toml: key 'e' is wanted by two",))) as driver:
        assert "key 'e' is wanted by two" in driver.footer


async def test_q_leaves_a_zoom_first_and_then_the_program() -> None:
    async with running("answer") as driver:
        await driver.press("z z")
        assert "zoom" in driver.main.modes
        await driver.press("q")
        assert "zoom" not in driver.main.modes
        await driver.press("q")
        await driver.until(lambda: driver.app.return_code == 0, "the end")


async def test_the_status_line_tells_what_this_is() -> None:
    async with running("agents") as driver:
        for words in ("■ ENDED", "5 agents", "322 events", "tok"):
            assert words in driver.status
    async with running("killed") as driver:
        await driver.until(lambda: "⊘ CUT OFF" in driver.status, "the word for a recording without an end")


async def test_key_that_finds_nothing_says_why() -> None:
    async with running("answer") as driver:
        for keys, why in (
            ("J", "next row of the same depth: there is none"),
            ("K", "previous row of the same depth: there is none"),
            ("h h", "this is the outermost row"),
            ("l G l", "nothing is below this row; Tab leads to what it holds"),
            ("z a", "nothing is below this row; Tab leads to what it holds"),
        ):
            await driver.press(keys)
            assert why in driver.footer, keys
        await driver.press("g g tab")
        conversation = driver.main.conversation.model
        await driver.until(lambda: conversation.listing.listed.difference is not None, "the request of the agent")
        for keys, why in (
            ("g X", "this is the first request of the agent: there is none before it to compare with"),
            ("v g X", "these are the items so far, not one request; v shows a request as it was sent"),
            ("] ]", "these are the items so far, not one request"),
            ("v 9 ] ] ] ]", "next item that is new in this request: there is none"),
            ("G J", "next row of the same depth: there is none"),
        ):
            await driver.press(keys)
            assert why in driver.footer, keys
    async with running("shell") as driver:
        await driver.press("G tab")
        listing = driver.main.conversation.model.listing
        await driver.until(lambda: listing.listed.first_difference is not None, "a request that differs")
        await driver.press("] d")
        await driver.press("] d")
        assert "this is where the two requests part" in driver.footer
