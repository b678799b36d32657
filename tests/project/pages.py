"""The README and the help pages as the tests read them: their blocks of code."""

from __future__ import annotations

import re

from tests.conftest import PROJECT
from tui.help.pages import KEYS_TOPIC, TOPICS, page

README = (PROJECT / "README.md").read_text(encoding="utf-8")
MAINTAINERS = (PROJECT / "tui/README.md").read_text(encoding="utf-8")
PAGES = {topic: page(topic) for topic in TOPICS if topic != KEYS_TOPIC}


def code_blocks(language: str, text: str) -> list[str]:
    """The fenced blocks of a language, without their fences."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def commands_of(text: str) -> list[str]:
    """Every line of every `sh` block, comments and blank lines left out."""
    lines = (line.partition("  #")[0].strip() for block in code_blocks("sh", text) for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
