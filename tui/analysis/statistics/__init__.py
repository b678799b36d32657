"""Counts, failures, durations and output of a recording."""
