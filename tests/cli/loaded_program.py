"""A process that has loaded the program and becomes it, again and again: half of a short session would be imports.

It forks itself for each session. Each copy takes the terminal as its own, gets arguments, environment and blocked
signals as a new process would, and is a child of the test, which can so stop it and see how it ends.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

PROJECT = Path(__file__).parents[2]

_SET_CHILD_SUBREAPER = 36
"""`prctl` of Linux: a process whose parent has ended becomes a child of the one that wished for it."""


def can_be_forked() -> bool:
    """Whether the system makes another process's children ours."""
    return sys.platform == "linux"


def fork_on(terminal: str, arguments: list[str], environment: dict[str, str], blocked: set[int], before: str) -> int:
    """The id of a new process that is the program, with the terminal of that path; our child."""
    wanted: dict[str, Any] = {"terminal": terminal, "arguments": arguments, "environment": environment}
    wanted |= {"blocked": sorted(map(int, blocked)), "before": before}
    requests, adopt = _loaded(), ctypes.CDLL(None).prctl
    adopt(_SET_CHILD_SUBREAPER, 1)
    try:
        requests.sendall(json.dumps(wanted).encode())
        return int(requests.recv(100))
    finally:
        adopt(_SET_CHILD_SUBREAPER, 0)


@cache
def _loaded() -> socket.socket:
    """The way to the process; it ends when this one does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = f"from tests.cli.loaded_program import serve; serve({theirs.fileno()})"
    subprocess.Popen(  # nobody waits for it
        [sys.executable, "-c", program], cwd=PROJECT, pass_fds=[theirs.fileno()], start_new_session=True
    )
    theirs.close()
    return ours


def serve(descriptor: int) -> None:
    """Become the program as often as the other side asks; only the copies that did return early, by an exit."""
    _load()
    with socket.socket(fileno=descriptor) as requests:
        while request := requests.recv(1 << 20):
            reading, writing = os.pipe()
            between = os.fork()
            if not between:
                if os.fork():
                    os._exit(0)  # so that the copy is nobody's child, and then the test's
                os.close(reading)
                requests.close()
                _become(json.loads(request), writing)
            os.close(writing)
            os.waitpid(between, 0)
            requests.sendall(os.read(reading, 100) or b"it ended before it had its terminal")
            os.close(reading)


def _load() -> None:
    from tui.ui.lean_textual import import_textual

    import_textual()
    for name in ("tui.commands", "tui.ui"):
        for found in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
            importlib.import_module(found.name)
    from tui.viewmodel.text.markdown import rendered_lines

    rendered_lines("*Loads* its library, which compiles many patterns.", 80, len)
    gc.collect()
    gc.freeze()


def _become(wanted: dict[str, Any], writing: int) -> NoReturn:
    """Have what a new process has from its beginning, and then write the own id there: the terminal is in use."""
    os.setsid()
    terminal = os.open(wanted["terminal"], os.O_RDWR)  # the first one that a session opens is its own
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        os.dup2(terminal, number)
        stream = open(number, mode, encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115  (as long as we are)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.close(terminal)
    os.write(writing, str(os.getpid()).encode())
    os.close(writing)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    sys.argv[1:] = wanted["arguments"]
    signal.pthread_sigmask(signal.SIG_SETMASK, wanted["blocked"])
    exec(wanted["before"], {})
    from tui.cli import main

    sys.exit(main())
