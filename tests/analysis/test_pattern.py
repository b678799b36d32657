"""Patterns: what is typed, what it finds in texts and in bytes, however the bytes come."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.pattern import PatternError, make_pattern, parse_pattern
from tui.analysis.search.regex_text import folded_expression, required_literal, within_lines


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("ferry", "the FERRY and the ferry", ["FERRY", "ferry"]),
        ("Ferry", "the Ferry and the ferry", ["Ferry"]),  # a capital asks for exactly that
        ("a.b", "aXb a.b", ["a.b"]),  # plain text is no expression
        ("re:a.b", "aXb a.b", ["aXb", "a.b"]),
        ("re:re:", "a re: b", ["re:"]),
        (r"re:\Sb", "Ab", ["Ab"]),  # the S of an escape is no capital
        (r"re:\Sb", "AB", ["AB"]),
        ("\\Top", "\\top \\Top", ["\\Top"]),  # in plain text a backslash is a backslash
        ("re:^b", "a\nb", ["b"]),  # each line begins and ends
        ("s", "ſ", ["ſ"]),  # the same letter to an expression, though not in small letters
        ("re:X*", "aXXb", ["XX"]),  # a match of nothing is none
        ("é", "É", ["É"]),
        ("café", "cafe\u0301 CAFÉ", ["cafe\u0301", "CAFÉ"]),
        ("cafe\u0301", "Café", ["Café"]),
        ("É", "E\u0301 é", ["E\u0301"]),
        ("aa", "aaaaa", ["aa", "aa"]),
    ],
)
def test_what_is_typed_finds(typed: str, text: str, found: list[str]) -> None:
    pattern = parse_pattern(typed)
    assert [text[start:end] for start, end in pattern.spans(text)] == found
    assert parse_pattern(pattern.typed).typed == pattern.typed


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", "the pattern is empty; expected the text to look for"),
        ("re:", "the pattern is empty; expected a regular expression behind re:"),
        ("re:a(b", "'a(b' is not a regular expression: missing ), unterminated subpattern at character 2"),
        ("re:a**", "multiple repeat at character 3"),
    ],
)
def test_a_wrong_pattern_says_what_and_where_in_one_line(typed: str, refusal: str) -> None:
    with pytest.raises(PatternError, match=re.escape(refusal)) as raised:
        parse_pattern(typed)
    assert "\n" not in str(raised.value)


def found_in(typed: str, body: bytes) -> list[bytes]:
    return [body[start:end] for start, end in BytePattern(parse_pattern(typed)).spans(body)]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ('say "hi" now', 'say "hi"'),
        ("one\\two", "\\two"),
        ("Größe und MEHR", "größe"),
        ("Größe und MEHR", "Größe"),
        ("日本語", "本"),
        ("smile 🙂!", "🙂!"),
        ("ein cafe\u0301", "café"),
        ("ein café", "cafe\u0301"),
        ("ein CAFÉ", "cafe\u0301"),
        ("ein Cafe\u0301", "Café"),
    ],
)
@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_text_is_found_in_bytes_as_json_writes_it(text: str, typed: str, ensure_ascii: bool) -> None:
    body = json.dumps({"text": text}, ensure_ascii=ensure_ascii).encode()
    assert len(found_in(typed, body)) == BytePattern(parse_pattern(typed)).count(body) == 1
    assert found_in("nowhere", body) == []


def test_an_escape_in_capital_digits_is_found() -> None:
    assert found_in("É", rb'"\u00C9"') == [rb"\u00C9"]


@pytest.mark.parametrize(
    ("typed", "body", "found"),
    [
        (r"re:a\s+b", b"a \tb a\nb", [b"a \tb"]),  # a match stays within a line …
        (r"re:a\nb", b"a \tb a\nb", [b"a\nb"]),  # … unless a line feed is asked for
        (r"re:x[^y]*", b"xab\ncd", [b"xab"]),
        (r"re:^b.$", b"a\nbc\nd", [b"bc"]),
        (r"re:[A-F]+x", b"ABx abx", [b"ABx"]),
        (r"re:é+", "aéé".encode(), ["éé".encode()]),
        (r"re:(a|b)\d", b"A1 b2 c3", [b"A1", b"b2"]),
        (r"re:(\w)\1", b"abb", [b"bb"]),
        (r"re:a\.b", b"A.b a.b axb", [b"A.b", b"a.b"]),
        ("re:Word", b"word Word", [b"Word"]),
        ('re:"a"', b'"a" \\"a\\"', [b'"a"']),  # plain text would be found as JSON writes it, too
    ],
)
def test_an_expression_sees_the_bytes_as_they_stand(typed: str, body: bytes, found: list[bytes]) -> None:
    assert found_in(typed, body) == found
    assert BytePattern(parse_pattern(typed)).count(body) == len(found)


@pytest.mark.parametrize(
    ("typed", "runs"),
    [("re:word", False), (r"re:a\.b", False), ("re:a.b", True), ("re:ab?", True), (r"re:a\b", True), ("re:é", True)],
)
def test_expression_of_one_text_runs_no_engine(typed: str, runs: bool) -> None:
    assert BytePattern(parse_pattern(typed)).is_regex == runs


def test_what_cannot_be_asked_of_bytes_is_refused() -> None:
    with pytest.raises(PatternError, match=re.escape("[éè] cannot be searched for in bytes; expected alternatives")):
        BytePattern(parse_pattern("re:[éè]"))


@pytest.mark.parametrize(
    ("source", "literal"),
    [
        ("exit code [1-9]", "exit code "),
        ("[a-z]+_call_output", "_call_output"),
        ("colou?r", "colo"),
        ("a|b", ""),
        ("(abc)d", "d"),
        (r"a\.json", "a.json"),
        ("ab+c", "ab"),
        ("ab{0,2}cd", "cd"),
        ("(?i)abc", ""),
    ],
)
def test_what_every_match_holds(source: str, literal: str) -> None:
    assert required_literal(source) == literal


PIECES = st.sampled_from(
    [
        "a",
        "B",
        "z",
        ".",
        "[A-C]",
        "[^a]",
        r"\w",
        r"\S",
        r"\s",
        "(a|B)",
        "x?",
        "a*",
        "b+",
        "^",
        "$",
        r"\b",
        "[_-c]",
        r"\.",
    ]
)
EXPRESSIONS = st.lists(PIECES, min_size=1, max_size=5).map("".join)
BODIES = st.text(alphabet="aAbBcCxz_. \n", max_size=60).map(str.encode)


def reference(expression: str, body: bytes, *, ignores_case: bool) -> list[tuple[int, int]]:
    """The engine's own answer, line by line unless a line feed is asked for."""
    regex = re.compile(expression.encode(), (re.IGNORECASE if ignores_case else 0) | re.MULTILINE)
    return [match.span() for match in regex.finditer(body) if match.end() > match.start()]


@given(EXPRESSIONS, BODIES, st.booleans())
def test_folding_the_body_changes_no_answer(expression: str, body: bytes, ignores_case: bool) -> None:
    """The rewritten expression, the required literal and the search by lines give what the plain engine gives."""
    in_lines = within_lines(expression) or expression
    pattern = BytePattern(make_pattern(expression, is_regex=True, ignores_case=ignores_case))
    expected = reference(in_lines, body, ignores_case=ignores_case)
    assert list(pattern.spans(body)) == expected
    assert pattern.count(body) == len(expected)


@given(EXPRESSIONS, BODIES)
def test_a_folded_expression_finds_the_same(expression: str, body: bytes) -> None:
    folded = folded_expression(expression)
    assert folded is not None
    assert reference(folded, body.lower(), ignores_case=False) == reference(expression, body, ignores_case=True)


TEXTS = st.text(alphabet='aAbB"\\\né', min_size=1, max_size=4)


@given(TEXTS, st.lists(TEXTS, max_size=8), st.integers(1, 30), st.booleans(), st.booleans())
def test_windows_find_what_the_whole_body_holds(
    source: str, texts: list[str], window: int, ignores_case: bool, ensure_ascii: bool
) -> None:
    body = json.dumps(texts, ensure_ascii=ensure_ascii).encode()
    pattern = BytePattern(make_pattern(source, ignores_case=ignores_case))
    whole = list(pattern.spans(body))
    pieces = pattern.windows(lambda at, length: body[at : at + length], len(body), window=window)
    assert [span for piece in pieces for span in piece] == whole
    assert pattern.count(body) == len(whole)
    if source in "\0".join(texts) and "\0" not in source:
        assert whole


@given(EXPRESSIONS, BODIES, st.integers(1, 30), st.booleans())
def test_windows_find_what_an_expression_finds(expression: str, body: bytes, window: int, ignores_case: bool) -> None:
    pattern = BytePattern(make_pattern(expression, is_regex=True, ignores_case=ignores_case))
    pieces = pattern.windows(lambda at, length: body[at : at + length], len(body), window=window)
    assert [span for piece in pieces for span in piece] == list(pattern.spans(body))


def test_an_expression_is_found_across_windows_of_a_large_body() -> None:
    body = b"x" * 300_000 + b"needle 17" + b"y" * 300_000 + b"needle 18"
    pattern = BytePattern(parse_pattern(r"re:needle \d\d"))
    found = [
        span for piece in pattern.windows(lambda at, n: body[at : at + n], len(body), window=1_000) for span in piece
    ]
    assert found == [(300_000, 300_009), (600_009, 600_018)]
