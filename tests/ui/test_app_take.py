"""Copying and opening: what leaves the viewer, and what the person is told."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

import pytest

from tests.bundle.shards import all_records
from tests.ui.driving import DEMO_BUNDLES, Driver, running
from tests.ui.test_app_growth import begin
from tui.model.noderef import NodeRef
from tui.ui.commands.copying import shown_payload


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)


def copies_of(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that are sent to the terminal's clipboard from now on."""
    copies: list[str] = []

    def send(_work: object, sequence: str) -> None:
        match = re.fullmatch(r"\x1b\]52;c;(.*)\x07", sequence)
        assert match is not None
        copies.append(base64.b64decode(match[1]).decode())

    monkeypatch.setattr("tui.ui.commands.copying._send_to_terminal", send)
    return copies


async def test_copies_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running("shell") as driver:
        copies = copies_of(driver, monkeypatch)
        await driver.press("g g e")
        await driver.at_rest()
        ref = driver.main.inspector.payload
        assert ref is not None
        for key in ("y y", "y t", "y r"):
            await driver.press(key)
            assert "copied: " in driver.footer
        await driver.press("y p")
        row, text, raw, path = copies
        assert path[-20:] in driver.footer
        assert driver.label[:10] in row
        assert text.startswith("$ ")
        assert raw == all_records(DEMO_BUNDLES / "shell")[ref.raw_payload_id].decode()
        assert path.startswith(f"rtrace-tui {DEMO_BUNDLES / 'shell'} --at ")


async def test_copies_in_the_payload_pane_are_the_value_and_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running("shell") as driver:
        copies = copies_of(driver, monkeypatch)
        await driver.press("g g e tab tab j")
        await driver.press("y t")
        await driver.press("y p")
        value, place = copies
        assert value
        ref = driver.main.inspector.payload
        assert ref is not None
        assert place.startswith(f"rtrace-tui {DEMO_BUNDLES / 'shell'} --at '{ref.raw_payload_id}#/")


async def test_what_has_no_payload_says_so(tmp_path: Path) -> None:
    """An agent whose start carried no metadata."""
    begin(tmp_path / "bundle").close()
    async with running(tmp_path / "bundle") as driver:
        await driver.press("g g y r")
        assert "there is no payload behind this" in driver.footer


async def test_a_payload_too_large_to_copy_is_not_read_whole(tmp_path: Path) -> None:
    """Hundreds of megabytes would be read, only to be refused by the clipboard."""
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMO_BUNDLES / "answer-schema2", bundle)
    async with running(bundle) as driver:
        call = next(iter(driver.app.store.trace.inference_calls))
        assert driver.main.timeline.reveal(NodeRef("inference", call))
        await driver.at_rest()
        ref = shown_payload(driver.main.work)
        assert ref is not None
        assert ref.path is not None
        with (bundle / ref.path).open("r+b") as file:
            file.truncate(8 << 20)
        await driver.press("y r")
        assert "no more than 100,000 are read at once" in driver.footer
        assert "O opens it" in driver.footer


async def test_too_much_to_copy_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running("shell") as driver:
        copies = copies_of(driver, monkeypatch)
        operations = driver.app.store.trace.terminal_operations.values()
        largest = max(operations, key=lambda found: len(found.result.stdout) if found.result else 0)
        assert driver.main.timeline.reveal(NodeRef("tool_call", largest.tool_call_id))
        await driver.press("y t")
        assert copies == []
        assert "not copied" in driver.footer
        assert "O opens it" in driver.footer


async def test_a_terminal_that_cannot_be_handed_over_says_so() -> None:
    async with running("shell") as driver:
        await driver.press("O")
        assert "cannot be handed to another program" in driver.footer
