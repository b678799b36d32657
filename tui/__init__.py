"""rtrace-tui: read, reduce and explore the rollout traces of AI agents in the terminal."""

__version__ = "0.1.0"
