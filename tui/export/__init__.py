"""The way out: a recording, or a part of it, in formats of other programs, without what was not meant to leave."""
