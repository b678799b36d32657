"""Text on its way to the screen: the one door, characters, spans, words."""
