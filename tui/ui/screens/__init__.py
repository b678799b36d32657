"""Whole screens: the three panes, and what is laid over them."""
