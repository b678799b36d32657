"""Events in, graph changes out. Never opens a file and never raises for what a recording holds."""
