"""The other end of the worker: starts it when there is something to read, and hands its replies on."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from tui.fleet.protocol import Reply, Request, line_of, reply_of

MOST_STARTS = 3
"""A worker that ended is started again so often."""


_PLACE = Path(__file__).resolve().parents[2]
"""Where this program is imported from."""

_PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from tui.fleet.worker import main; sys.exit(main())"


class WorkerClient:
    """One worker. `on_reply` is called in a thread of its own; `on_end` when the worker has ended by itself."""

    def __init__(
        self, folder: Path | None, on_reply: Callable[[Reply], None], on_end: Callable[[], None] = lambda: None
    ) -> None:
        """`folder` is that of the index, None to keep none."""
        self._folder = folder
        self._on_reply = on_reply
        self._on_end = on_end
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._is_over = False

    @property
    def is_usable(self) -> bool:
        """Whether a worker runs or may be started."""
        return not self._is_over and (self._process is not None or self._starts < MOST_STARTS)

    def ask(self, request: Request) -> bool:
        """Ask for a recording; whether a worker has taken the request."""
        if not self.is_usable:
            return False
        try:
            process = self._process or self._start()
            assert process.stdin is not None  # noqa: S101  # it was made with one
            process.stdin.write(line_of(request))
            process.stdin.flush()
        except (OSError, UnicodeEncodeError, ValueError):
            return False
        return True

    def close(self) -> None:
        """Let the worker end: it writes down what it has read, and nobody waits for it."""
        self._is_over = True
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()

    def _start(self) -> subprocess.Popen[bytes]:
        self._starts += 1
        arguments = [] if self._folder is None else [str(self._folder)]
        process = subprocess.Popen(  # noqa: S603  # this program itself
            # Not -m: that would look for modules in the current folder, and what lies there may be anybody's.
            [sys.executable, "-P", "-c", _PROGRAM, str(_PLACE), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._process = process
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101  # it was made with one
        with suppress(OSError, ValueError, msgspec.DecodeError):
            for line in process.stdout:
                self._on_reply(reply_of(line))
        process.wait()
        self._process = None
        if not self._is_over:
            self._on_end()
