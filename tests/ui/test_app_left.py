"""A bundle that was left gives everything back: files, memory, threads."""

from __future__ import annotations

import weakref
from contextlib import suppress
from pathlib import Path

from tests.ui.driving import DEMO_BUNDLES
from tests.ui.test_app_catalog import Lister, listing


def open_files() -> set[tuple[str, Path]]:
    """Descriptor and file: a descriptor that another test of this process left open is no new one of the same file."""
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add((descriptor.name, descriptor.readlink()))
    return {(name, path) for name, path in found if path.is_relative_to(DEMO_BUNDLES)}


async def left(lister: Lister) -> list[weakref.ref[object]]:
    """Open a bundle, wait for all of it, and leave it."""
    await lister.press("enter")
    await lister.until(lambda: lister.app._viewers, "the viewer")
    await lister.until(lambda: lister.app.store.state != "loading", "the whole recording")
    await lister.until(lambda: lister.app.main.is_at_rest, "the panes")
    gone: list[weakref.ref[object]] = [weakref.ref(lister.app.store), weakref.ref(lister.app.main)]
    await lister.press("q")
    await lister.listed()
    return gone


async def test_files_are_given_back_at_once() -> None:
    before = open_files()
    async with listing(DEMO_BUNDLES) as lister:
        for _ in range(3):
            await left(lister)
            await lister.until(lambda: open_files() <= before, "all files to be closed")


async def test_memory_is_given_back_soon() -> None:
    async with listing(DEMO_BUNDLES) as lister:
        gone = await left(lister)
        await lister.until(lambda: not lister.app.left_memory.is_waiting, "the garbage to be collected")
        assert [reference() for reference in gone] == [None, None]


async def test_memory_is_given_back_before_the_next_bundle_is_opened() -> None:
    async with listing(DEMO_BUNDLES) as lister:
        gone = [reference for _ in range(4) for reference in await left(lister)]
        assert [reference() for reference in gone[:-4]] == [None] * (len(gone) - 4)
