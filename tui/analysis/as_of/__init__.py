"""The graph as it was after any event: a record of every change to it, and a graph that goes back and forth."""
