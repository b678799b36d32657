"""A short run of the fuzzer; `python -m tests.conformance.fuzz` runs as many cases as one likes."""

from __future__ import annotations

from tests.conformance.fuzz import run


def test_every_damage_is_named_and_nothing_is_raised() -> None:
    said: list[str] = []
    assert run(cases=150, seed=7, out=said.append) == 0, "\n".join(said)
