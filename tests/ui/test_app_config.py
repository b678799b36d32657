"""The configuration file: what it may say, and what is said about what it may not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.ui.config import Config, config_path, load_config


def load(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load_config(path)


def test_a_whole_configuration(tmp_path: Path) -> None:
    config = load(tmp_path, 'theme = "light"\nmouse = false\n[keys]\nmove_down = ["ctrl+n", "down"]\nquit = "Q"\n')
    assert config == Config("light", mouse=False, keys={"move_down": ("ctrl+n", "down"), "quit": ("Q",)})


def test_restoring_places_can_be_switched_off(tmp_path: Path) -> None:
    assert load(tmp_path, "restore = false").restore is False
    assert load(tmp_path, "").restore is True


def test_no_file_is_an_empty_one(tmp_path: Path) -> None:
    assert load_config(tmp_path / "nothing.toml") == Config()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('theme = "neon"', "theme 'neon' is not known; there are dark, light, ansi, mono, colour-blind"),
        ('mouse = "no"', "mouse must be true or false, not 'no'"),
        ("restore = 1", "restore must be true or false, not 1"),
        ("sound = true", "'sound' is not an option and was left out"),
        ('keys = "vim"', "keys must be a table of command = key"),
        ('[keys]\nfly = "x"', "keys.fly is not a command and was left out; F1 lists them"),
        ("[keys]\nquit = 5", "keys.quit must be a key or a list of keys, not 5"),
        ('[keys]\nquit = " "', "keys.quit must be a key or a list of keys, not ' '"),
        (
            '[keys]\nexplain_why = "e"',
            "key 'e' is wanted by next_problem and explain_why; next_problem has it",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_left_out(tmp_path: Path, text: str, problem: str) -> None:
    config = load(tmp_path, text)
    assert config.problems == (f"{tmp_path}/config.toml: {problem}",)
    assert config._replace(problems=(), keys={}) == Config()


@pytest.mark.parametrize("text", ["theme = ", "\x00", "[keys\n"])
def test_a_broken_file_gives_defaults_and_a_problem(tmp_path: Path, text: str) -> None:
    config = load(tmp_path, text)
    assert config._replace(problems=()) == Config()
    assert len(config.problems) == 1


def test_a_file_that_is_none_gives_defaults_and_a_problem(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    assert "cannot be read" in load_config(tmp_path / "config.toml").problems[0]


def test_without_a_home_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.bundle.disk.folders.account_home", lambda: "")
    assert config_path({}) is None
    assert load_config(config_path({})) == Config()


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load(tmp_path, '\ufefftheme = "light"') == Config("light")


@pytest.mark.parametrize(
    "keys", ["quit = []", 'quit = "j"', 'quit = []\nmove_down = ["ctrl+c", "j"]', 'move_down = "ctrl+c"']
)
def test_there_is_always_a_key_to_quit(tmp_path: Path, keys: str) -> None:
    config = load(tmp_path, f"[keys]\n{keys}")
    assert config.problems[-1].endswith("quit is left without a key; ctrl+c quits")
    assert config.keys["quit"] == ("ctrl+c",)
    assert "ctrl+c" not in config.keys.get("move_down", ())


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    assert "cannot be read: it is not a file" in load_config(tmp_path / "config.toml").problems[0]


@pytest.mark.parametrize("text", ["theme = " + "[" * 50_000, "theme = " + "9" * 10_000], ids=["nesting", "number"])
def test_what_no_parser_takes_gives_defaults_and_a_problem(tmp_path: Path, text: str) -> None:
    config = load(tmp_path, text)
    assert config._replace(problems=()) == Config()
    assert len(config.problems) == 1


def test_the_file_is_in_the_configuration_folder(tmp_path: Path) -> None:
    assert config_path({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "rtrace-tui" / "config.toml"
    assert config_path({"HOME": str(tmp_path)}) == tmp_path / ".config" / "rtrace-tui" / "config.toml"
    relative = {"XDG_CONFIG_HOME": f"relative{os.sep}folder", "HOME": str(tmp_path)}
    assert config_path(relative) == tmp_path / ".config" / "rtrace-tui" / "config.toml"
