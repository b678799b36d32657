"""`rtrace-tui diff`: where two recordings part, and whether the model or the world did it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from tui.analysis.compare.comparison import AgentComparison, Comparison
from tui.analysis.compare.items import ItemReader
from tui.analysis.compare.partings import HEAD_CLASSES, Parting, Setting
from tui.analysis.compare.recordings import Comparer
from tui.analysis.compare.stream import StreamItem, side_of
from tui.analysis.kinds.plural import counted
from tui.commands.answers.diff import diff_answer
from tui.commands.arguments import add_json
from tui.commands.console import EXIT_FINDINGS, EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.garbage import without_garbage_collection
from tui.commands.json_output import print_json
from tui.commands.log_place import seq_of_item
from tui.inputs import open_source
from tui.source.opening import OpeningError
from tui.store import TraceStore
from tui.viewmodel.compare.ignored_words import ignored_words
from tui.viewmodel.compare.item_counts import item_counts
from tui.viewmodel.compare.item_text import ItemText, item_text
from tui.viewmodel.compare.lines import difference_words, side_pieces, window
from tui.viewmodel.compare.word_diff import Piece, word_diff
from tui.viewmodel.text.clean import clean, format_duration, format_tokens
from tui.viewmodel.text.spans import line_text

DESCRIPTION = (
    "Show where two recordings part: by what went in, by what the model decided, or by what the world answered. "
    "Ids, times and process numbers, which differ in any two runs, are ignored and counted. "
    "`rtrace-tui A --against B` shows all of it side by side; `rtrace-tui help compare` explains the classes."
)

TEXT_CHARACTERS = 160
"""Characters of an item that are written out."""

SETTING_CHARACTERS = 80
"""Characters of each value of a setting that are written out."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Two bundles, and what of them."""
    parser.add_argument("a", metavar="A", help="directory of the first recording")
    parser.add_argument("b", metavar="B", help="directory of the second recording")
    parser.add_argument("--agent", metavar="PATH", help="only this agent, by its path")
    parser.add_argument("--exact", action="store_true", help="ignore no ids, times and process numbers")
    parser.add_argument("--max", metavar="N", type=_count, help="write out no more than N agents that differ")
    add_json(parser)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of agents")
    return int(text)


def run(given: argparse.Namespace) -> int:
    """Compare what the command line names; 0 for the same, 1 if something differs."""
    try:
        a, b = (TraceStore(open_source(path)) for path in (given.a, given.b))
    except OpeningError as error:
        complain(str(error))
        return EXIT_UNUSABLE
    comparer = Comparer(*(side_of(one.trace, one.index, one.payloads) for one in (a, b)), exact=given.exact)
    with without_garbage_collection():
        for number, store in enumerate((a, b)):
            store.on_bodies = comparer.read_along(number)
            store.load_all()
        found = comparer.comparison(given.agent)
    if given.agent is not None and not found.agents:
        complain(f"neither recording has an agent {given.agent!r}")
        return EXIT_UNUSABLE
    if given.json:
        print_json("diff", diff_answer(found, a, b))
    else:
        for line in diff_lines(found, a, b, given.max):
            say(line)
    return EXIT_OK if found.is_same else EXIT_FINDINGS


def diff_lines(found: Comparison, a: TraceStore, b: TraceStore, most: int | None) -> Iterator[str]:
    """What differs, most to blame first, and what was ignored."""
    yield _verdict(found)
    for name, store in (("A", a), ("B", b)):
        if store.reading.note is not None:
            yield f"{name}: {clean(store.reading.note)}; what that would say is missing here"
    for settings in _grouped(found.settings):
        yield _setting_line(settings)
    differing = [one for one in found.agents if not one.is_same]
    for agent in differing[:most]:
        yield ""
        yield from _agent_lines(agent, a, b)
    if most is not None and len(differing) > most:
        more = len(differing) - most
        yield f"… {counted(more, 'more agent')} {'differs' if more == 1 else 'differ'}"
    same = len(found.agents) - len(differing)
    if same and not found.is_same:
        yield ""
        yield f"{counted(same, 'agent')} without a difference"
    if found.ignored:
        total = sum(found.ignored.values())
        yield f"{counted(total, 'difference')} ignored: {ignored_words(found.ignored)}"


def _verdict(found: Comparison) -> str:
    """What came out, in a line. Without any agent there is nothing that could differ, or be the same."""
    if not found.agents:
        return "neither recording has an agent: there is nothing to compare"
    if not any(one.is_in_both for one in found.agents):
        return "the two recordings have no agent in common"
    return "the two recordings are the same" if found.is_same else "the two recordings differ"


def _grouped(settings: Sequence[Setting]) -> Iterator[list[Setting]]:
    """Settings that differ in the same way, of several agents."""
    groups: dict[tuple[str, str, str], list[Setting]] = {}
    for one in settings:
        groups.setdefault((one.what, one.a, one.b), []).append(one)
    yield from groups.values()


def _setting_line(settings: Sequence[Setting]) -> str:
    """Both values; of long ones what is around the first difference."""
    one = settings[0]
    agents = clean(one.agent) if len(settings) == 1 else counted(len(settings), "agent")
    before, now = (line_text(window(side, SETTING_CHARACTERS, "")) for side in word_diff(one.a, one.b))
    return f"  {clean(one.what)} of {agents}: {before or 'none'} → {now or 'none'}"


def _agent_lines(one: AgentComparison, a: TraceStore, b: TraceStore) -> Iterator[str]:
    sign = "≈ " if one.is_guess else ""
    if one.a is None or one.b is None:
        yield f"{clean(one.name)}: only in {'B' if one.a is None else 'A'}"
        return
    yield f"{sign}{clean(one.name)}: {item_counts(one)}"
    lead = None if one.lead is None else one.partings[one.lead]
    shown = [parting for parting in dict.fromkeys((one.first, lead)) if parting is not None]
    for parting in shown:
        yield f"  at item {parting.place}: {difference_words(parting)}"
        if parting.kind not in HEAD_CLASSES:
            yield from _side_lines(parting, a, b)
    if len(one.partings) > len(shown):
        yield f"  … {counted(len(one.partings) - len(shown), 'more parting')}; rtrace-tui A --against B shows all"
    delta = _delta_words(one)
    if delta:
        yield f"  B against A: {delta}"


def _side_lines(parting: Parting, a: TraceStore, b: TraceStore) -> Iterator[str]:
    """Both items of a parting, each from shortly before the first word that differs."""
    texts = [_text(store, item) for store, item in ((a, parting.a), (b, parting.b))]
    for number, (name, store, item) in enumerate((("A", a, parting.a), ("B", b, parting.b))):
        mine, other = texts[number], texts[1 - number]
        if item is None or mine is None:
            yield f"    {name}  nothing here"
            continue
        pieces = [Piece(mine.text, differs=False)]
        if other is not None:
            pieces = side_pieces(mine, other, "a" if name == "A" else "b")
        words = line_text(window(pieces, TEXT_CHARACTERS, ""))
        yield f"    {name}  seq {seq_of_item(store, item.item_id) or '?'}  {clean(mine.label)}  {words}"


def _text(store: TraceStore, item: StreamItem | None) -> ItemText | None:
    if item is None:
        return None
    return item_text(ItemReader(side_of(store.trace, store.index, store.payloads)).fields(item.item_id))


def _delta_words(one: AgentComparison) -> str:
    """By how much B did more or less; what is the same in both is not said."""
    delta = one.delta
    counts = ((delta.requests, "request"), (delta.failures, "failure"))
    words = [f"{_sign(count)}{counted(abs(count), what)}" for count, what in counts if count]
    if one.tokens_known:
        tokens = ((delta.input_tokens, "in"), (delta.output_tokens, "out"))
        words += [f"{_sign(count)}{format_tokens(abs(count))} tokens {what}" for count, what in tokens if count]
    else:
        words.append("? tokens")
    if delta.wall_ms is None:
        words.append("? time")
    elif delta.wall_ms:
        words.append(f"{_sign(delta.wall_ms)}{format_duration(abs(delta.wall_ms))}")
    return ", ".join(words)


def _sign(count: int) -> str:
    return "−" if count < 0 else "+"
