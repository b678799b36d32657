"""Lanes: every agent over one axis of time, the path that decided how long it took, and what each waited for."""
