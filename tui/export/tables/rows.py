"""The tables, one struct each: a field is a column, its annotation says the type and what it holds.

Every row begins with the recording that it is from. Times are the recorder's, in milliseconds; what is not known is
null. A text has at most 1 kB; without content it is its size.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Final, NewType, get_args, get_type_hints

import msgspec
from msgspec import Meta

At = NewType("At", int)
"""Milliseconds since the Unix epoch; a timestamp in the table."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What every row begins with."""

    bundle: Annotated[str, Meta(description="the name of the recording's folder")]
    trace_id: Annotated[str, Meta(description="the recording, by its own id")]
    rollout_id: Annotated[str, Meta(description="the session that was recorded")]


class AgentRow(Row, frozen=True, kw_only=True):
    """What a row of something that an agent has or did begins with."""

    thread_id: Annotated[str, Meta(description="the agent, by id")]
    agent_path: Annotated[str, Meta(description="the agent, by path")]


class RanRow(AgentRow, frozen=True, kw_only=True):
    """What a row of something that ran has, too."""

    status: Annotated[str, Meta(description="running, completed, failed, cancelled, aborted")]
    started_at: Annotated[At, Meta(description="when it began")]
    ended_at: Annotated[At | None, Meta(description="when it ended")]
    duration_ms: Annotated[int | None, Meta(description="how long it took, not below 0")]
    started_seq: Annotated[int, Meta(description="the event that began it")]
    ended_seq: Annotated[int | None, Meta(description="the event that ended it")]


class ThreadRow(RanRow, frozen=True, kw_only=True):
    """An agent."""

    parent_thread_id: Annotated[str | None, Meta(description="the agent that spawned it")]
    role: Annotated[str | None, Meta(description="the role that it was given")]
    model: Annotated[str | None, Meta(description="the model that it was started with")]
    items: Annotated[int, Meta(description="items of its conversation")]


class TurnRow(RanRow, frozen=True, kw_only=True):
    """A turn of an agent."""

    turn_id: Annotated[str, Meta(description="the turn")]
    number: Annotated[int, Meta(description="its number among the agent's turns, from 1")]
    problem: Annotated[str | None, Meta(description="the kind of its problem")]


class RequestRow(RanRow, frozen=True, kw_only=True):
    """A request to the model, for an answer or for a compaction."""

    request_id: Annotated[str, Meta(description="the request")]
    turn_id: Annotated[str, Meta(description="its turn")]
    kind: Annotated[str, Meta(description="inference or compaction")]
    model: Annotated[str, Meta(description="the model asked")]
    provider: Annotated[str, Meta(description="who runs the model")]
    response_id: Annotated[str | None, Meta(description="the answer, by the provider's id")]
    input_tokens: Annotated[int | None, Meta(description="tokens sent, cached ones included")]
    cached_input_tokens: Annotated[int | None, Meta(description="those of them that the provider had cached")]
    cache_write_input_tokens: Annotated[int | None, Meta(description="tokens written to the cache")]
    output_tokens: Annotated[int | None, Meta(description="tokens answered, reasoning included")]
    reasoning_output_tokens: Annotated[int | None, Meta(description="those of them that are reasoning")]
    input_items: Annotated[int | None, Meta(description="items of its whole logical input")]
    output_items: Annotated[int | None, Meta(description="items of the answer")]
    problem: Annotated[str | None, Meta(description="the kind of its problem")]
    error: Annotated[str | None, Meta(description="text: why it failed")]


class ItemRow(AgentRow, frozen=True, kw_only=True):
    """An item of a conversation."""

    item_id: Annotated[str, Meta(description="the item")]
    turn_id: Annotated[str | None, Meta(description="the turn in which it was first seen")]
    role: Annotated[str, Meta(description="system, developer, user, assistant, tool")]
    kind: Annotated[str, Meta(description="message, reasoning, function_call, …")]
    model_call_id: Annotated[str | None, Meta(description="of calls and outputs: the id by which they belong together")]
    first_seen_at: Annotated[At, Meta(description="when the recording shows it first")]
    accepted_seq: Annotated[int | None, Meta(description="the event that took it into the history")]
    bytes: Annotated[int, Meta(description="bytes of its readable text in the graph")]
    text: Annotated[str | None, Meta(description="text: what it says")]


class CallRow(RanRow, frozen=True, kw_only=True):
    """A tool call, or a script that the model had run."""

    call_id: Annotated[str, Meta(description="the call or the script")]
    turn_id: Annotated[str | None, Meta(description="its turn")]
    tool: Annotated[str, Meta(description="the tool, as the model knows it")]
    kind: Annotated[str, Meta(description="exec_command, mcp, spawn_agent, script, …")]
    model_call_id: Annotated[str | None, Meta(description="the id that the model gave it")]
    script_id: Annotated[str | None, Meta(description="the script that made it; null if the model did")]
    exit_code: Annotated[int | None, Meta(description="of a command")]
    problem: Annotated[str | None, Meta(description="the kind of its problem: failed, exit-code, cancelled, …")]


class CommandRow(RanRow, frozen=True, kw_only=True):
    """A command that a terminal ran, or a write to one that runs."""

    operation_id: Annotated[str, Meta(description="the command")]
    call_id: Annotated[str, Meta(description="the call that ran it")]
    process_id: Annotated[str | None, Meta(description="the process that several commands share")]
    kind: Annotated[str, Meta(description="exec_command or write_stdin")]
    program: Annotated[str | None, Meta(description="the program that it ran")]
    command: Annotated[str | None, Meta(description="text: the command line, or what was written")]
    folder: Annotated[str | None, Meta(description="text: where it ran")]
    exit_code: Annotated[int | None, Meta(description="null while it runs")]
    output_bytes: Annotated[int | None, Meta(description="bytes of its output")]


class EdgeRow(Row, frozen=True, kw_only=True):
    """Something that one agent passed to another."""

    edge_id: Annotated[str, Meta(description="the edge")]
    kind: Annotated[str, Meta(description="spawn_agent, assign_agent_task, send_message, agent_result, close_agent")]
    source_kind: Annotated[str, Meta(description="kind of the object it came from")]
    source_id: Annotated[str, Meta(description="that object")]
    source_agent: Annotated[str | None, Meta(description="the path of its agent")]
    target_kind: Annotated[str, Meta(description="kind of the object it arrived at")]
    target_id: Annotated[str, Meta(description="that object")]
    target_agent: Annotated[str | None, Meta(description="the path of its agent")]
    started_at: Annotated[At, Meta(description="when the call that sent it began, or the result was seen")]
    ended_at: Annotated[At | None, Meta(description="when that was over; items.first_seen_at says when it arrived")]


class CompactionRow(AgentRow, frozen=True, kw_only=True):
    """The replacement of a history by a shorter one."""

    compaction_id: Annotated[str, Meta(description="the compaction")]
    turn_id: Annotated[str, Meta(description="its turn")]
    installed_at: Annotated[At, Meta(description="when the new history was installed")]
    requests: Annotated[int, Meta(description="requests that it took")]
    input_items: Annotated[int, Meta(description="items before")]
    replacement_items: Annotated[int, Meta(description="items after")]


class ProblemRow(Row, frozen=True, kw_only=True):
    """Something that went wrong in the session, or a finding about the recording."""

    code: Annotated[str, Meta(description="the kind of problem")]
    severity: Annotated[str, Meta(description="error, warning or note")]
    object_kind: Annotated[str | None, Meta(description="kind of the object it happened to")]
    object_id: Annotated[str | None, Meta(description="that object")]
    agent_path: Annotated[str | None, Meta(description="the path of its agent")]
    seq: Annotated[int | None, Meta(description="the event that brought it")]
    text: Annotated[str | None, Meta(description="text: what happened")]


class PayloadRow(Row, frozen=True, kw_only=True):
    """A payload that events name."""

    payload_id: Annotated[str, Meta(description="the payload")]
    kind: Annotated[str, Meta(description="inference_request, tool_result, …")]
    place: Annotated[str, Meta(description="its file in the bundle, its shard, or that it was left out")]
    bytes: Annotated[
        int | None, Meta(description="bytes of its body; null where it cannot be read, or is made of other payloads")
    ]


TABLES: Final[dict[str, type[Row]]] = {
    "threads": ThreadRow,
    "turns": TurnRow,
    "requests": RequestRow,
    "items": ItemRow,
    "calls": CallRow,
    "commands": CommandRow,
    "edges": EdgeRow,
    "compactions": CompactionRow,
    "problems": ProblemRow,
    "payloads": PayloadRow,
}
"""Name of a table → its rows."""


class Column(msgspec.Struct, frozen=True):
    """A column: its name, its type in SQL, and what it holds."""

    name: str
    type: str
    meaning: str


_TYPES: Final[dict[object, str]] = {str: "VARCHAR", int: "BIGINT", At: "TIMESTAMP"}


@cache
def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of a table, in order; to read its annotations takes longer than to write a small recording."""
    hints = get_type_hints(TABLES[table], include_extras=True)
    found: list[Column] = []
    for name in TABLES[table].__struct_fields__:
        kind, meta = get_args(hints[name])
        known = [one for one in get_args(kind) if one is not type(None)]
        found.append(Column(name, _TYPES[known[0] if known else kind], meta.description))
    return tuple(found)
