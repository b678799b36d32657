"""Search: patterns over texts and bytes, and a walk over the graph."""
