"""The links that the graph stores on one side only, from the other side."""
