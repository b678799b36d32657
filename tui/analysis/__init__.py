"""Questions asked of a graph, finished or growing. Pure: reads the model, never changes it."""
