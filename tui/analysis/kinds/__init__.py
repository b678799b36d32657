"""What is asked of objects of every kind: name, agent, time, facts."""
