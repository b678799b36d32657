"""Completes the filter that is being typed: keys, and the values that this recording holds."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from tui.analysis.kinds.naming import agent_name, tool_name
from tui.model.trace import RolloutTrace
from tui.viewmodel.timeline.conditions import KEYS
from tui.viewmodel.timeline.filter import MEASURED, STATUS_WORDS
from tui.viewmodel.timeline.row_kinds import OFFERED_KINDS

_TYPED = re.compile(
    r'(?P<before>(?:^|.*\s))(?P<minus>-?)(?:(?P<key>[a-z]+):(?P<values>(?:[^\s"]*,)?))?(?P<word>[^\s",:]*)$'
)


class Candidates(NamedTuple):
    """What may stand at the cursor: the words, and the text up to the cursor before and after completing."""

    words: tuple[str, ...]
    before: str
    after: str


class _Turn(NamedTuple):
    """Candidates that Tab offers in turn: what is before them, and which one is there now."""

    start: str
    words: tuple[str, ...]
    place: int = 0

    @property
    def shown(self) -> str:
        """The text up to the cursor."""
        return self.start + self.words[self.place]

    def next(self) -> _Turn:
        """The candidate after this one, or the first again."""
        return self._replace(place=(self.place + 1) % len(self.words))


class FilterVocabulary:
    """The names that a recording holds, gathered as it grows."""

    def __init__(self, trace: RolloutTrace) -> None:
        self._trace = trace
        self._tools: dict[str, None] = {}
        self._looked_at = 0
        self._turn: _Turn | None = None

    def gather(self, count: int = 500) -> bool:
        """Look at the next `count` tool calls; whether there may be more."""
        calls = list(islice(self._trace.tool_calls.values(), self._looked_at, self._looked_at + count))
        self._looked_at += len(calls)
        self._tools.update(dict.fromkeys(tool_name(call) for call in calls))
        return len(calls) == count

    def candidates(self, text: str) -> Candidates:
        """What completes `text`, the part of the line before the cursor."""
        match = _TYPED.match(text)
        if match is None:
            return Candidates((), text, text)
        key, word = match["key"], match["word"]
        ending = "" if key else ":"
        words = tuple(sorted(one for one in self._values(key) if one.startswith(word)))
        start = text[: match.start("word")]
        if not words or (not word and key is None):
            return Candidates(words, text, text)
        completed = _common_start(words)
        whole = completed + (_after_key(words[0]) if ending else " ") if len(words) == 1 else completed
        return Candidates(words, text, start + whole)

    def complete(self, text: str) -> str:
        """What Tab makes of `text`, the part of the line before the cursor.

        It is completed as far as it is certain; where nothing is, the first candidate is taken, and with each further
        Tab the next.
        """
        if self._turn is not None and text == self._turn.shown:
            self._turn = self._turn.next()
            return self._turn.shown
        self._turn = None
        found = self.candidates(text)
        if found.after != text or not found.words:
            return found.after
        match = _TYPED.match(text)
        is_key = match is not None and match["key"] is None
        start = text if match is None else text[: match.start("word")]
        words = tuple(word + _after_key(word) for word in found.words) if is_key else found.words
        self._turn = _Turn(start, words)
        return self._turn.shown

    def _values(self, key: str | None) -> list[str]:
        if key is None:
            return [*KEYS, "problem"]
        values = {
            "kind": list(OFFERED_KINDS),
            "status": list(STATUS_WORDS)[:5],
            "tool": [name for name in self._tools if _is_plain(name)],
            "agent": [
                name for name in (agent_name(self._trace, one) for one in self._trace.threads) if _is_plain(name)
            ],
        }
        return values.get(key, [])


def _common_start(words: tuple[str, ...]) -> str:
    shortest = min(words, key=len)
    ends = range(len(shortest), 0, -1)
    return next((shortest[:end] for end in ends if all(word.startswith(shortest[:end]) for word in words)), "")


def _after_key(key: str) -> str:
    """What most people mean by a key: what took long or cost much, and what was cached little."""
    signs = {"problem": " ", "cached": "<"}
    return signs.get(key, ">" if key in MEASURED else ":")


def _is_plain(name: str) -> bool:
    """Whether a name can be typed without quotes and shown as it is."""
    return bool(name) and name.isprintable() and not set(name) & set(' ",:')
