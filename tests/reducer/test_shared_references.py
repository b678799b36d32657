"""A payload that is named twice is one object, whoever names it first."""

from __future__ import annotations

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.bundle.open import open_bundle
from tui.model.ids import RawPayloadId
from tui.store import TraceStore


@pytest.mark.parametrize("name", ["agents", "code-mode", "terminal"])
def test_prompts_hold_the_registered_references(name: str) -> None:
    store = TraceStore(open_bundle(DEMO_BUNDLES / name))
    store.load_all()
    registered = store.trace.raw_payloads
    parts = [part for ref in registered.values() for part in ref.parts]
    assert parts
    assert [part.label for part in parts if registered[RawPayloadId(part.raw_payload_id)] is not part] == []
