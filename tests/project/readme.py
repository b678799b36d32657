"""The README as the tests read it: its code blocks and its table of keys."""

from __future__ import annotations

import re

from tests.conftest import PROJECT
from tui.ui.command import Command
from tui.ui.commands import COMMANDS
from tui.viewmodel.keys import ANY_LETTER

README = (PROJECT / "README.md").read_text(encoding="utf-8")

_ARROWS = {"down": "↓", "up": "↑", "left": "←", "right": "→"}


def code_blocks(language: str) -> list[str]:
    """The fenced blocks of a language, without their fences."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Every line of every `sh` block, comments and blank lines left out."""
    lines = (line.partition("  #")[0].strip() for block in code_blocks("sh") for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def documented_keys() -> list[str]:
    """The rows of the table of keys."""
    section = README.partition("\n## Keys\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


def true_keys() -> list[str]:
    """The rows that the table of keys must have, from the commands. The nine agent slots are one row."""
    rows = [_row(command) for command in COMMANDS if not command.id.startswith("go_agent_")]
    slots = [command for command in COMMANDS if command.id.startswith("go_agent_")]
    first = next(index for index, row in enumerate(rows) if row.endswith("| The agent that spawned this one |"))
    keys = " ".join(f"`{_shown(slots[0].keys[index])}`…`{_shown(slots[-1].keys[index])}`" for index in (0, 1))
    rows.insert(first + 1, f"| {keys} | Agent 1 to {len(slots)} |")
    return rows


def with_true_keys(text: str) -> str:
    """The README's text with the table of keys made anew: `python -m tests.project.readme` writes it."""
    before, heading, rest = text.partition("\n## Keys\n")
    section, following, after = rest.partition("\n## ")
    intro = section[: section.index("| `")]
    return "".join([before, heading, intro, "\n".join(true_keys()), "\n", following, after])


def _row(command: Command) -> str:
    keys = " ".join(f"`{_shown(key)}`" for key in command.keys)
    where = f" ({command.scope})" if command.scope in ("timeline", "conversation", "payload", "ladder") else ""
    return f"| {keys} | {command.description}{where} |"


def _shown(key: str) -> str:
    """A key for people: `g g` as `gg`, `ctrl+d` as `Ctrl+D`, arrows as arrows."""
    key = key.replace(ANY_LETTER, "letter")
    if " " in key:
        return key.replace(" ", "") if all(len(part) == 1 for part in key.split()) else key
    if len(key) == 1:
        return key
    return "+".join(_ARROWS.get(part, part.capitalize()) for part in key.split("+"))


if __name__ == "__main__":
    (PROJECT / "README.md").write_text(with_true_keys(README), encoding="utf-8")
