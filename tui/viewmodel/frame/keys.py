"""Keys as people press them: counts (`5j`), sequences (`g g`), sequences with a letter (`m a`).

A key is written as its character (`j`, `G`, `/`) or its name (`space`, `ctrl+d`, `alt+left`); a sequence is keys
with blanks between them. `KeySequences` gets one key at a time and says what it means so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from tui.named_tuple import NamedTuple

ANY_LETTER = "<letter>"
"""Represents one letter or digit in a sequence; the pressed one becomes the argument."""

ESCAPE = "escape"
"""Takes back unfinished keys."""

MAX_COUNT = 9_999_999
"""Counts stop growing here, so that a stuck digit key cannot ask for the impossible."""


class KeyOutcome(NamedTuple):
    """What the keys pressed so far mean.

    `run`: do binding `binding_id`, `times` times (None = no count was given), with `argument` the letter of a
    sequence that takes one. `pending`: more keys may follow; `can_run_now` says that what was pressed is already a
    binding, which a pause completes. `unknown`: the keys mean nothing; `argument` is the sequence.
    """

    kind: Literal["run", "pending", "unknown"]
    binding_id: str = ""
    times: int | None = None
    argument: str = ""
    can_run_now: bool = False


class _KeyNode:
    """One place in the tree of sequences."""

    __slots__ = ("binding_id", "branches")

    def __init__(self) -> None:
        self.binding_id = ""
        self.branches: dict[str, _KeyNode] = {}

    def branch(self, key: str) -> _KeyNode | None:
        found = self.branches.get(key)
        if found is None and len(key) == 1 and key.isalnum():
            found = self.branches.get(ANY_LETTER)
        return found


class KeySequences:
    """State of the keyboard between two complete commands."""

    def __init__(self, sequences: Mapping[str, Iterable[str]]) -> None:
        """`sequences` gives the key sequences of each binding id."""
        self._root = _KeyNode()
        self._node = self._root
        self._digits = ""
        self._argument = ""
        self._pressed: list[str] = []
        for binding_id, keys in sequences.items():
            for sequence in keys:
                self._add(binding_id, sequence)

    @property
    def pressed(self) -> str:
        """The keys of an unfinished command as a person would write them: `5g`; empty if there is none."""
        return self._digits + "".join(self._pressed)

    def press(self, key: str) -> list[KeyOutcome]:
        """Outcomes of one more key: usually one; two when it first completes what was waiting.

        Esc takes back an unfinished command: none.
        """
        if key == ESCAPE and self.pressed and key not in self._node.branches.keys() - self._root.branches.keys():
            self.reset()
            return []
        if self._node is self._root and self._takes_digit(key):
            self._digits = (self._digits + key)[: len(str(MAX_COUNT))]
            return [KeyOutcome("pending")]
        following = self._node.branch(key)
        if following is None:
            return self._press_without_branch(key)
        if key not in self._node.branches:
            self._argument = key
        self._node = following
        self._pressed.append(key)
        if not following.branches:
            return [self._finish()]
        return [KeyOutcome("pending", can_run_now=bool(following.binding_id))]

    def pause(self) -> KeyOutcome | None:
        """The person waited: what the keys so far mean, if that is a whole command already."""
        return self._finish() if self._node.binding_id else None

    def reset(self) -> None:
        """Forget an unfinished command."""
        self._node = self._root
        self._digits = self._argument = ""
        self._pressed.clear()

    def continuations(self) -> list[tuple[str, str]]:
        """Keys that may follow now, each with the binding id it leads to (empty where more keys must follow)."""
        if self._node is self._root:
            return []
        return [(key, node.binding_id) for key, node in self._node.branches.items()]

    def _press_without_branch(self, key: str) -> list[KeyOutcome]:
        waiting = self.pause()
        if waiting is not None:
            return [waiting, *self.press(key)]
        tried = " ".join([*self._pressed, key])
        self.reset()
        return [KeyOutcome("unknown", argument=tried)]

    def _takes_digit(self, key: str) -> bool:
        return len(key) == 1 and key in "0123456789" and (key != "0" or bool(self._digits))

    def _finish(self) -> KeyOutcome:
        count = min(int(self._digits), MAX_COUNT) if self._digits else None
        outcome = KeyOutcome("run", self._node.binding_id, count, self._argument)
        self.reset()
        return outcome

    def _add(self, binding_id: str, sequence: str) -> None:
        node = self._root
        for key in sequence.split():
            node = node.branches.setdefault(key, _KeyNode())
        node.binding_id = node.binding_id or binding_id
