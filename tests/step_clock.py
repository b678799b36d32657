"""A clock for tests of work in slices."""

from __future__ import annotations


class StepClock:
    """Moves a second each time somebody looks: a slice of less than that ends with its first step."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now
