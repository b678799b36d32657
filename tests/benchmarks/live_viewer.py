"""The viewer as people run it, which leaves the graph it has shown in a file when it is closed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tui.cli import main
from tui.model.encode import encode_trace
from tui.store import TraceStore


def run(bundle: str, graph: str) -> int:
    """Show `bundle` until somebody quits; write its graph as JSON to the file `graph`."""
    stores: list[TraceStore] = []
    build = TraceStore.__init__

    def remember(store: TraceStore, *given: Any, **named: Any) -> None:
        build(store, *given, **named)
        stores.append(store)

    TraceStore.__init__ = remember  # type: ignore[method-assign, assignment]  # the store belongs to the app, which shows it only
    code = main([bundle])
    with Path(graph).open("wb") as file:
        file.writelines(encode_trace(stores[-1].trace))
    return code


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
