"""Sums of a long life draw the same cells as a walk through all of it."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from tui.analysis.time.waiting_table import State, StateStretch
from tui.viewmodel.lanes.bars import FAILED, TEXTURES, life_cells
from tui.viewmodel.lanes.scale import Scale, Silence
from tui.viewmodel.lanes.summed import SummedTime

BEGAN = 1_000

_lengths = st.lists(st.integers(0, 30), min_size=1, max_size=40)
_states = st.lists(st.sampled_from(sorted(TEXTURES)), min_size=40, max_size=40)
_failures = st.lists(st.booleans(), min_size=40, max_size=40)


def life(lengths: list[int], states: list[State], failures: list[bool]) -> list[StateStretch]:
    bounds = pairwise(accumulate(lengths, initial=BEGAN))
    return [
        StateStretch(state, start, end, None, has_failed=failed)
        for (start, end), state, failed in zip(bounds, states, failures, strict=False)
    ]


@example([0, 0, 0, 0, 0, 2], ["idle"] * 40, [number == 5 for number in range(40)], 1, (0.0, 0.9999999999999999))
@given(_lengths, _states, _failures, st.integers(1, 30), st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_sums_draw_what_a_walk_draws(
    lengths: list[int], states: list[State], failures: list[bool], width: int, part: tuple[float, float]
) -> None:
    stretches, whole = life(lengths, states, failures), sum(lengths)
    scale = Scale(min(part) * whole, max(part) * whole, width)
    walked = life_cells(stretches, [one.end_ms for one in stretches], scale, BEGAN)
    summed = SummedTime.of_life(stretches, BEGAN).cells(scale)
    for cell, (one, other) in enumerate(zip(walked, summed, strict=True)):
        assert one == other or _is_tie(stretches, scale, cell), cell


def _is_tie(stretches: list[StateStretch], scale: Scale, cell: int) -> bool:
    """Whether two states fill a cell equally: either may be drawn."""
    sums: dict[State, float] = {}
    for one in stretches:
        start, end = (scale.place_of(at - BEGAN) for at in (one.start_ms, one.end_ms))
        sums[one.state] = sums.get(one.state, 0.0) + max(0.0, min(end, cell + 1) - max(start, cell))
    first, second = sorted([*sums.values(), 0.0])[:-3:-1]
    return first - second < 1e-6


def test_silence_within_a_long_life_takes_one_cell() -> None:
    stretches = [
        StateStretch("model", BEGAN, BEGAN + 50, None),
        StateStretch("idle", BEGAN + 50, BEGAN + 10_050, None),
        StateStretch("tool", BEGAN + 10_050, BEGAN + 10_100, None, has_failed=True),
    ]
    scale = Scale(0, 10_100, 21, [Silence(50, 10_050)])
    text = "".join(cell for cell, _style in SummedTime.of_life(stretches, BEGAN).cells(scale))
    assert text == "▓" * 10 + "┊" + "▒" * 9 + FAILED[0]


def test_failure_behind_what_is_shown_is_not_drawn() -> None:
    stretches = [StateStretch("tool", BEGAN, BEGAN + 100, None, has_failed=True)]
    scale = Scale(0, 50, 5)
    assert SummedTime.of_life(stretches, BEGAN).cells(scale) == [TEXTURES["tool"]] * 5
    assert life_cells(stretches, [BEGAN + 100], scale, BEGAN) == [TEXTURES["tool"]] * 5
