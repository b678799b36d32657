"""How the timeline and the panes beside it share the screen: by keys, by dragging the line between, and remembered."""

from __future__ import annotations

from textual import events
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from tui.viewmodel.frame.layout import DEFAULT_SPLIT, Layout, split_within


class Details(Container):
    """The panes beside the timeline. Its border is the line that can be dragged."""

    class Dragged(Message):
        """The line was dragged to a column of the screen."""

        def __init__(self, column: int) -> None:  # the message is its one value
            super().__init__()
            self.column = column

    _is_dragged = False

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The border is taken hold of."""
        if event.screen_x == self.region.x and self.styles.border_left[0]:
            self._is_dragged = True
            self.capture_mouse()
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The border goes with the mouse."""
        if self._is_dragged:
            self.post_message(self.Dragged(event.screen_x))
            event.stop()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The border stays where it is."""
        if self._is_dragged:
            self._is_dragged = False
            self.release_mouse()
            event.stop()


class Split:
    """Owns the share of the timeline, in percent of the width or, where the panes are stacked, of the height."""

    def __init__(self, timeline: Widget, details: Widget) -> None:
        self.percent = DEFAULT_SPLIT
        self.beside: Widget | None = None
        """A second conversation, which is as wide as the details."""
        self._timeline = timeline
        self._details = details
        self._layout: Layout = "single"

    def change(self, percent: int) -> None:
        """Give the timeline another share, within what leaves both sides room."""
        self.percent = split_within(percent)
        self.arrange(self._layout)

    def arrange(self, layout: Layout) -> None:
        """Share the screen out in a layout; where one pane is alone there is nothing to share."""
        self._layout = layout
        is_default = self.percent == DEFAULT_SPLIT
        shares = [(self._timeline, self.percent), (self._details, 100 - self.percent)]
        if self.beside is not None:
            shares.append((self.beside, 100 - self.percent))
        for widget, share in shares:
            for rule, is_shared in (("width", layout == "side-by-side"), ("height", layout == "stacked")):
                if is_shared and not is_default:
                    setattr(widget.styles, rule, f"{share}fr")
                else:
                    widget.styles.clear_rule(rule)
                    widget.refresh(layout=True)
