"""The links of a graph as it was: those of now as far as their owners were there, and said the same.

An owner that is another one now (it was at work then, say) states its links again, as it was; see `PastIndex`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

from tui.analysis.index.reverse import GrowingLinks, ReverseLinks

Owner = TypeVar("Owner")
Target = TypeVar("Target")


class PastLinks(ReverseLinks[Owner, Target]):
    """Holds of its own only the links of owners that are others now, which state them; all others are asked of now."""

    __slots__ = ("_now", "_unlike_now", "_was_there")

    def __init__(
        self,
        now: ReverseLinks[Owner, Target] | GrowingLinks[Owner, Target],
        was_there: Callable[[Owner], bool],
        unlike_now: Container[Any],
    ) -> None:
        """`was_there`: whether the graph of then holds an owner; `unlike_now` are those that are others now."""
        super().__init__()
        self._now = now
        self._was_there = was_there
        self._unlike_now = unlike_now

    def begin_again(self) -> None:
        """Forget what was stated: another moment is looked at."""
        self._owners.clear()
        self._targets.clear()

    def known(self, target: Target) -> tuple[Owner, ...]:
        """The owners that linked to `target`, in the order of now; behind them those that do not link to it now."""
        now, own = self._now.known(target), super().known(target)
        return (*filter(self._linked(own), now), *self._no_longer(own, now))

    def first(self, target: Target) -> Owner | None:
        """The earliest owner that linked to `target`, or None."""
        now, own = self._now.known(target), super().known(target)
        return next(chain(filter(self._linked(own), now), self._no_longer(own, now)), None)

    def newest_first(self, target: Target) -> Iterator[Owner]:
        """The owners that linked to `target`, the latest first; as many are looked at as are taken."""
        now, own = self._now.known(target), super().known(target)
        return chain(reversed(self._no_longer(own, now)), filter(self._linked(own), reversed(now)))

    def _linked(self, own: Container[Owner]) -> Callable[[Owner], bool]:
        """Whether an owner that links to a target now did so then; `own` are those that stated it again."""
        unlike_now, was_there = self._unlike_now, self._was_there
        return lambda one: was_there(one) if one not in unlike_now else one in own

    def _no_longer(self, own: Iterable[Owner], now: Container[Owner]) -> list[Owner]:
        return [one for one in own if one not in now]

    def of_all(self, targets: Iterable[Target]) -> Sequence[Owner]:
        """The owners that linked to any of `targets`, in their order; an owner of several comes several times."""
        return [owner for target in targets for owner in self.known(target)]

    def targets(self, owner: Owner) -> Sequence[Target]:
        """What an owner linked to."""
        if owner in self._unlike_now or isinstance(self._now, GrowingLinks):
            return super().targets(owner)
        return self._now.targets(owner) if self._was_there(owner) else ()
