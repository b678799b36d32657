"""What two runs of the same session never share, taken out of an item before it is compared: a closed list of rules.

| rule | what it covers |
|---|---|
| encrypted bodies | `encrypted_content`, which only the provider can read |
| item ids | ids of items, of their calls, of responses, and the recorder's own notes about an item |
| uuids | ids of sessions, agents, turns, requests, wherever they are written |
| dates and times | dates with or without a time, times of day with seconds, `Nov 22 06:51` of a listing |
| wall times | `Wall time: 0.0123 seconds`, `"wall_time_seconds":0.05` in the answers of tools |
| chunk ids | `Chunk ID: 5385a8`, `"chunk_id":"5385a8"` in the answers of tools |
| order of tools | in which order tools are listed, in a request and in the answer of a search for tools |
| order of arrival | whether a tool answered before or after other input came that the model saw together with it |
| items sent again | what a request repeats of the one before under new ids, if the other recorder has none (schema 1) |
| outputs never sent | what tools answered and no request held, if only one recorder notes that (since schema 3) |
| process and session ids | `session ID 1174`, `"session_id": 7`, `cell ID 3`, `pid 77`, also in JSON within a text |

Paths, ports, hashes, exit codes and sizes stay: they are what the world answered. A field that is null, or a `status`
of `completed`, is as good as none: some recorders write it, some do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import msgspec

_DROPPED = frozenset({"id", "call_id", "internal_chat_message_metadata_passthrough", "response_id"})
_ENCRYPTED = "encrypted_content"
_COMPLETED = ("status", "completed")

_WORD = r"(?:(?<![0-9A-Za-z_])|(?<=\\[nrt]))"
"""Before a word: no other word, or a blank of some kind as JSON writes it."""

_ID_PREFIXES = ("call_", "resp_", "msg_", "rs_", "fc_", "ctc_", "at_", "amsg_")


_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"

_UPPER_ID, _LOWER_ID = re.compile(r"D(?<=ID) [0-9]").search, re.compile(r"id [0-9]").search
_ID_FIELD = re.compile(r"_id[\s\\\":]+\d").search
_MINUTE, _DAY_OF_MONTH = re.compile(r":[0-9][0-9]").search, re.compile(rf"(?:{_MONTHS}) ").search
_TWENTIES, _NINETEENS = re.compile(r"0(?<= 20)[0-9][0-9]").search, re.compile(r"9(?<= 19)[0-9][0-9]").search
"""Quick looks: a search for one rare character is many times faster than one for several, or for a longer beginning."""


_DIGIT = re.compile(r"[0-9]").search
"""Whether a text has a digit: all that the rules cover has one, but for some chunk ids."""

_WITHOUT_DIGIT = "hunk"


class _TextRule(NamedTuple):
    """A rule for texts, or a part of one.

    `has`: what any text holds to which it applies. `may_apply` looks, much faster than `pattern` does, for anything to
    find; None if `has` is enough. What is taken out is the last group of a match, or all of it, and `before` characters
    before it: a search is many times faster if it can look for one character, and that need not be the first one.
    """

    name: str
    pattern: re.Pattern[str]
    has: str
    may_apply: Callable[[str], object] | None = None
    before: int = 0


_TEXT_RULES: tuple[_TextRule, ...] = (
    _TextRule(
        "uuids",
        re.compile(
            r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE
        ),
        "-",
        re.compile(r"-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-").search,
    ),
    _TextRule(
        "item ids",
        # An id has a digit: `call_completed` is a word.
        re.compile(rf"{_WORD}(?:{'|'.join(_ID_PREFIXES)})(?=[A-Za-z]*[0-9])[0-9A-Za-z]{{8,}}(?![0-9A-Za-z_])"),
        "_",
        re.compile(r"_[0-9A-Za-z]{8}").search,
    ),
    _TextRule(
        "wall times",
        re.compile(r"Wall time:? (\d+(?:\.\d+)?(?:e-?\d+)?)"),
        "Wall time",
    ),
    _TextRule(
        "wall times",
        re.compile(r"wall_time_seconds\\*\"\s?:\s?(\d+(?:\.\d+)?(?:e-?\d+)?)"),
        "_",
        lambda text: "wall_time" in text,
    ),
    _TextRule("chunk ids", re.compile(r"Chunk ID: ([0-9a-f]+)"), "Chunk ID"),
    _TextRule("chunk ids", re.compile(r"chunk_id\\*\"\s?:\s?\\*\"([0-9a-f]+)"), "_", lambda text: "chunk_id" in text),
    _TextRule(
        "process and session ids",
        # Every alternative begins with letters, which are found much faster than the words that stand before them.
        re.compile(
            r"(?:ID (?<=[Ss]ession ID )|ID (?<=[Pp]rocess ID )|ID (?<=[Cc]ell ID )"
            r"|id (?<=[Ss]ession id )|id (?<=[Pp]rocess id )|id (?<=[Cc]ell id )"
            r"|PID (?<![0-9A-Za-z_]PID )|PID (?<=\\[nrt]PID )|pid (?<![0-9A-Za-z_]pid )|pid (?<=\\[nrt]pid )"
            r"|_id(?:(?<=[Ss]ession_id)|(?<=[Pp]rocess_id)|(?<=[Cc]ell_id))\\*\"\s?:\s?(?:\\*\")?)(\d+)"
        ),
        "",
        lambda text: _UPPER_ID(text) or _LOWER_ID(text) or ("_id" in text and _ID_FIELD(text)),
    ),
    _TextRule(
        "dates and times",
        re.compile(
            r"-(?<=(?<!\d)\d{4}-)\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?!\d)"
        ),
        "-",
        re.compile(r"-\d\d-\d").search,
        before=4,
    ),
    _TextRule(
        "dates and times",
        re.compile(r":(?<=(?<!\d)\d{2}:)\d{2}:\d{2}(?:\.\d+)?(?!\d)"),
        ":",
        re.compile(r":\d\d:").search,
        before=2,
    ),
    _TextRule(
        "dates and times",
        re.compile(rf"(?:{_MONTHS}) {{1,2}}\d{{1,2}} {{1,2}}(?:\d{{2}}:\d{{2}}|(?:19|20)\d\d)(?![\d:])"),
        "",
        lambda text: (_MINUTE(text) or _TWENTIES(text) or _NINETEENS(text)) and _DAY_OF_MONTH(text),
    ),
)

ORDER = "order of arrival"
"""The rule that is about the list of items and not about one of them (see `stream.in_canonical_order`)."""

RESENT = "items sent again"
"""The rule that is about items which one of two recorders takes for those of the request before."""

UNSENT = "outputs never sent"
"""The rule that is about items which only one of two recorders notes."""

TOOLS_ORDER = "order of tools"
"""The rule that is about the order in which tools are listed."""

RULES: tuple[str, ...] = ("encrypted bodies", *dict.fromkeys(rule.name for rule in _TEXT_RULES))
"""The names of the rules, as a comparison counts them."""


Taken = Sequence[tuple[str, Hashable]]
"""What was taken out of an item: rule and value, or something that is equal for equal values."""


class Normal(NamedTuple):
    """An item for comparing: its text with what the rules cover taken out, and that, rule by rule, in order."""

    text: str
    taken: tuple[tuple[str, str], ...] = ()


def normal_item(fields: dict[str, Any], *, exact: bool = False) -> Normal:
    """An item as it was sent, as one text. With `exact` nothing but the ids of the item itself is taken out."""
    taken: list[tuple[str, str]] = []
    kept = {name: value for name, value in fields.items() if name not in _DROPPED and value is not None}
    if not exact:
        kept = {name: _simplified(name, value, taken) for name, value in kept.items() if (name, value) != _COMPLETED}
    text = msgspec.json.encode(kept, order="sorted").decode()
    return Normal(text) if exact else normal_text(text, taken)


def normal_text(text: str, taken: list[tuple[str, str]] | None = None) -> Normal:
    """A text with what the rules cover taken out; `taken` is what was taken out before."""
    found = [] if taken is None else taken
    if not (_DIGIT(text) or _WITHOUT_DIGIT in text):
        return Normal(text, tuple(found))
    for name, pattern, has, may_apply, before in _TEXT_RULES:
        if has in text and (may_apply is None or may_apply(text)):
            text = _without(text, name, pattern, before, found)
    return Normal(text, tuple(found))


def _without(text: str, name: str, pattern: re.Pattern[str], before: int, found: list[tuple[str, str]]) -> str:
    """A text with the name of a rule wherever it applies."""
    pieces: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        start = match.start(match.lastindex or 0) - before
        if start >= end:
            pieces.append(f"{text[end:start]}‹{name}›")
            end = match.end()
            found.append((name, text[start:end]))
    return "".join(pieces) + text[end:]


def _simplified(name: str, value: Any, taken: list[tuple[str, str]]) -> Any:
    """The value of a field without bodies that only the provider can read, and with tools in the order of names."""
    if isinstance(value, str):
        if name != _ENCRYPTED:
            return value
        taken.append(("encrypted bodies", value))
        return "‹encrypted›"
    if isinstance(value, dict):
        return {key: _simplified(key, inner, taken) for key, inner in value.items()}
    if isinstance(value, list):
        return [_simplified("", inner, taken) for inner in (_by_name(value, taken) if name == "tools" else value)]
    return value


def _by_name(tools: list[Any], taken: list[tuple[str, str]]) -> list[Any]:
    if not all(isinstance(tool, dict) and isinstance(tool.get("name"), str) for tool in tools):
        return tools
    taken.append((TOOLS_ORDER, " ".join(tool["name"] for tool in tools)))
    return sorted(tools, key=lambda tool: str(tool["name"]))


def ignored(ours: Taken, theirs: Taken) -> Counter[str]:
    """How often each rule took out different things of two items that are equal without them."""
    counts: Counter[str] = Counter()
    for (name, mine), (other_name, other) in zip(ours, theirs, strict=False):
        if name == other_name and mine != other:
            counts[name] += 1
    return counts
