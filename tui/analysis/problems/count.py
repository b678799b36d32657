"""How many problems a recording has: one rule for the status line, the lists and the commands.

The problems of objects are counted where the objects are (`AgentMeter`, the timeline); what belongs to no agent, here.
"""

from __future__ import annotations

from collections.abc import Iterable

from tui.analysis.problems.bundle_trouble import BundleTrouble, trouble_findings
from tui.model.diagnostic import Diagnostic
from tui.model.trace import RolloutTrace


def problems_of_recording(trace: RolloutTrace, diagnostics: Iterable[Diagnostic], trouble: BundleTrouble) -> int:
    """Findings about the log and about the bundle; notes are none."""
    findings = [*diagnostics, *trouble_findings(trouble, trace)]
    return sum(found.severity != "note" for found in findings)
