"""The help pages: each opens, fits a terminal, and says what the code does."""

from __future__ import annotations

import re

import pytest

from tests.conftest import PROJECT
from tests.project.pages import PAGES
from tui.cli import COMMANDS as PROGRAM_COMMANDS
from tui.cli import main
from tui.export.tables.rows import TABLES, RanRow, Row
from tui.help.layout import laid_out
from tui.help.pages import TOPICS, page
from tui.ui.commands import COMMANDS
from tui.ui.config import read_config
from tui.ui.key_page import key_page
from tui.ui.keyboard import shown_keys
from tui.viewmodel.lanes.bars import CURSOR, FAILED, GAP, PATH_TEXTURES
from tui.viewmodel.lanes.bars import TEXTURES as LANES
from tui.viewmodel.lanes.sent import RECEIVED, SENT
from tui.viewmodel.lists.commands import KEY_CELLS, sign_entries
from tui.viewmodel.timeline.columns import TEXTURES


def test_every_page_file_has_a_topic() -> None:
    names = {path.stem for path in (PROJECT / "tui/help").glob("*.md")} - {"README"}
    assert names == set(PAGES)


@pytest.mark.parametrize("topic", TOPICS)
def test_each_page_is_printed(topic: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["help", topic]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# ")
    code = [line for line in out.splitlines() if line.startswith("    ")]
    assert [line for line in out.splitlines() if len(line) > 80 and line not in code and " " in line.strip()] == []


def test_without_a_topic_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    out = capsys.readouterr().out
    assert [topic for topic in TOPICS if f"  {topic} " not in out] == []


def test_unknown_topic_names_the_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "nonsense"]) == 2
    err = capsys.readouterr().err
    assert "there is no help page 'nonsense'" in err
    assert "search" in err


def test_unknown_topic_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        page("keys")


def test_key_page_names_every_key_and_command() -> None:
    lines = key_page(COMMANDS).splitlines()
    numbered = {f"go_agent_{number}" for number in range(2, 10)}
    for command in COMMANDS:
        if command.id not in numbered:
            assert [line for line in lines if line.endswith(f" {command.id}")], command.id
            assert all(shown_keys(key) in key_page([command]) for key in command.keys)


def test_every_command_name_of_the_key_page_can_be_configured() -> None:
    names = [command.id for command in COMMANDS]
    config = read_config({"keys": dict.fromkeys(names, "f9")}, "config.toml")
    assert [problem for problem in config.problems if "is not a command" in problem] == []


def test_every_sign_of_the_help_list_is_on_the_page_of_signs() -> None:
    signs = [sign for entry in sign_entries()[1:] for sign in entry.text[: 3 + KEY_CELLS].split()]
    assert len(signs) > 10
    assert [sign for sign in signs if sign not in PAGES["signs"]] == []


def test_every_texture_of_a_bar_is_on_the_page_of_signs() -> None:
    bars, time_view = (
        PAGES["signs"].partition(f"\n## {title}")[2].partition("\n## ")[0] for title in ("Bars", "Time view")
    )
    assert [sign for sign, _ in TEXTURES.values() if sign not in bars] == []
    lanes = [*LANES.values(), *PATH_TEXTURES.values(), FAILED, GAP, CURSOR, SENT, RECEIVED]
    assert [sign for sign, _ in lanes if sign not in time_view] == []


def test_every_command_is_on_the_page_for_scripts_or_its_own() -> None:
    elsewhere = {"demo", "help"}
    assert [name for name in {*PROGRAM_COMMANDS} - elsewhere if f"    {name} " not in PAGES["scripts"]] == []


def test_every_table_and_column_is_on_the_page_of_sql() -> None:
    listed = {
        name: set(re.findall(r"`(\w+)`", text))
        for name, text in re.findall(r"^\* `(\w+)`(.*?)(?=^\*|\Z)", PAGES["sql"], re.MULTILINE | re.DOTALL)
    }
    assert list(listed) == list(TABLES)
    ran = {*RanRow.__struct_fields__}
    for name, rows in TABLES.items():
        columns = {*rows.__struct_fields__} - (ran if issubclass(rows, RanRow) else {*Row.__struct_fields__})
        assert listed[name] == columns, name


@pytest.mark.parametrize("question", re.findall(r'rtrace-tui sql ROOT "(.*?)"', PAGES["sql"], re.DOTALL))
def test_questions_on_the_page_of_sql_are_answered(question: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", str(PROJECT / "demo_bundles"), question]) == 0
    out, err = capsys.readouterr()
    assert (len(out.splitlines()) > 3, err) == (True, "")


def test_paragraphs_fill_and_code_stays() -> None:
    text = "one two\nthree\n\n    kept   as  it is however long it may be\n\n* a point\n  that goes on\n* another"
    assert laid_out(text, 12) == [
        "one two",
        "three",
        "",
        "    kept   as  it is however long it may be",
        "",
        "* a point",
        "  that goes",
        "  on",
        "* another",
    ]


def test_table_rows_become_entries() -> None:
    assert laid_out("| field | holds |\n|---|---|\n| `a` | one \\| two three |", 20) == [
        "  `a`",
        "      one | two",
        "      three",
    ]


def test_code_is_not_broken_over_lines() -> None:
    assert laid_out("Type `rtrace-tui DIR` or **one more** word.", 20) == [
        "Type",
        "`rtrace-tui DIR` or",
        "**one more** word.",
    ]


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic != "keys"])
def test_marks_come_in_pairs_on_each_line(topic: str) -> None:
    lines = [line for line in laid_out(page(topic), 72) if not line.startswith(("    ", "```"))]
    assert [line for line in lines if line.count("`") % 2 or line.count("**") % 2] == []
