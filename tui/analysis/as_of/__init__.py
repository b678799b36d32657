"""The graph as it stood after any event: a record of every change to it, and a graph that goes back and forth."""
