"""Lists over the panes: entries, columns, tables."""
