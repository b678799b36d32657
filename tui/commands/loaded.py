"""A whole bundle in memory, for commands that ask one question and end."""

from __future__ import annotations

from tui.bundle.open import Bundle, open_bundle
from tui.commands.replay_log import without_garbage_collection
from tui.store import TraceStore


def loaded_store(path: str) -> TraceStore:
    """Read and reduce the bundle at `path` as it is now. Raises `BundleError` if it cannot be opened."""
    return load(open_bundle(path))


def load(bundle: Bundle) -> TraceStore:
    """Read and reduce a bundle as it is now."""
    store = TraceStore(bundle)
    with without_garbage_collection():
        store.load_all()
    return store
