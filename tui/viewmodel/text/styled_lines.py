"""Lines of text made readable one line at a time: Markdown, code, patches, JSON. Cheap, and never wrong about the text.

Every function takes text that is harmless already and returns the same characters in spans. Nothing is hidden: the
marks of Markdown stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tui.analysis.search.pattern import PatternError, parse_pattern
from tui.viewmodel.text.clean import Measure, break_points, prefix_length
from tui.viewmodel.text.spans import Line, Span, line_text

STYLED_CHARACTERS = 600
"""Characters of one line that are looked at for styling; the rest stays plain."""

Styler = Callable[[str], Line]
"""Turns one line into spans."""

_INLINE = re.compile(r"(?P<code>`[^`]+`)|(?P<strong>\*\*[^*\s](?:[^*]*[^*\s])?\*\*)|(?P<path>https?://[^\s)>\]]+)")
_HEADING = re.compile(r"#{1,6} ")
_BULLET = re.compile(r"(\s*)([-*+]|\d{1,3}[.)]) ")
_FENCE = re.compile(r"\s{0,8}(```+|~~~+)")
_CODE = re.compile(
    r"""(?P<comment>//.*$|(?<!\S)\#.*$)"""
    r"""|(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)"""
    r"""|(?P<number>\b\d+(?:\.\d+)?\b)"""
    r"""|(?P<word>\b(?:const|let|var|function|return|await|async|if|else|for|while|of|in|new|try|catch|finally|throw|def|class|import|from|pass|raise|with|as|and|or|not|fn|pub|use|match|true|false|null|None|True|False)\b)"""
)
_JSON = re.compile(
    r"""(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<string>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|(?P<bool>\b(?:true|false)\b)|(?P<null>\bnull\b)"""
)
_INLINE_STYLES = {"code": "json.string", "strong": "title", "path": "path"}
_CODE_STYLES = {"comment": "dim", "string": "json.string", "number": "json.number", "word": "kind.call"}
_JSON_STYLES = {name: f"json.{name}" for name in ("key", "string", "number", "bool", "null")}


def _styled(text: str, pattern: re.Pattern[str], styles: dict[str, str], base: str) -> Line:
    spans: list[Span] = []
    position = 0
    for match in pattern.finditer(text[:STYLED_CHARACTERS]):
        if match.start() > position:
            spans.append(Span(text[position : match.start()], base))
        spans.append(Span(match.group(), styles[match.lastgroup or ""]))
        position = match.end()
    if position < len(text) or not spans:
        spans.append(Span(text[position:], base))
    return tuple(spans)


def plain_line(text: str) -> Line:
    """Text as it is."""
    return (Span(text),)


def code_line(text: str) -> Line:
    """A line of source code in any of the usual languages."""
    return _styled(text, _CODE, _CODE_STYLES, "")


def json_line(text: str) -> Line:
    """A line of formatted JSON."""
    return _styled(text, _JSON, _JSON_STYLES, "json.punct")


def patch_line(text: str) -> Line:
    """A line of a patch: what it adds, what it removes, and where."""
    if text.startswith(("*** ", "@@", "+++", "---", "diff ")):
        return (Span(text, "title"),)
    if text.startswith("+"):
        return (Span(text, "new"),)
    return (Span(text, "gone" if text.startswith("-") else ""),)


def markdown_styler() -> Styler:
    """A styler for the lines of one Markdown text, in order: it remembers whether a code fence is open."""
    fence = ""

    def style(text: str) -> Line:
        nonlocal fence
        opening = _FENCE.match(text)
        if opening and (not fence or opening[1].startswith(fence)):
            fence = "" if fence else opening[1][:3]
            return (Span(text, "dim"),)
        return code_line(text) if fence else markdown_line(text)

    return style


def markdown_line(text: str) -> Line:
    """A line of Markdown outside of code fences."""
    if _HEADING.match(text):
        return (Span(text, "title"),)
    if text.startswith(">"):
        return (Span(text, "dim"),)
    bullet = _BULLET.match(text)
    if bullet is None:
        return _styled(text, _INLINE, _INLINE_STYLES, "")
    rest = text[bullet.end() :]
    start = Span(text[: bullet.end()], "number")
    return (start, *_styled(rest, _INLINE, _INLINE_STYLES, "")) if rest else (start,)


def slice_line(line: Line, start: int, end: int) -> Line:
    """Characters `start` to `end` of a line, with their styles."""
    found: list[Span] = []
    position = 0
    for span in line:
        stop = position + len(span.text)
        if stop > start and position < end:
            found.append(Span(span.text[max(0, start - position) : end - position], span.style))
        position = stop
    return tuple(found)


def wrap_line(line: Line, width: int, measure: Measure, indent: str = "") -> list[Line]:
    """A line in pieces of at most `width` cells, each with `indent` before it."""
    text = line_text(line)
    inner = max(8, width - len(indent))
    lead = (Span(indent),) if indent else ()
    if len(text) <= inner and text.isascii():
        return [(*lead, *line)]
    return [(*lead, *slice_line(line, start, end)) for start, end in break_points(text, inner, measure)]


def wrap_within(line: Line, width: int, rows: int, measure: Measure, indent: str = "") -> list[Line]:
    """A line in up to `rows` pieces of `width` cells, the last one cut if those are not enough.

    All but the first have `indent` before them.
    """
    text = line_text(line)
    if measure(text) <= width:
        return [line]
    places = list(break_points(text, width - len(indent), measure))
    if len(places) > rows:
        places[rows - 1 :] = [(places[rows - 1][0], len(text))]
    pieces = [slice_line(line, start, end) for start, end in places]
    return [
        elide_line((Span(indent), *piece) if place else piece, width, measure) for place, piece in enumerate(pieces)
    ]


def elide_line(line: Line, width: int, measure: Measure) -> Line:
    """The line, or as much of it as fits before an ellipsis."""
    if measure(line_text(line)) <= width:
        return line
    kept = prefix_length(line_text(line), width - 1, measure)
    return (*slice_line(line, 0, kept), Span("…", "dim"))


def highlight(line: Line, pattern: re.Pattern[str]) -> Line:
    """A line with every match of `pattern` in style `match`."""
    text = line_text(line)
    pieces: list[Span] = []
    position = 0
    for match in pattern.finditer(text):
        if match.end() == match.start():
            continue
        pieces.extend(slice_line(line, position, match.start()))
        pieces.append(Span(match.group(), "match"))
        position = match.end()
    if not pieces:
        return line
    return (*pieces, *slice_line(line, position, len(text)))


def search_pattern(typed: str) -> re.Pattern[str] | None:
    """What a typed search finds in the lines of a screen; None if it is empty or wrong."""
    try:
        return parse_pattern(typed).text
    except PatternError:
        return None
