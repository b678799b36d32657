"""What a request sends before its items: where each schema keeps it, and what changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.analysis.requests.prompt_head import HeadDifference, HeadPlace, SettingChange, compare_heads, read_head

SHELL = {"type": "function", "name": "shell", "parameters": {"type": "object"}}
PATCH = {"type": "custom", "name": "apply_patch", "description": "Edit files.\nMore."}
SEARCH = {"type": "web_search", "external_web_access": True}
NAMESPACE = {"type": "namespace", "name": "agents", "tools": [{"type": "function", "name": "spawn"}]}
USER = {"type": "message", "role": "user", "content": []}


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "input": [USER], **fields}).encode()


def test_old_requests_hold_instructions_and_tools_themselves() -> None:
    head = read_head(body(instructions="Be good.", tools=[SHELL, PATCH, SEARCH], reasoning={"effort": "low"}))
    assert (head.instructions, head.instructions_at) == ("Be good.", HeadPlace("request", ("instructions",)))
    assert [tool.name for tool in head.tools or ()] == ["shell", "apply_patch", "web_search"]
    assert head.settings == (("model", '"m"'), ("reasoning.effort", '"low"'))


def test_tools_sent_as_an_item_are_tools() -> None:
    head = read_head(body(input=[USER, {"type": "additional_tools", "tools": [NAMESPACE, SHELL]}]))
    assert [(tool.name, tool.place.path) for tool in head.tools or ()] == [
        ("agents.spawn", ("input", "1", "tools", "0", "tools", "0")),
        ("shell", ("input", "1", "tools", "1")),
    ]
    assert head.instructions is None


def test_prepared_prompt_names_the_origin() -> None:
    prompt = {
        "input": [None, None],
        "tools": [SHELL],
        "base_instructions": {"text": "Be good.", "provenance": {"type": "model", "model": "m"}},
        "output_schema": None,
        "parallel_tool_calls": True,
    }
    head = read_head(body(tools=[SHELL], text={"verbosity": "low"}), json.dumps(prompt).encode())
    assert (head.instructions, head.origin) == ("Be good.", "model m")
    assert [tool.place for tool in head.tools or ()] == [HeadPlace("prompt", ("tools", "0"))]
    assert head.settings == (("model", '"m"'), ("prompt.parallel_tool_calls", "true"), ("text.verbosity", '"low"'))


@pytest.mark.parametrize("request_body", [None, b"", b"[]", b"{", b'{"input": 1, "tools": 2, "instructions": []}'])
def test_unreadable_body_tells_nothing(request_body: bytes | None) -> None:
    head = read_head(request_body)
    assert (head.instructions, head.tools, head.settings) == (None, None, ())


@pytest.mark.parametrize(
    ("before", "now", "difference"),
    [
        ({}, {}, HeadDifference()),
        ({"instructions": "a"}, {"instructions": "b"}, HeadDifference(instructions_changed=True)),
        ({"instructions": "a"}, {}, HeadDifference()),
        ({"tools": [SHELL]}, {"tools": [SHELL, PATCH]}, HeadDifference(tools_added=("apply_patch",))),
        ({"tools": [SHELL, PATCH]}, {"tools": [PATCH]}, HeadDifference(tools_removed=("shell",))),
        ({"tools": [SHELL]}, {"tools": [{**SHELL, "strict": True}]}, HeadDifference(tools_changed=("shell",))),
        ({"tools": [SHELL, PATCH]}, {"tools": [PATCH, SHELL]}, HeadDifference(tools_moved=True)),
        ({"tools": [SHELL]}, {}, HeadDifference()),
        (
            {"reasoning": {"effort": "low"}},
            {"reasoning": {"effort": "high"}, "store": False},
            HeadDifference(
                settings=(SettingChange("reasoning.effort", '"low"', '"high"'), SettingChange("store", None, "false"))
            ),
        ),
        ({"model": "m"}, {}, HeadDifference()),
        ({"client_metadata": {"turn_id": "1"}}, {"client_metadata": {"turn_id": "2"}}, HeadDifference()),
    ],
)
def test_difference_names_what_both_tell(
    before: dict[str, Any], now: dict[str, Any], difference: HeadDifference
) -> None:
    found = compare_heads(read_head(body(**before)), read_head(body(**now)))
    assert found == difference
    assert bool(found) == (difference != HeadDifference())


def test_tools_that_moved_within_the_body_are_the_same() -> None:
    as_field = read_head(body(tools=[SHELL]))
    as_item = read_head(body(input=[{"type": "additional_tools", "tools": [SHELL]}]))
    assert not compare_heads(as_field, as_item)
