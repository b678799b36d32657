"""What must not leave: rules for secrets, where they are in a text, and the marks that take their place."""
