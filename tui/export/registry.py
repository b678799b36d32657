"""The export formats by name. A format is loaded when it is asked for, with the library that it may need."""

from __future__ import annotations

import importlib
from typing import Final

from tui.export.format import ExportFormat

FORMATS: Final[dict[str, str]] = {
    "html": "to read in a browser, one file without a script, with timeline and ladder",
    "markdown": "to read: agents, turns, requests, calls and outputs in fenced blocks",
    "otlp": "spans for OpenTelemetry (Jaeger, Tempo, Phoenix, Langfuse), by its conventions for generative AI",
    "parquet": "tables in a folder, for DuckDB, Spark, ClickHouse, Athena; needs the extra rtrace-tui[sql]",
    "perfetto": "for ui.perfetto.dev: a track an agent, arrows, counters; needs the extra rtrace-tui[perfetto]",
    "request": "the whole body of the request --id, ready to be sent again",
}
"""Name → what it is for, for the help. Each is a module of `tui.export.formats` with the same name."""

IN_A_MENU: Final[dict[str, str]] = {
    "html": "to read in a browser",
    "markdown": "to read as a text",
    "otlp": "spans for OpenTelemetry",
    "parquet": "tables, for DuckDB and Spark",
    "perfetto": "for ui.perfetto.dev",
    "request": "ready to be sent again",
}
"""Name → what it is for, in at most 30 characters: a menu on a narrow terminal has no more room."""


def format_named(name: str) -> ExportFormat:
    """The format of that name."""
    found: ExportFormat = importlib.import_module(f"tui.export.formats.{name}").FORMAT
    return found
