"""How many examples a property is tried with."""

from __future__ import annotations

import os

CI_SHARE = 3
"""In CI, Hypothesis tries the same ones each time; a person who works on a rule tries others, and more."""


def examples(count: int) -> int:
    """`count`, or a third of it where everything is checked (`CI` in the environment)."""
    return count // CI_SHARE if "CI" in os.environ else count
