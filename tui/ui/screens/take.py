"""Commands that take something out of the viewer: to the clipboard, to a pager or an editor."""

from __future__ import annotations

import os

from textual.app import SuspendNotSupported

from tui.bundle.payloads import PayloadFault
from tui.schema.payloads import RawPayloadRef
from tui.ui.clipboard import DIRECT_LIMIT, copy_sequence
from tui.ui.screens.parts import MainParts
from tui.viewmodel.plain_text import plain_text
from tui.viewmodel.raw_evidence import payloads_behind
from tui.viewmodel.spans import line_text
from tui.viewmodel.text import format_bytes

OPEN_LIMIT = 256 << 20
"""Bytes of a payload that are copied for a pager."""


class TakeCommands(MainParts):
    """`yy yt yr yp` copy, `O` opens."""

    def action_copy_item(self) -> None:
        """Copy the row as it stands on the screen."""
        self._copy(self.row_text(), "the row")

    def action_copy_text(self) -> None:
        """Copy the text of the focus: a message, a command with its output."""
        node = self.focused_node
        if self.pane == "payload":
            self._copy(self.inspector.value_text(), "the value")
        elif node is None:
            self.say("there is nothing here to copy", "warning")
        else:
            self._copy(plain_text(self.store.trace, self.store.index, node), "the text")

    def action_copy_raw(self) -> None:
        """Copy the payload, byte for byte as it was recorded."""
        ref = self.shown_payload()
        if ref is None:
            self.say("there is no payload behind this", "warning")
            return
        is_shown = self.pane == "payload" and ref == self.inspector.payload
        body = self.inspector.body(DIRECT_LIMIT) if is_shown else self.store.payloads.read(ref, DIRECT_LIMIT)
        if isinstance(body, PayloadFault):
            hint = "; O opens it" if body.code == "too-large" else ""
            self.say(f"not copied: {body.reason}{hint}", "error")
        else:
            self._copy(body.decode("utf-8", "replace"), f"payload {ref.label}")

    def action_copy_path(self) -> None:
        """Copy where this is: the payload file, with the path in it from the payload pane; else kind and id."""
        node, ref = self.focused_node, self.shown_payload()
        if self.pane == "payload" and ref is not None:
            inside = self.inspector.value_path()
            self._copy(f"{self.store.bundle.path / ref.label}{f' {inside}' if inside else ''}", "the path")
        elif node is not None:
            self._copy(f"{node.kind} {node.id}", "the id")

    def action_open_external(self) -> None:
        """Show a harmless copy in the person's own pager or editor."""
        from tui.ui.pager import open_copy

        text, name = self._text_to_open()
        try:
            with self.app.suspend():
                problem = open_copy(text, name)
        except SuspendNotSupported:
            problem = "this terminal cannot be handed to another program"
        self.app.refresh()
        if problem:
            self.say(problem, "error")

    def row_text(self) -> str:
        """The text of the row under the cursor of the focused pane."""
        widget = self.pane_widget(self.pane)
        if not widget.row_count():
            return ""
        line = widget.row_line(widget.cursor, widget.size.width)
        return line_text(line).strip()

    def shown_payload(self) -> RawPayloadRef | None:
        """The payload in the payload pane, else the best one behind the focus."""
        if self.pane == "payload" and self.inspector.payload is not None:
            return self.inspector.payload
        node = self.focused_node
        found = [] if node is None else payloads_behind(self.store.trace, self.store.index, node)
        return found[0] if found else None

    def _text_to_open(self) -> tuple[str, str]:
        """What `O` shows, and a name for the file: the payload in the payload pane, else the text of the focus."""
        ref = self.shown_payload() if self.pane == "payload" else None
        if ref is not None:
            body = self.inspector.body(OPEN_LIMIT)
            if isinstance(body, PayloadFault):
                return f"{ref.label}: {body.reason} (at most {format_bytes(OPEN_LIMIT)} are opened)", "problem.txt"
            return body.decode("utf-8", "replace"), ref.label
        node = self.focused_node
        if node is None:
            return "", "empty.txt"
        return plain_text(self.store.trace, self.store.index, node), f"{node.kind}.txt"

    def _copy(self, text: str, what: str) -> None:
        sequence, message = copy_sequence(text, what, os.environ)
        if sequence:
            self.send_to_terminal(sequence)
        self.say(message, "" if sequence else "warning")
