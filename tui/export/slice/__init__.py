"""A part of a recording as a recording of its own, that every reader of the format accepts."""
