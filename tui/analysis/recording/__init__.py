"""A recording as files and lines: survey, check, how much could be read."""
