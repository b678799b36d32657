"""What pressed keys mean, told as (keys, outcomes)."""

from __future__ import annotations

import pytest

from tui.viewmodel.frame.keys import ANY_LETTER, MAX_COUNT, KeyOutcome, KeySequences

SEQUENCES = {
    "move_down": ("j", "down"),
    "go_first": ("g g",),
    "follow_edge": ("g d",),
    "zoom_pane": ("z",),
    "fold_all": ("z M",),
    "set_mark": (f"m {ANY_LETTER}",),
    "go_first_mark": ("m m",),
}


def run(binding_id: str, count: int | None = None, argument: str = "") -> KeyOutcome:
    return KeyOutcome("run", binding_id, count, argument)


PENDING = KeyOutcome("pending")
MAYBE = KeyOutcome("pending", can_run_now=True)


def unknown(sequence: str) -> KeyOutcome:
    return KeyOutcome("unknown", argument=sequence)


@pytest.mark.parametrize(
    ("keys", "outcomes"),
    [
        ("j", [run("move_down")]),
        ("5 j", [PENDING, run("move_down", 5)]),
        ("4 0 down", [PENDING, PENDING, run("move_down", 40)]),
        ("0", [unknown("0")]),
        ("g g", [PENDING, run("go_first")]),
        ("3 g g", [PENDING, PENDING, run("go_first", 3)]),
        ("g x j", [PENDING, unknown("g x"), run("move_down")]),
        ("5 x j", [PENDING, unknown("x"), run("move_down")]),
        ("z M", [MAYBE, run("fold_all")]),
        ("z j", [MAYBE, run("zoom_pane"), run("move_down")]),
        ("z z M", [MAYBE, run("zoom_pane"), MAYBE, run("fold_all")]),
        ("m a", [PENDING, run("set_mark", argument="a")]),
        ("m 7", [PENDING, run("set_mark", argument="7")]),
        ("m m", [PENDING, run("go_first_mark")]),
        ("m space", [PENDING, unknown("m space")]),
        ("m escape", [PENDING]),
        ("5 escape j", [PENDING, run("move_down")]),
        ("escape", [unknown("escape")]),
    ],
)
def test_keys_mean(keys: str, outcomes: list[KeyOutcome]) -> None:
    sequences = KeySequences(SEQUENCES)
    assert [outcome for key in keys.split() for outcome in sequences.press(key)] == outcomes


def test_a_pause_completes_only_what_is_a_command_already() -> None:
    sequences = KeySequences(SEQUENCES)
    sequences.press("z")
    assert sequences.pause() == run("zoom_pane")
    sequences.press("g")
    assert sequences.pause() is None
    assert sequences.press("d") == [run("follow_edge")]


def test_unfinished_keys_are_shown_with_what_may_follow() -> None:
    sequences = KeySequences(SEQUENCES)
    sequences.press("5")
    sequences.press("g")
    assert sequences.pressed == "5g"
    assert sequences.continuations() == [("g", "go_first"), ("d", "follow_edge")]
    sequences.reset()
    assert sequences.pressed == ""


def test_a_stuck_digit_key_does_not_ask_for_the_impossible() -> None:
    sequences = KeySequences(SEQUENCES)
    for _ in range(50):
        sequences.press("9")
    assert sequences.press("j") == [run("move_down", MAX_COUNT)]
