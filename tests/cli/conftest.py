"""Sessions on pseudo-terminals, gone after each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Session


@pytest.fixture
def scratch_environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.fixture
def sessions(scratch_environment: dict[str, str]) -> Iterator[object]:
    started: list[Session] = []

    def start(*arguments: str, **options: Any) -> Session:
        started.append(Session(list(arguments), scratch_environment, **options))
        return started[-1]

    yield start
    for session in started:
        session.abandon()
