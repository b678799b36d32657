"""Every name of Textual that is not public and that this program needs. Nothing else may use one.

A test for each says when another version of Textual has changed it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import Context
from typing import Any, Generic, TypeVar

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual._keyboard_protocol import FUNCTIONAL_KEYS, MODIFIER_FUNCTIONAL_KEYS
from textual._styles_cache import StylesCache
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Region, Size
from textual.keys import Keys, _character_to_key
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer, TimerCallback
from textual.widget import Widget

from tui.ui.terminal.covered import is_covered
from tui.ui.terminal.shown import DrawnPiece, Shift, Shown

ResultType = TypeVar("ResultType")

_NO_CONTEXT = Context()

_LOCKS = {"caps_lock", "scroll_lock", "num_lock"}

# Keys


def keys_of_sequence(sequence: str) -> tuple[str, ...]:
    """The names of the keys that terminals report by `sequence`, or its character; empty if none is known.

    The table also holds what one terminal on a Mac sends for Alt and a digit, as the character typed by it.
    """
    found: Any = ANSI_SEQUENCES_KEYS.get(sequence)
    if isinstance(found, str):
        return (found,)
    if not isinstance(found, tuple):  # unknown, or known as one to ignore
        return ()
    return tuple(key.value for key in found if key is not Keys.Ignore)


def functional_key(code: str) -> str | None:
    """The name of the key that has no character, by number and final byte of its report: `57414u` is `enter`."""
    return FUNCTIONAL_KEYS.get(code)


def is_modifier_alone(name: str) -> bool:
    """Whether `name` is a key that only changes others: Shift, Ctrl, Caps Lock."""
    return name in MODIFIER_FUNCTIONAL_KEYS or name in _LOCKS


def character_key(character: str) -> str:
    """The name of the key that types `character`: `question_mark`, `a`."""
    return _character_to_key(character)


# The app


def driver_of(app: App[Any]) -> Driver | None:
    """The driver in use: Textual offers no other way to write to the terminal."""
    return app._driver


class SureTimers(MessagePump):
    """What calls a function once, after a delay, calls it however busy the machine is.

    A timer of Textual leaves out the calls for which it is too late already. Where it does not run for a moment between
    two looks at the clock, that is true of the only call of a short delay, too: it never came, and what waited for it,
    such as the picture of all that was read, waited for ever.
    """

    def set_timer(
        self, delay: float, callback: TimerCallback | None = None, *, name: str | None = None, pause: bool = False
    ) -> Timer:
        """Call a function once, after a delay in seconds or, should it be too late for that, at once."""
        timer = super().set_timer(delay, callback, name=name, pause=pause)
        timer._skip = False
        return timer


class EndingApp(SureTimers, App[ResultType], Generic[ResultType], inherit_bindings=False):
    """An app that learns of an error in its own code, and decides how it ends."""

    _pointer_shape = "default"
    """The shape of the mouse pointer: it is sent when it is another one, not with each screen that opens."""

    @property
    def is_ending(self) -> bool:
        """Whether the end has begun."""
        return self._exit

    @property
    def is_awaited(self) -> bool:
        """Whether somebody has just pressed a key, so that what is drawn is the answer to it."""
        return True

    def end_at_once(self, return_code: int) -> None:
        """End without asking anything of the screens, which may be broken."""
        self._return_code = return_code
        self._close_messages_no_wait()

    def may_paint(self, screen: Screen[Any]) -> bool:  # noqa: ARG002  # an app that hides nothing
        """Whether what a screen draws shall reach the terminal now. What did not must be drawn again later."""
        return True

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if not self.may_paint(screen):
            return
        driver = self._driver
        if isinstance(renderable, CompositorUpdate) and isinstance(driver, OpenDriver) and not self._batch_count:
            try:
                self._send_difference(driver, renderable, screen._compositor.size)
            except Exception as error:
                self._handle_exception(error)
        else:
            super()._display(screen, renderable)

    def _send_difference(self, driver: OpenDriver, update: CompositorUpdate, size: Size) -> None:
        """Send of a frame what the terminal does not show yet; if that is nothing, send nothing."""
        if not self._running or self._closed:
            return
        colours = COLOR_SYSTEMS.get(self.console.color_system or "", ColorSystem.TRUECOLOR)
        driver.shown.fit(*size)
        data = driver.shown.difference(pieces_of(update), colours, is_awaited=self.is_awaited)
        if data:
            self._begin_update()
            driver.write(data)
            self._end_update()
            driver.flush()

    def _set_pointer_shape(self, shape: str) -> None:
        if shape != self._pointer_shape:
            self._pointer_shape = shape
            super()._set_pointer_shape(shape)

    def on_error(self, error: Exception) -> None:
        """An exception that nobody caught. By default Textual's way: its report, exit code 1."""
        super()._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        self.on_error(error)


def draw_whole(screen: Screen[Any]) -> None:
    """Send every cell of a screen: something else may have written to the terminal."""
    driver = driver_of(screen.app)
    if isinstance(driver, OpenDriver):
        driver.shown.forget()
    screen.refresh(layout=True)


def expect_shift(app: App[Any], shift: Shift) -> None:
    """The next frame of an app moves a part of the screen sideways."""
    driver = driver_of(app)
    if isinstance(driver, OpenDriver):
        driver.shown.expect(shift)


def pieces_of(update: CompositorUpdate) -> Iterable[DrawnPiece]:
    """The parts of lines that a frame draws, each with its place."""
    if isinstance(update, _WholeUpdate):
        for y, chops in enumerate(update.chops):
            yield from (DrawnPiece(x, y, strip) for x, strip in chops.items() if strip is not None)
    elif isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield DrawnPiece(x, y, strip)
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        yield from _pieces_of_chops(update)


def _pieces_of_chops(update: ChopsUpdate) -> Iterable[DrawnPiece]:
    for y, start, stop in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= stop and end > start:
                yield DrawnPiece(x, y, strip.crop(0, min(end, stop) - x))


class _WholeUpdate(LayoutUpdate):
    """A frame of the whole screen whose pieces keep their columns.

    While a screen gets another size, a widget may give fewer or shorter lines than there is room for: where nothing
    is drawn, the terminal keeps what it shows until the next frame, and what is behind is drawn at its own place.
    """

    def __init__(self, chops: Sequence[Mapping[int, Strip | None]], region: Region) -> None:
        super().__init__([[strip for strip in line.values() if strip is not None] for line in chops], region)
        self.chops = chops


class SparingCompositor(Compositor):
    """Asks only those widgets for lines, and for those lines, that changed.

    Textual asks every widget between the first changed line of the screen and the last: with a status line above and
    a footer below, that is all of them for each event that arrives. It also asks those that are behind others: the
    screen and the boxes that hold the panes, for half of the lines of a full picture.
    """

    def __init__(self, is_seen: Callable[[], bool] = lambda: True) -> None:
        super().__init__()
        self._is_seen = is_seen
        self._changed: list[Region] = []
        """What is being drawn again; empty while all of the screen is."""

    def render_update(
        self, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
    ) -> Any:
        """Draw what changed; nothing of a screen that is not to be seen yet: it is drawn whole when it is."""
        return super().render_update(full, screen_stack, simplify) if full or self._is_seen() else None

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        """Draw everything. For a picture, Textual joins the pieces of a line."""
        if simplify:
            return super().render_full_update(simplify)
        self._dirty_regions.clear()
        return _WholeUpdate(self._render_chops(self.size.region, lambda _y: True), self.size.region)

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw what changed."""
        self._changed = list(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = []

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        drawn = self._changed or [crop or self.size.region]
        in_front: list[Region] = []
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            parts = [part for one in drawn if (part := one.intersection(seen)) and not is_covered(part, in_front)]
            in_front.append(seen)
            if parts:
                top, bottom = min(one.y for one in parts), max(one.bottom for one in parts)
                band = Region(seen.x, top, seen.width, bottom - top)
                yield region, band, widget.render_lines(band.translate((-region.x, -region.y)))


def compose_sparingly(screen: Screen[Any], is_seen: Callable[[], bool] = lambda: True) -> None:
    """Let a screen that was not shown yet draw only what changed, and nothing before `is_seen`."""
    screen._compositor = SparingCompositor(is_seen)


class PaintedAtOnce(Widget):
    """A widget that `painted_at_once` paints."""

    def check_idle(self) -> None:
        """Something asks to be painted again."""
        if _HELD:
            _HELD[-1].add(self)
        else:
            super().check_idle()


_HELD: list[set[PaintedAtOnce]] = []
"""What is to be painted at the end of `painted_at_once`, while that is under way."""


@contextmanager
def painted_at_once(screen: Screen[Any]) -> Iterator[None]:
    """Paint at the end what changes meanwhile, in one frame.

    Otherwise each widget reports to the screen, through the queues of both, and the screen waits for its next sixtieth
    of a second: that takes longer than many a picture.
    """
    if _HELD:
        yield
        return
    held: set[PaintedAtOnce] = set()
    _HELD.append(held)
    try:
        yield
    finally:
        _HELD.clear()
        _paint(screen, held)


def _paint(screen: Screen[Any], widgets: set[PaintedAtOnce]) -> None:
    """Paint widgets that look otherwise; if one of them has another size, or the screen does, in Textual's time."""
    if not screen.is_current or screen._layout_required or screen not in screen._compositor:
        is_usual = False
    else:
        is_usual = all(one.screen is screen and not _is_laid_out_again(one) for one in widgets)
    for widget in widgets:
        if not is_usual:
            widget.check_idle()
        elif widget._repaint_required and widget.display:
            widget._repaint_required = False
            screen._dirty_widgets.add(widget)
    if is_usual and screen._dirty_widgets:
        screen._on_timer_update()


def _is_laid_out_again(widget: Widget) -> bool:
    return (
        widget._layout_required
        or widget._scroll_required
        or widget._refresh_styles_required
        or widget._recompose_required
        or not widget.is_attached
    )


def strips_behind(screen: Screen[Any]) -> list[Strip]:
    """The lines of the screen over which this one lies: Textual styles each piece of them again, for a tint.

    They fill this screen: of a new size the screen behind learns later.
    """
    screens = screen.app.screen_stack
    place = screens.index(screen) if screen in screens else 0
    width, height = screen.size
    behind = screens[place - 1]._compositor.render_strips(screen.size) if place else []
    lines = [strip.adjust_cell_length(width) for strip in behind]
    return lines + [Strip.blank(width)] * (height - len(lines))


def forget_removed_widgets() -> None:
    """Let go of the lines of widgets that are no more: a cache of a method keeps some hundred of their owners."""
    StylesCache.get_inner_outer.cache_clear()


def forget_cancelled_timers() -> None:
    """Let go of timers of the running loop that were cancelled.

    asyncio keeps each until it would have come, and with it the context in which it was set, which holds a screen.
    """
    scheduled = getattr(asyncio.get_running_loop(), "_scheduled", None)
    for timer in [] if scheduled is None else scheduled:
        if timer.cancelled():
            timer._context = _NO_CONTEXT


# The driver


class OpenDriver(LinuxDriver):
    """Textual's driver, with public names for what differs here."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: Any = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.shown = Shown()
        """What the terminal shows."""

    def terminal_size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""
        return super()._get_terminal_size()

    def on_stop_signal(self) -> None:
        """SIGTSTP came: give the terminal back and stop."""
        super()._sigtstp_application()

    def on_continue_signal(self) -> None:
        """SIGCONT came: take the terminal."""
        super()._sigcont_application()

    @property
    def takes_terminal_itself(self) -> bool:
        """Whether the driver decides when to take the terminal; not so while another program has it."""
        return self._auto_restart

    @property
    def app(self) -> App[Any]:
        """The app whose driver this is."""
        return self._app

    @property
    def waiting_messages(self) -> int:
        """Messages that the app, its topmost screen or the widget with the focus has not come to yet.

        The app hands most of them on: what waits behind it is as late as what waits before it.
        """
        screens = self._app.screen_stack[-1:]
        focused = [screen.focused for screen in screens]
        pumps = [self._app, *screens, *(one for one in focused if one is not None)]
        return sum(one.message_queue_size for one in pumps if one.is_running)

    @property
    def sink(self) -> Any:
        """What is written and flushed: a text file, or what replaces one."""
        return self._file

    @sink.setter
    def sink(self, sink: Any) -> None:
        self._file = sink

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.terminal_size()

    def _sigtstp_application(self, *_: object) -> None:
        self.on_stop_signal()

    def _sigcont_application(self, *_: object) -> None:
        self.on_continue_signal()

    def _query_in_band_window_resize(self) -> None:
        """Sizes come by signal; a second way would bring reports that nobody needs."""
