"""Tables as Parquet files, in folders by date: DuckDB, Spark, ClickHouse, Athena read many recordings as one table."""

from __future__ import annotations

from pathlib import Path

from tui.export.format import FolderFormat, Subject
from tui.export.tables.database import Database


def write(subject: Subject, folder: Path) -> None:
    """Add the recording to the tables in a folder."""
    with Database() as database:
        database.add(subject)
        database.write_parquet(folder, subject)


FORMAT = FolderFormat(name="parquet", suffix=".parquet", takes=frozenset(), write=write)
