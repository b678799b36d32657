"""Rows that are cut are told apart where they differ."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.viewmodel.text.apart import elide_name, elided_apart


@pytest.mark.parametrize(
    ("texts", "cells", "shown"),
    [
        (["one", "two"], 20, ["one", "two"]),
        (["request number 1", "other things to do"], 12, ["request num…", "other thing…"]),
        (["worker of many 11", "worker of many 12"], 16, ["worker …ny 11", "worker …ny 12"]),
        (["worker of many 1 long", "worker of many 2 long"], 16, ["worker …any 1 l…", "worker …any 2 l…"]),
        (["the same text again", "the same text again"], 12, ["the same te…", "the same te…"]),
        (["漢字漢字漢字漢字一", "漢字漢字漢字漢字二"], 14, ["漢字漢…字一", "漢字漢…字二"]),
        (["worker 111", "worker 112"], 9, ["worker 1…", "worker 1…"]),
    ],
)
def test_cut_texts_show_where_they_differ(texts: list[str], cells: int, shown: list[str]) -> None:
    found = elided_apart(texts, cells, cell_len)
    assert found == shown
    assert all(cell_len(text) <= cells for text in found)


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("store.search", 20, "store.search"),
        ("knowledge_base.search_titles", 24, "knowledge….search_titles"),
        ("knowledge_base.delete", 24, "knowledge_base.delete"),
        ("knowledge_base.search_documents_by_title", 24, "know….search_d…_by_title"),
        ("knowledge_base.search_documents_by_words", 24, "know….search_d…_by_words"),
        ("write_" + "a" * 30 + "_x", 13, "write_…aaaa_x"),
        ("write_files_x", 8, "write_f…"),
    ],
)
def test_names_of_tools_keep_what_differs(name: str, cells: int, expected: str) -> None:
    assert elide_name(name, cells, len) == expected
