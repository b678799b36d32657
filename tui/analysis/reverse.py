"""Links seen from their far end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

TARGETS_PER_STEP = 1_000
"""Targets of one step of a long list: about a millisecond of work."""

FEW = 10
"""In fewer targets one is found faster than in a set of them."""

Owner = TypeVar("Owner")
Target = TypeVar("Target")


class ReverseLinks(Generic[Owner, Target]):
    """Who links to a target. An owner states all of its targets each time that it changes.

    Owners of a target stand in the order in which they first linked to it. Stating costs the number of targets that
    the owner has, whatever the others have.
    """

    __slots__ = ("_owners", "_targets")

    def __init__(self) -> None:
        self._targets: dict[Owner, tuple[Target, ...]] = {}
        self._owners: dict[Target, dict[Owner, None]] = {}

    def state(self, owner: Owner, targets: Iterable[Target]) -> bool:
        """`owner` now links to `targets` and nothing else. Whether that is news."""
        wanted = tuple(targets)
        before = self._targets.get(owner, ())
        if wanted == before:
            return False
        kept = wanted if len(wanted) < FEW else frozenset(wanted)
        for target in before:
            if target not in kept:
                self._drop(owner, target)
        for target in wanted:
            self._owners.setdefault(target, {})[owner] = None
        self._targets[owner] = wanted
        return True

    def state_in_steps(self, owner: Owner, targets: Iterable[Target]) -> Iterator[None]:
        """Do what `state` does, `TARGETS_PER_STEP` targets a step: for lists that may be very long."""
        wanted, before = tuple(targets), self._targets.get(owner, ())
        if wanted == before:
            return
        kept = frozenset(wanted)
        for gone in _pieces(before):
            for target in gone:
                if target not in kept:
                    self._drop(owner, target)
            yield
        for piece in _pieces(wanted):
            for target in piece:
                self._owners.setdefault(target, {})[owner] = None
            yield
        self._targets[owner] = wanted

    def targets(self, owner: Owner) -> Sequence[Target]:
        """What an owner links to, as it stated it last."""
        return self._targets.get(owner, ())

    def of(self, target: Target) -> Sequence[Owner]:
        """The owners that link to `target`, as a list of its own."""
        return list(self._owners.get(target, ()))

    def of_all(self, targets: Iterable[Target]) -> Sequence[Owner]:
        """The owners that link to any of `targets`, in their order; an owner of several comes several times."""
        owners = self._owners
        return [owner for target in targets if target in owners for owner in owners[target]]

    def first(self, target: Target) -> Owner | None:
        """The earliest owner that links to `target`, or None."""
        return next(iter(self._owners.get(target, ())), None)

    def last(self, target: Target) -> Owner | None:
        """The latest owner that links to `target`, or None."""
        return next(reversed(self._owners.get(target, {})), None)

    def newest_first(self, target: Target) -> Iterator[Owner]:
        """The owners that link to `target`, the latest first, without a copy."""
        return reversed(self._owners.get(target, {}))

    def count(self, target: Target) -> int:
        """How many owners link to `target`."""
        return len(self._owners.get(target, ()))

    def _drop(self, owner: Owner, target: Target) -> None:
        owners = self._owners.get(target)
        if owners is not None:
            owners.pop(owner, None)
            if not owners:
                del self._owners[target]


def _pieces(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    for start in range(0, len(targets), TARGETS_PER_STEP):
        yield targets[start : start + TARGETS_PER_STEP]
