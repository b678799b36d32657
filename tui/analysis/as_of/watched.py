"""Evidence that knows which of its entries were looked at: a `TraceDelta` names objects of the graph only."""

from __future__ import annotations

from typing import Any

from tui.model.evidence import TraceEvidence

EVIDENCE_MAPS = tuple(name for name in TraceEvidence.__struct_fields__ if name != "newest_in_turn_unix_ms")
"""The fields of `TraceEvidence` that are maps."""


class WatchedMap(dict[Any, Any]):
    """A map that notes the keys whose values may have changed: those that were set, removed or handed out."""

    def __init__(self) -> None:
        super().__init__()
        self.touched: dict[Any, None] = {}

    def __setitem__(self, key: Any, value: Any) -> None:
        self.touched[key] = None
        super().__setitem__(key, value)

    def __delitem__(self, key: Any) -> None:
        self.touched[key] = None
        super().__delitem__(key)

    def __getitem__(self, key: Any) -> Any:
        self.touched[key] = None
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        """The value, which the caller may change."""
        self.touched[key] = None
        return super().get(key, default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The value, which the caller may change."""
        self.touched[key] = None
        return super().setdefault(key, default)

    def pop(self, key: Any, *default: Any) -> Any:
        """Take an entry out."""
        self.touched[key] = None
        return super().pop(key, *default)

    def peek(self, key: Any) -> Any:
        """The value or None, only to be read."""
        return super().get(key)


def watched_evidence() -> TraceEvidence:
    """Evidence in which every map is watched."""
    evidence = TraceEvidence()
    for name in EVIDENCE_MAPS:
        setattr(evidence, name, WatchedMap())
    return evidence
