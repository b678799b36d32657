"""Every format that exists is offered, and offers what it must."""

from __future__ import annotations

import pkgutil

import pytest

from tui.export import formats
from tui.export.format import FileFormat, FolderFormat
from tui.export.registry import FORMATS, IN_A_MENU, format_named


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
    assert set(IN_A_MENU) == set(FORMATS)
    assert [words for words in IN_A_MENU.values() if len(words) > 30] == []
