"""`sql --json`: the rows of a query."""

from __future__ import annotations

from typing import Any

import msgspec


class SqlAnswer(msgspec.Struct, frozen=True):
    """The document: names of the columns, and the rows, each a list of values."""

    columns: list[str]
    rows: list[list[Any]]
