"""`rtrace-tui why`: the way from an object back to the user's prompt, what proves it, and what followed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from tui.analysis.links.why import ending, why
from tui.analysis.problems.failure_story import failure_story
from tui.analysis.requests.route import route_of
from tui.commands.answer import answer
from tui.commands.answers.why import why_answer
from tui.commands.asked_object import Asked, add_object, asked_object
from tui.commands.moment import add_at
from tui.commands.object_text import chain_lines, failure_lines, gap_lines, link_lines, route_lines, section
from tui.viewmodel.text.clean import clean

DESCRIPTION = (
    "Explain why an object is here: the chain back to the user's prompt, with what proves each step. "
    "Of a thing that failed, what failed and what followed comes first."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, an object of it, and how to print the answer."""
    add_object(parser)
    add_at(parser)


def run(given: argparse.Namespace) -> int:
    """Explain what the command line names."""
    return answer("why", given, asked_object, lambda asked: why_answer(*asked), why_lines)


def why_lines(asked: Asked) -> Iterator[str]:
    """The answer for people."""
    store, node = asked
    steps = why(store.trace, store.index, node)
    story = failure_story(store.trace, store.index, node)
    if story:
        yield f"✗ {clean(story[0].text)}"
        yield from failure_lines(story[1:])
        yield ""
    yield "Why"
    yield from chain_lines(store, steps, ending(store.trace, steps))
    route = route_of(store.trace, store.index, node)
    if route is not None:
        yield from section("How it reached the model", route_lines(store, route))
    yield from section("Upstream", link_lines(store, node, "upstream"))
    yield from section("Downstream", link_lines(store, node, "downstream"))
    yield from section("Unproven", gap_lines(store, node))
