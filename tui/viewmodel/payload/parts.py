"""A payload as what it is made of: its own fragments, a line for each of its parts, and the payloads that use it.

Parts and users can be thousands, and each preview is a body to be read, so previews are read in jobs, for the rows near
the screen only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from tui.analysis.kinds.plural import counted
from tui.schema.payloads import RawPayloadRef
from tui.viewmodel.payload.source import Job, Pages
from tui.viewmodel.text.clean import clean, format_bytes
from tui.viewmodel.text.spans import Line, Span

PREVIEW_BYTES = 16 << 10
"""Bytes of a body from which its preview is made."""

PREVIEW_CHARACTERS = 160


class PartsSource(NamedTuple):
    """What a payload is made of and what it is in; all of it is asked for when somebody looks.

    `fragments`: its own texts, one more than parts, or why there are none. `users`: the payloads it is a part of.
    `preview`: the first bytes of a body, empty if it cannot be read. `requests`: the names of the requests that sent a
    payload, by its id; they say more of a prompt than its beginning, which all prompts share.
    """

    parts: Sequence[RawPayloadRef]
    fragments: Callable[[], Sequence[bytes] | str]
    users: Callable[[], Sequence[RawPayloadRef]]
    preview: Callable[[RawPayloadRef, int], bytes]
    requests: Callable[[], Mapping[str, str]] = dict


class PartRow(NamedTuple):
    """A row: a line, or the line of a payload that Enter shows."""

    line: Line
    target: RawPayloadRef | None = None


class PartsView:
    """The rows of a `PartsSource`; a row is one line."""

    def __init__(self, pages: Pages, source: PartsSource) -> None:
        self.pages = pages
        self.cursor = 0
        self._source = source
        self._rows: list[PartRow] = [PartRow((Span("reading …", "dim"),))]
        self._is_loaded = False
        self._previews: dict[str, str] = {}
        self._wanted: list[RawPayloadRef] = []

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return len(self._rows)

    @property
    def offset(self) -> int:
        """Rows of parts have no place of their own in the assembled bytes."""
        return 0

    @property
    def target(self) -> RawPayloadRef | None:
        """The payload that the row under the cursor represents."""
        return self._rows[self.cursor].target

    def stand_on(self, row: int) -> None:
        """Move the cursor to a row."""
        self.cursor = max(0, min(row, len(self._rows) - 1))

    def go_to(self, _offset: int) -> None:
        """Nothing here has a byte offset."""

    def line(self, row: int) -> Line:
        """The line of a row, with the beginning of the body that it represents."""
        line, target = self._rows[row]
        preview = "" if target is None else self._previews.get(target.raw_payload_id, "")
        return (*line, Span(f"  {preview}", "dim")) if preview else line

    def measure_around(self, row: int, rows: int) -> bool:
        """Rows are one line each; what is near the screen is to be read."""
        near = self._rows[max(0, row - rows) : row + 2 * rows]
        targets = (found.target for found in near if found.target is not None)
        self._wanted = [target for target in targets if target.raw_payload_id not in self._previews]
        return False

    def set_width(self, _width: int) -> bool:
        """A line that is too long is cut where it is drawn."""
        return False

    # Work

    def next_job(self) -> Job | None:
        """Read what the payload is made of, then previews of what is near the screen."""
        if not self._is_loaded:
            return Job(partial(_load, self._source), self._take_rows)
        if self._wanted:
            wanted, self._wanted = self._wanted, []
            return Job(partial(_read_previews, self._source, wanted), self._previews.update)
        return None

    def _take_rows(self, loaded: tuple[list[PartRow], Mapping[str, str]]) -> None:
        rows, names = loaded
        self._rows, self._is_loaded = rows, True
        self._previews.update(names)
        self.measure_around(0, len(rows) if len(rows) < 100 else 100)


def _load(source: PartsSource) -> tuple[list[PartRow], Mapping[str, str]]:
    """The rows, and what the rows of users say instead of a preview."""
    users = source.users()
    return [*_own_rows(source), *_user_rows(users)], source.requests() if users else {}


def _own_rows(source: PartsSource) -> list[PartRow]:
    if not source.parts:
        return [PartRow((Span("recorded in one piece, without parts", "dim"),))]
    fragments = source.fragments()
    rows = [PartRow((Span(f"{counted(len(source.parts), 'part')} between its own text", "title"),))]
    if isinstance(fragments, str):
        rows.append(PartRow((Span(clean(fragments), "error"),)))
        fragments = ()
    for number, part in enumerate(source.parts):
        rows += _fragment_row(fragments, number)
        rows.append(_payload_row(f"  part {number + 1:,}  ", part))
    return [*rows, *_fragment_row(fragments, len(source.parts))]


def _fragment_row(fragments: Sequence[bytes], number: int) -> list[PartRow]:
    if number >= len(fragments) or fragments[number] == b",":  # the comma between two items says nothing
        return []
    text = fragments[number]
    shown = clean(text[:PREVIEW_CHARACTERS].decode(errors="replace"))
    more = f" … {format_bytes(len(text))}" if len(text) > PREVIEW_CHARACTERS else ""
    return [PartRow((Span(shown, ""), Span(more, "dim")))]


def _user_rows(users: Sequence[RawPayloadRef]) -> list[PartRow]:
    if not users:
        return []
    heading = PartRow((Span(f"part of {len(users):,} payload{'s' * (len(users) > 1)}", "title"),))
    return [heading, *(_payload_row("  in ", user) for user in users)]


def _payload_row(lead: str, ref: RawPayloadRef) -> PartRow:
    kind = Span(clean(ref.kind.type), "label")
    return PartRow((Span(lead, "dim"), kind, Span(f" · {clean(ref.label)}", "path")), ref)


def _read_previews(source: PartsSource, wanted: Sequence[RawPayloadRef]) -> dict[str, str]:
    return {ref.raw_payload_id: _preview(source.preview(ref, PREVIEW_BYTES)) for ref in wanted}


def _preview(body: bytes) -> str:
    """What a body says first: of a model item its role or type and its text, of anything else its beginning."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        value = None
    text = _item_words(value) if isinstance(value, dict) else body.decode(errors="replace")
    return clean(" ".join(text[: 4 * PREVIEW_CHARACTERS].split()))[:PREVIEW_CHARACTERS]


def _item_words(item: dict[str, Any]) -> str:
    name = item.get("role") or item.get("name") or item.get("type") or ""
    content = item.get("content") or item.get("output") or item.get("arguments") or item.get("input") or ""
    return ": ".join(word for word in (name, _first_text(content)) if word)


def _first_text(content: Any) -> str:
    if isinstance(content, list):
        content = next((part.get("text", "") for part in content if isinstance(part, dict)), "")
    return content if isinstance(content, str) else msgspec.json.encode(content).decode()
