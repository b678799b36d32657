"""What an export format offers, and what it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from tui.export.disclosure import Disclosure
from tui.export.scope import Scope
from tui.model.noderef import NodeRef
from tui.store import TraceStore

Option = Literal["agent", "turn", "id", "url"]
"""Options that not every format understands."""


class Subject(msgspec.Struct, frozen=True):
    """What is exported: a recording that was read whole, the part of it, and the door for its texts.

    `node` is the object that `--id` names, for formats that take one.
    """

    store: TraceStore
    disclosure: Disclosure
    scope: Scope = Scope()
    node: NodeRef | None = None


class ExportError(Exception):
    """What was asked for cannot be exported; the message is one line for a person."""


class ExportFormat(msgspec.Struct, frozen=True, kw_only=True):
    """One format. Its module in `tui.export.formats` has the same name, and holds it as `FORMAT`.

    `suffix` is that of its files. `takes`: the options that it understands; `requires`: those that it needs.
    """

    name: str
    suffix: str
    takes: frozenset[Option]
    requires: frozenset[Option] = frozenset()


class FileFormat(ExportFormat, frozen=True, kw_only=True):
    """A format that is one file.

    `is_text`: whether a terminal can show it. `write` yields the pieces of the file, and may raise `ExportError`.
    `send`: hands the same to the program that listens at a URL.
    """

    write: Callable[[Subject], Iterator[bytes]]
    is_text: bool = True
    send: Callable[[Subject, str], None] | None = None


class FolderFormat(ExportFormat, frozen=True, kw_only=True):
    """A format that is files in a folder, to which many recordings may be added; each has files of its own."""

    write: Callable[[Subject, Path], None]
