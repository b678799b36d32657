"""Runs a command on every recording of a folder: lines with the recording's name before them, or a JSON line for each.

One recording that cannot be read stops nothing: standard error says which and why. The exit code is that of the
command over all: 2 only if it could answer for none.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, TextIO

from tui.commands.arguments import FOLDER_COMMANDS
from tui.commands.console import EXIT_FINDINGS, EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.folder_totals import FolderTotals, summing
from tui.commands.progress import Progress
from tui.inputs import open_source
from tui.schema.summary import BundleSummary
from tui.source.opening import OpeningError
from tui.viewmodel.text.clean import clean

_EXIT_CRASHED = 70

Run = Callable[[argparse.Namespace], int]


def run_command(name: str, run: Run, given: argparse.Namespace) -> int:
    """Run a command on what the command line names: a recording, or every recording of a folder."""
    summaries = recordings_in(given.bundle) if name in FOLDER_COMMANDS else []
    return _OverFolder(name, run, given).run(summaries) if summaries else run(given)


def recordings_in(path: str) -> list[BundleSummary]:
    """The recordings in a folder, the newest first; none for what is a recording itself, or neither."""
    try:
        open_source(path)
    except OpeningError:
        if not path:
            return []
        from tui.bundle.catalog.finder import list_bundles  # one recording needs no list
        from tui.viewmodel.folder.columns import in_order
        from tui.viewmodel.folder.row import row_of

        catalog = list_bundles(path)  # of what is not a folder, it is empty
        return [row.summary for row in in_order(row_of(summary, 0) for summary in catalog.bundles.values())]
    return []


class _OverFolder:
    def __init__(self, name: str, run: Run, given: argparse.Namespace) -> None:
        self._name = name
        self._run = run
        self._given = given
        self._codes: list[int] = []
        self._is_refused = False

    def run(self, summaries: list[BundleSummary]) -> int:
        """Answer for all of them; return the exit code."""
        progress = Progress("recordings", len(summaries))
        with summing() as totals:
            for number, summary in enumerate(summaries):
                progress.note(number)
                self._codes.append(self._answer(summary, progress))
                sys.stdout.flush()
                if self._is_refused:
                    return EXIT_UNUSABLE
            progress.end()
        self._print_totals(totals)
        return self._code()

    def _answer(self, summary: BundleSummary, progress: Progress) -> int:
        """Run the command on one recording; return its exit code."""
        given = argparse.Namespace(**{**vars(self._given), "bundle": summary.path})
        prefix = f"{clean(summary.name)}: "
        output: io.TextIOBase = io.StringIO() if given.json else _Prefixed(sys.stdout, prefix, progress)
        trouble = io.StringIO()
        try:
            with redirect_stdout(output), redirect_stderr(trouble):
                code = self._run(given)
        except OSError:
            raise  # the output is gone
        except Exception as error:
            code = _EXIT_CRASHED
            trouble.write(f"a mistake in this program: {type(error).__name__}: {error}\n")
        progress.end()
        if code == EXIT_UNUSABLE and self._can_be_opened(summary):
            if self._asks_for_object:
                return code  # most recordings of a folder do not have it
            self._is_refused = True  # what is wrong is in the command line
            prefix = ""
        self._pass_on(trouble.getvalue(), prefix)
        if isinstance(output, io.StringIO) and code in (EXIT_OK, EXIT_FINDINGS):
            _print_line({**json.loads(output.getvalue()), "bundle": summary.path})
        return code

    @property
    def _asks_for_object(self) -> bool:
        return bool(getattr(self._given, "id", None) or getattr(self._given, "agent", None))

    def _can_be_opened(self, summary: BundleSummary) -> bool:
        try:
            open_source(summary.path)
        except OpeningError:
            return False
        return True

    def _pass_on(self, trouble: str, prefix: str) -> None:
        for line in trouble.splitlines():
            complain(f"{prefix}{line.removeprefix('rtrace-tui: ')}")

    def _code(self) -> int:
        if _EXIT_CRASHED in self._codes:
            return _EXIT_CRASHED
        answered = [code for code in self._codes if code != EXIT_UNUSABLE]
        if not answered:
            if self._asks_for_object:
                complain(f"{self._given.bundle}: no recording in it has what was asked about")
            return EXIT_UNUSABLE
        if self._name == "grep":
            return EXIT_OK if EXIT_OK in answered else EXIT_FINDINGS
        return max(answered)

    def _print_totals(self, totals: FolderTotals) -> None:
        """What the recordings come to together."""
        unreadable = sum(code in (EXIT_UNUSABLE, _EXIT_CRASHED) for code in self._codes)
        if self._name == "check":
            totals.add("clean", self._codes.count(EXIT_OK))
            totals.add("with_findings", self._codes.count(EXIT_FINDINGS))
        if self._given.json:
            sums = dict(totals.sums)
            head = {"format": f"rtrace-tui {self._name} total 1", "root": self._given.bundle}
            counts = {"recordings": len(self._codes), "without_answer": unreadable}
            _print_line({**head, **counts, "totals": sums, "is_part": sorted(totals.parts)})
        elif totals.sums and len(self._codes) > 1 and not getattr(self._given, "list", False):
            parts = [f"{_number(totals, name)} {name.replace('_', ' ')}" for name in totals.sums]
            missing = f" ({unreadable} without an answer)" if unreadable else ""
            say(f"total: {len(self._codes):,} recordings{missing}  {'  '.join(parts)}")


class _Prefixed(io.TextIOBase):
    """Writes on, with the name of the recording before each line."""

    def __init__(self, stream: TextIO, prefix: str, progress: Progress) -> None:
        self._stream = stream
        self._prefix = prefix
        self._progress = progress
        self._is_amid_line = False

    def write(self, text: str) -> int:
        """Write text, complete lines or a part of one."""
        if text:
            self._progress.end()
        *lines, rest = text.split("\n")
        for line in lines:
            self._stream.write(f"{'' if self._is_amid_line else self._prefix}{line}\n")
            self._is_amid_line = False
        if rest:
            self._stream.write(f"{'' if self._is_amid_line else self._prefix}{rest}")
            self._is_amid_line = True
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        self._stream.flush()


def _print_line(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, allow_nan=False).replace("\x7f", "\\u007f") + "\n")


def _number(totals: FolderTotals, name: str) -> str:
    number = totals.sums[name]
    if number is None:
        return "?"
    return f"{'≥' if name in totals.parts else ''}{number:,}"
