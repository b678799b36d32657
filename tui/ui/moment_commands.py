"""The commands that go from moment to moment, wherever they work."""

MOMENT_COMMANDS = ("previous_event", "next_event", "previous_turn_start", "next_turn_start", "return_to_now")
"""Their ids, in the order in which they are listed."""
