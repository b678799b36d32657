"""What a person wrote into a prompt, behind what the agent program put before it."""

from __future__ import annotations

import pytest

from tui.schema.prompt_text import has_words, words_written

ENVIRONMENT = "<environment_context>\n  <cwd>/tmp</cwd>\n</environment_context>"
IMAGE = '<image name=[Image #1] path="/tmp/a.png">\n</image>'
FOLDER = "# AGENTS.md instructions for /tmp\n\n<INSTRUCTIONS>\nBe brief.\n</INSTRUCTIONS>"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Mend it.", "Mend it."),
        (f"{IMAGE}\nWhat is this?", "What is this?"),
        (f"{ENVIRONMENT}\n{FOLDER}\n\nMend it.", "Mend it."),
        ("<img src=x> what does this do?", "<img src=x> what does this do?"),
        ("<b>bold</b> is not shown", "<b>bold</b> is not shown"),
        (ENVIRONMENT, ENVIRONMENT),
        ("<user_instructions> never closed", "<user_instructions> never closed"),
        ("", ""),
    ],
)
def test_words_written(text: str, written: str) -> None:
    assert words_written(text) == written


@pytest.mark.parametrize(
    ("text", "has"),
    [
        (FOLDER, False),
        (FOLDER.removesuffix("</INSTRUCTIONS>"), False),
        (f"{FOLDER}\n\nMend it.", True),
        ("# AGENTS.md instructions for reviewers: please mend them", True),
        ("</div> closes what?", True),
        (ENVIRONMENT, False),
        (" \n\t", False),
    ],
)
def test_words_of_a_person_are_known(text: str, has: bool) -> None:
    assert has_words(text) is has
