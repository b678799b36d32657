"""What differs between the generations of the format, as data (schema 1 and 3 notes; reducer rules for schema 2).

Everything not named here is the same for all, so that reader, reducer and writer have one body and a set of these
answers for each. Only the fields and kinds that a generation added are elsewhere, with their events (`first_schema`).
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Answers that depend on the bundle's schema version."""

    schema: int
    """The generation that these are the rules of."""

    codex_releases: str
    """The releases of Codex that write it. No recording names the release itself."""

    has_shards: bool
    """Payloads are records of compressed shards; else each is a file of its own (schema 3 notes §2.1)."""

    needs_every_payload: bool
    """A payload that nothing reads must be there and be JSON, too, or the reference refuses the bundle (§12)."""

    may_end_silently: bool
    """There are recorders that do not write that the recording is complete: the first two releases of schema 2."""

    checks_envelope: bool
    """`seq` must count 1, 2, 3 … and every event belong to the manifest's rollout."""

    ids_identify_items: bool
    """Two items with different Responses ids are different; ids are kept on items."""

    message_ids_are_text: bool
    """An agent's message with an id that is not text cannot be read; other items then just have none."""

    hashes_opaque_content: bool
    """Content that the graph leaves in the payload is compared by its hash, and so survives a change of payload.

    Else an item with a picture is another one in each request.
    """

    names_empty_content: bool
    """A message with an empty content list gets a part that says so."""

    responses_join_at_once: bool
    """A response's items are visible, and in the snapshot, as soon as the response is there."""

    outputs_must_agree: bool
    """One call id means one output, too, not only one call."""

    position_beats_use: bool
    """An item at the same position matches even if this list has used it already."""

    orders_items_by_name: bool
    """Items found by call id are listed by their id as text, so that item 10 comes before item 2."""

    tells_mcp_by_payload: bool
    """A runtime start writes no kind; a payload with an `invocation` makes the call an MCP call."""

    stdin_arguments_must_fit: bool
    """Arguments that the `write_stdin` tool itself refuses are an error; else the call just has no operation."""

    reads_mcp_ends: bool
    """A runtime end is read also where an MCP server ran the call."""

    closing_field: Literal["recording_complete", "recording_status"] | None
    """The field of the graph that says whether the recorder closed the log."""

    links_started_cells: bool
    """The dispatch of a code cell names the cell that it started."""

    accepts_outputs: bool
    """Outputs of tools come with their acceptance, as messages of agents do (schema 3 notes §6.2)."""

    confirms_waits: bool
    """Which code cell a call waited for is known from an event of its own; else by the call's arguments."""

    has_prepared_prompts: bool
    """Every request comes with the prompt as the agent holds it (schema 3 notes §4), and its payloads are of the kinds
    that say so.
    """

    may_omit_bodies: bool
    """A reference without a place says that the recorder left the body out (schema 3 notes §2.2)."""

    references_must_agree: bool
    """A payload id means one kind, place and list of parts; else the last reference counts."""

    skipped_item_types: frozenset[str]
    """Model items that leave no trace in a conversation."""


SCHEMA_1 = Rules(
    schema=1,
    codex_releases="up to 0.164",
    has_shards=False,
    needs_every_payload=False,
    may_end_silently=True,
    message_ids_are_text=True,
    checks_envelope=False,
    ids_identify_items=False,
    hashes_opaque_content=False,
    names_empty_content=True,
    responses_join_at_once=True,
    outputs_must_agree=True,
    position_beats_use=True,
    orders_items_by_name=True,
    tells_mcp_by_payload=True,
    stdin_arguments_must_fit=True,
    reads_mcp_ends=True,
    closing_field=None,
    links_started_cells=False,
    accepts_outputs=False,
    confirms_waits=False,
    has_prepared_prompts=False,
    may_omit_bodies=False,
    references_must_agree=False,
    skipped_item_types=frozenset({"additional_tools"}),
)

SCHEMA_2 = Rules(
    schema=2,
    codex_releases="0.165 to 0.170",
    has_shards=False,
    needs_every_payload=True,
    may_end_silently=True,
    message_ids_are_text=True,
    checks_envelope=True,
    ids_identify_items=True,
    hashes_opaque_content=True,
    names_empty_content=False,
    responses_join_at_once=False,
    outputs_must_agree=False,
    position_beats_use=False,
    orders_items_by_name=False,
    tells_mcp_by_payload=False,
    stdin_arguments_must_fit=False,
    reads_mcp_ends=False,
    closing_field="recording_complete",
    links_started_cells=True,
    accepts_outputs=False,
    confirms_waits=False,
    has_prepared_prompts=False,
    may_omit_bodies=False,
    references_must_agree=False,
    skipped_item_types=frozenset({"additional_tools"}),
)

SCHEMA_3 = msgspec.structs.replace(
    SCHEMA_2,
    schema=3,
    codex_releases="0.171 or later",
    has_shards=True,
    may_end_silently=False,
    message_ids_are_text=False,
    closing_field="recording_status",
    accepts_outputs=True,
    confirms_waits=True,
    has_prepared_prompts=True,
    may_omit_bodies=True,
    references_must_agree=True,
    skipped_item_types=SCHEMA_2.skipped_item_types | {"configuration_update"},
)

_RULES: Final = {rules.schema: rules for rules in (SCHEMA_1, SCHEMA_2, SCHEMA_3)}

SUPPORTED_SCHEMA_VERSIONS: Final = frozenset(_RULES)
"""Generations of the format that there are rules for."""


def nearest_schema(version: int) -> int:
    """The known generation by whose rules a bundle of `version` is read: the same, or the nearest one."""
    return min(SUPPORTED_SCHEMA_VERSIONS, key=lambda known: abs(known - version))


def rules_for(schema_version: int) -> Rules:
    """The rules of a bundle generation; for one that is not known, those of the nearest."""
    return _RULES.get(schema_version) or _RULES[nearest_schema(schema_version)]
