"""What is copied of the value under the cursor: its path, or itself."""

from __future__ import annotations

from tui.viewmodel.payload.json_tree import JsonNode, decoded_string, path_step
from tui.viewmodel.payload.source import Pages

COPIED_BYTES = 1 << 20
"""A larger value is not copied."""


def path_steps(node: JsonNode | None, pages: Pages | None) -> tuple[str, ...]:
    """Keys and indices from the root of a payload to a value; of JSON inside a string, those of that string."""
    at = node
    while at is not None and at.source is not None and at.source is not pages:
        at = at.parent
    steps: list[str] = []
    while at is not None:
        if at.key is not None:
            steps.append(path_step(at))
        at = at.parent
    return tuple(reversed(steps))


def value_text(node: JsonNode | None, pages: Pages | None) -> str | None:
    """A value as text: a string decoded, anything else as JSON. None if it is too large."""
    if node is None or pages is None or node.end - node.start > COPIED_BYTES:
        return None
    source = node.source or pages
    if node.kind == "string":
        return decoded_string(source, node)
    if node.kind in ("line", "fault", "more"):
        return node.preview.decode(errors="replace")
    return source.read(node.start, node.end - node.start).decode(errors="replace").rstrip()
