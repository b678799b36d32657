"""The payload pane: raw evidence as tree, text, parts or bytes."""
