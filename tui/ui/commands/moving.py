"""Moves of the rows under the focus: no functions of their own, only keys and help."""

from __future__ import annotations

from collections.abc import Callable

from tui.ui.command import Command, Press, Scope, split_keys
from tui.ui.workspace import Workspace
from tui.viewmodel.conversation.walking import why_no_difference
from tui.viewmodel.rows.moves import Move

_NEW_ITEMS = (Move.NEXT_NEW_ITEM, Move.PREVIOUS_NEW_ITEM)
_TURNS = (Move.NEXT_TURN, Move.PREVIOUS_TURN)
_SIBLINGS = (Move.NEXT_SIBLING, Move.PREVIOUS_SIBLING)
"""Moves that often find nothing: the cursor alone would not show that the key was understood."""

_OF_ONE_REQUEST = (*_NEW_ITEMS, Move.GO_FIRST_DIFFERENCE)
"""Moves to what a request has and the one before had not."""

_PAGES_DOWN = (Move.PAGE_DOWN, Move.HALF_PAGE_DOWN, Move.TOGGLE_OR_PAGE)
_PAGES_UP = (Move.PAGE_UP, Move.HALF_PAGE_UP)
"""A reader looks at the text and not at the cursor, so the edges are said."""


def _move(
    move: Move, keys: str, description: str, group: str = "Move", scope: Scope = "rows", *, words: str = ""
) -> Command:
    return Command(move.value, split_keys(keys), description, group, scope, _performing(move, description), move, words)


def _performing(move: Move, description: str) -> Callable[[Workspace, Press], None]:
    def perform(work: Workspace, press: Press) -> None:
        pane = work.panes.focused
        before = pane.cursor, pane.row_count()
        if not pane.perform(move, press.times):
            work.footer.say(f"{description.lower()}: not in the {work.panes.pane}", "warning")
        elif before == (pane.cursor, pane.row_count()) and (why := _why_it_stayed(work, move, description)):
            work.footer.say(why)

    return perform


def _why_it_stayed(work: Workspace, move: Move, description: str) -> str:
    """Why a move left the cursor where it was; "" where the rows show it, or nobody would ask."""
    cursor, rows = work.panes.focused.cursor, work.panes.focused.row_count()
    if move in _OF_ONE_REQUEST:
        listing = work.panes.conversation.model.listing
        is_one_request = listing.listed.difference is not None
        if move is Move.GO_FIRST_DIFFERENCE or not is_one_request:
            return why_no_difference(listing)
    if move in (*_NEW_ITEMS, *_TURNS, *_SIBLINGS):
        return f"{description.lower()}: there is none"
    if work.panes.pane == "timeline" and rows:
        if move in (Move.STEP_IN, Move.TOGGLE_FOLD) and not _folds(work):
            return "nothing is below this row; Tab leads to what it holds"
        if move is Move.STEP_OUT and not cursor:
            return "this is the outermost row"
    if move in _PAGES_DOWN and cursor == rows - 1:
        return "this is the last row"
    return "this is the first row" if move in _PAGES_UP and rows and not cursor else ""


def _folds(work: Workspace) -> bool:
    focus = work.panes.timeline.model.focus
    return focus is not None and focus.is_foldable


COMMANDS: tuple[Command, ...] = (
    _move(Move.MOVE_DOWN, "j | down", "Next row", words="move cursor arrow scroll"),
    _move(Move.MOVE_UP, "k | up", "Previous row"),
    _move(Move.PAGE_DOWN, "pagedown", "One page down", words="scroll"),
    _move(Move.PAGE_UP, "pageup | b", "One page up"),
    _move(Move.HALF_PAGE_DOWN, "ctrl+d", "Half a page down"),
    _move(Move.HALF_PAGE_UP, "ctrl+u", "Half a page up"),
    _move(Move.GO_FIRST, "g g | home", "First row; with a count, that row", words="jump top start begin line"),
    _move(
        Move.GO_LAST, "G | end", "Last row (and follow); with a count, that row", words="jump bottom newest tail line"
    ),
    _move(Move.STEP_IN, "l | right", "Unfold, or go to the first child", "Fold", words="expand open show inside more"),
    _move(Move.STEP_OUT, "h | left", "Fold, or go to the parent", "Fold", words="collapse close hide up"),
    _move(Move.TOGGLE_OR_PAGE, "space", "Fold or unfold; a page down where nothing folds", "Fold"),
    _move(Move.TOGGLE_FOLD, "z a", "Fold or unfold this row", "Fold"),
    _move(Move.FOLD_ALL, "z M", "Fold everything to the agents", "Fold", words="collapse close hide"),
    _move(Move.UNFOLD_ALL, "z R", "Unfold everything", "Fold", words="expand open show"),
    _move(Move.ACTIVATE, "enter", "Follow the edge here, else unfold; read what has nothing below", "Walk"),
    _move(Move.NEXT_SIBLING, "J", "Next row of the same depth", words="sibling skip jump"),
    _move(Move.PREVIOUS_SIBLING, "K", "Previous row of the same depth"),
    _move(Move.NEXT_TURN, "] ] | g t", "Next turn", scope="timeline"),
    _move(Move.PREVIOUS_TURN, "[ [ | g T", "Previous turn", scope="timeline"),
    _move(Move.TOGGLE_TIME_BAR, "t", "Time bars on or off", "View", "timeline"),
    _move(Move.ZOOM_TIME_IN, "+", "Zoom into the time bars, around this row", "View", "timeline"),
    _move(Move.ZOOM_TIME_OUT, "-", "Zoom out of the time bars", "View", "timeline"),
    _move(Move.ZOOM_TIME_TO_ROW, "z b", "Zoom the time bars to this row, and back to all", "View", "timeline"),
    _move(Move.PAN_TIME_LATER, "z l | shift+right", "Zoomed time bars: later", "View", "timeline"),
    _move(Move.PAN_TIME_EARLIER, "z h | shift+left", "Zoomed time bars: earlier", "View", "timeline"),
    _move(Move.NEXT_VIEW_MODE, "v", "Tree, text, raw bytes", "View", "payload", words="hex json mode format"),
    _move(Move.NEXT_VIEW_MODE, "v", "As sent, the thread so far", "View", "conversation"),
    _move(Move.NEXT_NEW_ITEM, "] ] | g t", "Next item that is new in this request", scope="conversation"),
    _move(Move.PREVIOUS_NEW_ITEM, "[ [ | g T", "New item before", scope="conversation"),
    _move(
        Move.GO_FIRST_DIFFERENCE,
        "g X | ] d",
        "Where this request differs from the one before",
        "Walk",
        scope="conversation",
    ),
)
"""What moves the cursor, folds, or changes how a pane shows its rows."""
