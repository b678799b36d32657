"""What a command is: a function with its key, scope, group and help beside it.

Keys are written as in `tui.viewmodel.frame.keys`: `j`, `space`, `ctrl+d`, sequences with blanks (`g g`). Scope says who
must have it: `rows` every pane, `timeline`, `conversation` and `payload` that pane when it has the focus, `ladder`
the message ladder, `lanes` the time view, `compare` a comparison, `list` the lists over the panes, `global` the
screen whatever has the focus. A command of the focused pane comes before a global one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar

from tui.named_tuple import NamedTuple
from tui.viewmodel.rows.moves import Move

Scope = Literal["rows", "timeline", "conversation", "payload", "ladder", "lanes", "compare", "list", "global"]

PANE_SCOPES: tuple[Scope, ...] = ("timeline", "conversation", "payload")
"""Scopes of the three panes; each has the `rows` commands, too."""

KEY_SCOPES: tuple[Scope, ...] = (*PANE_SCOPES, "ladder", "lanes", "compare", "list")
"""Everything that takes keys; its own commands come before the `rows` ones, and those before the global ones."""


class Press(NamedTuple):
    """How a command was called: the count typed before its key, None without one, and the letter typed behind it.

    `about`: what a question of the help asks about, as the title of a table; empty for a key.
    """

    times: int | None = None
    letter: str = ""
    about: str = ""


class Command(NamedTuple):
    """A command and the keys that reach it. `run` gets what the command works on, and the press.

    `move` is set for those that do nothing but move the rows under the focus. `words` are further ones that somebody
    who looks for it may type.
    """

    id: str
    keys: tuple[str, ...]
    description: str
    group: str
    scope: Scope
    run: Callable[[Any, Press], None]
    move: Move | None = None
    words: str = ""

    @property
    def brief(self) -> str:
        """What it does, for the middle of a sentence."""
        return self.description.partition(";")[0].lower()


Target = TypeVar("Target")


class CommandGroup(Generic[Target]):
    """Commands that belong together, in the order of the help; they all work on a `Target`.

        commands = CommandGroup[Workspace]("Walk")

        @commands.add("w", "Why is this here")
        def explain_why(work: Workspace, press: Press) -> None: ...

    A command's id is the name of its function.
    """

    def __init__(self, group: str, scope: Scope = "global") -> None:
        self.all: list[Command] = []
        self._group = group
        self._scope = scope

    def add(
        self, keys: str, description: str, *, group: str = "", words: str = ""
    ) -> Callable[[Callable[[Target, Press], None]], Callable[[Target, Press], None]]:
        """Make a command of a function. `keys` has ` | ` between keys that do the same."""

        def kept(run: Callable[[Target, Press], None]) -> Callable[[Target, Press], None]:
            self.add_as(run.__name__, run, keys, description, group=group, words=words)
            return run

        return kept

    def add_as(
        self,
        name: str,
        run: Callable[[Target, Press], None],
        keys: str,
        description: str,
        *,
        group: str = "",
        words: str = "",
    ) -> None:
        """The same under a name of its own, for commands that are made, not written."""
        named = group or self._group
        self.all.append(Command(name, split_keys(keys), description, named, self._scope, run, words=words))


def split_keys(keys: str) -> tuple[str, ...]:
    """The keys in `j | down`."""
    return tuple(part.strip() for part in keys.split(" | "))
