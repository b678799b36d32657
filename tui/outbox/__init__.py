"""What leaves, on its way to the disk: a file whole or not at all, a slice as a recording of its own."""
