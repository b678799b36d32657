"""What the help of each command shows as examples. Tests run every one of them."""

from __future__ import annotations

from typing import Final

EXAMPLES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "demo": (("--list", "what there is"), ("agents --speed 0.5", "five agents at half of their pace")),
    "reduce": (
        ("demo_bundles/agents -o graph.json", "the whole graph in a file"),
        ("demo_bundles/agents --until 171", "as it was after event 171"),
    ),
    "check": (
        ("demo_bundles/killed", "what is odd, for people"),
        ("demo_bundles/agents --json", "for scripts; the exit code is 0 if nothing is wrong"),
    ),
    "show": (
        ("demo_bundles/agents /root/alpha", "an agent"),
        ("demo_bundles/agents seq:171 --json", "what event 171 began or ended"),
    ),
    "why": (
        ("demo_bundles/agents '/root#4'", "the fourth request of an agent"),
        ("demo_bundles/agents call_d3bc13a2 --json", "any id, or the start of one"),
    ),
    "agents": (
        ("demo_bundles/agents", "who works, who waits for whom"),
        ("demo_bundles/agents --at +0.5", "as it was half a second after the start"),
    ),
    "sql": (
        (
            'demo_bundles/shell "select tool, count(*) as calls, count(problem) as bad from calls group by tool"',
            "by tool",
        ),
        ('demo_bundles/agents "select agent_path, sum(input_tokens) from requests group by all" --json', "by agent"),
    ),
    "stats": (
        ("demo_bundles/shell", "which tools and programs took how long"),
        ("demo_bundles/agents --json", "with the context of each request"),
    ),
    "path": (
        ("demo_bundles/agents", "what decided how long it took"),
        ("demo_bundles/agents --json", "every piece, with its object"),
    ),
    "diff": (
        ("demo_bundles/agents demo_bundles/agents-schema2", "where two recordings part"),
        ("demo_bundles/answer demo_bundles/answer --exact", "ids and times count, too"),
    ),
    "edges": (
        ("demo_bundles/agents", "everything that agents passed each other"),
        ("demo_bundles/agents --agent /root/alpha", "what one agent sent or got"),
    ),
    "notes": (
        ("demo_bundles/agents", "what you noted, and where"),
        ("demo_bundles/agents --json", "for scripts: each note with its object"),
    ),
    "export": (
        ("demo_bundles/agents --to markdown --content", "to read and to send; secrets are marked"),
        ("demo_bundles/agents --to otlp -o spans.json", "spans for a tracing system"),
    ),
    "slice": (
        ("demo_bundles/agents --agent /root/alpha -o alpha", "one agent, without its texts"),
        ("demo_bundles/compaction --turn 1..2 -o turns --content", "two turns with their texts; secrets are marked"),
    ),
    "help": (("keys", "every key"), ("search", "what can be typed into a search box")),
    "grep": (
        ("demo_bundles/agents parser.py -c", "how often each object has it"),
        ("demo_bundles/shell -e 'exited with code [1-9]'", "a regular expression"),
    ),
}
"""Command → what follows its name, and what it is an example of."""


def examples_of(name: str) -> str:
    """Return the paragraph with the examples of a command; empty for one that has none here."""
    lines = [(f"rtrace-tui {name} {arguments}", about) for arguments, about in EXAMPLES.get(name, ())]
    return "\n".join(["examples:", *(f"  {line}\n      {about}" for line, about in lines), ""]) + "\n" if lines else ""
