"""The terminal on both its sides: what comes from it is read without trust, what is set on it is taken back."""
