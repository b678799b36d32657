"""`X`: what leaves is chosen, what is secret in it is reviewed, and only then something is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.driving import Driver, running
from tests.ui.secret_bundle import HOME, PASSWORD, TOKEN, secret_bundle
from tui.bundle.open import open_bundle
from tui.cli import main
from tui.commands.loaded import load
from tui.ui.lists.review import ReviewScreen
from tui.viewmodel.lists.review import Reviewed, review_detail, review_entries
from tui.viewmodel.text.spans import line_text


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recording; the current folder is an empty one."""
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    return secret_bundle(tmp_path)


async def reviewed(driver: Driver, words: str) -> ReviewScreen:
    """Choose what has the words, with texts, and wait until everything was looked at."""
    await driver.press("X")
    await driver.picked()
    await driver.narrow(f"{words} review")
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, ReviewScreen), "the review")
    screen = driver.app.screen
    assert isinstance(screen, ReviewScreen)
    await driver.until(lambda: "nothing is written yet" in screen.title_text, "the end of the look")
    return screen


async def test_menu_shows_every_purpose_whole_at_80_columns(bundle: Path) -> None:
    async with running(bundle, size=(80, 30)) as driver:
        await driver.press("j j X")
        await driver.picked()
        lines = [driver.picker.rows.render_line(y).text.rstrip(" ▐") for y in range(driver.picker.rows.size.height)]
        assert [line for line in lines if "…" in line] == []
        assert any(line.endswith("spans for OpenTelemetry") for line in lines)
        assert "Enter exports · " in str(driver.picker.query_one("#picker-typed").render_line(0).text)


async def test_secrets_are_hidden_unless_let_out(bundle: Path, tmp_path: Path) -> None:
    async with running(bundle) as driver:
        screen = await reviewed(driver, "whole recording markdown")
        assert [text.split()[:2] for text in driver.picker_texts] == [
            ["hidden", "github-token"],
            ["hidden", "env-secret"],
            ["hidden", "home"],
        ]
        await driver.press("j space")
        assert [text.split()[0] for text in driver.picker_texts] == ["hidden", "leaves", "hidden"]
        assert list((tmp_path / "out").iterdir()) == []
        await driver.press("enter enter")
        await driver.until(lambda: screen.is_over, "the file")
        written = tmp_path / "out" / "secrets.md"
        await driver.until(lambda: str(written) in driver.footer, "the place")
    text = written.read_text()
    assert (TOKEN in text, PASSWORD in text, HOME in text) == (False, True, False)
    assert "‹github-token 1›" in text


async def test_file_that_exists_is_replaced_only_on_second_enter(bundle: Path, tmp_path: Path) -> None:
    there = tmp_path / "out" / "secrets.md"
    there.write_text("mine")
    async with running(bundle) as driver:
        screen = await reviewed(driver, "whole recording markdown")
        await driver.press("enter enter")
        assert there.read_text() == "mine"
        await driver.press("enter")
        await driver.until(lambda: screen.is_over, "the file")
    assert there.read_text().startswith("# Recording")


async def test_nothing_is_written_into_a_bundle(bundle: Path) -> None:
    before = sorted(bundle.rglob("*"))
    async with running(bundle) as driver:
        screen = await reviewed(driver, "whole recording markdown")
        await driver.press("enter ctrl+u")
        await driver.type(str(bundle / "copy.md"))
        await driver.press("enter")
        assert screen.footer.is_typing
        await driver.press("escape escape")
        await driver.until(lambda: screen.is_over, "the end of the review")
    assert sorted(bundle.rglob("*")) == before


async def test_structure_is_written_without_a_review(bundle: Path, tmp_path: Path) -> None:
    async with running(bundle) as driver:
        await driver.press("X")
        await driver.picked()
        await driver.narrow("whole html structure")
        await driver.press("enter")
        await driver.until(lambda: "html to the new file" in driver.footer, "the question")
        await driver.press("enter")
        await driver.until(lambda: "wrote" in driver.footer, "the file")
    assert TOKEN not in (tmp_path / "out" / "secrets.html").read_text()


async def test_slice_of_an_agent_is_a_sound_recording(bundle: Path, tmp_path: Path) -> None:
    async with running(bundle) as driver:
        screen = await reviewed(driver, "agent /root slice")
        await driver.press("enter enter")
        await driver.until(lambda: screen.is_over, "the slice")
    written = tmp_path / "out" / "secrets-part-slice"
    assert main(["check", str(written)]) == 0
    assert len(load(open_bundle(written)).trace.inference_calls) > 0
    everything = b"".join(path.read_bytes() for path in written.rglob("*.json*"))
    assert TOKEN.encode() not in everything


async def test_closing_the_review_writes_nothing(bundle: Path, tmp_path: Path) -> None:
    async with running(bundle) as driver:
        screen = await reviewed(driver, "whole recording html")
        await driver.press("q")
        await driver.until(lambda: screen.is_over, "the end of the review")
    assert list((tmp_path / "out").iterdir()) == []


def test_rows_and_detail_show_a_secret_in_its_context() -> None:
    one = Reviewed("github-token", "‹github-token 1›", TOKEN, "curl -H 'token ", "' https://x\n", 3)
    (entry,) = review_entries([one], {TOKEN})
    assert entry.text.split() == ["leaves", "github-token", "×3", "curl", "-H", "'token", f"{TOKEN}'", "https://x"]
    lines = [line_text(line).strip() for line in review_detail(one, 120, len)]
    assert lines[0] == "3 times; becomes ‹github-token 1›"
    assert lines[1] == f"curl -H 'token {TOKEN}' https://x"
