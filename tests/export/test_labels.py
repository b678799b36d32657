"""Ids and names on their way out: many are looked at together, and no secret is in one that is shown."""

from __future__ import annotations

import random

import pytest

from tests.export.secrets import MAKERS
from tui.export import disclosure
from tui.export.disclosure import Disclosure
from tui.export.redaction.redactor import Redactor

IDS = [f"raw_payload:{number}" for number in range(50)]
PASSWORD = "correct-horse-7-battery"


def test_secrets_among_many_ids_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "LABELS_AT_ONCE", 7)
    chance = random.Random(1)
    secrets = [make(chance) for make in MAKERS.values()]
    names = [name for secret in secrets for name in (*IDS[:3], secret)] + IDS
    show = Disclosure(Redactor(), with_content=False)
    show.look_at(names)
    assert [show.label(name) for name in IDS] == IDS
    assert [secret for secret in secrets if secret in show.label(secret)] == []


@pytest.mark.parametrize("name", [f"/root/{PASSWORD}", PASSWORD])
def test_name_seen_before_its_secret_is_hidden(name: str) -> None:
    show = Disclosure(Redactor(), with_content=True)
    show.look_at([name])
    assert show.label(name) == name
    assert PASSWORD not in show.text(f"export DB_PASSWORD={PASSWORD}")
    assert PASSWORD not in show.label(name)
    assert show.label("/root") == "/root"
