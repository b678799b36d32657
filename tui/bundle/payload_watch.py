"""Notices that payload files are no longer as they were read, and words it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from tui.bundle.awaited import LatePayloads
from tui.bundle.payloads import PayloadStore
from tui.bundle.taken_bodies import BodyChange
from tui.schema.damage import Damage
from tui.schema.manifest import PAYLOADS_DIRECTORY_NAME

NAMED = 50
"""Files of which each is named; the others are counted."""

_WORDS: dict[BodyChange, tuple[str, str, str]] = {
    "changed": ("payload-changed", "was changed after it was read", "the graph keeps what was read of it"),
    "removed": ("payload-removed", "was removed after it was read", "the graph keeps what was read of it"),
    "unreadable": ("payload-removed", "cannot be read any more", "the graph keeps what was read of it"),
}


class PayloadWatch:
    """Looks at the files that a graph was made of, a part of them at a time. One look at a time, in any thread."""

    def __init__(self, bundle_path: Path, payloads: PayloadStore, late: LatePayloads) -> None:
        """What is in `late` is not complained of here."""
        self._folder = bundle_path / PAYLOADS_DIRECTORY_NAME
        self._taken = payloads.taken
        self._late = late
        self.forget()

    @property
    def damage(self) -> tuple[Damage, ...]:
        """What was found so far."""
        return self._found if self._refused is None else (*self._found, self._refused)

    def forget(self) -> None:
        """The log is read from its start again."""
        self._found: tuple[Damage, ...] = ()
        self._refused: Damage | None = None

    def look(self) -> bool:
        """Look at the next files; return whether there is news."""
        before = self.damage
        self._taken.look()
        self._judge()
        if not self._found:
            self._refused = None
        return self.damage != before

    def may_read_again(self, arrived: str) -> bool:
        """Whether reading everything again, for `arrived` that came late, loses nothing; looks at every file."""
        self._taken.look_at_all()
        self._judge()
        self._refused = (self._refused or _late_damage(arrived)) if self._found else None
        return self._refused is None

    def _judge(self) -> None:
        """Without their folder, files need not be named."""
        changes = self._taken.changes() if self._folder.is_dir() else {}
        self._found = body_damage({path: changes[path] for path in changes if path not in self._late})


def body_damage(changes: Mapping[str, BodyChange]) -> tuple[Damage, ...]:
    """One line for each of the first files, by path, and one for all the others."""
    named = tuple(_damage(path, changes[path]) for path in islice(sorted(changes), NAMED))
    more = len(changes) - len(named)
    if not more:
        return named
    message = f"{more:,} more payloads: were changed or removed after they were read"
    return (*named, Damage("payload-changed", message, "the graph keeps what was read of them"))


def _late_damage(path: str) -> Damage:
    """A payload came late, but others changed meanwhile."""
    return Damage(
        "payload-late",
        f"{path}: came late, and is not in the graph",
        "reading the bundle again would lose what was read of files that have changed since",
    )


def _damage(path: str, change: BodyChange) -> Damage:
    code, words, consequence = _WORDS[change]
    return Damage(code, f"{path}: {words}", consequence)
