"""A demo bundle, reduced, for view-models that need a real graph."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from tui.bundle.open import open_bundle
from tui.store import TraceStore

DEMO_BUNDLES = Path(__file__).parents[2] / "demo_bundles"


@lru_cache(maxsize=4)
def recorded(name: str) -> TraceStore:
    """The demo bundle `name`; not to be changed by tests."""
    store = TraceStore(open_bundle(DEMO_BUNDLES / name))
    store.load_all()
    return store
