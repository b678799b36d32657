"""A message of the session to people, in one line."""

from __future__ import annotations

from typing import Any

import msgspec

from tui.viewmodel.text.clean import clean

LONGEST = 300
"""Characters of a message that are shown; the payload has the rest."""

_decoder = msgspec.json.Decoder()


def notice_text(body: bytes) -> str:
    """The `message` in the payload of a session message, wherever it is in it; empty if there is none."""
    try:
        return clean(_message_in(_decoder.decode(body))[:LONGEST])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _message_in(value: Any) -> str:
    if isinstance(value, dict):
        message = value.get("message")
        if isinstance(message, str):
            return message
        return next((found for inner in value.values() if (found := _message_in(inner))), "")
    return ""
