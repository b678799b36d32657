"""What is known of a session that was read: the numbers and words of its line in a list of many."""

from __future__ import annotations

import msgspec

from tui.analysis.requests.tokens import Tokens
from tui.analysis.state.outcome_word import OutcomeWord


class SessionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One session. Texts are as recorded, not yet cleaned; None is unknown, since the recording was read in part.

    `outcome`, `why`, `evidence`: see `Outcome`. `doing`: what a running session does or waits for. `took_ms`: from the
    start to the newest event, milliseconds. `problems`: of all agents, of the log and of the bundle. `prompt`: the
    beginning of what was asked first.
    """

    outcome: OutcomeWord
    why: str = ""
    evidence: str = ""
    doing: str = ""
    took_ms: int | None = 0
    agents: int | None = None
    requests: int | None = None
    tokens: Tokens = Tokens()
    problems: int = 0
    prompt: str = ""

    @property
    def total_tokens(self) -> int | None:
        """Input and output of all requests whose tokens are recorded; None if those of none are."""
        return None if self.requests is None or self.tokens.is_unknown else self.tokens.total

    @property
    def cached_percent(self) -> float | None:
        """How much of the input was cached, 0 to 100; None without input."""
        return None if self.tokens.hit_rate is None else 100 * self.tokens.hit_rate
