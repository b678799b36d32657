"""What README and help pages say is run and compared with the code, not believed."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import runpy
import shlex
import tomllib
from pathlib import Path

import msgspec
import pytest

from tests.conftest import DEMO_BUNDLES, PROJECT
from tests.project.pages import MAINTAINERS, PAGES, README, code_blocks, commands_of
from tui.analysis.recording.check import CheckReport
from tui.bundle.open import open_bundle
from tui.cli import COMMANDS, main
from tui.commands.check import check_bundle
from tui.ui.config import read_config
from tui.ui.theme import THEMES

SHAPES = PAGES["json"]
DOCUMENTS = {"README": README, "maintainers": MAINTAINERS, **PAGES}
COMMAND_LINES = list(dict.fromkeys(line for text in DOCUMENTS.values() for line in commands_of(text)))
OWN_COMMANDS = [line for line in COMMAND_LINES if line.startswith("rtrace-tui ") and "$" not in line]
SCRIPT_COMMANDS = [line for line in OWN_COMMANDS if line.split()[1] in {*COMMANDS} - {"demo"} or "--list" in line]
SCREEN_COMMANDS = [line for line in OWN_COMMANDS if line not in SCRIPT_COMMANDS]


@pytest.mark.parametrize("line", SCRIPT_COMMANDS)
def test_commands_for_scripts_work_as_written(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    bundle = "agents" if "--at" in line else "answer"  # the moments of the examples lie in a longer recording
    placed = (
        line.replace("OTHER", "BUNDLE").replace("BUNDLE", str(DEMO_BUNDLES / bundle)).replace("ROOT", str(DEMO_BUNDLES))
    )
    arguments = shlex.split(placed)[1:]
    assert main(arguments) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert out or Path(arguments[-1]).stat().st_size


@pytest.mark.parametrize("line", SCREEN_COMMANDS)
def test_commands_for_the_screen_get_as_far_as_the_missing_terminal(
    line: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The arguments are understood and the bundle opens; a terminal is all that they lack here."""
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr("tui.commands.view.missing_terminal", lambda: "no terminal")
    monkeypatch.setattr("tui.commands.demo.missing_terminal", lambda: "no terminal")
    assert main(shlex.split(line)[1:]) == 2
    assert capfd.readouterr().err == "rtrace-tui: no terminal\n"


def test_the_lines_for_newcomers_install_and_then_open_a_demo() -> None:
    newcomers = [line for line in COMMAND_LINES if "pip install ." in line]
    assert len(newcomers) == 2
    for line in newcomers:
        opened = line.rpartition("rtrace-tui ")[2]
        assert open_bundle(PROJECT / opened).manifest.schema_version == 3


def test_continuous_integration_runs_the_readme_test_line() -> None:
    (line,) = (line for line in commands_of(README) if line.endswith("-m pytest") and "venv" in line and "&&" in line)
    script = (PROJECT / ".ci/run").read_text(encoding="utf-8")
    (marker,) = re.findall(r'readme_line "(.+)"\)"', script)
    assert marker in line
    assert README.count(marker) == 1
    for tool in ("ruff format --check", "ruff check", "mypy", "lint-imports"):
        assert tool in script
        assert any(tool in command for command in COMMAND_LINES)


def test_modules_that_the_readme_runs_exist() -> None:
    modules = [line.split()[2] for line in COMMAND_LINES if "-m tests." in line]
    assert len(modules) >= 3
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []


def test_the_configuration_example_is_valid_and_names_every_theme() -> None:
    (example,) = code_blocks("toml", PAGES["configuration"])
    assert read_config(tomllib.loads(example), "example").problems == ()
    (named,) = re.findall(r"theme = .*# (.+)", example)
    assert named.split(", ") == list(THEMES)


def test_the_recording_example_writes_a_sound_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = code_blocks("python", PAGES["format"])
    (tmp_path / "example.py").write_text(example)
    runpy.run_path(str(tmp_path / "example.py"))
    report = check_bundle(open_bundle(tmp_path / "my-trace"))
    assert report.clean
    assert report.objects["threads"] == 1


def test_the_json_of_check_is_documented_field_by_field() -> None:
    rows = dict(re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \| (.*) \|$", _shape_of("check"), flags=re.MULTILINE))
    fields = {name: text for names, text in rows.items() for name in re.findall(r"`([a-z_]+)`", names)}
    assert [name for name in fields if name in CheckReport.__struct_fields__] == list(CheckReport.__struct_fields__)
    for field in msgspec.structs.fields(CheckReport):
        for inner in _struct_fields(field.type):
            assert f"`{inner}`" in fields[field.name], f"{field.name}.{inner}"


@pytest.mark.parametrize(
    "line",
    [
        "ls ROOT",
        "agents BUNDLE",
        "stats BUNDLE",
        "edges BUNDLE",
        "path BUNDLE",
        "diff BUNDLE BUNDLE",
        "show BUNDLE /root",
        "why BUNDLE /root",
        "grep BUNDLE -c item",
        "grep BUNDLE item",
    ],
)
def test_every_field_that_a_command_prints_as_json_is_documented(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Fields that the graph itself has (the object of `show`) are documented by the format."""
    placed = line.replace("BUNDLE", str(DEMO_BUNDLES / "agents")).replace("ROOT", str(DEMO_BUNDLES))
    assert main([*placed.split(), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    name = line.split()[0]
    assert document["format"] == f"rtrace-tui {name} 1"
    document.pop("object", None)
    documented = set(re.findall(r"[a-z0-9_]+", _shape_of(name) + SHAPES.partition("## ")[0]))
    assert _names_in(document) - documented == set()


def _shape_of(command: str) -> str:
    """What the documentation of the JSON says of one command."""
    return SHAPES.partition(f"\n## `{command}`\n")[2].partition("\n## ")[0]


def _names_in(value: object) -> set[str]:
    """The names of all fields, at any depth; names that are data (counts by state, an envelope) are no fields."""
    if isinstance(value, list):
        return set().union(*map(_names_in, value))
    if not isinstance(value, dict):
        return set()
    data = {"envelope", "counts", "models"}
    return set(value).union(*(_names_in(inner) for name, inner in value.items() if name not in data))


def _struct_fields(annotation: object) -> tuple[str, ...]:
    """Field names of a struct, or of the struct that a list holds."""
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return candidate.__struct_fields__
    return ()


def test_every_code_that_check_gives_itself_is_documented() -> None:
    files = ("check_findings.py", "bundle_trouble.py", "log_survey.py", "open.py")
    sources = [source for name in files for source in (PROJECT / "tui").rglob(name)]
    assert len(sources) == len(files)
    codes = {code for source in sources for code in _codes_in(source.read_text(encoding="utf-8"))}
    assert len(codes) > 15
    assert {code for code in codes if f"`{code}`" not in PAGES["damage"]} == set()


def _codes_in(source: str) -> set[str]:
    """Literals of the form `some-code`."""
    constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", text)}


def test_links_of_readmes_lead_to_files() -> None:
    for place in (PROJECT / "README.md", *(PROJECT / "tui").rglob("README.md")):
        text = place.read_text(encoding="utf-8")
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
        assert [link for link in links if not (place.parent / link).exists()] == [], place
    assert ".svg)" in README


def test_readme_is_at_most_ten_kilobytes() -> None:
    assert len(README.encode()) <= 10_000
