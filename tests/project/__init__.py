"""Tests of the project itself: its packaging, its layers, what its README claims."""
