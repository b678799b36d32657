"""Style rules that one test has parsed serve the next one: they are the same texts, thousands of times."""

from __future__ import annotations

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parse_rules = Stylesheet._parse_rules
_parsed: dict[tuple[object, ...], list[RuleSet]] = {}


def parse_once(sheet: Stylesheet, *arguments: object, **options: object) -> list[RuleSet]:
    """What a style sheet parses, by everything that it depends on: text, origin, and the values of variables.

    Textual keeps the rules in the same way, but only as long as one app lives; it never changes them.
    """
    key = (*arguments, *sorted(options.items()), frozenset(sheet._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse_rules(sheet, *arguments, **options)  # type: ignore[arg-type]
    return _parsed[key]
