"""`rtrace-tui agents`: who worked, who waits for whom, what it cost."""

from __future__ import annotations

import argparse

from tui.analysis.agents.overview import RolloutOverview, overview_of
from tui.analysis.problems.bundle_trouble import BundleTrouble
from tui.analysis.problems.count import problems_of_recording
from tui.commands.agents_text import overview_lines
from tui.commands.answer import answer
from tui.commands.answers.agents import agents_answer
from tui.commands.arguments import add_bundle, add_json
from tui.commands.folder_totals import count, count_tokens
from tui.commands.loaded import let_time_pass
from tui.commands.moment import add_at
from tui.store import TraceStore

DESCRIPTION = "List the agents: state and the open object that says so, task, tokens, time, whom each waits for."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, and how to print."""
    add_bundle(parser)
    add_json(parser)
    add_at(parser)


def run(given: argparse.Namespace) -> int:
    """Print all agents of the bundle."""
    return answer(
        "agents",
        given,
        lambda store, _given: (store, _overview(store)),
        lambda asked: agents_answer(*asked, _of_recording(asked[0])),
        lambda asked: overview_lines(asked[0].trace, asked[0].index, asked[1], _of_recording(asked[0])),
    )


def _overview(store: TraceStore) -> RolloutOverview:
    """What is open in a recording that may go on lasts until now."""
    let_time_pass(store)
    overview = overview_of(store.trace, store.index, store.recording)
    count(agents=len(overview.agents))
    count_tokens(overview.tokens)
    count(problems=None if overview.unclear else overview.problems + _of_recording(store))
    return overview


def _of_recording(store: TraceStore) -> int:
    trouble = BundleTrouble(store.manifest, store.faults, store.fault, store.torn_tail, store.source.log_name)
    return problems_of_recording(store.trace, store.diagnostics, trouble)
