"""Which commands are of most use on a row: what makes this program worth opening is named where it helps.

| row | named first |
|---|---|
| something failed | why it did |
| an output was cut | what the model saw of it |
| a picture was looked at or made | save it |
| files were changed by a patch | the pane with their lines and numbers |
| the root agent | time, messages, statistics, problems |
| an agent | follow it, its messages, time |
"""

from __future__ import annotations

from tui.named_tuple import NamedTuple
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.labels.faces import CUT
from tui.viewmodel.timeline.row import TimelineRow

Named = tuple[str, str]
"""The id of a command, and its word in the footer."""

WHY: Named = ("explain_why", "why")
SAW: Named = ("go_pair", "what the model saw")
PICTURE: Named = ("open_external", "save picture")
PATCH: Named = ("focus_previous_pane", "diff")
FOLLOW: Named = ("follow_newest", "follow")
MESSAGES: Named = ("show_ladder", "messages")
TIME: Named = ("show_time", "time")
STATISTICS: Named = ("show_statistics", "statistics")
PROBLEMS: Named = ("list_problems", "problems")

OF_THE_ROW = (WHY, SAW, PICTURE, PATCH)
"""Those that answer what the row itself makes one ask."""

_PICTURE_TOOLS = ("view_image ", "image_generation ")
"""How the rows of tools begin whose result is a picture."""

_PATCH_TOOL = "apply_patch "
"""The same of the tool that changes files: the payload pane, the one before the timeline, shows what it changed."""


class Here(NamedTuple):
    """What decides beside the row: whether it is the root agent's, how many agents and problems there are."""

    is_root: bool
    may_grow: bool
    agents: int
    problems: int


def useful_on(row: TimelineRow, here: Here) -> tuple[Named, ...]:
    """The commands to name before those that are of use everywhere."""
    found: list[Named] = []
    if row.status == "failed" or (row.problem and row.node.kind != "diagnostic"):
        found.append(WHY)
    if CUT in row.glyph:
        found.append(SAW)
    if row.status == "ok" and line_text(row.label).startswith(_PICTURE_TOOLS):
        found.append(PICTURE)
    if row.status == "ok" and line_text(row.label).startswith(_PATCH_TOOL):
        found.append(PATCH)
    if row.node.kind == "thread":
        found += [FOLLOW] if here.may_grow else []
        found += [MESSAGES] if here.agents > 1 else []
        found.append(TIME)
    if here.is_root:
        found += [STATISTICS] + ([PROBLEMS] if here.problems else [])
    return tuple(found)
