"""Bodies as a recorder of tomorrow might write them: their items, agents, commands and tokens are there, told once."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.test_drift import DEMOS, Json, Recording
from tui.analysis.agents.overview import overview_of
from tui.analysis.statistics.counts import statistics_of
from tui.bundle.open import open_bundle
from tui.commands.answers.agents import agents_answer
from tui.commands.answers.stats import stats_answer
from tui.commands.check import check_bundle
from tui.commands.loaded import loaded_store

DEMO = "agents-schema2"
KINDS = ("conversation_items", "code_cells", "terminal_operations", "interaction_edges", "threads")

Change = Callable[[Any], Any]


def everywhere(change: Change) -> Change:
    """The change for every object and text in a body, the inner ones first."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return change({name: changed(inner) for name, inner in value.items()})
        return [changed(inner) for inner in value] if isinstance(value, list) else value

    return changed


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def with_camel_names(value: Any) -> Any:
    return {camel(name): inner for name, inner in value.items()}


ITEM_WORDS = ("message", "function_call", "function_call_output", "reasoning", "input_text", "output_text")


def with_pascal_types(value: Any) -> Any:
    kind = value.get("type")
    return {**value, "type": camel(f"_{kind}")} if kind in ITEM_WORDS else value


RENAMED = {"function_call": "tool_use", "function_call_output": "tool_result", "message": "utterance"}


def with_renamed_types(value: Any) -> Any:
    return {**value, "type": RENAMED.get(value.get("type"), value["type"])} if "type" in value else value


def usage_as(change: Change) -> Change:
    def changed(body: Any) -> Any:
        if isinstance(body, dict) and isinstance(body.get("token_usage"), dict):
            usage = body.pop("token_usage")
            return {**body, **change(usage)}
        return body

    return changed


def as_provider(usage: dict[str, int]) -> dict[str, Any]:
    return {
        "input_tokens": usage["input_tokens"],
        "input_tokens_details": {"cached_tokens": usage["cached_input_tokens"]},
        "output_tokens": usage["output_tokens"],
        "output_tokens_details": {"reasoning_tokens": usage["reasoning_output_tokens"]},
    }


def in_groups(usage: dict[str, int]) -> dict[str, Any]:
    return {
        "prompt": {"total": usage["input_tokens"], "cached": usage["cached_input_tokens"]},
        "output": {"total": usage["output_tokens"], "reasoning": usage["reasoning_output_tokens"]},
        "total": usage["input_tokens"] + usage["output_tokens"],
    }


def in_base64(body: Any, pack: Callable[[bytes], bytes] = bytes) -> str:
    return base64.b64encode(pack(json.dumps(body).encode())).decode()


CHANGES: dict[str, tuple[Change, str]] = {
    "camelCase": (everywhere(with_camel_names), "field-renamed"),
    "types in PascalCase": (everywhere(with_pascal_types), "item-renamed"),
    "types with words before": (
        everywhere(lambda value: {**value, "type": f"codex/{value['type']}"} if "role" in value else value),
        "item-renamed",
    ),
    "other types": (everywhere(with_renamed_types), "item-renamed"),
    "call ids renamed": (
        everywhere(
            lambda value: {
                "tool_use_id" if name == "call_id" and "type" in value else name: value[name] for name in value
            }
        ),
        "item-renamed",
    ),
    "roles renamed": (
        everywhere(lambda value: {"author_role" if name == "role" else name: value[name] for name in value}),
        "item-renamed",
    ),
    "who spawned renamed": (
        lambda body: (
            {"origin" if name == "session_source" else name: body[name] for name in body}
            if isinstance(body, dict) and "session_source" in body
            else body
        ),
        "field-renamed",
    ),
    "bodies with headers": (lambda body: {"content_type": "application/json", "data": body}, "field-moved"),
    "bodies in base64": (lambda body: {"encoding": "base64", "data": in_base64(body)}, "field-moved"),
    "bodies packed in base64": (
        lambda body: {"encoding": "gzip+base64", "data": in_base64(body, gzip.compress)},
        "field-moved",
    ),
    "who spawned in other words": (
        lambda body: (
            {**body, "session_source": {"delegate": body["session_source"]["subagent"]}}
            if isinstance(body, dict) and "subagent" in (body.get("session_source") or ())
            else body
        ),
        "field-moved",
    ),
    "usage in groups": (usage_as(lambda usage: {"token_usage": in_groups(usage)}), "field-retyped"),
    "usage in a list": (usage_as(lambda usage: {"token_usage": [usage]}), "field-retyped"),
    "usage by model": (usage_as(lambda usage: {"token_usage": {"by_model": {"m": usage}}}), "field-retyped"),
    "usage renamed": (usage_as(lambda usage: {"usage": usage}), "field-renamed"),
    "usage inside another": (usage_as(lambda usage: {"billing": {"tokens": usage}}), "field-renamed"),
    "usage as the provider has it": (usage_as(lambda usage: {"usage": as_provider(usage)}), "field-renamed"),
    "usage as text": (usage_as(lambda usage: {"token_usage": json.dumps(usage)}), "field-retyped"),
    "usage in texts": (
        usage_as(lambda usage: {"token_usage": {name: str(count) for name, count in usage.items()}}),
        "field-retyped",
    ),
}


def seen(bundle: Path) -> tuple[dict[str, int], tuple[int, ...]]:
    """How many objects there are, and the sums of tokens."""
    store = loaded_store(str(bundle))
    return {kind: len(getattr(store.trace, kind)) for kind in KINDS}, tuple(
        statistics_of(store.trace, store.index).tokens
    )


@cache
def seen_unchanged() -> tuple[dict[str, int], tuple[int, ...]]:
    return seen(DEMOS / DEMO)


def changed(change: Change, bundle: Path) -> Path:
    recording = Recording(DEMOS / DEMO)
    recording.change_bodies(change)
    return recording.write(bundle)


def codes(bundle: Path) -> list[str]:
    return [kind.code for kind in check_bundle(open_bundle(bundle)).findings if kind.severity != "note"]


@pytest.mark.parametrize("name", CHANGES)
def test_change_of_all_bodies_is_one_finding(name: str, tmp_path: Path) -> None:
    change, code = CHANGES[name]
    bundle = changed(change, tmp_path / "bundle")
    assert seen(bundle) == seen_unchanged()
    assert codes(bundle) == [code]


def test_output_without_a_role_is_of_the_model(tmp_path: Path) -> None:
    bundle = changed(
        lambda body: (
            everywhere(lambda value: {name: value[name] for name in value if name != "role"})(body)
            if isinstance(body, dict) and "output_items" in body
            else body
        ),
        tmp_path / "bundle",
    )

    assert seen(bundle) == seen_unchanged()
    assert codes(bundle) == ["role-inferred"]


SCHEMA_1 = "agents-schema1"


def with_other_endings(payload: Json) -> Json:
    return {name.replace("_payload", "_ref"): value for name, value in payload.items()}


def with_references_together(payload: Json) -> Json:
    references = {name: payload.pop(name) for name in list(payload) if name.endswith("_payload") and payload[name]}
    return {**payload, "payloads": references} if references else payload


@pytest.mark.parametrize("change", [with_other_endings, with_references_together])
def test_each_reference_is_found(change: Callable[[Json], Json], tmp_path: Path) -> None:
    recording = Recording(DEMOS / SCHEMA_1)
    for event in recording.events:
        event["payload"] = change(event["payload"])
    bundle = recording.write(tmp_path / "bundle")

    assert seen(bundle) == seen(DEMOS / SCHEMA_1)
    assert len(codes(bundle)) == 1


def test_renamed_call_ids_cost_no_edges(tmp_path: Path) -> None:
    recording = Recording(DEMOS / SCHEMA_1)
    recording.change_bodies(
        everywhere(lambda value: {"tool_use_id" if name == "call_id" else name: value[name] for name in value})
    )
    bundle = recording.write(tmp_path / "bundle")

    assert seen(bundle) == seen(DEMOS / SCHEMA_1)
    assert codes(bundle) == ["item-renamed", "field-renamed"]


UNREAD: dict[str, tuple[Change, str]] = {
    "missing": (usage_as(lambda _usage: {}), "field-missing"),
    "in words": (usage_as(lambda _usage: {"token_usage": "few"}), "usage-unreadable"),
    "by two models": (
        usage_as(lambda usage: {"token_usage": {"by_model": {"m": usage, "n": usage}}}),
        "usage-unreadable",
    ),
    "in part": (usage_as(lambda usage: {"token_usage": {"input_tokens": usage["input_tokens"]}}), "usage-unreadable"),
    "below 0": (
        usage_as(lambda usage: {"token_usage": {**usage, "output_tokens": -1}}),
        "usage-unreadable",
    ),
}


@pytest.mark.parametrize("name", UNREAD)
def test_usage_that_cannot_be_read_is_unknown(name: str, tmp_path: Path) -> None:
    change, code = UNREAD[name]
    bundle = changed(change, tmp_path / "bundle")
    store = loaded_store(str(bundle))
    assert statistics_of(store.trace, store.index).tokens.is_unknown
    assert codes(bundle) == [code]


@pytest.mark.parametrize("prefix", ["thr_", "urn:codex:"])
def test_ids_of_agents_may_be_longer_in_events(prefix: str, tmp_path: Path) -> None:
    recording = Recording(DEMOS / DEMO)
    recording.events = [with_longer_ids(event, prefix) for event in recording.events]
    recording.manifest["root_thread_id"] = prefix + recording.manifest["root_thread_id"]
    bundle = recording.write(tmp_path / "bundle")

    assert seen(bundle) == seen_unchanged()
    assert codes(bundle) == ["field-retyped"]


def with_longer_ids(value: Any, prefix: str) -> Any:
    if isinstance(value, dict):
        is_id = {name for name, inner in value.items() if name.endswith("thread_id") and isinstance(inner, str)}
        return {
            name: prefix + inner if name in is_id else with_longer_ids(inner, prefix) for name, inner in value.items()
        }
    return [with_longer_ids(inner, prefix) for inner in value] if isinstance(value, list) else value


def test_bodies_in_cipher_hide_who_spawned_whom(tmp_path: Path) -> None:
    recording = Recording(DEMOS / DEMO)
    recording.change_bodies(lambda _body: "sealed")
    store = loaded_store(str(recording.write(tmp_path / "bundle")))

    answer = agents_answer(store, overview_of(store.trace, store.index, store.recording), 0)

    assert [(agent.depth, agent.children) for agent in answer.agents] == [(0, None), *[(None, None)] * 4]
    assert stats_answer(store, statistics_of(store.trace, store.index)).output.seen is None


def test_agents_in_parallel_are_unknown_without_times(tmp_path: Path) -> None:
    recording = Recording(DEMOS / DEMO)
    for event in recording.events:
        del event["wall_time_unix_ms"]
    store = loaded_store(str(recording.write(tmp_path / "bundle")))

    answer = agents_answer(store, overview_of(store.trace, store.index, store.recording), 0)

    assert (answer.parallel_most, answer.wall_ms) == (None, None)
