"""What the list of commands offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.spans import Line, Span

_SIGNS = (
    ("✓  ✗  ✗7", "done; failed; failed with exit code 7"),
    ("●  ◌", "open; idle, waiting, left open, or not arrived yet"),
    ("Σ  ≥", "with the agents below; at least: some say no tokens"),
    ("⊘", "cancelled, cut off, or never arrived"),
    ("✓✂  ✓»", "output cut for the model; seen while it ran"),
    ("▒  ?", "encrypted; arrival not proven, or end not recorded"),
    ("▲  △", "problem; warning"),
    ("↶", "turns taken back"),
)

KEY_CELLS = 14
"""Room for three keys of a command, as `^O  Alt+←  gb`."""


Beginning = Literal["", "timeline", "request"]


class Steps(NamedTuple):
    """What choosing the line of a question does.

    `command_ids` run one behind the other, the first with `about`; then `typed` is typed, and Enter pressed.
    `begins`: where the focus is, in the timeline, or there on a request, whatever row has the cursor.
    """

    command_ids: tuple[str, ...]
    about: str = ""
    typed: str = ""
    begins: Beginning = ""


class ListedCommand(NamedTuple):
    """A line of help: the keys as people write them, what they do, under which heading, and the command to run.

    `pane` is the only one in which the keys mean that, if they do not mean it everywhere. `words` find it, too.
    `steps` is what the line does if that is more than to run the command.
    """

    keys: str
    description: str
    group: str
    command_id: str
    pane: str = ""
    words: str = ""
    steps: Steps | None = None


def command_entries(commands: Iterable[ListedCommand]) -> list[PickEntry]:
    """Commands below their headings, keys first."""
    return _below_headings(commands, _keys_first)


def entries_by_name(commands: Iterable[ListedCommand]) -> list[PickEntry]:
    """Commands below their headings, names first: for those who type a name."""
    return _below_headings(commands, _name_first)


def _below_headings(commands: Iterable[ListedCommand], line_of: Callable[[ListedCommand], Line]) -> list[PickEntry]:
    entries: list[PickEntry] = []
    heading = ""
    for command in commands:
        if command.group != heading:
            heading = command.group
            entries.append(PickEntry((Span(f" {heading}", "title"),)))
        entries.append(PickEntry(line_of(command), command.steps or command.command_id, hidden=command.words))
    return entries


def _keys_first(command: ListedCommand) -> Line:
    return (Span(f"   {command.keys:<{KEY_CELLS}} ", "chrome.key"), Span(command.description))


def _name_first(command: ListedCommand) -> Line:
    pane = f" ({command.pane})" if command.pane else ""
    name, keys = f"   {command.command_id:<20} ", f"{command.keys:<{KEY_CELLS}} "
    return (Span(name), Span(keys, "chrome.key"), Span(f"{command.description}{pane}", "dim"))


def sign_entries(signs: Iterable[tuple[str, str]] = _SIGNS) -> list[PickEntry]:
    """What the signs of the rows mean, or those of a view; nothing to choose."""
    lines: list[Line] = [(Span(f"   {sign:<{KEY_CELLS}} "), Span(meaning, "dim")) for sign, meaning in signs]
    return [PickEntry((Span(" Signs", "title"),)), *map(PickEntry, lines)]
