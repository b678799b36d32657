"""What a pane shows, as plain rows and small state machines; no terminal, no colour, no I/O."""
