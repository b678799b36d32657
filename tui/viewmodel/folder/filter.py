"""Which recordings of a folder a filter leaves: `outcome:failed tokens>1m problems>10 parser`.

| written | leaves recordings |
|---|---|
| `word`, `"some words"`, `text:word` | that hold it in name, prompt, outcome or state, in any case |
| `outcome:` | that came out so: `succeeded failed cancelled running unknown` |
| `status:` | the same in the words of the viewer: `ok failed cancelled running` |
| `recording:` | that stand so: `live waiting ended cut` |
| `name:` `asked:` | whose name, or first prompt, holds it |
| `took>10m` `duration<5s` | that took longer, or shorter |
| `age>2d` `age<1h` | that began longer ago, or since |
| `tokens>1m` `requests>50` `agents>3` `problems>10` | that have more, or with `<` fewer |
| `cached<50` | less than this percentage of the input was cached |
| `problem` | with which something is wrong |

All conditions must hold. `-` before one turns it around, a comma between values means either of them, and quotes keep
blanks, commas and colons. What is not known of a recording neither holds nor fails: such a recording is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tui.viewmodel.folder.row import FolderRow, row_text
from tui.viewmodel.timeline.filter_words import MILLISECONDS, TIMES, FilterError, TypedWord, typed_words

_DAYS: Mapping[str, int] = {**MILLISECONDS, "d": 86_400_000}
_PERCENT: Mapping[str, int] = {"": 1, "%": 1}

_OUTCOMES = {
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "running": "running",
    "unknown": "unknown",
    "ok": "succeeded",
    "done": "succeeded",
    "completed": "succeeded",
    "error": "failed",
    "aborted": "cancelled",
    "open": "running",
    "waiting": "running",
}
"""What people call an outcome → the outcome. The first five are offered."""

_STATES = {
    "live": "live",
    "waiting": "waiting",
    "ended": "ended",
    "cut": "cut off",
    "cutoff": "cut off",
    "unread": "end unread",
}

_NUMBERS: dict[str, tuple[Callable[[FolderRow, int], float | None], Mapping[str, int], str]] = {
    "tokens": (lambda row, _now: None if row.facts is None else row.facts.total_tokens, TIMES, "tokens>1m"),
    "problems": (lambda row, _now: None if row.facts is None else row.facts.problems, TIMES, "problems>10"),
    "agents": (lambda row, _now: None if row.facts is None else row.facts.agents, TIMES, "agents>3"),
    "requests": (lambda row, _now: None if row.facts is None else row.facts.requests, TIMES, "requests>50"),
    "cached": (lambda row, _now: None if row.facts is None else row.facts.cached_percent, _PERCENT, "cached<50"),
    "took": (lambda row, _now: None if row.facts is None else row.facts.took_ms, _DAYS, "took>10m"),
    "age": (lambda row, now: _age(row, now), _DAYS, "age<2d"),
}
"""Key → the number of a recording, the units that it may have, and an example."""

_SAME = {"reqs": "requests", "duration": "took", "problem": "problems", "prompt": "asked", "status": "outcome"}

KEYS = ("outcome", "recording", "name", "asked", *_NUMBERS, "text")
"""What can stand before a colon or a comparison."""

_EXAMPLES = {
    "outcome": "outcome:failed",
    "recording": "recording:live",
    "name": "name:nightly",
    "asked": "asked:parser",
}

Condition = Callable[[FolderRow, int], bool | None]
"""Whether a condition holds for a recording, now; None where that is not known."""


class FolderFilter(NamedTuple):
    """All conditions must hold; without any, every recording is left.

    `needs_reading`: whether one asks for facts. `asks_for_age`: whether the answer changes as time passes.
    """

    conditions: tuple[Condition, ...] = ()
    needs_reading: bool = False
    asks_for_age: bool = False

    def leaves(self, row: FolderRow, now_unix_ms: int) -> bool:
        """Whether a recording is left."""
        return all(condition(row, now_unix_ms) for condition in self.conditions)


TextOf = Callable[[FolderRow], str]
"""What plain words are compared with, in small letters."""


def parse_folder_filter(text: str, text_of: TextOf = row_text) -> FolderFilter:
    """The filter that a person typed. Raises `FilterError`. `text_of` may know the texts of rows already."""
    words = list(typed_words(text))
    named = {_SAME.get(word.key, word.key) if word.key else "" for word in words}
    is_problem = any(word.key is None and word.written in ("problem", "problems") for word in words)
    needs = bool(named & {"outcome", *_NUMBERS} - {"age"}) or is_problem
    conditions = tuple(_negated(_condition(word, text_of), word.is_negated) for word in words)
    return FolderFilter(conditions, needs, "age" in named)


def _negated(condition: Condition, is_negated: bool) -> Condition:
    if not is_negated:
        return condition

    def turned(row: FolderRow, now_unix_ms: int) -> bool | None:
        holds = condition(row, now_unix_ms)
        return None if holds is None else not holds

    return turned


def _condition(word: TypedWord, text_of: TextOf) -> Condition:
    if word.key is None:
        if word.written in ("problem", "problems"):
            return _compared("problems", ">", 0)
        return _holding((word.plain or word.typed).casefold(), text_of)
    key = _SAME.get(word.key, word.key)
    if key not in KEYS:
        raise FilterError(
            f'there is no key {word.key!r}; expected {", ".join(KEYS)}, or the text in quotes: "{word.typed}"'
        )
    if key in _NUMBERS:
        _, units, example = _NUMBERS[key]
        amount = word.amount(units)
        if amount is None:
            raise FilterError(f"cannot compare {key} with {word.written!r}; write for example {example}")
        return _compared(key, word.sign, amount)
    example = _EXAMPLES.get(key, 'text:"exit code"')
    if word.sign != ":" or not word.values:
        raise FilterError(f"{key} needs a value behind a colon; write for example {example}")
    return _any_of([_with_value(key, value.casefold(), text_of) for value in word.values])


def _with_value(key: str, value: str, text_of: TextOf) -> Condition:
    if key == "outcome":
        outcome = _known("outcome", value, _OUTCOMES)
        return lambda row, _now: None if row.outcome is None else row.outcome == outcome
    if key == "recording":
        state = _known("state of a recording", value, _STATES)
        return lambda row, _now: row.state.word == state
    if key == "name":
        return lambda row, _now: value in row.summary.name.casefold()
    if key == "asked":
        return lambda row, _now: value in row.prompt.casefold()
    return _holding(value, text_of)


def _known(what: str, value: str, words: Mapping[str, str]) -> str:
    if value not in words:
        raise FilterError(f"there is no {what} {value!r}; expected one of {', '.join(list(words)[:5])}")
    return words[value]


def _any_of(conditions: list[Condition]) -> Condition:
    def holds(row: FolderRow, now_unix_ms: int) -> bool | None:
        answers = [condition(row, now_unix_ms) for condition in conditions]
        return True if True in answers else None if None in answers else False

    return conditions[0] if len(conditions) == 1 else holds


def _holding(text: str, text_of: TextOf) -> Condition:
    return lambda row, _now: text in text_of(row)


def _compared(key: str, sign: str, amount: float) -> Condition:
    number = _NUMBERS[key][0]

    def holds(row: FolderRow, now_unix_ms: int) -> bool | None:
        value = number(row, now_unix_ms)
        return None if value is None else value > amount if sign == ">" else value < amount

    return holds


def _age(row: FolderRow, now_unix_ms: int) -> int | None:
    started = row.summary.started_at_unix_ms
    return None if started is None else now_unix_ms - started
