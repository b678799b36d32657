"""How much of a recording could be read, and in one line what could not: no number represents what was not read."""

from __future__ import annotations

from collections.abc import Mapping

from tui.analysis.kinds.plural import counted
from tui.analysis.recording.event_log import MALFORMED
from tui.model.objects import ModelCaller
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.schema.events import EVENT_TYPES
from tui.schema.rules import SUPPORTED_SCHEMA_VERSIONS

_NAMED_FIELDS = 3
_PARTS_PER_WHOLE = 100


class Reading(NamedTuple):
    """Counts of lines of the log and of what is missing from the graph.

    `events` are all lines but blank ones, `understood` those that are events of a known kind. `unread_bodies` counts
    payloads whose content the graph lacks, `lost_fields` events by the field that could not be read. `lacks_requests`:
    the model called tools, and no request to it is recorded (some releases record none of a review).
    """

    events: int
    understood: int
    unread_bodies: int
    lost_fields: Mapping[str, int]
    schema_version: int
    lacks_requests: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether objects may be missing from the graph, so that "none" and 0 may only mean that none was read."""
        return self.understood < self.events or self.unread_bodies > 0 or not self.events or self.lacks_requests

    @property
    def may_hide_problems(self) -> bool:
        """Whether it could not be read how all things ended, so that more of them may have failed."""
        return any(name.partition(" ")[0] == "status" for name in self.lost_fields)

    @property
    def note(self) -> str | None:
        """What could not be read, in one line, not yet cleaned; None if everything was."""
        parts = list(self._parts())
        unknown = self._unknown_schema()
        if unknown is None:
            return "; ".join(parts) or None
        if not self.is_partial:
            parts.insert(0, "what is new in its events is not shown")
        return f"{unknown}: {'; '.join(parts)}"

    @property
    def is_much(self) -> bool:
        """Whether a part is missing that a person should know of before looking at anything: one in a hundred."""
        missing = max(self.events - self.understood, self.unread_bodies, *self.lost_fields.values(), 0)
        return self._unknown_schema() is not None or missing * _PARTS_PER_WHOLE >= max(1, self.events)

    def _parts(self) -> list[str]:
        parts = [] if self.events else ["no event was read; `rtrace-tui check` says why"]
        if self.understood < self.events:
            parts.append(f"{self.understood:,} of {self.events:,} events are understood")
        if self.unread_bodies:
            parts.append(
                f"{self.unread_bodies:,} payload {'body' if self.unread_bodies == 1 else 'bodies'} cannot be read"
            )
        if self.lost_fields:
            most = max(self.lost_fields.values())
            names = list(self.lost_fields)
            more = f" and {len(names) - _NAMED_FIELDS} more" if len(names) > _NAMED_FIELDS else ""
            fields = f"{', '.join(names[:_NAMED_FIELDS])}{more}"
            parts.append(f"{fields} could not be read in {counted(most, 'event')}")
        if self.lacks_requests:
            parts.append("the requests to the model are not recorded")
        return parts

    def _unknown_schema(self) -> str | None:
        if self.schema_version in SUPPORTED_SCHEMA_VERSIONS:
            return None
        what = "is newer than this program" if self.schema_version > max(SUPPORTED_SCHEMA_VERSIONS) else "is not known"
        return f"schema {self.schema_version} {what}"


def reading_of(
    counts: Mapping[str, int],
    unread_bodies: int,
    lost_fields: Mapping[str, int],
    schema_version: int,
    trace: RolloutTrace | None = None,
) -> Reading:
    """What the lines of a log, counted by kind, the reducer's findings and its graph come to."""
    events = sum(counts.values())
    foreign = sum(count for kind, count in counts.items() if kind == MALFORMED or kind not in EVENT_TYPES)
    lacks_requests = trace is not None and _lacks_requests(trace)
    return Reading(events, events - foreign, unread_bodies, lost_fields, schema_version, lacks_requests)


def _lacks_requests(trace: RolloutTrace) -> bool:
    """Whether the model asked for something in an answer to a request, and there is none."""
    if trace.inference_calls:
        return False
    return any(isinstance(tool.requester, ModelCaller) for tool in trace.tool_calls.values())
