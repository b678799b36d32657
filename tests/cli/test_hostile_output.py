"""A recording full of attacks, through every command: whatever is printed drives no terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.terminal import LEAVES_ALTERNATE_SCREEN
from tests.conftest import DEMO_BUNDLES
from tests.hostile_bundle import CORPUS, OBEYED, write_hostile_bundle
from tui.bundle.open import open_bundle
from tui.cli import COMMANDS, main
from tui.model.trace import GRAPH_MAPS
from tui.store import TraceStore

WITH_OBJECT = {"show", "why"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile") / "\x1b]0;root\x07"
    return write_hostile_bundle(root / "\x1b]0;owned\x07\u202e[red]bundle[")


@pytest.fixture(scope="module")
def ids(hostile: Path) -> list[str]:
    """The last object of each kind."""
    store = TraceStore(open_bundle(hostile))
    store.load_all()
    return [list(getattr(store.trace, name))[-1] for name in GRAPH_MAPS if getattr(store.trace, name)]


def arguments(command: str, hostile: Path, ids: list[str]) -> list[list[str]]:
    if command == "ls":
        return [[str(hostile.parent)]]
    if command == "grep":
        return [[str(hostile), "owned"], [str(hostile), "-e", "RED|group|line"]]
    if command == "diff":
        return [[str(hostile), str(hostile)], [str(hostile), str(DEMO_BUNDLES / "answer")]]
    if command in WITH_OBJECT:
        return [[str(hostile), name] for name in ids]
    return [[str(hostile)]]


def assert_harmless(text: str, what: object) -> None:
    found = OBEYED.search(text)
    assert found is None, f"{what!r}: {found.group()!r} in {text[max(0, found.start() - 60) : found.end() + 20]!r}"


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"cache", "demo", "export", "help", "reduce", "slice"}))
def test_text_and_json_of_every_command_are_harmless(
    command: str, hostile: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for given in arguments(command, hostile, ids):
        for options in ([], ["--json"]):
            code = main([command, *given, *options])
            out, err = capsys.readouterr()
            assert code in (0, 1), err
            assert_harmless(out, [command, *given, *options])
            assert_harmless(err, [command, *given, *options])
            if options:
                assert out.isascii()
                json.loads(out)


def test_a_graph_keeps_its_bytes_on_a_pipe_and_is_still_free_of_escapes(
    hostile: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The format's own reducer writes DEL and C1 as they are; JSON itself escapes everything below a blank."""
    assert main(["reduce", str(hostile)]) == 0
    out, err = capfdbinary.readouterr()
    assert json.loads(out)
    assert not set(out) & (set(range(0x20)) - {0x0A})
    assert_harmless(err.decode(), "reduce")


@pytest.mark.parametrize("command", [[], *([command] for command in sorted(COMMANDS))], ids=lambda command: command[:1])
def test_names_and_options_that_are_attacks_are_told_harmlessly(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = [str(DEMO_BUNDLES / "answer")]
    attacks = (
        given
        for text in CORPUS
        for given in (
            [f"--{text}"],
            [str(tmp_path / text.replace("\0", "")), text],
            [*sound, text],
            [*sound, text, text],
        )
    )
    for given in attacks:
        if command == ["grep"] and len(given) == 2 and given[0] == sound[0]:
            continue  # a pattern, and as such all right
        try:
            code = main([*command, *given])
        except SystemExit as exit_:
            code = exit_.code  # type: ignore[assignment]
        out, err = capsys.readouterr()
        assert code in (1, 2), (command, given)
        assert_harmless(out + err, given)
        assert err.count("\n") == 1


PLACING = re.compile(rb"\x1b\[[0-9;]*[ABCDGHXP@]|\x1bM|[\v\x08]")
"""Where the next cells go, and which ones become blank or move: a frame takes those that make it short."""

SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[ -/]*[0-~])")


def kinds_of_sequences(output: bytes) -> set[bytes]:
    """Each kind of escape sequence, and each other character that is no plain text, in the bytes for a terminal."""
    rest = SEQUENCE.sub(b"", output).decode().replace("\r\n", "")
    kinds = {_kind(found) for found in SEQUENCE.findall(output)}
    return kinds | {_kind(character.encode()) for character in rest if OBEYED.match(character)}


def _kind(sequence: bytes) -> bytes:
    """A mode with its number, an operating system command by its number, anything else without numbers.

    All that places cells is one kind: which of it a frame needs depends on what is seen.
    """
    if PLACING.fullmatch(sequence):
        return b"placing"
    if sequence.startswith(b"\x1b]"):
        return sequence.split(b";")[0]
    if sequence.endswith((b"h", b"l")):
        return sequence
    return re.sub(rb"[0-9;:]+", b"#", sequence)


def test_the_real_bytes_hold_no_kind_of_sequence_that_a_harmless_recording_does_not_bring(
    hostile: Path, sessions
) -> None:
    found = []
    for bundle in (DEMO_BUNDLES / "agents", hostile):
        session = sessions(str(bundle))
        session.wait_for("▾".encode())
        session.press(b"zRGgg")
        session.press(b"\tGyy\tvvyryp!")
        session.wait_for(b"Esc closes")
        session.press(b"\x03\x03")
        assert session.end() == 0
        assert LEAVES_ALTERNATE_SCREEN in session.output
        found.append(kinds_of_sequences(session.output))
    assert b"\x1b]52" in found[0]
    assert found[1] - found[0] == set()
