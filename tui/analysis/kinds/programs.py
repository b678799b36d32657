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

_PREPARES: Final = frozenset(
    {"cd", "export", "set", "source", ".", "pushd", "umask", "[", "[[", "test", "true", "read"}
)
"""Commands that only prepare for the next one of the line, or decide whether it runs."""

_BEFORE_A_PROGRAM: Final = frozenset({"while", "until", "if", "elif", "else", "then", "do", "!", "{", "("})
"""Words of the shell that a program follows."""

_WITHOUT_PROGRAM: Final = frozenset({"for", "select", "case", "function", "done", "fi", "esac", "}", ")"})
"""Words of the shell that names, values or nothing follow. The programs are in the next parts of the line."""

_HEADS: Final = re.compile(
    r"""\b(?:for|select)\s*\(\(.{0,200}?\)\)"""  # for ((i=0; i<3; i++))
    r"""|\bcase\s+\S+\s+in\s+\(?[^\s()]+\)"""  # case $x in a)
    r"""|(?:\bfunction\s+[\w-]+\s*(?:\(\s*\))?|(?<![^\s;&|])[\w-]+\s*\(\s*\))\s*[{(]""",  # function f { and f() {
    re.DOTALL,
)
"""Heads that hold signs between commands, or that a program follows in the same part."""

_RUNS_ANOTHER: Final = frozenset(
    {"sudo", "env", "time", "nice", "nohup", "exec", "command", "timeout", "stdbuf", "xargs"}
)
"""Programs that run the one behind them."""


def program_of(operation: TerminalOperation) -> str | None:
    """Return the name of the program that a command runs; None for a poll, for input, and for an empty command.

    Of a line of several commands it is the first that does more than prepare for the next (`cd src && rg x | head` is
    `rg`). A path before the name is left out, and so are settings (`LANG=C`).
    `python3 -m pytest` is `pytest`. Words of the shell are not programs: `for i in 1 2; do ls; done` is `ls`.
    """
    if not isinstance(operation.request, ExecRequest):
        return None
    found: str | None = None
    for part in _PARTS.split(_HEADS.sub(" ; ", operation_argument(operation))):
        name = _first_program(part)
        if name is not None:
            found = found or name
            if name not in _PREPARES:
                return name
    return found


def _first_program(command: str) -> str | None:
    words: list[str] = _WORD.findall(command.lstrip("( {!"))
    while words and words[0] in _BEFORE_A_PROGRAM:
        del words[0]
    if words and words[0] in _WITHOUT_PROGRAM:
        return None
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
