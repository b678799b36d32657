"""The one registry of keys: help, palette, footer hints and remapping are all made from it.

Keys are written as in `tui.viewmodel.keys`: `j`, `space`, `ctrl+d`, sequences with blanks (`g g`). A binding's action
is the value of a `Move`, which the focused rows `perform`, or the name of an `action_…` method of the screen. Scope
says who must have it: `rows` every pane, `timeline`, `conversation` and `payload` that pane when it has the focus,
`global` the screen whatever has the focus. A binding of the focused pane comes before a global one. Actions of
`counted` bindings take an optional `count: int | None`; those of bindings that `take_letter` take the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from tui.viewmodel.keys import ANY_LETTER
from tui.viewmodel.moves import Move

Scope = Literal["rows", "timeline", "conversation", "payload", "ladder", "global"]

PANE_SCOPES: tuple[Scope, ...] = ("timeline", "conversation", "payload")
"""Scopes of the three panes; each has the `rows` bindings, too."""

KEY_SCOPES: tuple[Scope, ...] = (*PANE_SCOPES, "ladder")
"""Everything that takes keys: the panes, and the message ladder, whose own bindings come before the `rows` ones."""


_MOVES = {move.value for move in Move}


class KeyBinding(NamedTuple):
    """One command and the keys that reach it. `argument` is handed to the action as it is."""

    id: str
    keys: tuple[str, ...]
    action: str
    description: str
    group: str
    scope: Scope
    counted: bool = False
    argument: str = ""

    @property
    def move(self) -> Move | None:
        """What it does to the rows under the focus; None for a command of the screen."""
        return Move(self.action) if self.scope != "global" and self.action in _MOVES else None

    @property
    def takes_letter(self) -> bool:
        """Whether a letter follows the key (marks)."""
        return any(ANY_LETTER in key for key in self.keys)


class KeyConflict(NamedTuple):
    """Two bindings that want the same keys in the same place; the first one gets them."""

    key: str
    first_id: str
    second_id: str


def _rows(name: str, keys: str, description: str, *, group: str = "Move", counted: bool = False) -> KeyBinding:
    return KeyBinding(name, _split(keys), name, description, group, "rows", counted)


def _pane(scope: Scope, name: str, keys: str, description: str, *, group: str, counted: bool = False) -> KeyBinding:
    return KeyBinding(name, _split(keys), name, description, group, scope, counted)


def _global(name: str, keys: str, description: str, *, group: str) -> KeyBinding:
    return KeyBinding(name, _split(keys), name, description, group, "global")


def _split(keys: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in keys.split(" | "))


BINDINGS: tuple[KeyBinding, ...] = (
    _rows("move_down", "j | down", "Next row", counted=True),
    _rows("move_up", "k | up", "Previous row", counted=True),
    _rows("page_down", "pagedown", "One page down", counted=True),
    _rows("page_up", "pageup | b", "One page up", counted=True),
    _rows("half_page_down", "ctrl+d", "Half a page down", counted=True),
    _rows("half_page_up", "ctrl+u", "Half a page up", counted=True),
    _rows("go_first", "g g | home", "First row; with a count, that row", counted=True),
    _rows("go_last", "G | end", "Last row (and follow); with a count, that row", counted=True),
    _rows("step_in", "l | right", "Unfold, or go to the first child", group="Fold"),
    _rows("step_out", "h | left", "Fold, or go to the parent", group="Fold"),
    _rows("toggle_or_page", "space", "Fold or unfold; a page down where nothing folds", group="Fold"),
    _rows("toggle_fold", "z a", "Fold or unfold this row", group="Fold"),
    _rows("fold_all", "z M", "Fold everything", group="Fold"),
    _rows("unfold_all", "z R", "Unfold everything", group="Fold"),
    _rows("activate", "enter", "Follow the edge here, else unfold", group="Walk"),
    _rows("next_sibling", "J", "Next row of the same depth", counted=True),
    _rows("previous_sibling", "K", "Previous row of the same depth", counted=True),
    _pane("timeline", "next_turn", "] ] | g t", "Next turn", group="Move", counted=True),
    _pane("timeline", "previous_turn", "[ [ | g T", "Previous turn", group="Move", counted=True),
    _pane("timeline", "toggle_time_bar", "t", "Time bars on or off", group="View"),
    _pane("timeline", "zoom_time_in", "+", "Zoom into the time bars, around this row", group="View"),
    _pane("timeline", "zoom_time_out", "-", "Zoom out of the time bars", group="View"),
    _pane("payload", "next_view_mode", "v", "Tree, text, raw bytes", group="View"),
    _pane("conversation", "next_view_mode", "v", "As sent, the thread so far", group="View"),
    _pane(
        "conversation",
        "next_new_item",
        "] ] | g t",
        "Next item that is new in this request",
        group="Move",
        counted=True,
    ),
    _pane("conversation", "previous_new_item", "[ [ | g T", "New item before", group="Move", counted=True),
    _pane("conversation", "go_first_difference", "g x", "Where this request differs from the one before", group="Walk"),
    _global("next_problem", "e", "Next problem", group="Walk"),
    _global("previous_problem", "E", "Previous problem", group="Walk"),
    _global("list_problems", "!", "All problems, what they mean, and where", group="Walk"),
    _global("follow_edge", "g d", "Go where this leads: the child, the sender, the process", group="Walk"),
    _global("go_pair", "%", "From a call to its output as the model saw it, and back", group="Walk"),
    _global("list_edges", "o", "Everything linked with this", group="Walk"),
    _global("go_back", "ctrl+o | alt+left | g b", "Back to where one came from", group="Walk"),
    _global("go_forward", "alt+right | g f", "Forward again", group="Walk"),
    _global("explain_why", "w", "Why is this here", group="Walk"),
    _global("pick_agent", "a", "Agents", group="Agents"),
    _global("go_parent_agent", "p", "The agent that spawned this one", group="Agents"),
    *(
        _global(
            f"go_agent_{slot}",
            f"alt+{slot} | g {slot}",
            f"Agent {slot}" if slot > 1 else "Agent 1, and so on to 9",
            group="Agents",
        )._replace(action="go_agent", argument=str(slot))
        for slot in range(1, 10)
    ),
    _global("show_ladder", "L", "Messages between agents, side by side", group="Agents"),
    _global("show_statistics", "S", "Statistics: per tool, model and agent", group="Agents"),
    _pane("ladder", "open_edge", "enter | g d", "Go to it in the timeline; back comes back here", group="Ladder"),
    _pane("ladder", "next_agent", "l | right | tab", "The next agent's column", group="Ladder", counted=True),
    _pane("ladder", "previous_agent", "h | left | shift+tab", "The column before", group="Ladder", counted=True),
    _pane("ladder", "next_of_agent", "J", "Next message of this column's agent", group="Ladder", counted=True),
    _pane("ladder", "previous_of_agent", "K", "Message of this agent before", group="Ladder", counted=True),
    _pane("ladder", "only_pair", "x", "Only what these two agents passed each other; all again", group="Ladder"),
    _global("search_here", "/", "Search in this pane", group="Search"),
    _global("search_everywhere", "g /", "Search the whole recording", group="Search"),
    _global("search_next", "n", "Next match", group="Search"),
    _global("search_previous", "N", "Previous match", group="Search"),
    _global("filter_rows", "f", "Show only the rows that match", group="Search"),
    _global("cancel", "escape", "Undo the last mode", group="Search"),
    _global("follow_newest", "F", "Follow the newest", group="Live"),
    _global("pause_updates", "=", "Take in no new lines, or go on", group="Live"),
    _global("set_mark", f"m {ANY_LETTER}", "Mark this place with a letter", group="Marks"),
    _global("go_to_mark", f"' {ANY_LETTER}", "Go to the mark with that letter", group="Marks"),
    _global("copy_item", "y y", "Copy this row", group="Copy"),
    _global("copy_text", "y t", "Copy its text", group="Copy"),
    _global("copy_raw", "y r", "Copy its payload as recorded", group="Copy"),
    _global("copy_path", "y p", "Copy its place: JSON path or file and id", group="Copy"),
    _global("open_external", "O", "Open a copy in $PAGER or $EDITOR", group="Copy"),
    _global("focus_next_pane", "tab", "Next pane", group="View"),
    _global("focus_previous_pane", "shift+tab", "Previous pane", group="View"),
    _global("zoom_pane", "z", "One pane on the whole screen, and back", group="View"),
    _global("cycle_theme", "g c", "Next colour theme", group="View"),
    _global("list_bundles", "g l", "The other recordings in this folder", group="Program"),
    _global("show_help", "? | f1", "Help", group="Program"),
    _global("show_palette", ": | ctrl+p", "All commands by name", group="Program"),
    _global("go_out", "q", "Close this view; at the root, quit", group="Program"),
    _global("suspend_program", "ctrl+z", "Stop in the background; fg comes back", group="Program"),
    _global("quit", "ctrl+c", "Quit", group="Program"),
)
"""Every command of the viewer, in the order of the help."""

FOOTER_HINTS: tuple[tuple[str, str], ...] = (
    ("show_help", "help"),
    ("search_here", "search"),
    ("filter_rows", "filter"),
    ("pick_agent", "agents"),
    ("next_problem", "problem"),
    ("follow_edge", "edge"),
    ("explain_why", "why"),
    ("list_edges", "links"),
)
"""Commands that the footer names while there is room, the first ones first, each with its word."""


def _qualified(binding: KeyBinding, taken: Mapping[str, KeyBinding]) -> str:
    return f"{binding.scope}.{binding.id}" if binding.id in taken else binding.id


def _by_id() -> dict[str, KeyBinding]:
    found: dict[str, KeyBinding] = {}
    for binding in BINDINGS:
        name = _qualified(binding, found)
        found[name] = binding._replace(id=name)
    return found


BINDINGS_BY_ID: dict[str, KeyBinding] = _by_id()
"""Binding id → binding. The id is the name in the configuration file."""


def remapped(overrides: Mapping[str, Iterable[str]]) -> dict[str, KeyBinding]:
    """The registry with other keys for some ids. Ids that do not exist are ignored here; see `unknown_ids`."""
    return {
        name: binding._replace(keys=tuple(overrides[name])) if name in overrides else binding
        for name, binding in BINDINGS_BY_ID.items()
    }


def unknown_ids(overrides: Mapping[str, Iterable[str]]) -> list[str]:
    """Names in `overrides` that are no binding."""
    return sorted(name for name in overrides if name not in BINDINGS_BY_ID)


def find_conflicts(bindings: Mapping[str, KeyBinding]) -> list[KeyConflict]:
    """Keys that two bindings of overlapping scopes claim.

    A pane's own binding over a global one is no conflict: the focused pane comes first; nor is one of the ladder over
    those of all rows. A key that is both a command and the start of longer ones (`z`) is none either: a pause decides.
    """
    claims: dict[tuple[str, str], str] = {}
    found: list[KeyConflict] = []
    for name, binding in bindings.items():
        for key in binding.keys:
            for place in _places(binding.scope):
                first = claims.setdefault((place, key), name)
                conflict = KeyConflict(key, first, name)
                if first != name and conflict not in found:
                    found.append(conflict)
    return found


def _places(scope: Scope) -> tuple[str, ...]:
    return PANE_SCOPES if scope == "rows" else (scope,)
