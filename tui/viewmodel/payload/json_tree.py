"""A JSON document as a tree of rows that is built only where somebody looks.

Opening a container scans its members (`json_scan`), slice by slice, as jobs; rows appear as they are found. A string
opens, too: to its lines, or to the JSON that it holds.

    ▾ response_item {…} 40.4 kB
        type: "function_call_output"
      ▸ output: "Chunk ID: ec5505 …" 40.2 kB
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Literal

import msgspec

from tui.source.pages import MemoryPages
from tui.viewmodel.payload.json_scan import ContainerScan, Member, ScanFault, ValueKind, kind_of
from tui.viewmodel.payload.source import Job, Pages
from tui.viewmodel.text.clean import clean_lines

SLICE_BYTES = 4 << 20
"""Bytes one scanning job looks at."""

SLICE_MEMBERS = 1_000
"""Members one scanning job returns at most."""

MEMBERS_AT_ONCE = 10_000
"""Members of a container that are listed before somebody asks for more."""

STRING_BYTES = 16 << 20
"""A longer string is not decoded as a whole; its text is shown in pieces."""

STRING_LINES = 5_000
"""Lines of a string that the tree lists."""

AUTO_ROWS = 30
"""The tree opens by itself while it has fewer rows than this."""

AUTO_BYTES = 256 << 10
"""The largest container that opens by itself."""

AUTO_TEXT_BYTES = 2_000
"""The largest string that opens by itself: what a command printed, the arguments of a call."""

NodeKind = ValueKind | Literal["line", "more", "fault"]
"""What a row represents: a value, a line of a string, a place where more follows, or where it stops being JSON."""


class JsonNode:
    """One row: a value with its key, or something that represents what is not shown."""

    __slots__ = (
        "children",
        "depth",
        "end",
        "expanded",
        "key",
        "kind",
        "limit",
        "parent",
        "preview",
        "scan",
        "source",
        "start",
    )

    def __init__(
        self, kind: NodeKind, key: bytes | int | None, span: tuple[int, int], preview: bytes, parent: JsonNode | None
    ) -> None:
        self.kind: NodeKind = kind
        self.key = key
        self.start, self.end = span
        self.preview = preview
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.expanded = False
        self.children: list[JsonNode] = []
        self.scan: ContainerScan | None = None
        self.limit = MEMBERS_AT_ONCE
        self.source: Pages | None = None if parent is None else parent.source

    @property
    def is_container(self) -> bool:
        """Whether it is an object or an array."""
        return self.kind in ("object", "array")

    @property
    def can_expand(self) -> bool:
        """Whether opening it could show rows."""
        if self.is_container:
            return self.end - self.start > 2
        return self.kind == "string" and (b"\\n" in self.preview or self._looks_like_json())

    def _looks_like_json(self) -> bool:
        return self.preview[1:2] in (b"{", b"[") and self.end - self.start > 4


class JsonTree:
    """Rows of one document. `rows` is flat, in order, what is folded left out."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.rows: list[JsonNode] = []
        self.fault: str | None = None
        self._pending: list[JsonNode] = []
        self._target: int | tuple[str, ...] | None = None
        self.found: JsonNode | None = None
        self.found_all = False
        self._start()

    def _start(self) -> None:
        head = self._pages.read(0, 4096)
        match = re.match(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+", head)
        start = match.end() if match else 0
        try:
            kind = kind_of(head[start] if start < len(head) else None, start)
        except ScanFault as fault:
            self.fault = str(fault)
            return
        root = JsonNode(kind, None, (start, self._pages.size), head[start : start + 400].rstrip(), None)
        root.source = self._pages
        self.rows = [root]
        if root.can_expand:
            self.expand(0)

    # Work

    def next_job(self) -> Job | None:
        """The next slice of scanning that the open rows need; None if they are complete."""
        while self._pending:
            node = self._pending[0]
            scan = node.scan
            if scan is not None and not scan.done and len(node.children) < node.limit:
                return Job(partial(scan.advance, SLICE_BYTES, SLICE_MEMBERS), partial(self._accept, node))
            self._pending.pop(0)
        return None

    def stop(self) -> None:
        """Let go of all work that is not done; opening a row again takes it up."""
        for node in self._pending:
            node.limit = len(node.children)
        self._pending.clear()
        self._target = None

    @property
    def progress(self) -> float | None:
        """How much of the scan under way is done, 0 to 1; None if nothing is under way."""
        node = next((one for one in self._pending if one.source is self._pages), None)
        scan = node.scan if node is not None else None
        if node is None or scan is None or scan.done:
            return None
        return (scan.position - node.start) / max(1, node.end - node.start)

    def _accept(self, node: JsonNode, found: list[Member]) -> None:
        fresh = [JsonNode(one.kind, one.key, (one.start, one.end), one.preview, node) for one in found]
        self._remove_tail(node)
        at = self._block_end(node)
        node.children.extend(fresh)
        tail = self._tail(node)
        if tail is not None:
            node.children.append(tail)
            fresh.append(tail)
        if node.expanded and at is not None:
            self.rows[at:at] = fresh
        if node.scan is not None and node.scan.end is not None:
            node.end = node.scan.end
        self._open_by_itself(node)
        self._seek_on()

    def _remove_tail(self, node: JsonNode) -> None:
        if node.children and node.children[-1].kind in ("more", "fault"):
            tail = node.children.pop()
            if tail in self.rows:
                self.rows.remove(tail)

    def _tail(self, node: JsonNode) -> JsonNode | None:
        scan = node.scan
        if scan is None or (scan.done and scan.fault is None):
            return None
        kind: NodeKind = "more" if scan.fault is None else "fault"
        text = "" if scan.fault is None else str(scan.fault)
        return JsonNode(kind, None, (scan.position, node.end), text.encode(), node)

    def _block_end(self, node: JsonNode) -> int | None:
        """The row behind the last visible descendant of a node; None if the node is hidden."""
        try:
            at = self.rows.index(node)
        except ValueError:
            return None
        end = at + 1
        while end < len(self.rows) and self.rows[end].depth > node.depth:
            end += 1
        return end

    def _open_by_itself(self, node: JsonNode) -> None:
        if node.scan is None or not node.scan.done or len(self.rows) >= AUTO_ROWS:
            return
        for child in node.children:
            if child.can_expand and not child.expanded and _is_worth_opening(child) and len(self.rows) < AUTO_ROWS:
                self._expand_node(child)

    # Folding

    def expand(self, row: int) -> None:
        """Open the node of a row; on the row that represents more, list more."""
        node = self.rows[row]
        if node.kind == "more" and node.parent is not None:
            node.parent.limit = len(node.parent.children) + MEMBERS_AT_ONCE
            self._want(node.parent)
        elif node.can_expand and not node.expanded:
            self._expand_node(node)

    def _expand_node(self, node: JsonNode) -> None:
        node.expanded = True
        if node.is_container:
            if node.scan is None:
                node.scan = ContainerScan(node.source or self._pages, node.start)
                node.children = [tail for tail in (self._tail(node),) if tail is not None]
            self._want(node)
        elif not node.children:
            node.children = self._string_children(node)
        at = self._block_end(node)
        if at is not None:
            self.rows[at:at] = list(_visible(node))

    def _want(self, node: JsonNode) -> None:
        if node.scan is not None and not node.scan.done:
            node.limit = max(node.limit, len(node.children) + 1)
            self._pending.append(node)

    def collapse(self, row: int) -> None:
        """Fold the node of a row."""
        node = self.rows[row]
        if not node.expanded:
            return
        end = self._block_end(node)
        del self.rows[row + 1 : end]
        node.expanded = False
        if node in self._pending:
            self._pending.remove(node)

    def collapse_all(self) -> None:
        """Fold everything below the root's members."""
        for row in range(len(self.rows) - 1, 0, -1):
            if row < len(self.rows) and self.rows[row].depth == 1:
                self.collapse(row)

    def expand_below(self, row: int) -> None:
        """Open the node of a row and every container that is known below it, once."""
        self.expand(row)
        depth = self.rows[row].depth
        at = row + 1
        while at < len(self.rows) and self.rows[at].depth > depth and len(self.rows) < MEMBERS_AT_ONCE:
            if self.rows[at].is_container:
                self.expand(at)
            at += 1

    def _string_children(self, node: JsonNode) -> list[JsonNode]:
        text = decoded_string(node.source or self._pages, node)
        if text is None:
            return []
        if text.lstrip()[:1] in ("{", "["):
            nested = self._nested_document(node, text)
            if nested is not None:
                return [nested]
        lines = clean_lines(text)
        shown = [JsonNode("line", None, (node.start, node.end), line.encode(), node) for line in lines[:STRING_LINES]]
        if len(lines) > STRING_LINES:
            rest = f"{len(lines) - STRING_LINES:,} more lines: v shows the text".encode()
            shown.append(JsonNode("fault", None, (node.start, node.end), rest, node))
        return shown

    def _nested_document(self, node: JsonNode, text: str) -> JsonNode | None:
        data = text.strip().encode(errors="replace")
        try:
            msgspec.json.decode(data, type=msgspec.Raw)
        except msgspec.DecodeError:
            return None
        nested = JsonNode("object" if data[:1] == b"{" else "array", None, (0, len(data)), data[:400], node)
        nested.source = MemoryPages(data)
        nested.expanded = True
        nested.scan = ContainerScan(nested.source, 0)
        self._want(nested)
        return nested

    # Finding a place

    def seek(self, target: int | tuple[str, ...]) -> None:
        """Open the way to the value at a byte offset, or at keys and indices from the root.

        `found` is that value once the jobs are done; the nearest one around it if there is no such value.
        """
        self._target, self.found, self.found_all = target, None, False
        self._seek_on()

    def _seek_on(self) -> None:
        target = self._target
        if target is None or not self.rows:
            return
        node, steps = self.rows[0], 0
        while node.is_container and not (isinstance(target, tuple) and steps == len(target)):
            if not node.expanded:
                self._expand_node(node)
            child = _child_towards(node, target, steps)
            if child is None:
                if self._wait_for_members(node):
                    return
                break
            node, steps = child, steps + 1
            if isinstance(target, int) and target < node.start:
                # The place is in the key of this member.
                break
        self._target, self.found = None, node
        self.found_all = not isinstance(target, tuple) or steps == len(target)

    def _wait_for_members(self, node: JsonNode) -> bool:
        """Have more members of a node listed; whether there may be more."""
        if node.scan is None or node.scan.done:
            return False
        node.limit = len(node.children) + MEMBERS_AT_ONCE
        if node not in self._pending:
            self._pending.insert(0, node)
        return True


def _child_towards(node: JsonNode, target: int | tuple[str, ...], steps: int) -> JsonNode | None:
    """The listed member on the way to a target."""
    members = (child for child in node.children if child.kind not in ("more", "fault"))
    if isinstance(target, tuple):
        return next((child for child in members if path_step(child) == target[steps]), None)
    return next((child for child in members if target < child.end), None)


def _is_worth_opening(node: JsonNode) -> bool:
    """A container that is not huge, a short string that holds lines or JSON of its own."""
    return node.end - node.start <= (AUTO_BYTES if node.is_container else AUTO_TEXT_BYTES)


def _visible(node: JsonNode) -> list[JsonNode]:
    """The rows below an open node."""
    found: list[JsonNode] = []
    for child in node.children:
        found.append(child)
        if child.expanded:
            found.extend(_visible(child))
    return found


def path_step(node: JsonNode) -> str:
    """The key or index of a node as text."""
    if isinstance(node.key, int):
        return str(node.key)
    return "" if node.key is None else key_text(node.key)


def key_text(key: bytes) -> str:
    """A key as recorded, decoded; as it is if its escapes are broken."""
    if b"\\" not in key:
        return key.decode(errors="replace")
    try:
        return str(json.loads(b'"' + key + b'"'))
    except ValueError:
        return key.decode(errors="replace")


def path_text(node: JsonNode) -> str:
    """The path of a node: `response_item.output[2].text`; keys that are not plain words are quoted."""
    steps: list[str] = []
    at: JsonNode | None = node
    while at is not None:
        if isinstance(at.key, int):
            steps.append(f"[{at.key}]")
        elif at.key is not None:
            text = key_text(at.key)
            steps.append(f".{text}" if text.isidentifier() else f"[{json.dumps(text)}]")
        at = at.parent
    return "".join(reversed(steps)).removeprefix(".")


def decoded_string(pages: Pages, node: JsonNode) -> str | None:
    """The text of a string node; None if it is too long to be decoded as a whole."""
    if node.end - node.start > STRING_BYTES:
        return None
    data = pages.read(node.start, node.end - node.start)
    try:
        return str(msgspec.json.decode(data, type=str))
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        # The standard decoder takes lone surrogates and control characters, which recordings may hold.
        return str(json.loads(data.decode(errors="replace"), strict=False))
    except ValueError:
        return data.decode(errors="replace")
