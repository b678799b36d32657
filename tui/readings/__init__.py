"""Readings of one log: the newest one, which grows, and one that can stand behind any line."""
