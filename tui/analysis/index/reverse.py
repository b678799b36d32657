"""Links seen from their far end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar, cast

TARGETS_PER_STEP = 1_000
"""Targets of one step of a long list: about a millisecond of work."""

FEW = 10
"""Among fewer than this many, one is found faster, and kept in less room, in a tuple than in a set or dictionary."""

Owner = TypeVar("Owner")
Target = TypeVar("Target")


class _Owners(Generic[Owner, Target]):
    """The owners of each target, in the order in which they first linked to it.

    Most targets have one owner, which is kept as it is; a few are a tuple; only many are worth a dictionary, which is
    by far the largest. So owners must not be dictionaries or plain tuples; a named tuple may be one.
    """

    __slots__ = ("_owners",)

    def __init__(self) -> None:
        self._owners: dict[Target, Owner | tuple[Owner, ...] | dict[Owner, None]] = {}

    @property
    def owner_map(self) -> Mapping[Target, Owner | tuple[Owner, ...] | dict[Owner, None]]:
        """Target → its owner, or several of them: as it is kept, to be written to a cache."""
        return self._owners

    def restore_owners(self, owners: Mapping[Target, Owner | tuple[Owner, ...]]) -> None:
        """Take in a part of what `owner_map` was, several owners being tuples."""
        for target, known in owners.items():
            if type(known) is tuple and len(known) >= FEW:
                self._owners[target] = dict.fromkeys(known)
            else:
                self._owners[target] = known

    def of(self, target: Target) -> Sequence[Owner]:
        """The owners that link to `target`, as a list of its own."""
        return list(self.known(target))

    def of_all(self, targets: Iterable[Target]) -> Sequence[Owner]:
        """The owners that link to any of `targets`, in their order; an owner of several comes several times."""
        owners = self._owners
        return [owner for target in targets if target in owners for owner in self._of(target)]

    def owner_like(self, owner: Owner, target: Target) -> Owner:
        """The equal owner that links to `target` already, for want of one `owner` itself."""
        if target not in self._owners:
            return owner
        return next((known for known in self._of(target) if known == owner), owner)

    def first(self, target: Target) -> Owner | None:
        """The earliest owner that links to `target`, or None."""
        known = self._owners.get(target)
        return next(iter(known)) if type(known) is dict or type(known) is tuple else cast("Owner | None", known)

    def last(self, target: Target) -> Owner | None:
        """The latest owner that links to `target`, or None."""
        return next(self.newest_first(target), None)

    def newest_first(self, target: Target) -> Iterator[Owner]:
        """The owners that link to `target`, the latest first, without a copy."""
        return reversed(self.known(target))

    def count(self, target: Target) -> int:
        """How many owners link to `target`."""
        return len(self.known(target))

    def known(self, target: Target) -> tuple[Owner, ...] | dict[Owner, None]:
        """The owners that link to `target`, as they are kept: not to be changed."""
        return self._of(target)

    def _of(self, target: Target) -> tuple[Owner, ...] | dict[Owner, None]:
        known = self._owners.get(target, ())
        if type(known) is dict or type(known) is tuple:
            return known
        return (cast("Owner", known),)

    def _add(self, owner: Owner, target: Target) -> None:
        known = self._owners.setdefault(target, owner)
        if type(known) is dict:
            known[owner] = None
        elif type(known) is tuple:
            if owner not in known:
                several = (*known, owner)
                self._owners[target] = several if len(several) < FEW else dict.fromkeys(several)
        elif known != owner:
            self._owners[target] = (cast("Owner", known), owner)

    def _drop(self, owner: Owner, target: Target) -> None:
        known = self._of(target)
        if type(known) is dict:
            known.pop(owner, None)
            if len(known) >= FEW:
                return
        left = tuple(one for one in known if one != owner)
        if left:
            self._owners[target] = left if len(left) > 1 else left[0]
        else:
            self._owners.pop(target, None)


class ReverseLinks(_Owners[Owner, Target]):
    """Who links to a target. An owner states all of its targets each time that it changes.

    Stating costs the number of targets that the owner has, whatever the others have. Neither owners nor targets may
    be lists, dictionaries or plain tuples; a named tuple may be one.
    """

    __slots__ = ("_targets",)

    def __init__(self) -> None:
        super().__init__()
        self._targets: dict[Owner, Target | Sequence[Target]] = {}
        """Owner → its one target, or a tuple or list of them; owners of nothing are left out."""

    @property
    def target_map(self) -> Mapping[Owner, Target | Sequence[Target]]:
        """Owner → what it links to: as it is kept, to be written to a cache."""
        return self._targets

    def restore_targets(self, targets: Mapping[Owner, Target | Sequence[Target]]) -> None:
        """Take in a part of what `target_map` was, several targets being tuples."""
        self._targets.update(targets)

    def state(self, owner: Owner, targets: Iterable[Target]) -> bool:
        """`owner` now links to `targets` and nothing else. Whether that is news."""
        wanted = tuple(targets)
        if not wanted and owner not in self._targets:
            return False
        before = self.targets(owner)
        if len(wanted) == len(before) and wanted == tuple(before):
            return False
        kept = wanted if len(wanted) < FEW else frozenset(wanted)
        for target in before:
            if target not in kept:
                self._drop(owner, target)
        for target in wanted:
            self._add(owner, target)
        if wanted:
            self._targets[owner] = wanted if len(wanted) > 1 else wanted[0]
        else:
            del self._targets[owner]
        return True

    def state_one(self, owner: Owner, target: Target | None) -> bool:
        """Do what `state` does for one target, or for none: nearly all links are such, and this costs half."""
        before = self._targets.get(owner)
        if before == target:
            return False
        if before is not None:
            return self.state(owner, () if target is None else (target,))
        known = self._owners.setdefault(cast("Target", target), owner)
        if known is not owner:
            self._add(owner, cast("Target", target))
        self._targets[owner] = cast("Target", target)
        return True

    def state_each(self, owners: Iterable[Owner], targets: Iterable[Target | None]) -> None:
        """Do what `state_one` does for each of many owners, in half its time."""
        kept, owned = self._targets, self._owners
        for owner, target in zip(owners, targets, strict=True):
            before = kept.get(owner)
            if before == target:
                continue
            if before is not None:
                self.state(owner, () if target is None else (target,))
                continue
            known = owned.setdefault(cast("Target", target), owner)
            if type(known) is dict:
                known[owner] = None
            elif known is not owner:
                self._add(owner, cast("Target", target))
            kept[owner] = cast("Target", target)

    def state_lists(self, owners: Iterable[Owner], lists: Iterable[Sequence[Target]]) -> None:
        """Do what `state` does for each of many owners: most of them link to nothing, and some to one target."""
        for owner, targets in zip(owners, lists, strict=True):
            if len(targets) == 1:
                self.state_one(owner, targets[0])
            elif targets or owner in self._targets:
                self.state(owner, targets)

    def state_in_steps(self, owner: Owner, targets: list[Target]) -> Iterator[None]:
        """Do what `state` does, `TARGETS_PER_STEP` targets a step: for lists that may be very long.

        The list itself is kept, so it must not change later; stating it again costs nothing.
        """
        before = self.targets(owner)
        if targets is before or (len(targets) == len(before) and targets == list(before)):
            return
        kept = frozenset(targets) if before else frozenset()
        for gone in _pieces(before):
            for target in gone:
                if target not in kept:
                    self._drop(owner, target)
            yield
        owned = self._owners
        for piece in _pieces(targets):
            for target in piece:
                if owned.setdefault(target, owner) is not owner:
                    self._add(owner, target)
            yield
        self._targets[owner] = targets

    def targets(self, owner: Owner) -> Sequence[Target]:
        """What an owner links to, as it stated it last."""
        known = self._targets.get(owner, ())
        if type(known) is tuple or type(known) is list:
            return known
        return (cast("Target", known),)


class GrowingLinks(_Owners[Owner, Target]):
    """Who links to a target, where an owner's list of targets only ever grows or shrinks at its end.

    Stating the list again costs what was added to it or taken off, however long it is.
    """

    __slots__ = ("_stated",)

    def __init__(self) -> None:
        super().__init__()
        self._stated: dict[Owner, tuple[int, Sequence[Target]]] = {}
        """How many targets an owner stated, and the list that it stated, which may have grown since."""

    def state(self, owner: Owner, targets: Sequence[Target]) -> None:
        """`owner` links to `targets`: those it stated before and what was added behind them, or the first of those."""
        stated, before = self._stated.get(owner, (0, ()))
        for position in range(stated, len(targets)):
            self._add(owner, targets[position])
        for position in range(len(targets), stated):
            self._drop(owner, before[position])
        if targets:
            self._stated[owner] = (len(targets), targets)
        else:
            self._stated.pop(owner, None)


class DerivedLinks(_Owners[Owner, Target]):
    """Who links to a target, where it follows from the owner what it links to, so that this is not kept a second time.

    An owner is noted with every target that it ever had; whether it still has it is found out when somebody asks.
    """

    __slots__ = ("targets",)

    def __init__(self, targets: Callable[[Owner], Sequence[Target]]) -> None:
        """`targets` says what an owner links to: nothing if it is gone."""
        super().__init__()
        self.targets = targets

    def state(self, owner: Owner, targets: Sequence[Target] | None = None) -> None:
        """`owner` came, or changed; `targets` are what it links to, where the caller has just found out."""
        if targets is None:
            targets = self.targets(owner)
        if len(targets) > 1:  # the owner is kept once, and not with each of its targets
            owner = self.owner_like(owner, targets[0])
        for target in targets:
            self._add(owner, target)

    def state_each(self, owners: Iterable[Owner], lists: Iterable[Sequence[Target]]) -> None:
        """Do what `state` does for each of many owners and what it links to."""
        owned = self._owners
        for owner, targets in zip(owners, lists, strict=True):
            if len(targets) == 1:
                known = owned.setdefault(targets[0], owner)
                if type(known) is dict:
                    known[owner] = None
                elif known is not owner and known != owner:
                    self._add(owner, targets[0])
            elif targets:
                self.state(owner, targets)

    def seen_in(self, targets: Callable[[Owner], Sequence[Target]]) -> DerivedLinks[Owner, Target]:
        """The same links in a graph of an earlier moment, where `targets` says what an owner linked to."""
        return _EarlierLinks(self, targets)

    def known(self, target: Target) -> tuple[Owner, ...]:
        """The owners that link to `target`."""
        return tuple(owner for owner in self._of(target) if target in self.targets(owner))

    def first(self, target: Target) -> Owner | None:
        """The earliest owner that links to `target`, or None."""
        return next((owner for owner in self._of(target) if target in self.targets(owner)), None)

    def of_all(self, targets: Iterable[Target]) -> Sequence[Owner]:
        """The owners that link to any of `targets`, in their order; an owner of several comes several times."""
        return [owner for target in targets for owner in self.known(target)]


class _EarlierLinks(DerivedLinks[Owner, Target]):
    """Asks the links of now: every owner that ever linked to a target is noted there."""

    __slots__ = ()

    def __init__(self, now: DerivedLinks[Owner, Target], targets: Callable[[Owner], Sequence[Target]]) -> None:
        super().__init__(targets)
        self._owners = now._owners

    def state(self, owner: Owner, targets: Sequence[Target] | None = None) -> None:
        """It is known."""

    def state_each(self, owners: Iterable[Owner], lists: Iterable[Sequence[Target]]) -> None:
        """They are known."""


def _pieces(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    for start in range(0, len(targets), TARGETS_PER_STEP):
        yield targets[start : start + TARGETS_PER_STEP]
