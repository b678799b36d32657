"""How the arguments of a call were written, where their summary in the graph says all else of them."""

from __future__ import annotations

from typing import Literal

ArgumentsForm = Literal["compact", "spaced"]
"""JSON without blanks between its values, or with one after each comma and colon: the two ways of most encoders."""


def form_of(arguments: str, summary: str) -> ArgumentsForm | None:
    """In which form `arguments` are, if `written` makes them of their compact form; None if it does not.

    Arguments that are too long for a summary, or were written in another way, have no form.
    """
    if arguments == summary:
        return "compact"
    return "spaced" if arguments == written(summary, "spaced") else None


def written(summary: str, form: ArgumentsForm) -> str:
    """The arguments as they were sent. What looks like JSON within a text can differ, which `form_of` finds out."""
    return summary if form == "compact" else summary.replace('":', '": ').replace(',"', ', "').replace("},{", "}, {")
