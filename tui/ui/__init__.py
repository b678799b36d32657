"""The terminal: Textual, and nothing that could not be thrown away with it."""

import os

ESCAPE_DELAY_MS = "50"
"""How long Esc waits for the rest of an escape sequence. The default, 100, is felt; a slow link needs some."""

# Textual reads it when it is imported, so it has to stand here, before anything of this room imports Textual.
os.environ.setdefault("ESCDELAY", ESCAPE_DELAY_MS)
