"""What the rows of the timeline say, a file for each kind of row."""
