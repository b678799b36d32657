"""JSON on standard output drives no terminal, and says what was recorded."""

from __future__ import annotations

import json

import msgspec
import pytest

from tui.commands.json_output import print_json


class Demo(msgspec.Struct):
    """A document with any text as name and value."""

    texts: dict[str, list[str]]


def test_everything_that_a_terminal_may_obey_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    text = "\x00\x1b[31m\x7f\x9b\u202e\ud800\uffff 日本語"
    print_json("demo", Demo({text: [text]}))
    out = capsys.readouterr().out
    assert out.isascii()
    assert all(character.isprintable() or character == "\n" for character in out)
    assert json.loads(out) == {"format": "rtrace-tui demo 1", "texts": {text: [text]}}
