"""How many items two agents share: `137 items the same, 9 in another order`."""

from __future__ import annotations

from tui.analysis.compare.comparison import AgentComparison
from tui.analysis.kinds.plural import counted


def item_counts(agent: AgentComparison) -> str:
    """The items that are the same, those that both have in another order, and those of one side alone."""
    parts = [f"{counted(len(agent.pairs), 'item')} the same"]
    moved = agent.reordered
    if moved:
        parts.append(f"{moved:,} in another order")
    if not moved or agent.only_a > moved or agent.only_b > moved:
        parts += [f"{agent.only_a - moved:,} only in A", f"{agent.only_b - moved:,} only in B"]
    return ", ".join(parts)
