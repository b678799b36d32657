"""What the model was sent and what it saw: requests, prompts, routes of outputs."""
