"""Time: what ran when in each agent, what all of it waited for, and what each agent did with its life. Pure."""
