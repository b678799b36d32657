"""Puts marks in the place of secrets, the same mark for the same secret, and counts them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set

import msgspec

from tui.export.redaction.findings import Finding, findings_across, findings_in
from tui.export.redaction.rule import SecretRule, rule_set
from tui.export.redaction.rules import RULES

SHORTEST_FRAGMENT = 6
"""Characters of a part of a secret that is looked for by itself; shorter ones are everywhere and give nothing away."""

SHORTEST_LEARNED = 16
"""Characters of a secret, found by the text around it, that is hidden from then on wherever it is."""

REMEMBERED_TEXTS = 200_000
"""Texts that are not looked at again."""

CONTEXT = 200
"""Characters before and behind a secret that show a person what it is."""


class SeenSecret(msgspec.Struct):
    """A secret that was hidden: by which rule, its mark, what is around it where it was first, and how often."""

    rule: str
    mark: str
    secret: str
    before: str
    after: str
    times: int = 0


class Redactor:
    """Hides secrets in the texts of one export.

    `counts`: how often something was hidden, by rule; `secrets`: how many different secrets these were; `learned`: what
    is hidden wherever it is, in the order in which it was found.
    """

    def __init__(self, rules: Sequence[SecretRule] = RULES, kept: Set[str] = frozenset()) -> None:
        """`kept` are secrets that are not hidden."""
        self._kept = kept
        self._seen: dict[str, SeenSecret] = {}
        self.rules = rule_set(tuple(rules))
        self.counts: Counter[str] = Counter()
        self._marks: dict[str, str] = {}
        self._of_rule: Counter[str] = Counter()
        self._fragments: dict[str, Finding] = {}
        self.learned: list[str] = []
        self._fragment_pattern: re.Pattern[str] | None = None
        self._clean: set[int] = set()
        """Hashes of texts in which nothing was found: an export holds most of them twice."""

    @property
    def secrets(self) -> int:
        """How many different secrets were hidden."""
        return len(self._marks)

    @property
    def seen(self) -> list[SeenSecret]:
        """What was hidden, one entry a secret, in the order in which they were found."""
        return list(self._seen.values())

    def is_clean(self, text: str) -> bool:
        """Whether there is nothing to hide in a text."""
        return not self._merged_with_fragments(text, findings_in(text, self.rules))

    def hide(self, text: str) -> str:
        """The text with marks in the place of secrets."""
        key = hash(text)
        if key in self._clean:
            return text
        found = self._merged_with_fragments(text, findings_in(text, self.rules))
        if not found and len(self._clean) < REMEMBERED_TEXTS:
            self._clean.add(key)
        return self._replaced(text, found)

    def hide_pieces(self, pieces: Sequence[str]) -> list[str]:
        """The pieces in which a text came, with marks in the place of secrets, also of those that span several."""
        if len(pieces) == 1:
            return [self.hide(pieces[0])]
        found = findings_across(pieces, self.rules)
        return [
            self._replaced(piece, self._merged_with_fragments(piece, parts))
            for piece, parts in zip(pieces, found, strict=True)
        ]

    def learn_pieces(self, pieces: Sequence[str]) -> None:
        """Remember what is secret in pieces by what is in others, to hide it wherever a piece is repeated."""
        for piece, parts in zip(pieces, findings_across(pieces, self.rules), strict=True):
            for one in parts:
                fragment = piece[one.start : one.end]
                if len(fragment) >= SHORTEST_FRAGMENT:
                    self._hide_everywhere(fragment, one)

    def _note(self, one: Finding, text: str) -> None:
        known = self._seen.get(one.secret)
        if known is None:
            mark = self._marks[one.secret]
            before, after = text[max(0, one.start - CONTEXT) : one.start], text[one.end : one.end + CONTEXT]
            known = self._seen[one.secret] = SeenSecret(one.rule, mark, one.secret, before, after)
        known.times += 1

    def _learn(self, one: Finding) -> None:
        """A password in a file of settings is one in the output of a command, too."""
        is_new = one.rule in self.rules.framed and one.secret not in self._fragments
        if is_new and len(one.secret) >= SHORTEST_LEARNED:
            self._hide_everywhere(one.secret, one)

    def _hide_everywhere(self, text: str, one: Finding) -> None:
        self._fragments[text] = one
        self.learned.append(text)
        self._fragment_pattern = None
        self._clean.clear()

    def _merged_with_fragments(self, text: str, found: list[Finding]) -> list[Finding]:
        if not self._fragments:
            return found
        if self._fragment_pattern is None:
            longest_first = sorted(self._fragments, key=lambda one: (-len(one), one))
            self._fragment_pattern = re.compile("|".join(map(re.escape, longest_first)))
        parts = [
            Finding(match.start(), match.end(), known.rule, known.secret)
            for match in self._fragment_pattern.finditer(text)
            for known in (self._fragments[match.group()],)
            if not any(one.start < match.end() and one.end > match.start() for one in found)
        ]
        return sorted([*found, *parts])

    def _replaced(self, text: str, found: list[Finding]) -> str:
        if not found:
            return text
        pieces: list[str] = []
        done = 0
        for one in found:
            if one.secret in self._kept:
                continue
            pieces += [text[done : one.start], self._mark(one)]
            self.counts[one.rule] += 1
            self._note(one, text)
            self._learn(one)
            done = one.end
        return "".join([*pieces, text[done:]])

    def _mark(self, finding: Finding) -> str:
        mark = self._marks.get(finding.secret)
        if mark is None:
            self._of_rule[finding.rule] += 1
            mark = self._marks[finding.secret] = f"‹{finding.rule} {self._of_rule[finding.rule]}›"
        return mark
