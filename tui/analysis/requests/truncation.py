"""Where a tool's output was cut before the model saw it, and what is missing.

The model's copy begins with a few lines of the runtime's own (`Chunk ID`, `Output:`, `Total output lines`), then holds
the beginning of the output, a mark such as `…252152 tokens truncated…`, and the end of the output. The whole output,
or what the runtime kept of it, is in the result of the terminal operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

import msgspec

from tui.model.conversation import ConversationItem, TextPart, ToolProducer
from tui.model.objects import TerminalOperation
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple

Certainty = Literal["compared", "marked", "earlier", "unseen"]
"""`compared`: both texts are there and fit. `marked`: a mark in the text says so, and the output is not there to
compare: any tool can print such a mark. `earlier`: the model's copy was taken while the command still wrote.
`unseen`: both texts are there, and the model's holds nothing of the output."""

Answer = Literal["early", "late", "instead"]
"""When the model got its copy: `early`, while the command may still have written; `late`, after its end; `instead`:
the call never completed, and the runtime answered in its place."""

_RUNTIME_KEEPS = 1 << 19
"""Bytes that the runtime keeps of each end of a longer output, around its note of what it omitted."""
_CHARACTER_BYTES = 4

_PREAMBLE_LINES = 14
"""Lines that the runtime may put before the output."""
_PREAMBLE_CHARACTERS = 2_000
_PROBE = 48
"""Characters that must agree before a place counts as the beginning of the output, where no known mark ends them."""
_LONGEST_MARK = 200
"""Characters that the text in place of the missing part has at most."""


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing from the model's copy of an output.

    `mark_start`, `mark_end`: characters of the model's text where the mark is (both at the end of the text if there
    is none). `produced_bytes`: size of the whole output, None if it is not in the recording; `kept_bytes`: how much of
    the output itself is in the model's copy. `missing_start`, `missing_end`: the missing bytes of the output, None
    if unknown. `mark`: what the mark says, such as `252152 tokens`. `omitted_bytes`: what the runtime had thrown away
    even before, by its own note.
    """

    certainty: Certainty
    mark_start: int
    mark_end: int
    kept_bytes: int
    produced_bytes: int | None = None
    missing_start: int | None = None
    missing_end: int | None = None
    mark: str = ""
    omitted_bytes: int = 0


class _Fit(NamedTuple):
    """How the model's text fits the output: where the output begins in it, and how much of both ends is equal.

    `head` and `tail` count characters from `start` and from the end of the model's text; blanks at the end are `tail`.
    `tail` is what that is of the output.
    """

    start: int
    head: int
    seen_tail: int
    tail: int


@cache
def _mark() -> re.Pattern[str]:
    """The mark that says how much is missing. Compiled when a copy may lack something."""
    return re.compile(
        r"…(?P<left_out>\d+) (?P<unit>tokens|chars|characters|bytes|lines) truncated…"
        r"|\[\.\.\. (?:omitted|removed) (?P<left_out_lines>\d+) of \d+ lines[^\]\n]{0,40}\]"
    )


@cache
def _runtime_omission() -> re.Pattern[str]:
    """The runtime's note of what it omitted."""
    return re.compile(r"^\.\.\. (?P<left_out>\d+) bytes omitted \.\.\.$", re.MULTILINE)


def find_cut(seen: str, produced: str | None, answer: Answer = "early") -> Cut | None:
    """Compare the model's copy of an output with the output; None if nothing is known to be missing."""
    if not produced or not produced.strip():
        return _marked_cut(seen, _mark().search(seen), produced)
    if produced.rstrip() in seen:
        return None
    fit = _fit(seen, produced)
    if fit is None:
        marked = _marked_cut(seen, _mark().search(seen), produced)
        return marked or _ending(seen, produced, answer) or _unseen(seen, produced, answer)
    if len(seen[fit.start :].rstrip()) <= fit.head:
        return _beginning(seen, produced, fit, answer)
    return _compared_cut(seen, produced, fit, answer) or _marked_cut(seen, _mark().search(seen), produced)


def is_other_text(seen: str, produced: str | None) -> bool:
    """Whether the model's copy does not hold the output: line ends, and blanks at the end, do not count."""
    if not produced or not produced.strip():
        return False
    return _plain_ends(produced).rstrip() not in _plain_ends(seen)


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n") if "\r" in text else text


def _marked_cut(seen: str, mark: re.Match[str] | None, produced: str | None) -> Cut | None:
    """What a mark says where nothing can be compared; a mark that the output holds, too, is the tool's own."""
    if mark is None or (produced and mark.group() in produced):
        return None
    kept = len(seen.encode(errors="replace")) - len(mark.group().encode())
    return Cut(certainty="marked", mark_start=mark.start(), mark_end=mark.end(), kept_bytes=kept, mark=_mark_text(mark))


def _mark_text(mark: re.Match[str]) -> str:
    if mark["left_out_lines"]:
        return f"{mark['left_out_lines']} lines"
    return f"{mark['left_out']} {mark['unit']}"


def _compared_cut(seen: str, produced: str, fit: _Fit, answer: Answer) -> Cut | None:
    """The cut, if little is in the model's text in place of much of the output, between both ends or at the end.

    The mark is the known one that spans all that differs, else what differs.
    """
    start, end = fit.start + fit.head, len(seen) - fit.seen_tail
    head, tail = fit.head, fit.tail
    known = next((mark for mark in _marks_around(seen, start, end) if _spans(seen, mark, start, end)), None)
    if known is not None:
        first, last = min(known.start(), start), max(known.end(), end)
        head, tail = first - fit.start, tail - (last - end)
        start, end = first, last
    else:
        if tail < _PROBE:
            end, tail = len(seen.rstrip()), 0
        if head < _PROBE or not _is_likely_mark(end - start, len(produced) - head - tail):
            return None
    if head + tail > len(produced):
        return None
    head_bytes, total = _size(produced[:head]), _size(produced)
    missing_end = total - _size(produced[len(produced) - tail :])
    return Cut(
        certainty="compared" if tail else _when(answer),
        mark_start=start,
        mark_end=end,
        kept_bytes=total - (missing_end - head_bytes),
        produced_bytes=total,
        missing_start=head_bytes,
        missing_end=missing_end,
        mark=seen[start:end].strip() if known is None else _mark_text(known),
        omitted_bytes=_omitted(produced),
    )


def _spans(seen: str, mark: re.Match[str], start: int, end: int) -> bool:
    """Whether a mark holds all that differs, but for line ends: a mark of left out lines has a line of its own."""
    return not seen[start : mark.start()].strip("\n") and not seen[mark.end() : end].strip("\n")


def _is_likely_mark(characters: int, missing: int) -> bool:
    """Whether `characters` in place of `missing` ones are so few that something was left out, and not only changed."""
    return 0 <= characters <= _LONGEST_MARK and missing > max(characters, _PROBE)


def _marks_around(seen: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The known marks near a place of the model's text."""
    return _mark().finditer(seen, max(0, start - _LONGEST_MARK), end + _LONGEST_MARK)


def _beginning(seen: str, produced: str, fit: _Fit, answer: Answer) -> Cut | None:
    """The model got the beginning only: as a rule its copy was taken before the command had written the rest."""
    got = produced[: len(seen[fit.start :].rstrip())]
    # Blanks at the end are not worth a word.
    if not produced[len(got) :].strip():
        return None
    kept, total = _size(got), _size(produced)
    return Cut(
        certainty=_when(answer),
        mark_start=len(seen),
        mark_end=len(seen),
        kept_bytes=kept,
        produced_bytes=total,
        missing_start=kept,
        missing_end=total,
        omitted_bytes=_omitted(produced),
    )


def _when(answer: Answer) -> Certainty:
    """A copy that lacks the end was cut only if the command had ended: before, the rest was not yet written."""
    return "compared" if answer == "late" else "earlier"


def _ending(seen: str, produced: str, answer: Answer) -> Cut | None:
    """The model got the end only, perhaps behind a few lines of the runtime."""
    got, whole = seen.rstrip(), produced.rstrip()
    tail = _equal_end(got, whole)
    if answer != "late" or tail < _PROBE or not _is_likely_mark(len(got) - tail, len(whole) - tail):
        return None
    kept, total, place = _size(produced[len(whole) - tail :]), _size(produced), len(got) - tail
    return Cut(
        certainty="compared",
        mark_start=place,
        mark_end=place,
        kept_bytes=kept,
        produced_bytes=total,
        missing_start=0,
        missing_end=total - kept,
        omitted_bytes=_omitted(produced),
    )


def _unseen(seen: str, produced: str, answer: Answer) -> Cut | None:
    """An empty copy, or the answer in place of an interrupted command, which holds no line of the output."""
    if seen.strip() and (answer != "instead" or any(line.strip() in seen for line in _lines_at_ends(produced))):
        return None
    total = _size(produced)
    return Cut(
        certainty="unseen",
        mark_start=len(seen),
        mark_end=len(seen),
        kept_bytes=0,
        produced_bytes=total,
        missing_start=0,
        missing_end=total,
        omitted_bytes=_omitted(produced),
    )


def _lines_at_ends(produced: str) -> list[str]:
    ends = f"{produced[:_PREAMBLE_CHARACTERS]}\n{produced[-_PREAMBLE_CHARACTERS:]}"
    return [line for line in ends.split("\n") if line.strip()]


def _fit(seen: str, produced: str) -> _Fit | None:
    """Where the output begins in the model's text: at the line, behind lines of the runtime, with which most agrees."""
    position, best, start = 0, 0, 0
    for _ in range(_PREAMBLE_LINES):
        if seen[position : position + 1] == produced[:1]:
            head = _equal_beginning(seen[position : position + len(produced)], produced)
            best, start = max((best, start), (head, position), key=lambda found: found[0])
        line_end = seen.find("\n", position, position + _PREAMBLE_CHARACTERS)
        if line_end == -1:
            break
        position = line_end + 1
    if not best or (best < _PROBE and not _ends_well(seen, start, best)):
        return None
    trimmed, stripped = produced.rstrip(), seen.rstrip()
    tail = _equal_end(stripped[start + best :], trimmed)
    return _Fit(start, best, tail + len(seen) - len(stripped), tail + len(produced) - len(trimmed))


def _ends_well(seen: str, start: int, head: int) -> bool:
    """Whether a few equal characters are a beginning: the whole rest of the text, or all up to a known mark."""
    place = start + head
    marks = _marks_around(seen, place, place)
    return not seen[place:].strip() or any(
        start < mark.start() and _spans(seen, mark, place, place + 1) for mark in marks
    )


def _equal_beginning(ours: str, theirs: str) -> int:
    """How many characters at the beginning are equal: by halves, as comparing slices is faster than a loop."""
    limit = min(len(ours), len(theirs))
    start, end = 0, limit
    while start < end:
        middle = (start + end + 1) // 2
        if ours[start:middle] == theirs[start:middle]:
            start = middle
        else:
            end = middle - 1
    return start


def _equal_end(ours: str, theirs: str) -> int:
    """How many characters at the end are equal."""
    start, end = 0, min(len(ours), len(theirs))
    while start < end:
        middle = (start + end + 1) // 2
        if ours[len(ours) - middle : len(ours) - start] == theirs[len(theirs) - middle : len(theirs) - start]:
            start = middle
        else:
            end = middle - 1
    return start


def _omitted(produced: str) -> int:
    """What the runtime's note between the two ends that it keeps says; the same words elsewhere are the tool's."""
    middle = len(produced) // 2
    note = _runtime_omission().search(produced, max(0, middle - 200), middle + 200) if middle else None
    if note is None:
        return 0
    kept = (_size(produced[: note.start() - 1]), _size(produced[note.end() + 1 :]))
    is_its_own = all(abs(size - _RUNTIME_KEEPS) < _CHARACTER_BYTES for size in kept)
    return int(note["left_out"]) if is_its_own else 0


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def operation_behind(trace: RolloutTrace, item: ConversationItem) -> TerminalOperation | None:
    """The terminal operation whose output an item is, if a tool call that ran one produced the item."""
    for producer in item.produced_by:
        if not isinstance(producer, ToolProducer):
            continue
        tool = trace.tool_calls.get(producer.tool_call_id)
        if tool is not None and tool.terminal_operation_id is not None:
            return trace.terminal_operations.get(tool.terminal_operation_id)
    return None


def cut_of_item(trace: RolloutTrace, item: ConversationItem) -> Cut | None:
    """The cut in an output item, as far as the graph can tell."""
    texts = [part.text for part in item.body.parts if isinstance(part, TextPart)]
    if len(texts) != 1:
        return next((cut for text in texts if (cut := find_cut(text, None))), None)
    operation = operation_behind(trace, item)
    if operation is None or operation.result is None:
        return find_cut(texts[0], None)
    return find_cut(texts[0], operation.result.stdout, answer_of(trace, operation))


def is_other_than_output(trace: RolloutTrace, item: ConversationItem) -> bool:
    """Whether an item answers for a terminal operation whose recorded output it does not hold."""
    texts = [part.text for part in item.body.parts if isinstance(part, TextPart)]
    operation = operation_behind(trace, item)
    return (
        len(texts) == 1
        and operation is not None
        and operation.result is not None
        and is_other_text(texts[0], operation.result.stdout)
    )


def answer_of(trace: RolloutTrace, operation: TerminalOperation) -> Answer:
    """When the model got what it saw of an operation."""
    tool = trace.tool_calls.get(operation.tool_call_id)
    if tool is None:
        return "early"
    answered, ended = tool.execution.ended_seq, operation.execution.ended_seq
    if ended is None:
        return "early"
    if answered is None or tool.execution.status in ("cancelled", "aborted"):
        return "instead"
    return "early" if answered < ended else "late"
