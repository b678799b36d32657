"""`rtrace-tui grep`: every place of a recording that holds a text: in the graph and in the payload files."""

from __future__ import annotations

import argparse

from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.pattern import REGEX_PREFIX, Pattern, PatternError, make_pattern
from tui.commands.arguments import add_bundle, add_json
from tui.commands.console import EXIT_FINDINGS, EXIT_OK, EXIT_UNUSABLE, complain
from tui.commands.folder_totals import count
from tui.commands.grep_output import output_for
from tui.commands.grep_search import Search, Where
from tui.inputs import open_files
from tui.source.opening import OpeningError
from tui.viewmodel.timeline.conditions import TimelineFilter
from tui.viewmodel.timeline.filter_words import FilterError

DESCRIPTION = "Print every place of a recording that holds PATTERN: in its objects and in its payload files."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, a pattern, where to look, and what to print."""
    add_bundle(parser)
    parser.add_argument(
        "pattern", metavar="PATTERN", help="text; any case unless it holds a capital; re:… is a regular expression"
    )
    parser.add_argument("-e", "--regex", action="store_true", help="PATTERN is a regular expression, as after re:")
    case = parser.add_mutually_exclusive_group()
    case.add_argument("-i", "--ignore-case", action="store_true", help="in any case, whatever PATTERN holds")
    case.add_argument("-s", "--exact", action="store_true", help="in exactly this case")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--graph-only", action="store_true", help="leave the payload files out")
    where.add_argument("--payloads-only", action="store_true", help="leave the objects of the graph out")
    parser.add_argument(
        "-f",
        "--filter",
        default="",
        metavar="FILTER",
        help="only in rows that the viewer's filter leaves: 'tool:exec status:failed'",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("-c", "--count", action="store_true", help="print how often each object holds it, and the sum")
    what.add_argument("-l", "--list", action="store_true", help="print only the objects that hold it")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    """Search as the command line says: 0 if something was found, 1 if nothing."""
    try:
        pattern, chosen = _pattern(given), _filter(given.filter)
        finder = BytePattern(pattern)
        bundle = open_files(given.bundle)
    except PatternError as error:
        # What follows -e is an expression without a word before it.
        complain(str(error).replace("without re:", "without -e") if given.regex else str(error))
        return EXIT_UNUSABLE
    except (FilterError, OpeningError) as error:
        complain(str(error))
        return EXIT_UNUSABLE
    where = Where(
        in_graph=not given.payloads_only, in_payloads=not given.graph_only, chosen=chosen, tells_users=given.json
    )
    search = Search(bundle, pattern, finder, where)
    output = output_for(pattern, counts=given.count, names=given.list, as_json=given.json)
    found = search.count(output) if given.count or given.list else search.print_matches(output)
    count(matches=found)
    reading = search.reading
    if reading is None:
        output.finish(found)
    else:
        from tui.commands.answers.reading import reading_answer

        output.finish(found, reading_answer(reading))
        if reading.note is not None:
            complain(reading.note)
    for line in search.left_out_summed():
        complain(line)
    return EXIT_OK if found else EXIT_FINDINGS


def _pattern(given: argparse.Namespace) -> Pattern:
    typed: str = given.pattern
    is_regex = given.regex
    if not is_regex and typed.startswith(REGEX_PREFIX):
        typed = typed.removeprefix(REGEX_PREFIX)
        is_regex = not typed.startswith(REGEX_PREFIX)
    return make_pattern(typed, is_regex=is_regex, ignores_case=given.ignore_case or (False if given.exact else None))


def _filter(typed: str) -> TimelineFilter:
    if not typed:
        return TimelineFilter()
    from tui.viewmodel.timeline.filter import parse_filter

    return parse_filter(typed)
