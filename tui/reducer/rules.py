"""What differs between the generations of the format, as data (schema 1 notes; reducer rules for schema 2).

Everything not named here is the same for both, so the reducer has one body and two sets of these answers.
"""

from __future__ import annotations

import msgspec

from tui.schema.manifest import nearest_schema


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Answers that depend on the bundle's schema version."""

    checks_envelope: bool
    """`seq` must count 1, 2, 3 … and every event belong to the manifest's rollout."""

    ids_identify_items: bool
    """Two items with different Responses ids are different; ids are kept on items."""

    hashes_opaque_content: bool
    """Content that the graph leaves in the payload is compared by its hash, and so survives a change of payload."""

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

    has_acceptances: bool
    """Events about accepted history, resumed threads, resolved targets and a complete recording exist."""

    links_started_cells: bool
    """The dispatch of a code cell names the cell that it started."""


SCHEMA_1 = Rules(
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
    has_acceptances=False,
    links_started_cells=False,
)

SCHEMA_2 = Rules(
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
    has_acceptances=True,
    links_started_cells=True,
)


def rules_for(schema_version: int) -> Rules:
    """The rules of a bundle generation; for one that is not known, those of the nearest."""
    return SCHEMA_1 if nearest_schema(schema_version) == 1 else SCHEMA_2
