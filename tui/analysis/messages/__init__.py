"""What went between agents, and what was sent and never seen to arrive."""
