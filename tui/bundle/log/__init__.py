"""The event log: lines while it grows, segments, damage."""
