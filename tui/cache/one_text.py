"""Equal ids of a graph as one object, as they were while the log was read.

Decoding makes a text of its own wherever an id is named: 250 bytes an event more, since each id is named in several
places. Which fields hold ids is derived from the types of the model. It takes a third of the time of the decoding, so
it is done when what was decoded is shown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, repeat
from operator import attrgetter
from types import UnionType
from typing import Any, Final, NamedTuple, NewType, Union, get_args, get_origin

import msgspec

from tui.cache.graph import value_types
from tui.cache.names import runs
from tui.model.trace import GRAPH_MAPS, RolloutTrace

_FEW_TEXTS: Final = frozenset(("call_id", "model_visible_call_id", "role", "tool_name"))
"""Fields that hold no id of the graph, but a text that other objects hold, too."""


_OBJECTS_PER_STEP: Final = 400
_IDS_PER_STEP: Final = 5_000


class _Field(NamedTuple):
    """A field that holds ids, or structs of these kinds that do. `is_list`: several of them."""

    name: str
    is_list: bool
    kinds: tuple[type[msgspec.Struct], ...] = ()


class OneText:
    """Knows the texts that came before, and the ids that are keys of maps."""

    def __init__(self) -> None:
        self._texts: dict[Any, Any] = {}

    def know(self, texts: Iterable[Any]) -> None:
        """Let others be the same objects as these."""
        self._texts.update((text, text) for text in texts)

    def share(self, kind: Any, objects: Sequence[Any]) -> None:
        """Let objects of one kind hold their ids, and those of what they hold, in this way."""
        for field in _fields_of(kind):
            values = list(map(attrgetter(field.name), objects))
            if field.kinds:
                held = [*chain.from_iterable(filter(None, values))] if field.is_list else values
                for one in field.kinds:
                    self.share(one, [value for value in held if type(value) is one])
            elif field.is_list:
                for ids in values:
                    if ids:
                        ids[:] = map(self._texts.setdefault, ids, ids)
            else:
                texts = map(self._texts.setdefault, values, values)
                deque(map(msgspec.structs.force_setattr, objects, repeat(field.name), texts), 0)


def share_texts(trace: RolloutTrace) -> Iterator[None]:
    """Let a graph hold each id once, in steps of a few milliseconds."""
    texts = OneText()
    for ids in runs(chain.from_iterable(getattr(trace, name) for name in GRAPH_MAPS), _IDS_PER_STEP):
        texts.know(ids)
        yield
    for owner in (trace, trace.evidence):
        for name, kind in value_types(type(owner)).items():
            objects = getattr(owner, name).values() if _fields_of(kind) else ()
            for run in runs(list(objects), _OBJECTS_PER_STEP):
                texts.share(kind, run)
                yield


@cache
def _fields_of(kind: Any) -> tuple[_Field, ...]:
    """The fields of a struct through which ids are reached; none of another type."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return ()
    return tuple(
        found for field in msgspec.structs.fields(kind) if (found := _field(field.name, field.type)) is not None
    )


def _field(name: str, kind: Any) -> _Field | None:
    members = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    is_list = any(get_origin(one) is list for one in members)
    if is_list:
        members = get_args(next(one for one in members if get_origin(one) is list))
        members = get_args(members[0]) if get_origin(members[0]) in (Union, UnionType) else members
    if name in _FEW_TEXTS or any(isinstance(one, NewType) and one.__supertype__ is str for one in members):
        return _Field(name, is_list)
    kinds = tuple(one for one in members if _fields_of(one))
    return _Field(name, is_list, kinds) if kinds else None
