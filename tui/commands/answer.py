"""The way of every command that asks a whole recording one question: load, ask, print for a script or for people."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tui.analysis.kinds.node_names import UnknownNodeError
from tui.analysis.recording.moment import MomentError
from tui.commands.answers.reading import reading_answer
from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.json_output import print_json
from tui.source.opening import OpeningError

if TYPE_CHECKING:
    from tui.store import TraceStore

Subject = TypeVar("Subject")


def answer(
    command: str,
    given: argparse.Namespace,
    ask: Callable[[TraceStore, argparse.Namespace], Subject],
    as_answer: Callable[[Subject], msgspec.Struct],
    as_lines: Callable[[Subject], Iterable[str]],
) -> int:
    """Print what `command` has to say of the recording `given.bundle`, as JSON with `given.json`; return the exit code.

    `ask` gets what the output is about; `as_answer` makes the document of it, `as_lines` what people read. Where `ask`
    raises `UnknownNodeError`, and if the path is not a bundle, one line says what is wrong.
    """
    from tui.commands.garbage import without_garbage_collection

    with without_garbage_collection():  # an answer holds no cycles either, and may be as long as the graph
        return _answer(command, given, ask, as_answer, as_lines)


def _answer(
    command: str,
    given: argparse.Namespace,
    ask: Callable[[TraceStore, argparse.Namespace], Subject],
    as_answer: Callable[[Subject], msgspec.Struct],
    as_lines: Callable[[Subject], Iterable[str]],
) -> int:
    from tui.commands.loaded import loaded_store  # a search of payloads alone needs no graph

    try:
        store = loaded_store(given.bundle, getattr(given, "at", None))
        subject = ask(store, given)
    except (OpeningError, UnknownNodeError, MomentError) as error:
        complain(str(error))
        return EXIT_UNUSABLE
    reading = store.reading
    if reading.note is not None:
        complain(reading.note)
    if given.json:
        print_json(command, as_answer(subject), reading=reading_answer(reading))
    else:
        for line in as_lines(subject):
            say(line)
    return EXIT_OK
