"""The export formats by name. A format is loaded when it is asked for, with the library that it may need."""

from __future__ import annotations

import importlib
from typing import Final, Literal, NamedTuple

from tui.export.format import ExportFormat


class Offer(NamedTuple):
    """A format as it is offered. Each is a module of `tui.export.formats` with the name of the format."""

    purpose: str
    """What it is for, for the help."""

    in_a_menu: str
    """The same in at most 30 characters: a menu on a narrow terminal has no more room."""

    of: frozenset[Literal["recording", "part", "request"]]
    """Of what the viewer offers it: a part is an agent or a turn. Formats that write folders it leaves to `export`."""


FORMATS: Final[dict[str, Offer]] = {
    "markdown": Offer(
        "to read: agents, turns, requests, calls and outputs in fenced blocks",
        "to read as a text",
        frozenset({"recording", "part"}),
    ),
    "html": Offer(
        "to read in a browser, one file without a script, with timeline and ladder",
        "to read in a browser",
        frozenset({"recording", "part"}),
    ),
    "otlp": Offer(
        "spans for OpenTelemetry (Jaeger, Tempo, Phoenix, Langfuse), by its conventions for generative AI",
        "spans for OpenTelemetry",
        frozenset({"recording", "part"}),
    ),
    "parquet": Offer(
        "tables in a folder, for DuckDB, Spark, ClickHouse, Athena; needs the extra rtrace-tui[sql]",
        "tables, for DuckDB and Spark",
        frozenset(),
    ),
    "perfetto": Offer(
        "for ui.perfetto.dev: a track an agent, arrows, counters; needs the extra rtrace-tui[perfetto]",
        "for ui.perfetto.dev",
        frozenset({"recording"}),
    ),
    "request": Offer(
        "the whole body of the request --id, ready to be sent again", "ready to be sent again", frozenset({"request"})
    ),
}
"""The formats by name."""


def format_named(name: str) -> ExportFormat:
    """The format of that name."""
    found: ExportFormat = importlib.import_module(f"tui.export.formats.{name}").FORMAT
    return found
