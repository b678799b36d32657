"""A bundle is only ever read: nothing in it changes, and no file of it is opened for writing."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import DEMO_BUNDLES
from tests.ui.driving import running
from tui.cli import COMMANDS, main

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    shutil.copytree(DEMO_BUNDLES / "agents", tmp_path / "root" / "bundle")
    return tmp_path / "root" / "bundle"


def snapshot(bundle: Path) -> dict[str, tuple[object, ...]]:
    """Everything about every file but the time at which it was read."""
    found: dict[str, tuple[object, ...]] = {}
    for place in sorted([bundle, *bundle.rglob("*")]):
        status = place.lstat()
        content = hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() else ""
        found[str(place)] = (
            status.st_mode,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
            content,
        )
    return found


@pytest.fixture
def opened_for_writing(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names below the bundle's folder that somebody wanted to write to."""
    found: list[str] = []
    real_open = os.open

    def watched(path: object, flags: int, *arguments: object, **options: object) -> int:
        name = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else str(path)
        if flags & WRITING and (options.get("dir_fd") is not None or name.startswith(str(bundle.parent))):
            found.append(name)
        return real_open(path, flags, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", watched)
    return found


def arguments(command: str, bundle: Path) -> list[str]:
    further = {
        "show": ["/root"],
        "why": ["/root"],
        "grep": ["test"],
        "diff": [str(bundle)],
        "export": ["--to", "markdown"],
        "slice": ["--turn", "1", "-o", f"{bundle.parent.parent}/part"],
    }.get(command, [])
    return [str(bundle.parent if command == "ls" else bundle), *further]


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"cache", "demo", "help"}))
def test_no_command_changes_a_bundle(
    command: str, bundle: Path, opened_for_writing: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(bundle.parent)
    assert main([command, *arguments(command, bundle)]) in (0, 1)
    assert capsys.readouterr().out
    assert snapshot(bundle.parent) == before
    assert opened_for_writing == []


async def test_the_viewer_changes_nothing_in_a_bundle(bundle: Path, opened_for_writing: list[str]) -> None:
    before = snapshot(bundle)
    async with running(bundle, follow=True) as driver:
        for keys in ("z R G m a", "tab v G", "tab v v v y r", "!", "escape", "a", "escape", "w", "escape"):
            await driver.press(keys)
    assert snapshot(bundle) == before
    assert opened_for_writing == []


def test_the_graph_is_never_written_into_the_bundle(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(bundle)
    assert main(["reduce", str(bundle), "-o", str(bundle / "payloads" / "state.json")]) == 2
    assert "bundle" in capsys.readouterr().err
    assert snapshot(bundle) == before
