"""Many rows: a tree of them, their heights, the moves that all have."""
