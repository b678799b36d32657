"""Which rows a filter leaves: `pytest -kind:turn tool:exec_command,apply_patch duration>2s agent:/root "exit code"`.

| written | leaves rows |
|---|---|
| `word`, `"some words"`, `text:word` | whose label holds it; any case unless it holds a capital |
| `failed`, `cancelled`, `cut off`, … | that stand so, or whose label holds the words |
| `kind:` | of a kind: `agent turn request tool script compaction attempt message event diagnostic` |
| `tool:` | of calls of tools whose name holds it |
| `status:` | that stand so: `ok failed running cancelled waiting` |
| `agent:` | of agents whose path holds it; from `/` on, of exactly that agent |
| `turn:` | of the turns with that number |
| `duration>2s` `duration<500ms` | that took longer, or shorter |
| `tokens>10k` `tokens<500` | of requests, turns and agents that used more, or fewer |
| `cached<50` `cached>90` | requests of whose input less, or more, percent came from the cache |
| `problem` | with which something is wrong |

All conditions must hold. `-` before one turns it around, a comma between values means either of them, and quotes keep
blanks, commas and colons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.analysis.search.pattern import make_pattern
from tui.viewmodel.timeline.conditions import KEYS, Condition, Key, TimelineFilter
from tui.viewmodel.timeline.filter_words import MILLISECONDS, PERCENT, TIMES, FilterError, TypedWord, typed_words
from tui.viewmodel.timeline.row_kinds import KIND_OF_WORD, OFFERED_KINDS

__all__ = ["FilterError"]

MEASURED: frozenset[Key] = frozenset({"duration", "tokens", "cached"})
"""Keys that are compared with `>` and `<`."""

STATUS_WORDS = {
    "ok": "ok",
    "failed": "failed",
    "running": "running",
    "cancelled": "cancelled",
    "waiting": "waiting",
    "error": "failed",
    "open": "running",
    "completed": "ok",
    "aborted": "cancelled",
    "done": "ok",
}
"""What people call the status of a row → the status; the first five are offered."""

STATE_TEXTS = {
    "succeeded": "ok",
    "failed": "failed",
    "running": "running",
    "cancelled": "cancelled",
    "aborted": "cancelled",
    "terminated": "cancelled",
    "cut off": "cancelled",
    "waiting": "waiting",
    "left open": "waiting",
}
"""Words by themselves that name a state on the screen, though no label holds them → the status of the rows."""


def parse_filter(text: str) -> TimelineFilter:
    """The filter that a person typed. Raises `FilterError`."""
    return TimelineFilter(tuple(_condition(word) for word in _with_whole_states(typed_words(text))))


def _with_whole_states(words: Iterable[TypedWord]) -> Iterator[TypedWord]:
    """The same words; two that name one state, as `cut off`, are one."""
    before: TypedWord | None = None
    for word in words:
        if before is not None:
            both = f"{before.written} {word.written}"
            if before.key is word.key is None and not word.is_negated and both.lower() in STATE_TEXTS:
                yield before._replace(typed=both, written=both)
                before = None
                continue
            yield before
        before = word
    if before is not None:
        yield before


def _condition(word: TypedWord) -> Condition:
    negated = word.is_negated
    if word.key is None:
        if word.written in ("problem", "problems"):
            return Condition("problem", is_negated=negated)
        status = STATE_TEXTS.get(word.plain.lower())
        condition = _text(word.plain or word.typed, negated=negated and bool(word.written))
        return condition if status is None else condition._replace(statuses=(status,))
    key = next((known for known in KEYS if known == word.key), None)
    if key is None:
        raise FilterError(
            f'there is no key {word.key!r}; expected {", ".join(KEYS)}, or the text in quotes: "{word.typed}"'
        )
    if key in MEASURED:
        return _comparison(key, word)
    if word.sign != ":":
        raise FilterError(f"{key} cannot be compared; expected {key}:…, as in {_EXAMPLES[key]}")
    if not word.values:
        raise FilterError(f"{key}: lacks a value; expected {_expected(key)}")
    if key == "text":
        return _text(*word.values, negated=negated)
    return Condition(key, tuple(_value(key, value) for value in word.values), negated)


def _text(*values: str, negated: bool) -> Condition:
    return Condition("text", values, negated, words=tuple(make_pattern(value) for value in values))


def _comparison(key: Key, word: TypedWord) -> Condition:
    amount = word.amount(_UNITS.get(key, TIMES))
    if amount is None:
        raise FilterError(f"cannot compare {key} with {word.written!r}; write for example {_EXAMPLES[key]}")
    return Condition(key, (word.written,), word.is_negated, word.sign, amount)


_UNITS = {"duration": MILLISECONDS, "cached": PERCENT}


def _value(key: Key, value: str) -> str:
    if key == "kind" or key == "status":
        known = (KIND_OF_WORD if key == "kind" else STATUS_WORDS).get(value.lower())
        if known is None:
            raise FilterError(f"there is no {key} {value!r}; expected {_expected(key)}")
        return known
    if key == "turn" and not value.isdecimal():
        raise FilterError(f"turn:{value} is not a number; write for example {_EXAMPLES[key]}")
    return value if key == "agent" else value.lower()


_EXAMPLES: dict[Key, str] = {
    "kind": "kind:tool",
    "tool": "tool:exec_command",
    "status": "status:failed",
    "agent": "agent:/root",
    "turn": "turn:3",
    "duration": "duration>2s or duration<500ms",
    "tokens": "tokens>10k or tokens<500",
    "cached": "cached<50 or cached>90%",
    "text": 'text:"exit code"',
}


def _expected(key: Key) -> str:
    if key == "kind":
        return "one of " + ", ".join(OFFERED_KINDS)
    return "one of " + ", ".join(list(STATUS_WORDS)[:5]) if key == "status" else f"as in {_EXAMPLES[key]}"
