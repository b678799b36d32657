"""Pieces of labels. Every text of the recording that a row shows is cleaned here.

Styles tell the layout what may give way where a row is narrow: a reason (`error`) and what something answered
(`answer`) at the end of a label keep up to half of it.
"""

from __future__ import annotations

import re

from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.colours import without_colours
from tui.viewmodel.text.spans import Line, Span, line_text
from tui.viewmodel.text.unmarked import without_marks

LABEL_CHARACTERS = 300
"""Longest text that goes into a label; a row is hardly wider."""

ANSWER = "answer"
"""Style of what a request, a script or a turn came to: a summary of what rows below it say in full."""

ASKED = "  → "
"""What comes before the calls that a request's answer made."""

TOOL_NAME = "node.tool"
"""Style of the name of a tool, and of `server.tool`."""

REASON = "error"
"""Style of why something failed."""

NO_REASON = "no reason is recorded"
"""What is said of a failure where nothing says why."""


def own_text(label: Line) -> str:
    """What a row says itself, for a search: not its summary of what the rows below it say."""
    return line_text(span for span in label if span.style != ANSWER)


def plain(text: str, style: str = "") -> Span:
    """A text of the recording as one harmless piece."""
    return Span(clean(text[:LABEL_CHARACTERS]), style)


def one_line(text: str) -> str:
    """The beginning of a text in one line, without the marks of Markdown."""
    return " ".join(without_marks(text[: 2 * LABEL_CHARACTERS]).split())


def quoted(text: str, style: str = "", before: str = "  ") -> Span:
    """Words that somebody said, with what comes before them."""
    return plain(f"{before}“{one_line(text)[: LABEL_CHARACTERS - 2]}”", style)


def said(text: str) -> Line:
    """Words behind what came before them, dim; nothing for no words."""
    return (plain(f"  {text}", "dim"),) if text else ()


def why(failure: str) -> Line:
    """Why something failed, behind what came before; nothing where nobody says."""
    return (plain(f"  {without_colours(failure)}", REASON),) if failure else ()


def without_name(failure: str, name: str) -> str:
    """A reason without the name of the tool that the row names already: `apply_patch verification failed: …`."""
    if not name:
        return failure
    named = rf"[`'\"]?{re.escape(name)}[`'\"]?"
    shorter = re.sub(rf"^{named}[:\s]+", "", failure)
    shorter = re.sub(rf"[:\s]+{named}\.?$", "", shorter)
    return shorter or failure
