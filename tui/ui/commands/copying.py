"""Commands that take something out of the viewer: to the clipboard, to a pager or an editor."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

import msgspec
from rich.cells import cell_len
from textual.app import SuspendNotSupported

from tui.model.conversation import CALL_KINDS, TextPart
from tui.model.ids import ItemId, RawPayloadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import ToolCall
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.ui.clipboard import DIRECT_LIMIT, copy_sequence, line_copied
from tui.ui.command import CommandGroup, Press
from tui.ui.footer import Footer
from tui.ui.terminal.textual_private import driver_of
from tui.ui.workspace import Workspace
from tui.viewmodel.payload.raw_evidence import path_to, payloads_behind
from tui.viewmodel.text.clean import clean, format_bytes
from tui.viewmodel.text.plain_text import plain_text
from tui.viewmodel.text.spans import line_text

if TYPE_CHECKING:
    from tui.analysis.links.place_names import NamedPlace

OPEN_LIMIT = 256 << 20
"""Bytes of a payload that are copied for a pager."""

_UNTIL_DEMO_ENDS = "works until the demo ends · "
"""Before the line that opens a place in a demo: its folder goes with it."""

commands = CommandGroup[Workspace]("Copy")


@commands.add("y y", "Copy this row")
def copy_item(work: Workspace, _press: Press) -> None:
    """Copy the row as it is on the screen."""
    copy_to_clipboard(work, work.footer, row_text(work), "the row")


@commands.add("y t", "Copy its text")
def copy_text(work: Workspace, _press: Press) -> None:
    """Copy the text of the focus: a message, a command with its output."""
    node = work.panes.focused_node
    if work.panes.pane == "payload":
        copy_to_clipboard(work, work.footer, work.panes.inspector.value_text(), "the value")
    elif node is None:
        work.footer.say("there is nothing here to copy", "warning")
    else:
        copy_to_clipboard(work, work.footer, plain_text(work.store.trace, work.store.index, node), "the text")


@commands.add("y r", "Copy its payload as recorded")
def copy_raw(work: Workspace, _press: Press) -> None:
    """Copy the payload, byte for byte as it was recorded."""
    ref = shown_payload(work)
    if ref is not None and work.panes.pane == "payload" and ref == work.panes.inspector.payload:
        _copy_body(work, work.footer, ref, work.panes.inspector.body(DIRECT_LIMIT))
    else:
        copy_payload(work, work.footer, ref)


@commands.add("y p", "Copy a shell line that opens this place")
def copy_path(work: Workspace, _press: Press) -> None:
    """Copy `rtrace-tui BUNDLE --at PLACE`: the object under the cursor; in the payload pane the value there."""
    place = place_here(work)
    if place is None:
        work.footer.say("nothing here has a place that can be copied", "warning")
    else:
        copy_line(work, work.footer, opening_line(work, place))


def place_here(work: Workspace) -> NamedPlace | None:
    """What the focus is on: an object, or a value in the payload that is shown; None where neither is."""
    from tui.analysis.links.place_names import NamedPlace

    inspector = work.panes.inspector
    if work.panes.pane == "payload" and inspector.payload is not None:
        payload_id = RawPayloadId(inspector.payload.raw_payload_id)
        if payload_id in work.store.trace.raw_payloads:
            return NamedPlace(NodeRef("payload", payload_id), inspector.path_steps())
    node = work.panes.focused_node
    return None if node is None or node.kind == "diagnostic" else NamedPlace(node)


def opening_line(work: Workspace, place: NamedPlace) -> str:
    """What a person types into a shell to see this place, wherever the shell is.

    The name of the place alone for what is not a folder.
    """
    from tui.analysis.links.place_names import place_name

    name, folder = shlex.quote(place_name(work.store.trace, place)), work.store.source.path
    return name if folder is None else f"rtrace-tui {shlex.quote(str(folder.absolute()))} --at {name}"


@commands.add("O", "Open a copy in $PAGER or $EDITOR; save a picture")
def open_external(work: Workspace, _press: Press) -> None:
    """Show a harmless copy in the person's own pager or editor; of a picture ask where to save it."""
    from tui.ui.pager import open_copy

    picture = picture_here(work)
    if picture is not None:
        _ask_where_to_save(work, picture)
        return
    text, name = _text_to_open(work)
    try:
        with work.host.app.suspend():
            problem = open_copy(text, name)
    except SuspendNotSupported:
        problem = "this terminal cannot be handed to another program"
    work.host.app.refresh()
    if problem:
        work.footer.say(problem, "error")


class PictureHere(NamedTuple):
    """The bytes of a picture, and the name that the recording gives it, without an ending; else empty."""

    data: bytes
    stem: str


def picture_here(work: Workspace) -> PictureHere | None:
    """The picture that the row under the cursor is or names; None where it is something else.

    In the conversation a message may hold texts beside pictures: there the text under the cursor must name the picture,
    or be the header of the item, which is about all of it. Every row of a call means the picture that it asked for.
    """
    from tui.analysis.requests.pictures import picture_bytes, picture_in, pictures_in_value
    from tui.viewmodel.text.picture_words import picture_words

    value = _value_here(work)
    urls = [] if value is None else pictures_in_value(value)
    conversation = work.panes.conversation.model
    is_part = work.panes.pane == "conversation" and not conversation.is_on_header and not _is_call(work)
    row = conversation.block_text() if is_part else ""
    for url in urls:
        picture = picture_in(url)
        if picture is not None and (not row or picture_words(picture) in row):
            data = picture_bytes(url)
            return None if data is None else PictureHere(data, _stem_here(work, value, url))
    return None


def _stem_here(work: Workspace, value: Any, url: str) -> str:
    """What the recording calls the file of a picture of the focused item."""
    from tui.analysis.requests.picture_name import recorded_stem

    node = None if work.panes.pane == "payload" else _item_meant(work, work.panes.focused_node)
    item = None if node is None else work.store.trace.conversation_items.get(ItemId(node.id))
    return "" if item is None else recorded_stem(work.store.trace, item, value, url)


def _value_here(work: Workspace) -> Any:
    """The JSON value behind the focus: of the payload pane that under its cursor, else that of the item meant."""
    store, inspector = work.store, work.panes.inspector
    if work.panes.pane == "payload":
        body, path = inspector.body(OPEN_LIMIT), inspector.path_steps()
    else:
        node = _item_meant(work, work.panes.focused_node)
        ref = None if node is None else next(iter(payloads_behind(store.trace, store.index, node)), None)
        if node is None or ref is None:
            return None
        body, path = store.payloads.read(ref, OPEN_LIMIT), path_to(store.trace, node, ref)
    return None if isinstance(body, PayloadFault) or b"image" not in body else _value_at(body, path)


def _is_call(work: Workspace) -> bool:
    """Whether the conversation is on an item by which the model asked for something."""
    item = work.panes.conversation.model.listing.item_here
    return item is not None and item.kind in CALL_KINDS


def _item_meant(work: Workspace, node: NodeRef | None) -> NodeRef | None:
    """The item itself; of a tool call its answer if that has no text, as that of a call that looks at a picture."""
    trace = work.store.trace
    tool = None if node is None else _call_meant(trace, node)
    if node is None or (node.kind == "item" and tool is None):
        return node
    outputs = [] if tool is None else [trace.conversation_items[name] for name in tool.model_visible_output_item_ids]
    has_text = any(isinstance(part, TextPart) for item in outputs for part in item.body.parts)
    return NodeRef("item", outputs[0].item_id) if outputs and not has_text else None


def _call_meant(trace: RolloutTrace, node: NodeRef) -> ToolCall | None:
    """The tool call that a node is, or the one that the model asked for with an item."""
    if node.kind == "tool_call":
        return trace.tool_calls.get(ToolCallId(node.id))
    item = trace.conversation_items.get(ItemId(node.id)) if node.kind == "item" else None
    if item is None or item.kind not in CALL_KINDS:
        return None
    return next((tool for tool in trace.tool_calls.values() if item.item_id in tool.model_visible_call_item_ids), None)


def _value_at(body: bytes, path: tuple[str, ...]) -> Any:
    """What the keys and indices of `path` lead to in a body; None if it is not JSON, or not there."""
    try:
        value = msgspec.json.decode(body)
        for step in path:
            value = value[int(step)] if isinstance(value, list) else value[step]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, LookupError, TypeError, ValueError):
        return None
    return value


def _ask_where_to_save(work: Workspace, picture: PictureHere) -> None:
    from tui.analysis.requests.pictures import suffix_of
    from tui.ui.save_picture import free_path, refusal, save

    def done(typed: str | None) -> None:
        if typed is not None:
            text, style = save(picture.data, typed.strip(), os.environ)
            work.footer.say(text, style, whole=text)

    offered = free_path(suffix_of(picture.data), os.environ, picture.stem)
    work.footer.ask("save the picture as", offered, lambda _typed: "", done, check=refusal)


def row_text(work: Workspace) -> str:
    """The text of the row under the cursor of the focused pane."""
    widget = work.panes.focused
    if not widget.row_count():
        return ""
    line = widget.row_line(widget.cursor, widget.size.width)
    return line_text(line).strip()


def shown_payload(work: Workspace) -> RawPayloadRef | None:
    """The payload in the payload pane, else the best one behind the focus."""
    if work.panes.pane == "payload" and work.panes.inspector.payload is not None:
        return work.panes.inspector.payload
    node = work.panes.focused_node
    found = [] if node is None else payloads_behind(work.store.trace, work.store.index, node)
    return found[0] if found else None


def _text_to_open(work: Workspace) -> tuple[str, str]:
    """What `O` shows, and a name for the file: the payload in the payload pane, else the text of the focus."""
    ref = shown_payload(work) if work.panes.pane == "payload" else None
    if ref is not None:
        body = work.panes.inspector.body(OPEN_LIMIT)
        if isinstance(body, PayloadFault):
            return f"{ref.label}: {body.reason} (at most {format_bytes(OPEN_LIMIT)} are opened)", "problem.txt"
        return body.decode("utf-8", "replace"), ref.path or f"{ref.raw_payload_id}.json"
    node = work.panes.focused_node
    if node is None:
        return "", "empty.txt"
    return plain_text(work.store.trace, work.store.index, node), f"{node.kind}.txt"


def copy_payload(work: Workspace, footer: Footer, ref: RawPayloadRef | None) -> None:
    """Copy a payload as recorded; `footer` says what became of it."""
    if ref is None:
        footer.say("there is no payload behind this", "warning")
    else:
        _copy_body(work, footer, ref, work.store.payloads.read(ref, DIRECT_LIMIT))


def _copy_body(work: Workspace, footer: Footer, ref: RawPayloadRef, body: bytes | PayloadFault) -> None:
    if isinstance(body, PayloadFault):
        hint = "; O opens it" if body.code == "too-large" else ""
        footer.say(f"not copied: {body.reason}{hint}", "error")
    else:
        copy_to_clipboard(work, footer, body.decode("utf-8", "replace"), f"payload {ref.label}")


def copy_to_clipboard(work: Workspace, footer: Footer, text: str, what: str) -> None:
    """Send a text to the terminal's clipboard; `footer` says what became of it."""
    sequence, message = copy_sequence(text, what, os.environ)
    if sequence:
        _send_to_terminal(work, sequence)
    footer.say(message, "" if sequence else "warning", whole=message)


def copy_line(work: Workspace, footer: Footer, line: str) -> None:
    """The same with a line for a shell, which `footer` shows: a terminal may take nothing, and never says so."""
    sequence, refusal = copy_sequence(line, "the place", os.environ)
    if sequence:
        from tui.bundle.catalog.demos import is_replay

        folder = work.store.source.path
        until = _UNTIL_DEMO_ENDS if folder is not None and is_replay(folder) else ""
        _send_to_terminal(work, sequence)
        footer.say(until + line_copied(line, footer.room - len(until), cell_len), whole=until + clean(line))
    else:
        footer.say(refusal, "warning")


def _send_to_terminal(work: Workspace, sequence: str) -> None:
    """Write a control sequence of our own."""
    driver = driver_of(work.host.app)
    if driver is not None:
        driver.write(sequence)
        driver.flush()
