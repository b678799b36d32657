"""Reads the number of a schema in the forms in which recorders may write it."""

from __future__ import annotations

from typing import Any, Final

from tui.late_pattern import late_pattern
from tui.schema.field_readers import whole_number

_FIRST_NUMBER: Final = late_pattern(r"\D{0,20}(\d{1,9})(?!\d)")
"""What releases, dates and prefixes of versions begin with: `3.1`, `2026-12`, `v4`, `schema-4`."""

_MAJOR: Final = "major"


def schema_number(value: Any) -> int | None:
    """The number of the schema that a value says; of a version in several parts the first. None if it says none."""
    if isinstance(value, dict):
        return whole_number(value.get(_MAJOR))
    if isinstance(value, str) and (found := _FIRST_NUMBER.match(value)) is not None:
        return int(found[1])
    return whole_number(value)
