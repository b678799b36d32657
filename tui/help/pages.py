"""The pages of the help, by topic."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

KEYS_TOPIC: Final = "keys"
"""The page that has no file: it is made from the commands of the viewer."""

TOPICS: Final[dict[str, str]] = {
    "start": "first steps, what is on the screen, first keys",
    KEYS_TOPIC: "every key, with the name of its command",
    "signs": "signs of rows, messages, states and links",
    "search": "the search boxes and grep",
    "filter": "the conditions of f",
    "folder": "a folder of recordings: columns, sorting, filter, index",
    "time": "lanes, the path that decided, earlier moments",
    "compare": "where two recordings part, and what caused it",
    "export": "spans, HTML, Markdown, slices; what leaves and what does not",
    "sql": "questions in SQL to one recording or a folder; tables and columns",
    "live": "recordings that go on, and files that change",
    "scripts": "commands for scripts, ids and moments, exit codes",
    "json": "every field that commands print with --json",
    "damage": "damaged and unknown recordings; findings of check",
    "configuration": "the configuration file, variables, folders",
    "format": "what a recording is made of; how to write one",
    "changes": "what is new in each release",
}
"""Topic → what its page is about, in the order of the list."""


def page(topic: str) -> str:
    """Return the text of the page of `topic`, one of `TOPICS` but for the keys. Raises `KeyError` for another name."""
    if topic not in TOPICS or topic == KEYS_TOPIC:
        raise KeyError(topic)
    return files("tui.help").joinpath(f"{topic}.md").read_text(encoding="utf-8")
