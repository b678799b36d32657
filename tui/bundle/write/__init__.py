"""Writes bundles with the guarantees of a recorder."""
