"""The vocabulary of links: pairs that lead back to each other, and nothing outside of it."""

from __future__ import annotations

from collections import Counter

from tui.analysis.agent_links import AGENT_RULES
from tui.analysis.conversation_links import CONVERSATION_RULES
from tui.analysis.links import PRIMARY_KINDS
from tui.analysis.relation import DIRECTION_OF, INVERSE_OF, PAIRS
from tui.analysis.work_links import WORK_RULES


def test_each_word_belongs_to_one_pair_and_its_inverse_leads_back() -> None:
    assert max(Counter(word for pair in PAIRS for word in pair).values()) == 1
    for kind, inverse in INVERSE_OF.items():
        assert INVERSE_OF[inverse] == kind
        assert DIRECTION_OF[kind] != DIRECTION_OF[inverse]


def test_every_rule_and_every_primary_kind_speaks_the_vocabulary_and_no_word_is_idle() -> None:
    used = {rule.kind for rule in (*WORK_RULES, *AGENT_RULES, *CONVERSATION_RULES)}
    assert used | {INVERSE_OF[kind] for kind in used} == set(INVERSE_OF)
    assert set(PRIMARY_KINDS) <= set(INVERSE_OF)
