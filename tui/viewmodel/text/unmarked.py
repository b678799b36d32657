"""Words of a Markdown text for a place that shows none of its layout: a label, a fact of a summary."""

from __future__ import annotations

from tui.late_pattern import late_pattern

_HEADING = late_pattern(r"(?m)^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$")
_CODE = late_pattern(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_BOLD = late_pattern(r"(?s)(?<![\w*])\*\*(?=\S)((?:(?!\*\*(?!\*)).)+)(?<=\S)\*\*(?![\w*])")
_BOLD_WORDS = late_pattern(r"(?s)(?<!\w)__(?=\S)([^_]*\s[^_]*)(?<=\S)__(?!\w)")
_LINK = late_pattern(r"!?\[([^\[\]]+)\]\((?:[^()\s]+)\)")


def without_marks(text: str) -> str:
    """The text without the marks of headings, bold, code and links; what may not be a mark, as in `2**3`, stays.

    Give it no more than is shown: marks without their second half are looked for to the end of the text.
    """
    if not any(mark in text for mark in "#*`_["):
        return text
    text = _HEADING.sub(r"\1", text)
    text = _CODE.sub(r"\2", text)
    text = _BOLD.sub(r"\1", text)
    text = _BOLD_WORDS.sub(r"\1", text)
    return _LINK.sub(r"\1", text)
