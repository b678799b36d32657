"""Everything that knows Textual: application, screens, widgets, key bindings, themes."""
