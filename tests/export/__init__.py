"""Tests of what leaves: the formats, and what is hidden in them."""
