"""The vocabulary of links: pairs that lead back to each other, and nothing outside of it."""

from __future__ import annotations

from collections import Counter

from tui.analysis.links.agent_rules import AGENT_RULES
from tui.analysis.links.conversation_rules import CONVERSATION_RULES
from tui.analysis.links.linked import CAUSES, PRIMARY_KINDS
from tui.analysis.links.relation import DIRECTION_OF, INVERSE_OF, RELATIONS, relation_text
from tui.analysis.links.work_rules import WORK_RULES


def test_each_word_belongs_to_one_pair_and_its_inverse_leads_back() -> None:
    assert max(Counter(word for one in RELATIONS for word in (one.upstream, one.downstream)).values()) == 1
    for kind, inverse in INVERSE_OF.items():
        assert INVERSE_OF[inverse] == kind
        assert DIRECTION_OF[kind] != DIRECTION_OF[inverse]


def test_people_read_plain_words_for_a_kind() -> None:
    texts = {kind: relation_text(kind) for kind in INVERSE_OF if relation_text(kind) != kind}
    assert texts == {
        "was meant to get": "should have received",
        "newly given": "was the first to send",
        "attempted by": "tried with",
        "closed": "closed or interrupted",
        "closed by": "closed or interrupted by",
    }


def test_every_rule_and_every_primary_kind_speaks_the_vocabulary_and_no_word_is_idle() -> None:
    used = {rule.kind for rule in (*WORK_RULES, *AGENT_RULES, *CONVERSATION_RULES)}
    assert used | {INVERSE_OF[kind] for kind in used} == set(INVERSE_OF)
    assert set(PRIMARY_KINDS) <= set(INVERSE_OF)


def test_the_most_direct_cause_comes_first() -> None:
    assert CAUSES == {
        "tool_call": ("issued by", "asked for by", "part of"),
        "code_cell": ("written in", "run by", "asked for by", "part of"),
        "terminal_operation": ("run by",),
        "terminal_session": ("created by", "part of"),
        "inference": ("prompted by", "part of"),
        "turn": ("prompted by", "part of"),
        "thread": ("spawned over", "child of"),
        "item": ("arrived over", "returned by", "output of", "installed by", "sent by", "part of"),
        "edge": ("comes from",),
        "compaction": ("attempted by", "part of"),
        "compaction_request": ("part of",),
        "event": ("part of",),
        "payload": ("evidence of",),
    }


def test_every_kind_of_object_has_a_way_to_its_cause() -> None:
    assert [kind for kind, causes in CAUSES.items() if not causes] == []
