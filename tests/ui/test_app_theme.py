"""Themes: every meaning has a look in each, and none is told by colour alone."""

from __future__ import annotations

import pytest

from tui.ui.theme import ON_CURSOR, THEMES, choose_theme, style_for, use_theme

SEMANTIC_STYLES = sorted(name for name in THEMES["dark"].styles if not name.startswith(ON_CURSOR))


def test_light_and_colour_blind_give_every_style_of_dark_a_look() -> None:
    for name in ("light", "colour-blind"):
        assert [style for style in sorted(THEMES[name].styles) if not style.startswith(ON_CURSOR)] == SEMANTIC_STYLES


@pytest.mark.parametrize("name", THEMES)
def test_cursor_match_and_failure_are_visible_in_every_theme(name: str) -> None:
    use_theme(name)
    for style in ("cursor", "match", "glyph.failed", "error", "chrome.focus"):
        assert style_for(style), f"{style} looks like plain text in {name}"


def test_mono_has_no_colour_at_all() -> None:
    use_theme("mono")
    for name in SEMANTIC_STYLES:
        assert style_for(name).color is None
        assert style_for(name).bgcolor is None


def test_ansi_uses_only_the_first_sixteen_colours() -> None:
    use_theme("ansi")
    for name in SEMANTIC_STYLES:
        for colour in (style_for(name).color, style_for(name).bgcolor):
            assert colour is None or colour.number is None or colour.number < 16


def test_styles_combine_and_unknown_names_are_plain() -> None:
    assert style_for("no.such.style") == style_for("")
    assert style_for("title cursor").bold
    assert style_for("title cursor").bgcolor == style_for("cursor").bgcolor


@pytest.mark.parametrize(
    ("requested", "environment", "name"),
    [
        (None, {}, "dark"),
        (None, {"NO_COLOR": "1"}, "mono"),
        (None, {"NO_COLOR": ""}, "dark"),
        ("light", {"NO_COLOR": "1"}, "light"),
        (None, {"COLORFGBG": "0;15"}, "light"),
        (None, {"COLORFGBG": "15;0"}, "dark"),
        (None, {"TERM": "dumb"}, "mono"),
        ("no such theme", {}, "dark"),
    ],
)
def test_theme_to_start_with(requested: str | None, environment: dict[str, str], name: str) -> None:
    assert choose_theme(requested, environment) == name
