"""Chains and links as the tables of the viewer notes define them, worked out on the plain reduced graph.

Nothing of the analysis is used here: the graph is the parsed JSON, look-ups go through all objects of a map.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from tui.model.encode import encode_trace
from tui.model.trace import RolloutTrace

Node = tuple[str, str]
Object = dict[str, Any]

MAPS = {
    "thread": "threads",
    "turn": "codex_turns",
    "inference": "inference_calls",
    "tool_call": "tool_calls",
    "code_cell": "code_cells",
    "terminal_operation": "terminal_operations",
    "terminal_session": "terminal_sessions",
    "compaction": "compactions",
    "compaction_request": "compaction_requests",
    "edge": "interaction_edges",
    "item": "conversation_items",
}
TASKS = ("spawn_agent", "assign_agent_task")
BLOCK = re.compile(r"\s*<([A-Za-z][\w.-]*)(?:\s[^<>]*)?>.*</\1>\s*", re.DOTALL)


class PlainGraph:
    """A reduced graph as its JSON says it."""

    def __init__(self, trace: RolloutTrace) -> None:
        self.state: Object = json.loads(b"".join(encode_trace(trace)))

    def map(self, kind: str) -> dict[str, Object]:
        found: dict[str, Object] = self.state[MAPS[kind]]
        return found

    def nodes(self, *kinds: str) -> Iterator[Node]:
        for kind in kinds:
            for name in self.map(kind):
                yield kind, name

    def holds(self, node: Node) -> bool:
        return node[1] in self.map(node[0])

    @cached_property
    def calls_by_start(self) -> list[Object]:
        return sorted(self.map("inference").values(), key=lambda one: one["execution"]["started_seq"])

    @cached_property
    def edges_to(self) -> dict[Node, list[str]]:
        found: dict[Node, list[str]] = {}
        for edge in sorted(self.map("edge").values(), key=lambda one: one["started_at_unix_ms"]):
            found.setdefault(end_of(edge["target"]), []).append(edge["edge_id"])
        return found

    @cached_property
    def askers(self) -> dict[str, str]:
        """Tool → the first request that lists it."""
        found: dict[str, str] = {}
        for call in self.calls_by_start:
            for name in call["tool_call_ids_started_by_response"]:
                found.setdefault(name, call["inference_call_id"])
        return found

    @cached_property
    def prompts(self) -> set[str]:
        return {name for name, item in self.map("item").items() if self._is_prompt(item)}

    def _is_prompt(self, item: Object) -> bool:
        edges = self.edges_to.get(("item", item["item_id"]), [])
        if any(self.map("edge")[edge]["kind"] in TASKS for edge in edges):
            return True
        if item["role"] != "user" or item["kind"] != "message" or "agent_message" in item:
            return False
        parts = item["body"]["parts"]
        return not parts or not all(is_context(part) for part in parts)

    def prompt_of(self, call: Object) -> str | None:
        return next((name for name in reversed(call["request_item_ids"]) if name in self.prompts), None)

    # The chain, by the tables

    def chain(self, node: Node) -> list[Node]:
        found = [node]
        while (cause := self.cause(found[-1])) is not None and cause not in found:
            found.append(cause)
        return found

    def cause(self, node: Node) -> Node | None:
        cause: Node | None = getattr(self, f"_cause_of_{node[0]}")(self.map(node[0])[node[1]])
        return cause if cause is None or self.holds(cause) else None

    def _cause_of_tool_call(self, tool: Object) -> Node:
        """§3, then §1 with its three ways."""
        if tool["requester"]["type"] == "model":
            return self._request_or_call_item(tool)
        cell_id = tool["requester"]["code_cell_id"]
        if cell_id in self.map("code_cell"):
            return "code_cell", cell_id
        dispatch = self.dispatch_of(cell_id)
        found = None if dispatch is None else self._request_or_call_item(self.map("tool_call")[dispatch])
        if found is not None and found[0] == "item":
            found = ("inference", self.producers(found[1], "inference")[0])
        return found if found is not None and found[0] == "inference" else self._turn_of_tool(tool)

    def _request_or_call_item(self, tool: Object) -> Node:
        if tool["tool_call_id"] in self.askers:
            return "inference", self.askers[tool["tool_call_id"]]
        for item_id in tool["model_visible_call_item_ids"]:
            if self.producers(item_id, "inference"):
                return "item", item_id
        start = tool["execution"]["started_seq"]
        before = [
            call["inference_call_id"]
            for call in self.calls_by_start
            if call["codex_turn_id"] == tool["started_by_codex_turn_id"] and call["execution"]["started_seq"] < start
        ]
        return ("inference", before[-1]) if before else self._turn_of_tool(tool)

    def _turn_of_tool(self, tool: Object) -> Node:
        return "turn", tool["started_by_codex_turn_id"]

    def dispatch_of(self, cell_id: str) -> str | None:
        tools = sorted(self.map("tool_call").values(), key=lambda one: one["execution"]["started_seq"])
        linked = [one["tool_call_id"] for one in tools if one.get("started_code_cell_id") == cell_id]
        call_id = cell_id.removeprefix("code_cell:")
        same = [one["tool_call_id"] for one in tools if one["model_visible_call_id"] == call_id]
        return next(iter([*linked, *same]), None)

    def producers(self, item_id: str, kind: str) -> list[str]:
        item = self.map("item").get(item_id, {"produced_by": []})
        return [one[f"{kind}_call_id"] for one in item["produced_by"] if one["type"] == kind]

    def _cause_of_code_cell(self, cell: Object) -> Node:
        if self.producers(cell["source_item_id"], "inference"):
            return "item", cell["source_item_id"]
        dispatch = self.dispatch_of(cell["code_cell_id"])
        return ("item", cell["source_item_id"]) if dispatch is None else ("tool_call", dispatch)

    def _cause_of_terminal_operation(self, operation: Object) -> Node:
        return "tool_call", operation["tool_call_id"]

    def _cause_of_terminal_session(self, session: Object) -> Node:
        return "terminal_operation", session["created_by_operation_id"]

    def _cause_of_inference(self, call: Object) -> Node:
        prompt = self.prompt_of(call)
        return ("turn", call["codex_turn_id"]) if prompt is None else ("item", prompt)

    def _cause_of_turn(self, turn: Object) -> Node:
        calls = [call for call in self.calls_by_start if call["codex_turn_id"] == turn["codex_turn_id"]]
        prompt = self.prompt_of(calls[0]) if calls else None
        return ("thread", turn["thread_id"]) if prompt is None else ("item", prompt)

    def _cause_of_thread(self, thread: Object) -> Node | None:
        """§5: the spawn edge; without it the parent."""
        origin = thread["origin"]
        if origin["type"] == "root":
            return None
        edge_id = origin["spawn_edge_id"]
        return ("edge", edge_id) if edge_id in self.map("edge") else ("thread", origin["parent_thread_id"])

    def _cause_of_edge(self, edge: Object) -> Node:
        return end_of(edge["source"])

    def _cause_of_item(self, item: Object) -> Node | None:
        """§2 and §5: the edge with this target, its producer, its author; an agent's own prompt leads to the agent."""
        edges = self.edges_to.get(("item", item["item_id"]))
        if edges:
            return "edge", edges[0]
        if item["produced_by"]:
            producer = item["produced_by"][0]
            kind = {"tool": "tool_call"}.get(producer["type"], producer["type"])
            return kind, next(value for key, value in producer.items() if key != "type")
        threads = self.map("thread")
        author = item.get("agent_message", {}).get("author")
        at_path = [one["thread_id"] for one in threads.values() if one["agent_path"] == author]
        if at_path:
            return "thread", at_path[-1]
        spawned = threads.get(item["thread_id"], {"origin": {"type": "root"}})["origin"]["type"] == "spawned"
        is_prompt = item["item_id"] in self.prompts and author is None
        return ("thread", item["thread_id"]) if spawned and is_prompt else None

    def _cause_of_compaction(self, compaction: Object) -> Node:
        requests = [name for name in compaction["request_ids"] if name in self.map("compaction_request")]
        return ("compaction_request", requests[-1]) if requests else ("turn", compaction["codex_turn_id"])

    def _cause_of_compaction_request(self, attempt: Object) -> Node:
        return "turn", attempt["codex_turn_id"]

    # The links that fields name, by the opening table

    def stated_links(self) -> Iterator[tuple[Node, str, Node]]:
        for kind, field, word, far in STATED:
            for name, found in self.map(kind).items():
                for other in _listed(found, field):
                    if self.holds((far, other)) and (kind, name) != (far, other):
                        yield (kind, name), word, (far, other)
        for edge_id, edge in self.map("edge").items():
            yield ("edge", edge_id), "comes from", end_of(edge["source"])
            yield ("edge", edge_id), "arrived at", end_of(edge["target"])


STATED = (
    ("inference", "tool_call_ids_started_by_response", "asked for", "tool_call"),
    ("inference", "response_item_ids", "returned", "item"),
    ("inference", "codex_turn_id", "part of", "turn"),
    ("tool_call", "model_visible_call_item_ids", "called in", "item"),
    ("tool_call", "model_visible_output_item_ids", "answered with", "item"),
    ("tool_call", "started_code_cell_id", "ran", "code_cell"),
    ("tool_call", "requester.code_cell_id", "issued by", "code_cell"),
    ("tool_call", "terminal_operation_id", "ran", "terminal_operation"),
    ("tool_call", "started_by_codex_turn_id", "part of", "turn"),
    ("code_cell", "source_item_id", "written in", "item"),
    ("code_cell", "output_item_ids", "answered with", "item"),
    ("code_cell", "nested_tool_call_ids", "issued", "tool_call"),
    ("code_cell", "wait_tool_call_ids", "waited for by", "tool_call"),
    ("terminal_operation", "tool_call_id", "run by", "tool_call"),
    ("terminal_session", "created_by_operation_id", "created by", "terminal_operation"),
    ("thread", "origin.parent_thread_id", "child of", "thread"),
    ("thread", "origin.spawn_edge_id", "spawned over", "edge"),
    ("turn", "thread_id", "part of", "thread"),
    ("compaction", "input_item_ids", "compacts", "item"),
    ("compaction", "marker_item_id", "installed", "item"),
    ("compaction", "replacement_item_ids", "installed", "item"),
    ("compaction", "request_ids", "attempted by", "compaction_request"),
)
"""Kind, the field that names others, the word for it, and the kind of the others."""


def end_of(anchor: Object) -> Node:
    kind = "item" if anchor["type"] == "conversation_item" else str(anchor["type"])
    return kind, next(value for key, value in anchor.items() if key != "type")


def is_context(part: Object) -> bool:
    text = part.get("text") if part["type"] == "text" else None
    if text is None:
        return False
    text = text.strip()
    found = BLOCK.fullmatch(text)
    is_block = found is not None and text.count(f"</{found[1]}>") == 1
    return is_block or text.startswith("# AGENTS.md instructions")


def _listed(found: Object, field: str) -> list[str]:
    value: Any = found
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
