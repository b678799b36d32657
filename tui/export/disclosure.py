"""What of a recording's texts an export may show: their sizes, or the texts without what the rules hide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, get_args

import msgspec

from tui.export.redaction.redactor import Redactor, SeenSecret
from tui.model.conversation import ItemKind, Role
from tui.model.objects import EdgeKind
from tui.schema.events import CodeCellRuntimeStatus, ExecutionStatus, RolloutStatus
from tui.viewmodel.text.clean import format_bytes

REMEMBERED_LABELS = 10_000
"""Labels that are not looked at again: a few of them are in every row of an export."""

LABELS_AT_ONCE = 4_000
"""Labels that are looked at together: a look takes longer to begin than to go through a few ids."""

_PLAIN: Final = re.compile(r"[\w.:/-]+", re.ASCII)
"""A label that is read in one way, so that nothing in it can hide a part of the next one."""

_WORDS: Final = frozenset(
    word
    for words in (RolloutStatus, ExecutionStatus, CodeCellRuntimeStatus, Role, ItemKind, EdgeKind)
    for word in get_args(words)
)
"""What may be a status, a role or a kind."""


class Hidden(msgspec.Struct, frozen=True, kw_only=True):
    """What an export left out.

    `texts`: texts of which only the size is shown, `bytes` their bytes. `by_rule`: how often a rule hid something;
    `secrets`: how many different secrets these were.
    """

    texts: int
    bytes: int
    by_rule: dict[str, int]
    secrets: int


class Disclosure:
    """The one door for texts on their way out. Without content, a text is its size: `‹412 B›`."""

    def __init__(self, redactor: Redactor, *, with_content: bool) -> None:
        self.with_content = with_content
        self._redactor = redactor
        self._harmless: set[str] = set()
        self._learned = 0
        self._texts = 0
        self._bytes = 0

    @property
    def hidden(self) -> Hidden:
        """What was left out so far."""
        redactor = self._redactor
        counts = dict(sorted(redactor.counts.items()))
        return Hidden(texts=self._texts, bytes=self._bytes, by_rule=counts, secrets=redactor.secrets)

    @property
    def seen(self) -> Sequence[SeenSecret]:
        """The secrets that were hidden so far, in the order in which they were found."""
        return self._redactor.seen

    def label(self, name: str) -> str:
        """An id, or the name of an agent, a tool, a model: shown in any case, but no secret in it."""
        if len(self._redactor.learned) != self._learned:
            self._forget_learned()
        if name in self._harmless:
            return name
        shown = self._redactor.hide(name)
        if shown == name and len(self._harmless) < REMEMBERED_LABELS:
            self._harmless.add(name)
        return shown

    def _forget_learned(self) -> None:
        """Labels that hold a secret which was learned since they were looked at are not harmless any more."""
        for secret in self._redactor.learned[self._learned :]:
            self._harmless = {name for name in self._harmless if secret not in name}
        self._learned = len(self._redactor.learned)

    def look_at(self, names: Iterable[str]) -> None:
        """Look at labels, many at once, that `label` will be asked for: the ids of a recording.

        Where nothing is found in all of them together, nothing is in any of them; the others are left to `label`.
        """
        plain = filter(_PLAIN.fullmatch, names)
        while some := list(islice(plain, LABELS_AT_ONCE)):
            if self._redactor.is_clean(" ".join(some)):
                self._harmless.update(some)

    def text(self, text: str) -> str:
        """Anything that a person, a model or a program said."""
        return self._redactor.hide(text) if self.with_content else self._size(text)

    def word(self, word: str) -> str:
        """A status, kind or role: as it is if the format defines it; a recorder may have written anything there."""
        return word if word in _WORDS else self.text(word)

    def pieces(self, texts: Sequence[str]) -> list[str]:
        """A text that came in pieces; a secret may span several of them."""
        return self._redactor.hide_pieces(texts) if self.with_content else [self._size(text) for text in texts]

    def encoded(self, value: str) -> str:
        """An encrypted body: whole or not at all, and not if there is something in it that a rule knows."""
        if not self.with_content:
            return self._size(value)
        return value if self._redactor.hide(value) == value else self._size(value)

    def learn_pieces(self, texts: Sequence[str]) -> None:
        """Take notice of a text that came in pieces, which may be shown one by one."""
        if self.with_content:
            self._redactor.learn_pieces(texts)

    def _size(self, text: str) -> str:
        if not text:
            return text
        size = len(text.encode("utf-8", "surrogatepass"))
        self._texts += 1
        self._bytes += size
        return f"‹{format_bytes(size)}›"
