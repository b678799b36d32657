"""What a command needs: a record that the main screen makes and hands to the function of a command."""

from __future__ import annotations

from textual.screen import Screen

from tui.named_tuple import NamedTuple
from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.ui.keyboard import Keyboard
from tui.ui.live.as_of import AsOf
from tui.ui.live.growth import Growth
from tui.ui.live.parts import LiveParts
from tui.ui.panes import Panes
from tui.ui.travel import Travel
from tui.viewmodel.frame.modes import Modes


class Workspace(NamedTuple):
    """One recording on the screen, as its commands see it. `host` has the timers and workers, and the way to the app.

    `travel` goes to places, `live` is what goes on behind the panes, `growth` shows what comes in, and `as_of` goes to
    earlier moments.
    """

    host: Screen[None]
    store: TraceStore
    keyboard: Keyboard
    panes: Panes
    modes: Modes
    footer: Footer
    travel: Travel
    live: LiveParts
    growth: Growth
    as_of: AsOf
