"""What is around the panes: status line, footer, layout, keys, places."""
