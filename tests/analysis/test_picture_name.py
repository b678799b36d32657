"""The name that a recording gives to a picture is a part of a path of somebody else: only what is harmless is left."""

from __future__ import annotations

import pytest

from tests.viewmodel.recorded import recorded
from tui.analysis.requests.picture_name import recorded_stem

PICTURE = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ('<image name=[Image #1] path="/workspace/demo/pic.png">', "pic"),
        ('<image name=[Image #1] path="C:\\\\Shots\\\\first one.jpeg">', "first one"),
        ('<image path="/a/../.bashrc">', "bashrc"),
        ('<image path="/a/$(rm -rf).png">', "__rm -rf_"),
        ('<image path="/a/x\u202egnp.exe">', "x_gnp"),
        ('<image path="/a/">', ""),
        ("Look at /a/pic.png:", ""),
    ],
)
def test_name_in_the_text_before_the_picture(text: str, stem: str) -> None:
    trace = recorded("pictures").trace
    item = next(iter(trace.conversation_items.values()))
    value = {"content": [{"type": "input_text", "text": text}, PICTURE]}
    assert recorded_stem(trace, item, value, PICTURE["image_url"]) == stem


def test_name_in_the_arguments_of_the_call() -> None:
    trace = recorded("pictures").trace
    stems = [
        recorded_stem(trace, item, {"output": [PICTURE]}, PICTURE["image_url"])
        for item in trace.conversation_items.values()
        if item.kind == "function_call_output"
    ]
    assert stems == ["", "pic", "missing", ""]
