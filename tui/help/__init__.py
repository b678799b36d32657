"""The help for people who use the program: one page a topic."""
