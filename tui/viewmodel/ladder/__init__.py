"""The message ladder: who sent what to whom."""
