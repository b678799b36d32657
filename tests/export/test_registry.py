"""Every format that exists is offered, and offers what it must."""

from __future__ import annotations

import pkgutil

import pytest

from tui.export import formats
from tui.export.format import FileFormat, FolderFormat
from tui.export.registry import FORMATS, format_named


def test_every_module_of_formats_is_registered() -> None:
    assert {found.name for found in pkgutil.iter_modules(formats.__path__)} == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_format_bears_the_name_of_its_module(name: str) -> None:
    found = format_named(name)
    assert found.name == name
    assert found.suffix.startswith(".")
    assert found.requires <= found.takes
    assert isinstance(found, (FileFormat, FolderFormat))


def test_menu_has_short_words_for_every_format() -> None:
    assert [name for name, offer in FORMATS.items() if not 0 < len(offer.in_a_menu) <= 30] == []


def test_viewer_offers_every_format_that_is_one_file() -> None:
    files = {name for name in FORMATS if isinstance(format_named(name), FileFormat)}
    assert {name for name, offer in FORMATS.items() if offer.of} == files


@pytest.mark.parametrize("name", [name for name, offer in FORMATS.items() if "part" in offer.of])
def test_formats_offered_of_a_part_take_one(name: str) -> None:
    assert {"agent", "turn"} <= format_named(name).takes
