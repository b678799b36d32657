"""The few shapes that the drawings are made of. Every text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from tui.viewmodel.text.clean import clean

WIDTH = 1000
"""Width of a drawing in its own units; the page scales it."""

CHARACTER = 6.7
"""Width of a character of the drawings' font."""


def drawing(height: float, label: str, shapes: Iterable[str]) -> str:
    """A whole drawing."""
    inner = "".join(shapes)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{plain(label)}" '
        f'xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
    )


def bar(x: float, y: float, width: float, height: float, kind: str, title: str) -> str:
    """A rectangle of a kind, with what a pointer over it shows."""
    shape = f'<rect x="{x:.2f}" y="{y:g}" width="{max(width, 0.6):.2f}" height="{height:g}" class="{kind}">'
    return f"{shape}<title>{plain(title)}</title></rect>"


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """A line of text."""
    return f'<text x="{x:.2f}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{plain(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    return f'<line x1="{x1:.2f}" y1="{y1:g}" x2="{x2:.2f}" y2="{y2:g}" class="{kind}"/>'


def arrow(x1: float, x2: float, y: float, kind: str, title: str) -> str:
    """An arrow from left to right or from right to left."""
    back = -5 if x2 > x1 else 5
    head = f"M {x2:.2f} {y:g} l {back} -3.5 v 7 z"
    return f'<g class="{kind}"><title>{plain(title)}</title>{line(x1, y, x2, y, "shaft")}<path d="{head}"/></g>'


def shortened(words: str, width: float) -> str:
    """As much of a text as fits into a width."""
    most = max(1, int(width / CHARACTER))
    return words if len(words) <= most else f"{words[: most - 1]}…"


def plain(words: str) -> str:
    """A text on one line in which nothing is markup."""
    return escape(clean(words))
