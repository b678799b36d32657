"""From key presses to commands: one way for every key, whichever pane has the focus."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events

from tui.ui.bindings import KEY_SCOPES, KeyBinding, Scope
from tui.viewmodel.keys import ANY_LETTER, KeyOutcome, KeySequences

PAUSE_SECONDS = 0.3
"""How long `z` waits for `zM` before it is `z`."""

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
    """The key as the registry writes it: its character if it has a visible one, else its name."""
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
    """The key map in force, and the unfinished sequence, if there is one."""

    def __init__(self, bindings: Mapping[str, KeyBinding]) -> None:
        self.bindings = bindings
        self._sequences = {scope: KeySequences(_keys_in(bindings, scope)) for scope in KEY_SCOPES}
        self._scope: Scope = "timeline"

    @property
    def pressed(self) -> str:
        """The unfinished keys; empty if there are none."""
        return self._sequences[self._scope].pressed

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
        self._sequences[self._scope].reset()

    def continuations(self) -> list[tuple[str, str]]:
        """What may follow the unfinished keys: key, and the word for what it does."""
        return [
            (shown_keys(key), self.bindings[binding_id].description if binding_id else "…")
            for key, binding_id in self._sequences[self._scope].continuations()
        ]


def _keys_in(bindings: Mapping[str, KeyBinding], scope: Scope) -> dict[str, tuple[str, ...]]:
    """Bindings that count in a pane, its own first: where two want a key, the first one has it."""
    order: dict[Scope, int] = {scope: 0, "rows": 1, "global": 2}
    counting = [(name, binding) for name, binding in bindings.items() if binding.scope in order]
    counting.sort(key=lambda pair: order[pair[1].scope])
    return {name: binding.keys for name, binding in counting}
