"""How often the payloads of a bundle hold a text, found without its log."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.bundle.disk.confine import ConfinedDirectory

if TYPE_CHECKING:
    from tui.bundle.catalog.usual_log import UsualLog  # not needed where few payloads hold the text


class HeldFragments(NamedTuple):
    """A body that is a list of texts, as a body with parts is: how many texts, and what they hold together."""

    texts: int
    times: int | None
    """How often the text is in them; None if they are too large to be counted here."""


class HeldText(NamedTuple):
    """A payload that holds the text, or may hold it."""

    number: int
    shard: int | None
    """None if it is a file of its own."""
    times: int | None
    """How often its body holds the text; None for one that is too large to be counted here."""
    fragments: HeldFragments | None = None
    """The same if its body has parts; None if it is not a list of texts."""

    def times_with(self, parts: int) -> int | None:
        """How often it holds the text if its body has this many parts; None if it has to be searched by itself."""
        if not parts:
            return self.times
        if self.fragments is None or self.fragments.texts != parts + 1:
            return None
        return self.fragments.times


class SearchedPayloads(Protocol):
    """The payloads of a bundle, numbered 1, 2, 3 … without a gap, searched."""

    @property
    def count(self) -> int:
        """How many there are."""
        ...

    @property
    def found(self) -> list[HeldText]:
        """Those that hold the text, or may hold it, in the order of their numbers."""
        ...

    def read(self, directory: ConfinedDirectory) -> bool:
        """Search all of them; False if one is not as recorders write them."""
        ...

    def are_so_named(self, log: UsualLog) -> bool:
        """Whether the log names each where it is, with parts only where its body is a list of texts."""
        ...
