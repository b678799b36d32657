"""Bundles on disk: opened, read while they grow, written."""
