"""How one id is written in events and in bodies, where these differ."""

from __future__ import annotations

from typing import Final, NamedTuple

_SHORTEST: Final = 8
"""Characters of an id that can be recognised within a longer one."""


class IdForm(NamedTuple):
    """What ids in events have around those in bodies, or the other way round."""

    before: str
    behind: str
    is_in_events: bool

    def usual(self, recorded: str) -> str:
        """The id of a body as events write it; one that is not of this form stays as it is."""
        has_both = recorded.startswith(self.before) and recorded.endswith(self.behind)
        if self.is_in_events:
            return recorded if has_both else f"{self.before}{recorded}{self.behind}"
        return recorded.removeprefix(self.before).removesuffix(self.behind) if has_both else recorded


def form_between(recorded: str, known: str) -> IdForm | None:
    """How the id of a body differs from the same id in events; None if they are the same, or not of one object."""
    longer, shorter = (known, recorded) if len(known) > len(recorded) else (recorded, known)
    if len(shorter) < _SHORTEST:
        return None
    before, found, behind = longer.partition(shorter)
    is_apart = not before[-1:].isalnum() and not behind[:1].isalnum()
    is_form = bool(found) and longer != shorter and is_apart
    return IdForm(before, behind, is_in_events=longer is known) if is_form else None
