"""The end that should never come: the terminal is given back, one line says what happened, and the exit code is 70.

The report for those who mend it goes to a private file: who meets a crash seldom can make it happen again.
"""

from __future__ import annotations

import errno
import os
import sys
import termios
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.bundle.disk.folders import bundle_around
from tui.ui.terminal.line_before import LINE_BEFORE
from tui.viewmodel.text.clean import clean

EXIT_CRASHED: Final = 70
"""EX_SOFTWARE of sysexits.h: an error in the program itself."""

REPORT_NAME: Final = "crash.txt"

_GIVE_BACK: Final = "".join(
    f"\x1b[{end}"
    for end in ("?2004l", "?7h", "?1000l", "?1003l", "?1015l", "?1006l", "<u", "?1049l", "?25h", "?1004l", "m")
)
"""What undoes everything that the viewer sets on a terminal; harmless where nothing is set."""


class TerminalState:
    """The settings of the terminal as they were before the viewer began, or when this was made."""

    def __init__(self) -> None:
        self._settings: list[object] | None = None
        self._settings = LINE_BEFORE.settings
        if self._settings is not None:
            return
        with suppress(termios.error, OSError, AttributeError, ValueError):
            self._settings = termios.tcgetattr(sys.__stdin__)  # type: ignore[arg-type]  # None is an AttributeError

    def give_back(self) -> None:
        """Bring the terminal back to it, however far it was taken."""
        with suppress(OSError, ValueError, AttributeError):
            os.write(sys.__stderr__.fileno(), _GIVE_BACK.encode())  # type: ignore[union-attr]  # see above
        if self._settings is not None:
            with suppress(termios.error, OSError, ValueError):
                termios.tcsetattr(sys.__stdin__, termios.TCSANOW, self._settings)  # type: ignore[arg-type]


def crash_line(error: BaseException, report: Path | None) -> str:
    """What to say: the error, where it came up, and where the report is."""
    where = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" ({Path(where[0].filename).name}:{where[0].lineno})" if where else ""
    if _is_want(error):
        return f"the system gives no more memory, threads or open files{place}; nothing was written; see ulimit -a"
    told = f"; the report is in {report}" if report is not None else ""
    said = clean(str(error))[:200]
    return f"a mistake in this program ended it: {type(error).__name__}: {said}{place}{told}"


def _is_want(error: BaseException) -> bool:
    """Whether the system refused something, rather than this program being wrong."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN)
    return isinstance(error, MemoryError) or "can't start new thread" in str(error)


def write_report(error: BaseException, folder: Path | None) -> Path | None:
    """Write the traceback into the private folder `folder`; None if that cannot be done."""
    if folder is None or bundle_around(folder) is not None:
        return None
    path = folder / REPORT_NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return path
