"""The texts among a tool's arguments, from the beginning of its input that the recorder kept."""

from __future__ import annotations

import msgspec

from tui.late_pattern import late_pattern

_STRING_ARGUMENT = late_pattern(r'"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)')


def string_arguments(preview: str) -> dict[str, str]:
    """The arguments that are texts in the beginning of a tool's input; the last one may be cut."""
    return {key: unescaped(value) for key, value in _STRING_ARGUMENT.findall(preview)}


def unescaped(text: str) -> str:
    """A text of JSON without its escapes; as it is where it was cut inside one."""
    try:
        return msgspec.json.decode(f'"{text}"', type=str)
    except msgspec.DecodeError:
        return text
