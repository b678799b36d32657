"""What the program needs of a recording, wherever it comes from."""
