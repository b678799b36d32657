"""What the timeline costs from 1,000 to 1,000,000 rows: appending, drawing a page, moving to the end.

Run with `python -m tests.benchmarks.bench_timeline [ROWS …]`. The last column of each line is the ratio to the first
size: the timeline is built so that it stays near 1.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph
from tui.analysis.index.trace_index import TraceIndex
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.timeline.columns import timeline_line
from tui.viewmodel.timeline.model import TimelineModel

SIZES = (1_000, 10_000, 100_000, 1_000_000)
TOOLS_PER_INFERENCE = 4
INFERENCES_PER_TURN = 50
PAGE = 38
REPEATS = 50


def grow(graph: SmallGraph, rows: int) -> None:
    """Add turns of one agent until the graph has about `rows` more rows."""
    added = 0
    while added < rows:
        turn = f"turn {graph.seq}"
        graph.turn(turn, status="completed")
        for _ in range(INFERENCES_PER_TURN):
            tools = [f"tool {graph.seq}.{number}" for number in range(TOOLS_PER_INFERENCE)]
            graph.inference(f"inference {graph.seq}", turn, tools=tools)
            for name in tools:
                graph.tool(name, turn, kind="other", label="read", preview='{"path": "src/parser.py"}')
            added += 1 + len(tools)
            if added >= rows:
                return


def median_us(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median duration of a call in microseconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


def measure(rows: int) -> dict[str, float]:
    """Microseconds for each operation on a timeline of `rows` unfolded rows."""
    graph = SmallGraph()
    graph.thread("root")
    grow(graph, rows)
    made = time.perf_counter()
    index = TraceIndex(graph.trace)
    model = TimelineModel(graph.trace, index)
    built = time.perf_counter()
    model.perform(Move.UNFOLD_ALL)
    graph.take_delta()
    graph.turn("last turn")

    def append() -> None:
        graph.tool(f"tool {graph.seq}", "last turn", kind="other", label="read", preview='{"path": "src/parser.py"}')
        delta = graph.take_delta()
        index.update(delta)
        model.apply(delta)

    def page(first: int) -> None:
        for row in model.rows(first, PAGE):
            timeline_line(row, 60, cell_len)

    return {
        "rows": float(model.row_count),
        "build, per row": (built - made) * 1e6 / rows,
        "append": median_us(append),
        "page at the start": median_us(lambda: page(10)),
        "page in the middle": median_us(lambda: page(rows // 2)),
        "page at the end": median_us(lambda: page(model.row_count - PAGE)),
        "cursor down": median_us(lambda: model.perform(Move.MOVE_DOWN)),
        "to the end and back": median_us(lambda: (model.perform(Move.GO_LAST), model.perform(Move.GO_FIRST))),
        "fold and unfold a turn": median_us(lambda: _fold_first_turn(model)),
    }


def _fold_first_turn(model: TimelineModel) -> None:
    model.move_to(1)
    model.perform(Move.TOGGLE_FOLD)
    model.perform(Move.TOGGLE_FOLD)


def say(line: str) -> None:
    """One line of the result."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Measure all sizes and print a table."""
    sizes = [int(word) for word in sys.argv[1:]] or list(SIZES)
    results = [measure(size) for size in sizes]
    say(f"{'microseconds':<24}" + "".join(f"{size:>12,}" for size in sizes) + f"{'ratio':>8}")
    for name in results[0]:
        values = [result[name] for result in results]
        ratio = "" if name == "rows" else f"{values[-1] / values[0]:>8.2f}"
        say(f"{name:<24}" + "".join(f"{value:>12,.1f}" for value in values) + ratio)


if __name__ == "__main__":
    main()
