"""Which program a command runs, so that a tool that runs everything can be distinguished by what it ran."""

from __future__ import annotations

import re
from typing import Final

from tui.analysis.kinds.naming import operation_argument
from tui.model.objects import ExecRequest, TerminalOperation

_PARTS: Final = re.compile(r"\s*(?:&&|\|\||[;|\n])\s*")
"""Between the commands of a line. What is in quotes may hold such signs, too; the first program comes before."""

_WORD: Final = re.compile(r"""(?:[^\s'"()\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""")

_SETTING: Final = re.compile(r"[A-Za-z_]\w*=")

_PYTHON: Final = re.compile(r"python[\d.]*")

_PREPARES: Final = frozenset({"cd", "export", "set", "source", ".", "pushd", "umask"})
"""Commands that only prepare for the next one of the line."""

_RUNS_ANOTHER: Final = frozenset(
    {"sudo", "env", "time", "nice", "nohup", "exec", "command", "timeout", "stdbuf", "xargs"}
)
"""Programs that run the one behind them."""


def program_of(operation: TerminalOperation) -> str | None:
    """Return the name of the program that a command runs; None for a poll, for input, and for an empty command.

    Of a line of several commands it is the first that does more than prepare for the next (`cd src && rg x | head` is
    `rg`). A path before the name is left out, and so are settings (`LANG=C`).
    `python3 -m pytest` is `pytest`.
    """
    if not isinstance(operation.request, ExecRequest):
        return None
    found: str | None = None
    for part in _PARTS.split(operation_argument(operation)):
        name = _first_program(part)
        if name is not None:
            found = found or name
            if name not in _PREPARES:
                return name
    return found


def _first_program(command: str) -> str | None:
    words: list[str] = _WORD.findall(command.lstrip("( {!"))
    is_argument = False
    for place, word in enumerate(words):
        name = word.strip("'\"").rpartition("/")[2]
        is_setting = _SETTING.match(word) is not None or not name
        if is_setting or (is_argument and (word.startswith("-") or word[0].isdigit())):
            continue
        if name not in _RUNS_ANOTHER:
            return _module_or(name, words[place + 1 : place + 3])
        is_argument = True
    return None


def _module_or(name: str, arguments: list[str]) -> str:
    """The module that Python runs, as in `python3 -m pytest`, else the program."""
    is_module = _PYTHON.fullmatch(name) is not None and len(arguments) > 1 and arguments[0] == "-m"
    return arguments[1] if is_module else name
