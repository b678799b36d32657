"""A storm on a pseudo-terminal: random bytes, key reports, pastes, mouse, sizes and signals in every screen.

    python -m tests.conformance.storm [BUNDLE] [--bytes N] [--seed N] [--screens NAME …]

Nothing in it is a key that quits, and no list of commands offers to, so the viewer must survive it, report no
error, and leave the terminal clean.
What is on the screen after a storm must be what is there after everything was drawn again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from textual import events

from tests.cli.terminal import Session
from tui.ui.keyboard import key_of
from tui.ui.terminal.input_bytes import PASTE_SILENCE_SECONDS, InputBytes
from tui.ui.terminal.reports import Reports


class Screen(NamedTuple):
    """How the storm gets to a screen, a list or a typed line."""

    keys: bytes = b""
    arguments: tuple[str, ...] = ()
    """What the viewer is started with instead of the bundle of the storm."""
    ready: bytes = b"/root"
    """What is on the screen once it is up."""


_FOLDER = ("demo_bundles",)
_PICTURES = ("demo_bundles/pictures",)
_AGAINST = ("demo_bundles/agents", "--against", "demo_bundles/agents-schema2")
_LIVE = ("demo", "agents", "--speed", "0.05")

SCREENS = {
    "panes": Screen(),
    "help": Screen(b"?"),
    "help narrowed": Screen(b"?/stuck"),
    "agents": Screen(b"a"),
    "ladder": Screen(b"L"),
    "ladder of two": Screen(b"Lx"),
    "statistics": Screen(b"S"),
    "problems": Screen(b"!"),
    "why": Screen(b"w"),
    "links": Screen(b"o"),
    "time": Screen(b"T"),
    "path": Screen(b"Tp"),
    "lanes zoomed": Screen(b"Tpza+"),
    "time bars": Screen(b"t+"),
    "marks": Screen(b"ma''"),
    "mark in a word": Screen(b"mama"),
    "note": Screen(b"M"),
    "help pages": Screen(b"g?"),
    "help page": Screen(b"g?\r"),
    "help page searched": Screen(b"g?\r/row"),
    "moment": Screen(b"@"),
    "earlier moment": Screen(b"@120\r"),
    "earlier time": Screen(b"@120\rT"),
    "neighbours": Screen(b"D"),
    "comparison": Screen(b"D\r"),
    "two requests": Screen(b"Ggx"),
    "summary": Screen(b"gg"),
    "conversation": Screen(b"\t"),
    "thread so far": Screen(b"\tv"),
    "conversation zoomed": Screen(b"\tzz"),
    "two agents": Screen(b"|"),
    "payload": Screen(b"\t\tv"),
    "raw bytes": Screen(b"\t\tvv"),
    "palette": Screen(b":"),
    "search": Screen(b"/"),
    "found rows": Screen(b"/spawn\r"),
    "filter": Screen(b"f"),
    "filtered": Screen(b"ftool\r"),
    "everywhere": Screen(b"g/"),
    "found everywhere": Screen(b"g/cat\r"),
    "bundles": Screen(b"gl"),
    "exports": Screen(b"X"),
    "review": Screen(b"Xj\r"),
    "place of an export": Screen(b"X\r"),
    "folder": Screen(b"", _FOLDER, b"Review the"),
    "folder filter": Screen(b"/", _FOLDER, b"Review the"),
    "folder sorted": Screen(b"6s", _FOLDER, b"Review the"),
    "folder search": Screen(b"g/", _FOLDER, b"Review the"),
    "found in folder": Screen(b"g/test\r", _FOLDER, b"Review the"),
    "folder keys": Screen(b"?", _FOLDER, b"Review the"),
    "two recordings": Screen(b"", _AGAINST, b"parting"),
    "picture": Screen(b"/view_image pic\r\t", _PICTURES),
    "place of a picture": Screen(b"/view_image pic\rO", _PICTURES),
    "Markdown": Screen(b"G\t", ("demo_bundles/markdown",)),
    "cut off": Screen(b"!", ("demo_bundles/killed",)),
    "refused": Screen(b"!", ("demo_bundles/refused-schema1",)),
    "live": Screen(b"", _LIVE),
    "live time": Screen(b"T", _LIVE),
    "live ladder": Screen(b"L", _LIVE),
    "live agents": Screen(b"a", _LIVE),
    "live conversation": Screen(b"F\t", _LIVE),
}
"""Every screen, list and typed line. The live ones end."""

RETURN_BYTES = 30_000
"""After this much a storm opens its screen again, since an Escape in it closes most of them."""

CALM_SECONDS = 0.3
"""The silence after which a key that was sent has been answered, and one that is sent now is no part of another."""

_PASTE_ENDS = b"\x1b[201~"

SAFE_KEYS = (b"j", b"k", b"h", b"l", b"\t", b"\x1b[B", b"\x1b[5~", b"z", b"v", b"n", b"e", b"gg", b"\x1b")

_LEAVING = {"q", "Q", "ctrl+c", "ctrl+z", "O", "enter", "ctrl+m"}
"""Keys that may leave the program, stop it, start another one, or open something else."""

_LEAVING_BY_NAME = ("quit", "go_out", "suspend_program", "open_external")
"""The same as commands. A list of commands runs what a click or `l` chooses in it, so that theirs leave them out."""

_WITHOUT_LEAVING = f"""
from tui.ui import listed_commands
of_all = listed_commands.first_of_numbered
listed_commands.first_of_numbered = lambda found: [one for one in of_all(found) if one.id not in {_LEAVING_BY_NAME}]
"""

IDLE_TICKS = 2
"""What a program uses in some seconds that only looks now and then whether there is something to do."""

SETTLING_SECONDS = 600.0
"""The longest that a program on a busy machine may take to work through what it was sent."""

_RESIZES = ((120, 40), (80, 24), (40, 12), (7, 3), (1, 1), (200, 60))


class WatchedSession(Session):
    """A session whose screen can be looked at, by a terminal emulator."""

    patience_seconds = SETTLING_SECONDS
    line_sends_signals = False
    """What arrives while the program has given the terminal back would end it by the line, as at a shell."""

    def __init__(self, arguments: list[str], environment: dict[str, str], **options: Any) -> None:
        import pyte

        self._screen = pyte.Screen(120, 40)
        self._stream = pyte.ByteStream(self._screen)
        super().__init__(arguments, environment, **options)

    @property
    def ticks(self) -> int:
        """Processor time of the program, in the system's ticks."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    @property
    def is_at_work(self) -> bool:
        """Whether a thread of the program computes, or would if a processor were free."""
        states = []
        for stat in Path(f"/proc/{self.pid}/task").glob("*/stat"):
            with contextlib.suppress(OSError):  # a thread that has ended meanwhile
                states.append(stat.read_text().rpartition(")")[2].split()[0])
        return not {"R", "D"}.isdisjoint(states)

    @property
    def is_stopped(self) -> bool:
        """Whether something made the program stop itself, as Ctrl+Z does."""
        with contextlib.suppress(OSError):  # it has ended
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        return False

    @property
    def picture(self) -> list[str]:
        """The lines of the screen."""
        return list(self._screen.display)

    def resize(self, columns: int, rows: int) -> None:
        super().resize(columns, rows)
        self._screen.resize(rows, columns)

    def _read(self) -> bool:
        known = len(self.output)
        goes_on = super()._read()
        self._stream.feed(self.output[known:])
        return goes_on


def chunk(chance: random.Random) -> bytes:
    """A few bytes as a terminal, a program before this one, or a broken line may send."""
    kinds: tuple[Callable[[random.Random], bytes], ...] = (
        _key_report,
        _garbage_sequence,
        _mouse,
        _paste,
        _answer,
        _high_bytes,
        _unfinished,
    )
    while True:
        made = chance.choice(kinds)(chance)
        if not _pressed(made) & _LEAVING:
            return made


def _pressed(data: bytes) -> set[str]:
    reader, reports = InputBytes(0.1), Reports()
    units = reader.feed(data, 0.0) + reader.tick(9.0)
    found = [message for unit in units for message in reports.messages_of(unit)]
    return {key_of(message) for message in found if isinstance(message, events.Key)}


def _number(chance: random.Random) -> str:
    return str(chance.choice((0, 1, 3, 13, 27, 97, 255, 57441, 1114112, 10**20, chance.randrange(70_000))))


def _key_report(chance: random.Random) -> bytes:
    fields = [":".join(_number(chance) for _ in range(chance.randint(1, 3))) for _ in range(chance.randint(1, 3))]
    return f"\x1b[{';'.join(fields)}{chance.choice('u~ABCDHFPQRSZ')}".encode()


def _garbage_sequence(chance: random.Random) -> bytes:
    body = "".join(chance.choice("0123456789;:<=>? !\"#$%&'()*+,-./") for _ in range(chance.randint(0, 40)))
    return f"\x1b[{body}{chr(chance.randint(0x40, 0x7E))}".encode()


def _mouse(chance: random.Random) -> bytes:
    x, y = chance.randint(0, 300), chance.randint(0, 100)
    if chance.random() < 0.3:
        return b"\x1b[M" + bytes(chance.randint(0x20, 0xFF) for _ in range(3))
    return f"\x1b[<{chance.choice((0, 1, 2, 3, 32, 35, 64, 65, 99))};{x};{y}{chance.choice('Mm')}".encode()


def _paste(chance: random.Random) -> bytes:
    text = chance.randbytes(chance.randint(0, 200)).replace(b"\x1b[201~", b"")
    return b"\x1b[200~q\x03" + text + b"\x1b q\x1b[201~"


def _answer(chance: random.Random) -> bytes:
    text = "".join(chance.choice("qO:abc/0123456789;>|+$") for _ in range(chance.randint(0, 30)))
    begin, end = chance.choice(("\x1b]11;", "\x1bP>|", "\x1b_G")), chance.choice(("\x07", "\x1b\\"))
    return f"{begin}{text}{end}".encode()


def _high_bytes(chance: random.Random) -> bytes:
    return bytes(chance.randint(0x80, 0xFF) for _ in range(chance.randint(1, 8)))


def _unfinished(chance: random.Random) -> bytes:
    return chance.choice((b"\x1b", b"\x1b\x1b\x1b", b"\x1b[<0;1", b"\x1b[1;1:", b"\x1b[M "))


def pieces(seed: int, size: int) -> Iterator[bytes]:
    """About `size` bytes in chunks, the same for the same seed."""
    chance = random.Random(seed)
    sent = 0
    while sent < size:
        made = chance.choice(SAFE_KEYS) if chance.random() < 0.05 else chunk(chance)
        sent += len(made)
        yield made


def storm(session: WatchedSession, seed: int, size: int, keys: bytes = b"") -> None:
    """Send the storm to a viewer that is up, with sizes and signals between; `keys` lead back to its screen."""
    chance = random.Random(seed)
    sent = returns = 0
    for made in pieces(seed, size):
        if sent // RETURN_BYTES > returns:
            returns += 1
            _return_to_screen(session, keys)
        sent += len(made)
        session.press(made)
        session.drain()
        happening = chance.random()
        if happening < 0.01:
            session.resize(*chance.choice(_RESIZES))
        elif happening < 0.015:
            os.kill(session.pid, signal.SIGCONT)
        elif happening < 0.02:
            _stop_for_a_moment(session, signal.SIGSTOP if happening < 0.019 else signal.SIGTSTP)
        elif happening < 0.05:
            time.sleep(0.02)
    session.resize(120, 40)


def _return_to_screen(session: WatchedSession, keys: bytes) -> None:
    """Close what is open, and open the screen again."""
    session.resize(120, 40)
    for pressed in (_PASTE_ENDS, b"\x1b", b"\x1b", b"\x1b", keys):
        session.press(pressed)
        _calm(session)


def _calm(session: WatchedSession) -> None:
    """Read until nothing more comes for a moment: what was sent has been answered, and no paste is open."""
    calm_since = time.monotonic()
    while time.monotonic() - calm_since < CALM_SECONDS:
        if session.drain() or session.is_at_work:
            calm_since = time.monotonic()
        time.sleep(0.02)


def _stop_for_a_moment(session: WatchedSession, number: signal.Signals) -> None:
    """Stop the viewer, and let it go on.

    With SIGTSTP it gives the terminal back. What comes then, or is half read, is cut and edited by the line, so that
    the rest of a paste would be keys, as for any program.
    """
    gives_back = number == signal.SIGTSTP
    if gives_back:
        session.press(_PASTE_ENDS)
        _calm(session)
    os.kill(session.pid, number)
    session.wait_for_stop()
    os.kill(session.pid, signal.SIGCONT)
    if gives_back:
        _calm(session)


def settle(session: WatchedSession) -> None:
    """Read until nothing more comes and nothing is computed: what waited for a silence has been given up, too."""
    quiet_since, used = time.monotonic(), session.ticks
    deadline = quiet_since + SETTLING_SECONDS
    while time.monotonic() - quiet_since < PASTE_SILENCE_SECONDS + 0.5 and time.monotonic() < deadline:
        if session.drain() or session.is_at_work or session.ticks - used > IDLE_TICKS:
            quiet_since, used = time.monotonic(), session.ticks
        time.sleep(0.02)


def main() -> int:
    """Run the storm in every screen; return 1 if anything was not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", default="demo_bundles/agents")
    parser.add_argument("--bytes", type=int, default=500_000, help="in each screen")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--screens", nargs="*", choices=SCREENS, default=list(SCREENS), help="only these")
    given = parser.parse_args()
    failures = 0
    for number, (name, screen) in enumerate(SCREENS.items()):
        if name not in given.screens:
            continue
        with tempfile.TemporaryDirectory() as home:
            trouble = run_one(screen, given.seed + number, given.bytes, Path(home), given.bundle)
        failures += trouble is not None
        print(f"{name:<14} {trouble or 'held'}", flush=True)
    return 1 if failures else 0


def run_one(screen: Screen, seed: int, size: int, home: Path, bundle: str = "demo_bundles/agents") -> str | None:
    """One storm in one screen; what went wrong, or None."""
    arguments = [*(screen.arguments or [bundle]), *([] if screen.arguments is _LIVE else ["--no-restore"])]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    session = WatchedSession(arguments, environment | {"PAGER": "true"}, before=_WITHOUT_LEAVING)
    try:
        session.wait_for(screen.ready)
        session.press(screen.keys)
        if screen.arguments is not _LIVE:
            settle(session)
        storm(session, seed, size, screen.keys)
        settle(session)
        before = session.picture
        os.kill(session.pid, signal.SIGCONT)
        settle(session)
        after = session.picture
        os.kill(session.pid, signal.SIGTERM)
        code = session.end()
        if code != 128 + signal.SIGTERM:
            return f"ended with {code} (seed {seed})"
        if b"Traceback" in session.output or (home / ".local/state/rtrace-tui/crash.txt").exists():
            return f"an error was said (seed {seed})"
        if unclean := session.unclean_modes():
            return f"the terminal was left with {unclean} (seed {seed})"
        if before != after:
            number, pair = next(
                (number, pair) for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]
            )
            return f"line {number} changed when everything was drawn again (seed {seed}):\n{pair[0]}\n{pair[1]}"
    except AssertionError as error:
        return f"{error}{', since it is stopped' if session.is_stopped else ''} (seed {seed})"
    finally:
        session.abandon()
    return None


if __name__ == "__main__":
    sys.exit(main())
