"""What bytes of a terminal are: typed, Esc, a report, a paste. No bytes raise, and no part of a report is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.terminal.input_bytes import (
    ESCAPES_AT_ONCE,
    LONGEST_PASTE_BYTES,
    PASTE_SILENCE_SECONDS,
    SILENCE_SECONDS,
    EscapePressed,
    InputBytes,
    Pasted,
    Report,
    Typed,
    Unit,
)

ESCAPE_SECONDS = 0.1


def shown(units: list[Unit]) -> list[str]:
    """Short words: a typed character as it is, `Esc`, `<report>` without its ESC, `"paste"`."""
    words = {Typed: "{}", EscapePressed: "Esc", Report: "<{}>", Pasted: '"{}"'}
    return [words[type(unit)].format(*(text.removeprefix("\x1b") for text in unit)) for unit in units]


def read(*reads: bytes, silence: float = 0.0) -> list[str]:
    """What each read gives, and then a silence."""
    reader = InputBytes(ESCAPE_SECONDS)
    units = [unit for data in reads for unit in reader.feed(data, 0.0)]
    return shown(units + reader.tick(silence))


@pytest.mark.parametrize(
    ("data", "units"),
    [
        (b"jG", ["j", "G"]),
        ("é日😀".encode(), ["é", "日", "😀"]),
        (b"\r\t\x03", ["\r", "\t", "\x03"]),
        (b"\x1b[1;5Aj", ["<[1;5A>", "j"]),
        (b"\x1b[97;1:3u", ["<[97;1:3u>"]),
        (b"\x1bOAj", ["<OA>", "j"]),
        (b"\x1b[[Aj", ["<[[A>", "j"]),
        (b"\x1b[23$j", ["<[23$>", "j"]),
        (b"\x1b[?2026;2$yj", ["<[?2026;2$y>", "j"]),
        (b"\x1b]11;rgb:0000/0000/0000\x07j", ["<]11;rgb:0000/0000/0000\x07>", "j"]),
        (b"\x1bP>|XTerm(390)\x1b\\j", ["<P>|XTerm(390)\x1b\\>", "j"]),
        (b"\x1b_Gi=1;OK\x1b\\q", ["<_Gi=1;OK\x1b\\>", "q"]),
        (b"\x1b[M \x84%j", ["<[M \x84%>", "j"]),
        (b"\x1bq", ["Esc", "q"]),
        (b"\x1b\x1bq", ["Esc", "Esc", "q"]),
        (b"\x1b\xc3\xa9", ["Esc", "é"]),
        (b"\x1b]]", ["Esc", "]", "]"]),
        (b"\x1b3j", ["<3>", "j"]),
    ],
)
def test_bytes_become_units(data: bytes, units: list[str]) -> None:
    assert read(data) == units


@pytest.mark.parametrize(
    ("data", "units"),
    [
        (b"\xe9j", ["�", "j"]),
        (b"\x80", ["�"]),
        (b"\xe2\x80\x1b[A", ["�", "<[A>"]),
        (b"\x9b1;1:3uj", ["<[1;1:3u>", "j"]),
        ("›j".encode(), ["›", "j"]),
        (b"\x1b[1;\x1b[Aj", ["<[A>", "j"]),
        (b"\x1b[97;1:3\x01", ["\x01"]),
        (b"\x1b]52;c;cXFxcXFx\x1b[Aq", ["<[A>", "q"]),
        (b"\x1b[<0;1\xc3\xa9", ["é"]),
        (b"\x1b[+:<4(*6?qj", ["<[+:<4(*6?q>", "j"]),
        (b"\x1b[7$;3?qj", ["<[7$;3?q>", "j"]),
        (b"\x1b[2 ?:\x1b[Aj", ["<[A>", "j"]),
    ],
)
def test_broken_bytes_type_nothing_wrong(data: bytes, units: list[str]) -> None:
    assert read(data) == units


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"hello \x1b q", "hello \x1b q"),
        (b"abc \x1b def\x1b[9;1:3u y", "abc \x1b def\x1b[9;1:3u y"),
        (b"\x1b[200~nested", "\x1b[200~nested"),
        (b"caf\xe9 au lait", "caf� au lait"),
        (b"nul\0l", "null"),
        (b"\x1b", "\x1b"),
    ],
)
def test_everything_in_a_paste_is_text(data: bytes, text: str) -> None:
    reader = InputBytes(ESCAPE_SECONDS)
    units = reader.feed(b"\x1b[200~" + data + b"\x1b[201~j", 0.0)
    assert units == [Pasted(text), Typed("j")]


@given(st.binary(max_size=60), st.lists(st.integers(0, 80), max_size=6))
def test_a_paste_is_text_however_it_is_split(text: bytes, cuts: list[int]) -> None:
    whole = b"\x1b[200~" + text.replace(b"\x1b[201~", b"") + b"\x1b[201~j"
    inner = whole[6 : whole.index(b"\x1b[201~")]
    places = sorted({cut for cut in cuts if cut < len(whole)} | {0})
    reader = InputBytes(ESCAPE_SECONDS)
    units = []
    for start, end in zip(places, [*places[1:], len(whole)], strict=True):
        units += reader.feed(whole[start:end], 0.0)
    assert units[-1] == Typed("j")
    assert "".join(unit.text for unit in units if isinstance(unit, Pasted)) == inner.decode("utf-8", "replace").replace(
        "\0", ""
    )
    assert all(isinstance(unit, Pasted) for unit in units[:-1])


def test_a_paste_without_an_end_ends_by_silence() -> None:
    reader = InputBytes(ESCAPE_SECONDS)
    assert reader.feed(b"\x1b[200~half", 0.0) == []
    assert reader.tick(PASTE_SILENCE_SECONDS / 2) == []
    assert reader.tick(PASTE_SILENCE_SECONDS) == [Pasted("half")]
    assert reader.feed(b"j", PASTE_SILENCE_SECONDS) == [Typed("j")]


@pytest.mark.parametrize(
    ("rest", "units"),
    [
        (b"q\x03\x1a\x1b[201~j", ['"q\x03\x1a"', "j"]),
        (b"\x1b[201~q", ["q"]),
        (b"\x1b[201~", []),
        (b"q", ["q"]),
        ("é".encode(), ["é"]),
        (b"\x1b[B", ["<[B>"]),
        (b"\x1b[<64;1;1M\x1b[<64;1;1M", ["<[<64;1;1M>"] * 2),
        (b"\x1b[200~new\x1b[201~", ['"new"']),
    ],
)
def test_rest_of_a_stalled_paste_is_text(rest: bytes, units: list[str]) -> None:
    reader = InputBytes(ESCAPE_SECONDS)
    reader.feed(b"\x1b[200~begun", 0.0)
    assert shown(reader.tick(PASTE_SILENCE_SECONDS)) == ['"begun"']
    assert shown(reader.feed(rest, 4.0)) == units


def test_keys_mean_something_after_a_key() -> None:
    reader = InputBytes(ESCAPE_SECONDS)
    reader.feed(b"\x1b[200~begun", 0.0)
    reader.tick(PASTE_SILENCE_SECONDS)
    reader.feed(b"j", 4.0)
    assert shown(reader.feed(b"jjj", 4.1)) == ["j", "j", "j"]


def test_a_huge_paste_is_bounded() -> None:
    reader = InputBytes(ESCAPE_SECONDS)
    reader.feed(b"\x1b[200~", 0.0)
    for _ in range(LONGEST_PASTE_BYTES // 1_000_000 + 2):
        reader.feed(b"x" * 1_000_000, 0.0)
    (paste,) = reader.feed(b"\x1b[201~", 0.0)
    assert isinstance(paste, Pasted)
    assert LONGEST_PASTE_BYTES <= len(paste.text) <= LONGEST_PASTE_BYTES + 6


@pytest.mark.parametrize(
    ("data", "silence", "units"),
    [
        (b"\x1b", ESCAPE_SECONDS / 2, []),
        (b"\x1b", ESCAPE_SECONDS, ["Esc"]),
        (b"\x1b[", ESCAPE_SECONDS, []),
        (b"\x1b[", SILENCE_SECONDS, ["Esc", "["]),
        (b"\x1bO", SILENCE_SECONDS, ["Esc", "O"]),
        (b"\x1b[97;1:3", SILENCE_SECONDS, []),
        (b"\x1b]11;rgb:", SILENCE_SECONDS, []),
        (b"\x1b[M ", SILENCE_SECONDS, []),
    ],
)
def test_silence_gives_up_what_is_unfinished(data: bytes, silence: float, units: list[str]) -> None:
    assert read(data, silence=silence) == units


def test_a_slow_line_may_split_a_key() -> None:
    reader = InputBytes(ESCAPE_SECONDS)
    assert shown(reader.feed(b"\x1b", 0.0) + reader.tick(0.1) + reader.feed(b"[B", 0.3)) == ["Esc", "<[B>"]
    assert shown(reader.feed(b"\x1b", 1.0) + reader.tick(1.1) + reader.feed(b"[", 1.2)) == ["Esc", "["]
    assert shown(reader.feed(b"[B", 1.3)) == ["[", "B"]


def test_a_flood_of_escapes_is_a_few() -> None:
    assert read(b"\x1b" * 4000 + b"j") == ["Esc"] * ESCAPES_AT_ONCE + ["j"]


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_no_bytes_raise(reads: list[bytes]) -> None:
    read(*reads, silence=10.0)


REPORTS = st.one_of(
    st.from_regex(rb"\x1b\[[0-9;:]{0,12}[ABCDHu~]", fullmatch=True),
    st.from_regex(rb"\x1b\[<[0-9]{1,3};[0-9]{1,4};[0-9]{1,4}[Mm]", fullmatch=True),
    st.from_regex(rb"\x1bO[ABCDHFPQRS]", fullmatch=True),
    st.from_regex(rb"\x1b\]1[0-2];[a-z0-9:/]{0,20}(\x07|\x1b\\)", fullmatch=True),
    st.from_regex(rb"\x1bP[0-9>|+$a-zA-Z ]{0,20}\x1b\\", fullmatch=True),
)


@given(st.lists(REPORTS, max_size=8), st.lists(st.integers(0, 100), max_size=5))
def test_no_report_types_anything_however_it_is_split(reports: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(reports).replace(b"\x1b[200~", b"").replace(b"\x1b[201~", b"")
    places = sorted({cut for cut in cuts if cut < len(whole)} | {0})
    reader = InputBytes(ESCAPE_SECONDS)
    units = []
    for start, end in zip(places, [*places[1:], len(whole)], strict=True):
        units += reader.feed(whole[start:end], 0.0)
    assert all(isinstance(unit, Report) for unit in units)
