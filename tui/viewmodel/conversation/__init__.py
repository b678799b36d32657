"""The conversation pane: what the model saw, as rows."""
