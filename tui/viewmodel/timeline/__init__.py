"""The timeline pane: rows, labels, filter, search, moves."""
