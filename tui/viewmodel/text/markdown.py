"""Markdown as it is meant to be read: headings, lists, tables, emphasis, code and links, without their marks.

Nothing that was said is left out: addresses of links are behind their words, HTML stays as it is written. Texts that
are long, or have no mark of Markdown, are left to `styled_lines`, which keeps every character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from tui.viewmodel.text.clean import Measure, clean
from tui.viewmodel.text.markdown_table import table_lines
from tui.viewmodel.text.spans import Line, Span, line_text
from tui.viewmodel.text.styled_lines import code_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST_TEXT: Final = 8_192
"""Characters up to which a text is parsed; some texts take the parser time that grows with their square."""

_MARKS: Final = re.compile(r"[*_`~|\\]|\]\(|<https?:|^ {0,3}(?:#{1,6} |>|[-+] |\d{1,9}[.)] |-{3,}|={3,})", re.MULTILINE)
"""What a text must have to look different when it is rendered."""

_WIDE: Final = 1_000_000
"""Cells in which every table fits."""

_RULE_CELLS: Final = 24
_BULLETS: Final = "•◦▪"
_BEFORE: Final = "([{\"'“‘«—–-:|"
_BEHIND: Final = ")]}\"'”’».,;:!?…—–-|"
"""Signs that may stand next to a mark of emphasis."""

_STYLES: Final = {"strong": "title", "em": "emphasis", "link": "path"}


@lru_cache(maxsize=128)
def rendered_lines(text: str, width: int, measure: Measure) -> tuple[Line, ...] | None:
    """Return the lines of a Markdown text for a pane of `width` cells, not yet wrapped; None to show it as written.

    That is done with a text that has no marks, or is long, and with one of which the parser would drop something (what
    is nested too deep, definitions of links that nobody uses).
    """
    if len(text) > LONGEST_TEXT or not _MARKS.search(text):
        return None
    tokens = _parser().parse(text)
    return tuple(_Renderer(width, measure).lines(tokens)) if _is_whole(text, tokens, measure) else None


def _is_whole(text: str, tokens: Sequence[Token], measure: Measure) -> bool:
    """Whether every letter and digit of a text is in its rendered lines, in the same order, and there is any line."""
    shown = "".join(line_text(line) for line in _Renderer(_WIDE, measure).lines(tokens))
    return bool(shown.strip()) and list(filter(str.isalnum, clean(text))) == list(filter(str.isalnum, shown))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")  # `~~gone~~` stays as written: dim alone would read as kept
    return parser.disable(["escape", "entity"])  # `\\.` of an expression and `&lt;` stay as they were written


class _Renderer:
    """Walks the blocks of one text. `_lead` is before each line: quotes, indents of lists."""

    def __init__(self, width: int, measure: Measure) -> None:
        self._width = width
        self._measure = measure
        self._lead: list[Span] = []
        self._bullets = 0
        """Open lists with bullets."""
        self._next_mark: Span | None = None
        """The bullet or number that the next line begins with."""
        self._last_row = 0
        self._told: set[int] = set()

    def lines(self, tokens: Sequence[Token]) -> Iterator[Line]:
        place = 0
        while place < len(tokens):
            token = tokens[place]
            if token.map is not None and token.nesting >= 0 and token.type not in ("inline", "list_item_open"):
                if token.map[0] > self._last_row:
                    yield tuple(self._lead_in())
                self._last_row = max(self._last_row, token.map[0])
            if token.type == "table_open":
                end = next(at for at in range(place, len(tokens)) if tokens[at].type == "table_close")
                yield from self._table(tokens[place : end + 1])
                place = end
            else:
                yield from self._block(token, tokens[place + 1] if place + 1 < len(tokens) else None)
            if token.map is not None and not token.children and token.nesting <= 0:
                self._last_row = max(self._last_row, token.map[1])
            place += 1

    def _block(self, token: Token, following: Token | None) -> Iterator[Line]:
        match token.type:
            case "heading_open":
                if following is not None:
                    yield from self._inline(following, "title")
            case "inline":
                yield from self._inline(token, "")
            case "fence" | "code_block":
                yield from self._code(token)
            case "hr":
                yield (*self._lead_in(), Span("─" * _RULE_CELLS, "dim"))
            case "html_block":
                yield from (self._with_lead((Span(clean(line), "dim"),)) for line in _split(token.content))
            case _:
                self._change_lead(token)

    def _change_lead(self, token: Token) -> None:
        match token.type:
            case "blockquote_open":
                self._lead.append(Span("▎ ", "dim"))
            case "bullet_list_open":
                self._bullets += 1
            case "list_item_open":
                self._begin_item(token)
            case "blockquote_close" | "list_item_close":
                self._lead.pop()
                self._next_mark = None
            case "bullet_list_close":
                self._bullets -= 1
            case _:
                return

    def _begin_item(self, token: Token) -> None:
        """`info` of the token is the number as it was written; items with bullets have none."""
        bullet = _BULLETS[(self._bullets - 1) % len(_BULLETS)]
        mark = f"{token.info}{token.markup} " if token.info else f"{bullet} "
        self._next_mark = Span(mark, "number")
        self._lead.append(Span(" " * len(mark)))

    def _lead_in(self) -> list[Span]:
        """What is before a line; the mark of an item only before its first one."""
        if self._next_mark is None:
            return list(self._lead)
        mark, self._next_mark = self._next_mark, None
        return [*self._lead[:-1], mark]

    def _with_lead(self, line: Line) -> Line:
        return (*self._lead_in(), *line)

    def _inline(self, token: Token, base: str) -> Iterator[Line]:
        if token.map is None or id(token) in self._told:
            return
        self._told.add(id(token))  # a heading gives its text itself
        self._last_row = max(self._last_row, token.map[1])
        yield from (self._with_lead(line) for line in inline_lines(token.children or (), base))

    def _code(self, token: Token) -> Iterator[Line]:
        language = token.info.strip().split(" ")[0] if token.info else ""
        if language:
            yield (*self._lead_in(), Span(f"▏ {clean(language)}", "dim"))
        for line in _split(token.content):
            yield (*self._lead_in(), Span("▏ ", "dim"), *code_line(clean(line)))

    def _table(self, tokens: Sequence[Token]) -> Iterator[Line]:
        rows: list[list[Line]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(next(iter(inline_lines(token.children or (), "")), ()))
        lead = sum(self._measure(span.text) for span in self._lead)
        for line in table_lines(rows, self._width - lead, self._measure):
            yield self._with_lead(line)
        self._last_row = max(self._last_row, tokens[0].map[1] if tokens[0].map else 0)


def inline_lines(children: Sequence[Token], base: str) -> Iterator[Line]:
    """The lines of running text: a line break in the source stays one, since agents write lines that belong apart."""
    literal = _literal_marks(children)
    spans: list[Span] = []
    open_marks: list[_OpenMark] = [_OpenMark(base, "")]
    for place, child in enumerate(children):
        if child.type in ("softbreak", "hardbreak"):
            yield tuple(spans)
            spans = []
        elif child.nesting == 0:
            spans.append(_leaf(child, open_marks[-1].style))
        elif place in literal:
            spans.append(Span(child.markup, open_marks[-1].style))
        elif child.nesting == 1:
            name = child.type.removesuffix("_open")
            style = _STYLES.get(name, open_marks[-1].style)
            open_marks.append(_OpenMark(style, clean(str(child.attrs.get("href", "")))))
        else:
            address = open_marks.pop().address
            if address and not line_text(tuple(spans)).endswith(address):
                spans.append(Span(f" ({address})", "dim"))
    if spans:
        yield tuple(span for span in spans if span.text)


class _OpenMark(NamedTuple):
    """What is open around a piece of text: its style, and of a link where it leads."""

    style: str
    address: str


def _literal_marks(children: Sequence[Token]) -> set[int]:
    """Places of marks inside a word or a path, such as `2*3*4` and `src/*.py`: they were meant as they are."""
    found: set[int] = set()
    waiting: list[int] = []
    for place, child in enumerate(children):
        if child.nesting == 1:
            waiting.append(place)
        elif child.nesting == -1:
            opening = waiting.pop()
            before = children[opening - 1].content[-1:] if opening else ""
            after = children[place + 1].content[:1] if place + 1 < len(children) else ""
            is_free = (not before or before.isspace() or before in _BEFORE) and (
                not after or after.isspace() or after in _BEHIND
            )
            if child.type != "link_close" and not is_free:
                found |= {opening, place}
    return found


def _leaf(child: Token, style: str) -> Span:
    match child.type:
        case "code_inline":
            return Span(f"`{clean(child.content)}`", "json.string")
        case "image":
            address = clean(str(child.attrs.get("src", "")))
            return Span(f"▣ {clean(child.content)} ({address})", "path")
        case "html_inline":
            return Span(clean(child.content), "dim")
        case _:
            return Span(clean(child.content), style)


def _split(content: str) -> list[str]:
    return content.removesuffix("\n").split("\n")
