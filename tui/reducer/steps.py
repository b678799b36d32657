"""Long work in steps: between two of them the driver of the work can do something else, such as answer a key.

A function that may have very much to do is a generator: it yields nothing, again and again, and returns its result.
One calls another by `yield from`. What is never long stays a plain function.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

STEP_ITEMS = 200
"""Items of a list that are looked at in one step: a few milliseconds of work."""

STEP_BYTES = 64 << 10
"""An item of more bytes has steps of its own."""

Result = TypeVar("Result")

Steps = Generator[None, None, Result]
"""Work that yields between its steps and returns a `Result`."""


def is_step_over(position: int) -> bool:
    """Whether a step ends with the item at this place of a list."""
    return position % STEP_ITEMS == STEP_ITEMS - 1


def is_long(count: int) -> bool:
    """Whether this many items are more than one step's work."""
    return count > STEP_ITEMS


def is_long_text(size: int) -> bool:
    """Whether this many bytes are a step's work of their own."""
    return size > STEP_BYTES


def finish(steps: Steps[Result]) -> Result:
    """Take all steps at once; return what they lead to."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
