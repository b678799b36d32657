"""`O` on a picture asks where to save it, and writes it there: as it was recorded, once, and never into a bundle."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path

import pytest

from tests.ui.driving import DEMO_BUNDLES, Driver, running
from tui.analysis.requests.pictures import picture_bytes, pictures_in_value, suffix_of
from tui.ui.save_picture import free_path, refusal, save

PNG = b"\x89PNG\r\n\x1a\n"


async def on_generated_picture(driver: Driver) -> None:
    """The row of the picture that the model made."""
    await driver.press("/")
    await driver.type("image_generation")
    await driver.press("enter")
    await driver.at_rest()
    assert driver.label == "image_generation a red square  image/png"


async def test_generated_picture_is_saved_where_one_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    async with running("pictures") as driver:
        await on_generated_picture(driver)
        await driver.press("O")
        assert "picture-1.png" in driver.footer  # the end of a path of any length
        await driver.press("enter")
        saved = tmp_path / "picture-1.png"
        assert "saved 104 B as " in driver.footer
        assert saved.read_bytes().startswith(PNG)
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        await driver.press("O")
        assert "picture-2.png" in driver.footer
        await driver.press("escape")
        assert not (tmp_path / "picture-2.png").exists()


async def test_picture_that_the_model_looked_at_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with running("pictures") as driver:
        await driver.press("/")
        await driver.type("im")
        await driver.press("enter")
        await driver.at_rest()
        assert driver.label == "view_image pic.png"
        await driver.press("O enter")
        assert (tmp_path / "pic.png").read_bytes().startswith(PNG)


async def test_header_of_an_answer_saves_its_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "pic.png").touch()
    async with running("pictures") as driver:
        await driver.press("/")
        await driver.type("im")
        await driver.press("enter")
        await driver.at_rest()
        await driver.press("%")
        await driver.at_rest()
        assert driver.main.pane == "conversation"
        assert driver.main.conversation.model.block_text() == "tool ← view_image"
        await driver.press("O enter")
        assert (tmp_path / "pic-1.png").read_bytes().startswith(PNG)


async def test_call_in_the_conversation_saves_its_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with running("pictures") as driver:
        await driver.press("/")
        await driver.type("view_im")
        await driver.press("enter")
        await driver.at_rest()
        await driver.press("tab")
        assert driver.main.conversation.model.block_text() == "assistant → view_image  path: pic.png"
        await driver.press("O enter")
        assert (tmp_path / "pic.png").read_bytes().startswith(PNG)


async def test_picture_of_a_message_is_saved_and_opened_from_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with running("pictures") as driver:
        await driver.press("tab g g")
        for _ in range(200):
            conversation = driver.main.conversation
            if "O saves" in "".join(span.text for span in conversation.row_line(conversation.cursor, 80)):
                break
            await driver.press("j")
            await driver.pilot.pause()
        await driver.press("O enter")
        assert (tmp_path / "big.png").read_bytes().startswith(PNG)
        await driver.press("enter")
        await driver.until(lambda: driver.main.pane == "payload", "the payload")
        await driver.until(lambda: driver.main.inspector.path_steps()[-2:-1] == ("content",), "the picture in it")
        await driver.press("O")
        assert "picture-1.png" in driver.footer, "the payload is at the picture"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "type the path of a new file"),
        ("there.png", "there.png exists; choose another name"),
        ("link.png", "link.png exists; choose another name"),
        ("nowhere/new.png", "is not a folder"),
        ("bundle/payloads/new.png", "bundles are never written to"),
        ("new.png", ""),
    ],
)
def test_paths_that_are_refused(typed: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.png").touch()
    (tmp_path / "link.png").symlink_to("elsewhere")
    (tmp_path / "bundle/payloads").mkdir(parents=True)
    (tmp_path / "bundle/manifest.json").touch()
    assert refusal(typed).endswith(reason)
    assert bool(refusal(typed)) is bool(reason)


def test_over_ssh_the_line_fetches_the_file(tmp_path: Path) -> None:
    line, style = save(PNG, str(tmp_path / "a b.png"), {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"})
    assert line.startswith("saved 8 B on this machine; to fetch it: scp ")
    assert line.endswith(f":'{tmp_path}/a b.png' .")
    assert style == ""
    assert save(PNG, str(tmp_path / "a b.png"), {})[1] == "error"


def test_no_path_inside_a_bundle_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEMO_BUNDLES / "pictures")
    assert free_path(".png", {"HOME": str(tmp_path)}) == f"{tmp_path}/picture-1.png"


def test_downloads_are_offered_first_and_the_working_folder_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, working = tmp_path / "home", tmp_path / "work"
    for folder in (working, home / "Downloads"):
        folder.mkdir(parents=True)
    monkeypatch.chdir(working)
    assert free_path(".png", {"HOME": str(home)}) == f"{home}/Downloads/picture-1.png"
    (home / "Downloads").rmdir()
    assert free_path(".png", {"HOME": str(home)}) == f"{home}/picture-1.png"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"content": [{"type": "input_image", "image_url": "data:image/png;base64,QQ=="}]}, [b"A"]),
        ([{"type": "image_generation_call", "result": "Qg=="}, "data:image/gif;base64,QQ=="], [b"B", b"A"]),
        ({"image_url": "https://example.invalid/a.png", "result": "Qg=="}, []),
        ("data:image/png;base64,%%%", [None]),
        ("data:image/svg+xml,<svg/>", [None]),
    ],
)
def test_pictures_in_a_value(value: object, found: list[bytes | None]) -> None:
    assert [picture_bytes(url) for url in pictures_in_value(value)] == found


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (PNG, ".png"),
        (b"\xff\xd8\xff\xe0", ".jpg"),
        (b"GIF89a", ".gif"),
        (b"RIFF0000WEBP", ".webp"),
        (b"#!/bin/sh", ".bin"),
    ],
)
def test_file_ending_comes_from_the_bytes(data: bytes, suffix: str) -> None:
    assert suffix_of(data) == suffix


class FullDisk(io.FileIO):
    """A file that takes nothing."""

    def write(self, _data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_part_of_a_picture_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.save_picture.os.fdopen", FullDisk)
    assert save(PNG, str(tmp_path / "a.png"), {}) == ("not saved: No space left on device", "error")
    assert list(tmp_path.iterdir()) == []
