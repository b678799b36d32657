"""What each agent did, in numbers and tasks."""
