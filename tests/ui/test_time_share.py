"""Rests between rounds of repeated work."""

from __future__ import annotations

import pytest

from tui.ui.time_share import TimeShare


class Processor:
    """Gives the seconds of work that a test says."""

    def __init__(self) -> None:
        self.worked = 0.0

    def __call__(self) -> float:
        return self.worked


@pytest.mark.parametrize(
    ("rounds", "rest"),
    [
        ((), 0.0),
        ((2.0,), 0.0),  # the first round imports code: it says nothing yet
        ((2.0, 0.01), 0.05),
        ((0.01, 2.0), 0.05),  # one slow round is chance
        ((0.01, 2.0, 2.0), 10.0),  # two are not
        ((2.0, 3.0), 10.0),
    ],
)
def test_rest_follows_the_cheaper_of_two_rounds(rounds: tuple[float, ...], rest: float) -> None:
    processor = Processor()
    share = TimeShare(5, clock=processor)
    for seconds in rounds:
        share.begin()
        processor.worked += seconds
        share.end()
    assert share.rest_seconds == pytest.approx(rest)


def test_waiting_for_the_processor_is_no_work() -> None:
    processor = Processor()
    share = TimeShare(10, clock=processor)
    processor.worked = 7.0  # by others, between two rounds
    share.begin()
    share.end()
    share.begin()
    processor.worked += 0.1
    share.end()
    share.begin()
    processor.worked += 0.1
    share.end()
    assert share.rest_seconds == pytest.approx(1.0)
