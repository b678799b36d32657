"""The payload that is shown, the ways to look at it, and the one that is looked at."""

from __future__ import annotations

from typing import Literal

from tui.analysis.requests.patch_changes import LARGEST_BODY, changes_in
from tui.viewmodel.payload.changes import ChangesView
from tui.viewmodel.payload.json_tree import JsonNode, JsonTree
from tui.viewmodel.payload.parts import PartsView
from tui.viewmodel.payload.source import Pages
from tui.viewmodel.payload.subject import PayloadSubject
from tui.viewmodel.payload.text import PagedText
from tui.viewmodel.payload.value_text import is_text
from tui.viewmodel.payload.views import HexView, PayloadView, TextView, TreeView
from tui.viewmodel.text.clean import Measure

Mode = Literal["changes", "tree", "text", "raw", "hex", "parts"]

_REPORTS_PATCHES = frozenset({"tool_runtime_event", "protocol_event"})
"""Kinds of payloads in which the runtime says what a patch changed."""

_WITHOUT_BYTES: frozenset[Mode] = frozenset({"changes", "parts"})
"""Modes whose rows have no place in the bytes."""


class ShownPayload:
    """A subject with a view for each mode; the text view comes when its text has been read."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.width = 80
        """Cells of the pane."""
        self.subject: PayloadSubject | None = None
        self.mode: Mode = "tree"
        self.modes: tuple[Mode, ...] = ()
        """Modes there are for this payload, in the order of the key that goes through them."""
        self.views: dict[Mode, PayloadView] = {}
        self.text_of: JsonNode | None = None
        """The value whose text the text mode shows."""
        self.message = ""
        """What there is to say until the next key."""

    def open(self, subject: PayloadSubject | None) -> None:
        """Look at a payload, or at none."""
        self.subject = subject
        self.views, self.modes, self.text_of, self.message = {}, (), None, ""
        if subject is None or subject.pages is None:
            return
        self._add_ways_to_look(subject.pages)
        self._add_changes(subject, subject.pages)
        if subject.parts is not None:
            self.views["parts"] = PartsView(subject.pages, subject.parts)
            self.modes = (*self.modes, "parts")
        for view in self.views.values():
            view.set_width(self.width)

    def _add_ways_to_look(self, pages: Pages) -> None:
        tree = JsonTree(pages)
        has_text = is_text(pages.read(0, 65_536))
        self.views = {"raw": TextView(PagedText(pages, self.measure)), "hex": HexView(pages)}
        if tree.fault is None and has_text:
            self.views["tree"] = TreeView(pages, tree, self.measure)
            self.modes, self.mode = ("tree", "text", "raw", "hex"), "tree"
        else:
            self.modes, self.mode = (("raw", "hex"), "raw") if has_text else (("hex", "raw"), "hex")

    def _add_changes(self, subject: PayloadSubject, pages: Pages) -> None:
        """A payload that reports a patch is shown as that, unless one of its values is meant."""
        if subject.ref.kind.type not in _REPORTS_PATCHES or pages.size > LARGEST_BODY:
            return
        changes = changes_in(pages.read(0, pages.size))
        if not changes:
            return
        self.views["changes"] = ChangesView(pages, changes)
        self.modes = ("changes", *self.modes)
        if not subject.path and subject.missing is None:
            self.mode = "changes"

    @property
    def pages(self) -> Pages | None:
        """The bytes of the payload."""
        return self.subject.pages if self.subject is not None else None

    @property
    def view(self) -> PayloadView | None:
        """The current way to look; None while there is nothing to see."""
        return self.views.get(self.mode)

    @property
    def tree_view(self) -> TreeView | None:
        """The payload as JSON, if it is that, whatever the mode."""
        view = self.views.get("tree")
        return view if isinstance(view, TreeView) else None

    @property
    def parts_view(self) -> PartsView | None:
        """What the payload is made of, if that is what is looked at."""
        view = self.view
        return view if isinstance(view, PartsView) else None

    @property
    def node(self) -> JsonNode | None:
        """The value under the cursor of the tree."""
        return self.tree_view.node if self.tree_view is not None else None

    @property
    def wants_text(self) -> bool:
        """Whether the text mode is shown, and its text has not been read yet."""
        return self.mode == "text" and "text" not in self.views and self.subject is not None

    def set_width(self, width: int) -> bool:
        """The pane is `width` cells wide; whether rows changed."""
        changed = width != self.width
        self.width = width
        for view in self.views.values():
            changed = view.set_width(width) or changed
        return changed

    def set_mode(self, mode: Mode) -> None:
        """Look in another way, at the same place where that can be told."""
        if mode not in self.modes:
            return
        before, self.mode = self.view, mode
        self.message = ""
        if mode == "text":
            if self.text_of is not self.node or "text" not in self.views:
                self.views.pop("text", None)
                self.text_of = self.node
        elif before is not None and self._is_elsewhere(before, mode):
            self.views[mode].go_to(before.offset)

    def _is_elsewhere(self, before: PayloadView, mode: Mode) -> bool:
        """Whether the cursor of another mode is on another byte of the payload; parts have no bytes."""
        if mode in _WITHOUT_BYTES or isinstance(before, (ChangesView, PartsView)) or before.pages is not self.pages:
            return False
        return before.offset != self.views[mode].offset
