"""Which folder holds the recordings, when nobody names one."""

from __future__ import annotations

from collections.abc import Mapping

ROOT_VARIABLE = "CODEX_ROLLOUT_TRACE_ROOT"
"""Names the folder into which Codex records (bundle format §1)."""


def chosen_root(given: str | None, environment: Mapping[str, str]) -> str | None:
    """The folder that was given, else the recorder's; None if there is neither. An empty variable is none."""
    return given if given is not None else environment.get(ROOT_VARIABLE) or None
