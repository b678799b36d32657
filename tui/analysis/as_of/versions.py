"""Copies of objects of the graph that later events do not change.

Most events change little of an object, so a copy shares with the copy before it what stayed equal. A long list mostly
grows at its end: its copies are beginnings of one list that all of them share, and become lists again when a graph
is to show them (`shown`).
"""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from tui.schema.sequence import SharedSequence

LONG_LIST = 64
"""Entries from which on a list shares them with its earlier copies; below that a copy is smaller."""


class _MutableFields(NamedTuple):
    """Fields of a type whose values may change in place: lists, lists of such objects, and such objects."""

    lists: tuple[str, ...]
    deep_lists: tuple[str, ...]
    parts: tuple[str, ...]


def version_of(found: Any, before: Any = None) -> Any:
    """A copy of `found` that stays as it is; `before` is the copy made before this one, if there was one.

    What cannot change (text, numbers, frozen objects) is its own copy.
    """
    shape = _known_shape(type(found))
    if shape is None:
        return found
    version = copy(found)
    for name in shape.lists:
        setattr(version, name, _list_version(getattr(found, name), getattr(before, name, None)))
    for name in shape.deep_lists:
        setattr(version, name, [version_of(entry) for entry in getattr(found, name)])
    for name in shape.parts:
        part, known = getattr(found, name), getattr(before, name, None)
        setattr(version, name, known if known is not None and known == part else version_of(part))
    return version


def shown(version: Any) -> Any:
    """The object of the graph that a copy represents; the copy itself unless it has a long list."""
    shape = _known_shape(type(version))
    if shape is None:
        return version
    lists = {name: getattr(version, name) for name in shape.lists}
    long = {name: entries.to_list() for name, entries in lists.items() if type(entries) is SharedSequence}
    return msgspec.structs.replace(version, **long) if long else version


def _list_version(entries: list[Any], before: Any) -> Any:
    if before is not None and len(before) == len(entries) and _begins_with(entries, before):
        return before
    if len(entries) < LONG_LIST:
        return list(entries)
    if type(before) is SharedSequence and _begins_with(entries, before):
        return before.extended(entries[len(before) :])
    return SharedSequence(entries)


def _begins_with(entries: list[Any], before: Any) -> bool:
    known = before.to_list() if type(before) is SharedSequence else before
    return bool(entries[: len(known)] == known)


def _is_mutable(kind: type[Any]) -> bool:
    return _known_shape(kind) is not None


def _known_shape(kind: type[Any]) -> _MutableFields | None:
    """The fields to copy; None for what cannot change in place."""
    if kind not in _shapes:
        is_mutable = issubclass(kind, msgspec.Struct) and not kind.__struct_config__.frozen
        _shapes[kind] = _shape_of(kind) if is_mutable else None
    return _shapes[kind]


_shapes: dict[type[Any], _MutableFields | None] = {}
"""What is known of the types seen so far."""


def _shape_of(kind: type[Any]) -> _MutableFields:
    lists: list[str] = []
    deep_lists: list[str] = []
    parts: list[str] = []
    for name, hint in get_type_hints(kind).items():
        if get_origin(hint) is list:
            (entry,) = get_args(hint)
            (deep_lists if isinstance(entry, type) and _is_mutable(entry) else lists).append(name)
        elif isinstance(hint, type) and _is_mutable(hint):
            parts.append(name)
    return _MutableFields(tuple(lists), tuple(deep_lists), tuple(parts))
