"""The configuration file: keys, theme, mouse. What is wrong in it is reported at start and left out; nothing stops.

# $XDG_CONFIG_HOME/rtrace-tui/config.toml, by default ~/.config/rtrace-tui/config.toml
theme = "light"
mouse = false
restore = false
[keys]
move_down = ["j", "n", "down"]
search_next = "ctrl+n"
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui.bundle.disk.folders import program_folder
from tui.named_tuple import NamedTuple
from tui.ui.theme import THEMES

LARGEST_FILE_BYTES = 1 << 20
"""More than this is not a configuration of ours."""


class Config(NamedTuple):
    """What a person chose. `theme` None: by the environment. `problems` are lines for the person."""

    theme: str | None = None
    mouse: bool = True
    animation: bool = False
    keys: Mapping[str, tuple[str, ...]] = {}
    problems: tuple[str, ...] = ()
    restore: bool = True


def config_path(environment: Mapping[str, str] | None = None) -> Path | None:
    """Where the configuration file is, whether it exists or not; None if the user has no home."""
    folder = program_folder("XDG_CONFIG_HOME", ".config", os.environ if environment is None else environment)
    return None if folder is None else folder / "config.toml"


def load_config(path: Path | None) -> Config:
    """Read the configuration at `path`. A missing file is an empty one; a broken one gives defaults and a problem."""
    if path is None:
        return Config()
    try:
        if path.exists() and not path.is_file():
            return Config(problems=(f"{path}: cannot be read: it is not a file; defaults are used",))
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE_BYTES + 1)
        if len(text) > LARGEST_FILE_BYTES:
            return Config(problems=(f"{path}: larger than {LARGEST_FILE_BYTES} bytes; defaults are used",))
        import tomllib  # most people have no such file

        return read_config(tomllib.loads(text.decode("utf-8-sig")), str(path))
    except FileNotFoundError:
        return Config()
    except OSError as error:
        return Config(problems=(f"{path}: cannot be read: {error.strerror}; defaults are used",))
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, a number or a nesting without end
        return Config(problems=(f"{path}: {error}; defaults are used",))


def read_config(values: Mapping[str, Any], place: str) -> Config:
    """The configuration in a TOML document; `place` begins each problem."""
    problems: list[str] = []
    theme = _theme(values.get("theme"), problems)
    mouse = _switch(values, "mouse", problems, default=True)
    animation = _switch(values, "animation", problems, default=False)
    restore = _switch(values, "restore", problems, default=True)
    keys = _keys(values.get("keys", {}), problems)
    known = {"theme", "mouse", "animation", "restore", "keys"}
    problems += [f"{name!r} is not an option and was left out" for name in values if name not in known]
    said = tuple(f"{place}: {problem}" for problem in problems)
    return Config(theme, mouse, animation, keys, said, restore)


def _theme(value: object, problems: list[str]) -> str | None:
    if value is None or (isinstance(value, str) and value in THEMES):
        return value
    problems.append(f"theme {value!r} is not known; there are {', '.join(THEMES)}")
    return None


def _switch(values: Mapping[str, Any], name: str, problems: list[str], *, default: bool) -> bool:
    value = values.get(name, default)
    if isinstance(value, bool):
        return value
    problems.append(f"{name} must be true or false, not {value!r}")
    return default


def _keys(value: object, problems: list[str]) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        problems.append("keys must be a table of command = key")
        return {}
    if not value:
        return {}
    from tui.ui.bindings import find_conflicts, remapped, unknown_ids  # most people keep the keys

    keys: dict[str, tuple[str, ...]] = {}
    for name, wanted in value.items():
        given = [wanted] if isinstance(wanted, str) else wanted
        if isinstance(given, list) and all(isinstance(key, str) and key.split() for key in given):
            keys[name] = tuple(given)
        else:
            problems.append(f"keys.{name} must be a key or a list of keys, not {wanted!r}")
    for name in unknown_ids(keys):
        problems.append(f"keys.{name} is not a command and was left out; F1 lists them")
        del keys[name]
    problems.extend(
        f"key {key!r} is wanted by {first} and {second}; {first} has it"
        for key, first, second in find_conflicts(remapped(keys))
    )
    bindings = remapped(keys)
    taken = {key for name, binding in bindings.items() if name != "quit" for key in binding.keys}
    if taken.issuperset(bindings["quit"].keys):
        problems.append("quit is left without a key; ctrl+c quits")
        keys = {name: tuple(key for key in wanted if key != "ctrl+c") for name, wanted in keys.items()}
        keys["quit"] = ("ctrl+c",)
    return keys
