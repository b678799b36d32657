"""Marks and notes: seen on their rows, listed, led to, and printed by `rtrace-tui notes`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.ui.driving import DEMO_BUNDLES, Driver, running
from tests.ui.widgets.panes import screen_lines
from tui.bundle.disk.notes import NoteBook
from tui.bundle.open import open_bundle
from tui.cli import main
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.viewmodel.rows.signs import RowSigns, in_gutter
from tui.viewmodel.text.spans import Span, line_text


@asynccontextmanager
async def with_notes(folder: Path) -> AsyncIterator[Driver]:
    app = TraceApp(TraceStore(open_bundle(DEMO_BUNDLES / "agents")), follow=False, notes=NoteBook(folder))
    async with app.run_test(size=(120, 40)) as pilot:
        driver = Driver(app, pilot)
        await driver.until(lambda: app.store.state != "loading" and app.main.is_current_with_store, "the recording")
        await driver.at_rest()
        yield driver


def cursor_line(driver: Driver) -> str:
    view = driver.main.timeline
    return screen_lines(view)[view.cursor - view.top]


@pytest.mark.parametrize(
    ("lead", "signs", "expected"),
    [
        ("▾ ", RowSigns("a"), "▾aname"),
        ("  ▾ ", RowSigns("a"), "a ▾ name"),
        ("  ▾ ", RowSigns("", has_note=True), "✎ ▾ name"),
        ("    ", RowSigns("a", has_note=True), "a✎  name"),
    ],
)
def test_signs_take_blank_cells_and_move_nothing(lead: str, signs: RowSigns, expected: str) -> None:
    assert line_text(in_gutter((Span(lead, "dim"), Span("name")), signs)) == expected


async def test_mark_is_seen_and_named_and_led_to() -> None:
    async with running("agents") as driver:
        await driver.press("j j m b")
        assert cursor_line(driver).startswith("b")
        marked = driver.label
        await driver.press("m b")
        await driver.type("the cause")
        await driver.press("enter g g '")
        await driver.until(lambda: driver.main.keys.box.display, "the box of continuations")
        box = "\n".join(line_text(line) for line in driver.main.keys.box.lines)
        assert "b" in box
        assert "the cause" in box
        await driver.press("b")
        assert driver.label == marked


async def test_note_is_kept_listed_reached_and_removed(tmp_path: Path) -> None:
    async with with_notes(tmp_path) as driver:
        await driver.press("j j M")
        await driver.type("why twice?")
        await driver.press("enter")
        assert cursor_line(driver).startswith("✎")
    async with with_notes(tmp_path) as driver:
        await driver.press("' '")
        await driver.picked()
        assert "why twice?" in driver.picker_texts[1]
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert cursor_line(driver).startswith("✎")
        await driver.press("M ctrl+u enter")
        assert not cursor_line(driver).startswith("✎")
    assert list((tmp_path / "notes").iterdir()) == []


async def test_note_on_an_item_is_seen_in_the_conversation(tmp_path: Path) -> None:
    async with with_notes(tmp_path) as driver:
        await driver.press("tab J M")
        await driver.type("odd")
        await driver.press("enter")
        view = driver.main.conversation
        assert "✎" in screen_lines(view)[view.cursor - view.top][:2]


async def test_notes_are_exported_with_their_objects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with with_notes(tmp_path / "rtrace-tui") as driver:
        await driver.press("j j M")
        await driver.type("why twice?")
        await driver.press("enter")
        node = driver.main.timeline.model.focused
        assert node is not None
    assert main(["notes", str(DEMO_BUNDLES / "agents"), "--json"]) == 0
    (note,) = json.loads(capsys.readouterr().out)["notes"]
    assert (note["at"], note["text"], note["path"]) == (f"{node.kind}:{node.id}", "why twice?", [])
    assert note["node"]["id"] == node.id
    assert main(["notes", str(DEMO_BUNDLES / "answer")]) == 0
    assert "no notes" in capsys.readouterr().out


async def test_empty_list_says_how_to_begin() -> None:
    async with running("answer") as driver:
        await driver.press("' '")
        await driver.picked()
        assert "ma marks a place" in line_text(driver.picker.footer.bar.line)


async def test_only_what_is_there_is_removed(tmp_path: Path) -> None:
    async with with_notes(tmp_path) as driver:
        await driver.press("M")
        assert "removes" not in driver.footer
        await driver.type("odd")
        await driver.press("enter M ctrl+u")
        assert "Enter removes it" in driver.footer
