"""The reduced graph: data only. The reducer writes it, everything else reads it."""
