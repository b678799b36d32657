"""Following one agent: the end of its conversation stays in view, or one knows how much came since one looked back."""

from __future__ import annotations

from tui.model.ids import ThreadId


class AgentFollow:
    """Whose conversation is followed at its end. Moving away from the end stops it; the agent is remembered."""

    def __init__(self) -> None:
        self.agent: ThreadId | None = None
        """Who is followed, or was until somebody looked back; None while nobody is."""
        self.is_on = False
        self._seen = 0

    def begin(self, agent: ThreadId) -> None:
        """Follow this agent."""
        self.agent, self.is_on = agent, True

    def stop(self, items: int) -> None:
        """Stay here, whatever comes: the agent's conversation has this many items now."""
        if self.is_on:
            self.is_on, self._seen = False, items

    def forget(self) -> None:
        """Another conversation is shown: nobody is followed."""
        self.agent, self.is_on = None, False

    def new_items(self, items: int) -> int:
        """How many of the agent's items came since following stopped; 0 while it goes on."""
        return 0 if self.is_on or self.agent is None else max(0, items - self._seen)
