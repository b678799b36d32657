"""Readings of finished recordings, kept in the user's cache folder so that they open at once the next time."""
