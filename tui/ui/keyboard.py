"""From key presses to commands: one way for every key, whichever pane has the focus."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from textual import events

from tui.ui.command import KEY_SCOPES, PANE_SCOPES, Command, Scope
from tui.viewmodel.frame.keys import ANY_LETTER, KeyOutcome, KeySequences

PAUSE_SECONDS = 1.0
"""How long `z` waits for `zM` before it is `z`: the box with what may follow is there long before, even over a slow
line; `zz` need not wait."""

_LINE_FEED = "ctrl+j"

LETTERS = "a–z"
"""Any letter, in the box of what may follow."""

_KEY_NAMES = {
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "⇧Tab",
    "home": "Home",
    "end": "End",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    ANY_LETTER: "…",
}


def key_of(event: events.Key) -> str:
    """The key as the registry writes it: its character if it has a visible one, else its name.

    A line feed is Enter: that is what the terminal makes of it for keys that were typed before the viewer began.
    """
    if event.key == _LINE_FEED:
        return "enter"
    character = event.character
    if character is not None and len(character) == 1 and character.isprintable() and character != " ":
        return character if "+" not in event.key else event.key
    return event.key


def shown_keys(keys: str) -> str:
    """A key sequence for people: `ctrl+d` is `^D`, `g g` is `gg`, `alt+left` is `Alt+←`."""
    return "".join(_shown_key(key) for key in keys.split())


def _shown_key(key: str) -> str:
    if key in _KEY_NAMES:
        return _KEY_NAMES[key]
    modifier, plus, name = key.rpartition("+")
    if not plus or not modifier:
        return key.upper() if len(key) > 1 else key
    if modifier == "ctrl":
        return f"^{_KEY_NAMES.get(name, name.upper())}"
    return f"{modifier.capitalize()}+{_KEY_NAMES.get(name, name)}"


class Keyboard:
    """The key map in force, and the unfinished sequence, if there is one.

    It looks at the commands when the first key is pressed or named: who waits for the first rows does not wait for all
    that can be done with them.
    """

    def __init__(self, commands: Mapping[str, Command]) -> None:
        self.commands = commands
        self._scope: Scope = "timeline"
        self._is_used = False

    @cached_property
    def _sequences(self) -> dict[Scope, KeySequences]:
        self._is_used = True
        return {scope: KeySequences(_keys_in(self.commands, scope)) for scope in KEY_SCOPES}

    @property
    def pressed(self) -> str:
        """The unfinished keys; empty if there are none."""
        return self._sequences[self._scope].pressed if self._is_used else ""

    def press(self, scope: Scope, key: str) -> list[KeyOutcome]:
        """What `key` means with the focus in the pane `scope`, or in the ladder."""
        if scope != self._scope:
            self.reset()
            self._scope = scope
        return self._sequences[scope].press(key)

    def pause(self) -> KeyOutcome | None:
        """What the unfinished keys mean if no more come."""
        return self._sequences[self._scope].pause()

    def reset(self) -> None:
        """Forget the unfinished keys."""
        if self._is_used:
            self._sequences[self._scope].reset()

    def first_key(self, command_id: str) -> str:
        """The first key of a command as people write it; empty if it has none."""
        keys = self.commands[command_id].keys
        return shown_keys(keys[0]) if keys else ""

    def continuations(self) -> list[tuple[str, str]]:
        """What may follow the unfinished keys: key, and the word for what it does.

        Of the keys for nine agents the first is enough.
        """
        return [
            (
                LETTERS if key == ANY_LETTER else shown_keys(key),
                self.commands[command_id].description if command_id else "…",
            )
            for key, command_id in self._sequences[self._scope].continuations()
            if not (command_id.startswith("go_agent_") and command_id != "go_agent_1")
        ]

    def panes_with(self, sequence: str) -> list[Scope]:
        """The panes, other than the one with the focus, in which a sequence means something or begins something."""
        if self._scope not in PANE_SCOPES:
            return []
        others = [scope for scope in PANE_SCOPES if scope != self._scope]
        begun = [(command.scope, f"{keys} ") for command in self.commands.values() for keys in command.keys]
        return [scope for scope in others if any(of == scope and keys.startswith(f"{sequence} ") for of, keys in begun)]

    def awaits_letter(self, command_id: str) -> bool:
        """Whether the next key may be the letter of this command."""
        return (ANY_LETTER, command_id) in self._sequences[self._scope].continuations()


def _keys_in(commands: Mapping[str, Command], scope: Scope) -> dict[str, tuple[str, ...]]:
    """Commands that count in a pane, its own first: where two want a key, the first one has it."""
    order: dict[Scope, int] = {scope: 0, "rows": 1, "global": 2}
    counting = [(name, command) for name, command in commands.items() if command.scope in order]
    counting.sort(key=lambda pair: order[pair[1].scope])
    return {name: command.keys for name, command in counting}
