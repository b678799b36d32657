"""Two recordings, or two requests, side by side: rows, the words that differ, and what is folded. Pure."""
