"""The formats, one a file; `tui.export.registry` lists them."""
