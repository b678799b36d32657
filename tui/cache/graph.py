"""The graph of a reading as pieces of bytes, and back: each map in runs of objects, what they share written once."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, Final, get_args, get_origin

import msgspec

from tui.cache.names import NameColumn, Names, NamesRecord, Numbering, numbers_of, runs
from tui.model.evidence import TraceEvidence
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.schema.payloads import NO_PARTS, PayloadKind, RawPayloadRef
from tui.schema.sequence import SharedSequence

RUN: Final = 400
"""Objects in one piece: a few milliseconds to encode or decode."""

_REFS_IN_RUN = 3_000
_PARTS_PER_STEP = 1_000

OBJECT_MAPS: Final = tuple(name for name in GRAPH_MAPS if name != "raw_payloads")
"""Maps of objects that hold their own id in their first field."""


def value_types(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The maps among the fields of a struct: name → type of what they hold."""
    found = msgspec.structs.fields(struct)
    return {field.name: get_args(field.type)[1] for field in found if get_origin(field.type) is dict}


_OBJECTS: Final = {name: kind for name, kind in value_types(RolloutTrace).items() if name in OBJECT_MAPS}
_FACTS: Final = value_types(TraceEvidence)


_FEW_TEXTS: Final = ("thread_id", "codex_turn_id", "started_by_codex_turn_id", "tool_name")
"""Fields with few different texts, which very many objects hold: decoding makes a text of its own for each of them."""


class ObjectRun(msgspec.Struct, array_like=True, tag="objects"):
    """Some objects of a map of the graph."""

    name: str
    values: msgspec.Raw


class ItemLists(msgspec.Struct, array_like=True, tag="lists"):
    """The lists of items that requests begin; their names are those of the items, and `names`."""

    names: NamesRecord
    lists: list[NameColumn]


class FactRun(msgspec.Struct, array_like=True, tag="facts"):
    """Some facts of a map of the evidence."""

    name: str
    keys: NameColumn
    values: msgspec.Raw


class RefRun(msgspec.Struct, array_like=True, tag="refs"):
    """Some references to payloads, without their parts. `kinds` are numbers of `kind_names`."""

    ids: list[str]
    kind_names: list[str]
    kinds: bytes
    paths: list[str | None]
    shards: list[int | None]


class PartsRecord(msgspec.Struct, array_like=True, tag="parts"):
    """The lists of parts that references begin, as numbers of references.

    `parts` are for each reference that has some: its number, the number of the list, how many of it.
    `registered` says how many of the references, the first ones, are those of the graph.
    """

    lists: list[bytes]
    parts: bytes
    registered: int


class Shared:
    """Lists that many requests, or many references, begin: each is written once."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._spines: list[Sequence[Any]] = []
        self._longest: list[int] = []

    def place(self, sequence: SharedSequence[Any]) -> tuple[int, int]:
        """The number of the list that a sequence begins, and how long the sequence is."""
        spine = sequence.spine
        number = self._numbers.setdefault(id(spine), len(self._spines))
        if number == len(self._spines):
            self._spines.append(spine)
            self._longest.append(0)
        self._longest[number] = max(self._longest[number], len(sequence))
        return number, len(sequence)

    def lists(self) -> Iterator[Sequence[Any]]:
        """The lists by their numbers, as far as any sequence needs them."""
        for spine, length in zip(self._spines, self._longest, strict=True):
            yield spine[:length]


# Writing


def bare_trace(trace: RolloutTrace) -> RolloutTrace:
    """The trace without its maps, and its evidence without theirs."""
    facts = msgspec.structs.replace(trace.evidence, **{name: {} for name in _FACTS})
    return msgspec.structs.replace(trace, **{name: {} for name in GRAPH_MAPS}, evidence=facts)


def object_runs(
    trace: RolloutTrace, shared: Shared, others: Iterable[SharedSequence[Any]]
) -> Iterator[ObjectRun | ItemLists]:
    """The objects of all maps but the payloads, in runs. Raises `ValueError` for an object that has another key.

    `shared` numbers the lists of items; `others` are more of those, which only what comes later names.
    """
    for name in OBJECT_MAPS:
        if name != "inference_calls":
            yield from _object_runs(trace, name, None)
    requests = list(_object_runs(trace, "inference_calls", shared.place))
    for sequence in others:
        shared.place(sequence)
    numbering = Numbering(trace.conversation_items)
    columns = [numbering.column(ids) for ids in shared.lists()]
    yield ItemLists(numbering.record(), columns)
    yield from requests


def _object_runs(trace: RolloutTrace, name: str, hook: Callable[[Any], Any] | None) -> Iterator[ObjectRun]:
    encoder = msgspec.msgpack.Encoder(enc_hook=hook)
    objects, key_of = getattr(trace, name), _key_of(_OBJECTS[name])
    for values in runs(objects.values(), RUN):
        yield ObjectRun(name, msgspec.Raw(encoder.encode(values)))
    if list(objects) != list(map(key_of, objects.values())):
        raise ValueError(f"an object of {name} has another key than its id")


def fact_runs(evidence: TraceEvidence, numbering: Numbering) -> Iterator[FactRun]:
    """The maps of the evidence, in runs."""
    for name in _FACTS:
        for facts in runs(getattr(evidence, name).items(), RUN):
            keys, values = [key for key, _ in facts], [value for _, value in facts]
            yield FactRun(name, numbering.column(keys), msgspec.Raw(msgspec.msgpack.encode(values)))


def all_refs(registered: Sequence[RawPayloadRef], others: Sequence[RawPayloadRef]) -> list[RawPayloadRef]:
    """References and the parts of their parts, each object once; those that are registered come first."""
    found = {id(ref): ref for ref in registered}
    seen_lists: dict[int, int] = {}
    waiting = [*registered, *others]
    while waiting:
        ref = waiting.pop()
        found.setdefault(id(ref), ref)
        if ref.parts is NO_PARTS:
            continue
        known = seen_lists.get(id(ref.parts.spine), 0)
        if len(ref.parts) > known:
            seen_lists[id(ref.parts.spine)] = len(ref.parts)
            waiting += ref.parts[known:]
    return list(found.values())


def ref_runs(refs: Sequence[RawPayloadRef]) -> Iterator[RefRun]:
    """The references in runs."""
    for run in runs(refs, _REFS_IN_RUN):
        kinds: dict[str, int] = {}
        numbers = array("I", [kinds.setdefault(ref.kind.type, len(kinds)) for ref in run])
        yield RefRun(
            [ref.raw_payload_id for ref in run],
            list(kinds),
            numbers.tobytes(),
            [ref.path for ref in run],
            [ref.shard for ref in run],
        )


def parts_record(refs: Sequence[RawPayloadRef], number_of: Mapping[int, int], registered: int) -> PartsRecord:
    """The parts of references; `number_of` gives the number of one by the id of its object."""
    shared, parts = Shared(), array("I")
    for number, ref in enumerate(refs):
        if ref.parts is not NO_PARTS:
            parts.extend((number, *shared.place(ref.parts)))
    lists = [array("I", [number_of[id(part)] for part in spine]).tobytes() for spine in shared.lists()]
    return PartsRecord(lists, parts.tobytes(), registered)


# Reading


def restored_refs(run: RefRun) -> list[RawPayloadRef]:
    """The references of a run, without their parts."""
    numbers, kinds = numbers_of(run.kinds), [PayloadKind(name) for name in run.kind_names]
    made = zip(run.ids, numbers, run.paths, run.shards, strict=True)
    return [RawPayloadRef(name, kinds[kind], path, shard) for name, kind, path, shard in made]


def restore_parts(record: PartsRecord, refs: Sequence[RawPayloadRef]) -> Iterator[None]:
    """Give references their parts, in steps; lists that were one are one again.

    Raises `IndexError` for a number out of range.
    """
    lists: list[SharedSequence[RawPayloadRef]] = []
    for data in record.lists:
        lists.append(SharedSequence(map(refs.__getitem__, numbers_of(data))))
        yield
    places = iter(numbers_of(record.parts))
    for step, (number, place, length) in enumerate(zip(places, places, places, strict=True)):
        if step % _PARTS_PER_STEP == 0:
            yield
        whole = lists[place]
        if length > len(whole):
            raise IndexError("a list of parts is shorter than what is taken of it")
        msgspec.structs.force_setattr(refs[number], "parts", whole.prefix(length))


class ObjectReader:
    """Decodes runs into a graph, whose requests share the lists of items as before."""

    def __init__(self, trace: RolloutTrace) -> None:
        self._trace = trace
        self._lists: list[SharedSequence[Any]] = []
        self._texts: dict[Any, Any] = {}
        self._objects = {
            name: (msgspec.msgpack.Decoder(list[kind], dec_hook=self.shared), _key_of(kind))  # type: ignore[valid-type]
            for name, kind in _OBJECTS.items()
        }
        self._facts = {name: msgspec.msgpack.Decoder(list[kind]) for name, kind in _FACTS.items()}  # type: ignore[valid-type]

    def take_lists(self, record: ItemLists) -> None:
        """Keep the lists for the requests that come next; all items must have come."""
        names = Names(self._trace.conversation_items, record.names)
        for _ in names.make():
            pass
        self._lists = [SharedSequence(names.of(column)) for column in record.lists]

    def take_objects(self, run: ObjectRun) -> None:
        """Put objects into their map. Raises `KeyError` for a map that is not there."""
        decoder, key_of = self._objects[run.name]
        objects = decoder.decode(run.values)
        self._share_texts(objects, _OBJECTS[run.name])
        dict.update(getattr(self._trace, run.name), zip(map(key_of, objects), objects, strict=True))

    def take_facts(self, run: FactRun, names: Names) -> None:
        """Put facts into their map. Raises `KeyError` or `ValueError` for what does not fit."""
        values = self._facts[run.name].decode(run.values)
        self._share_texts(values, _FACTS[run.name])
        dict.update(getattr(self._trace.evidence, run.name), zip(names.of(run.keys), values, strict=True))

    def _share_texts(self, objects: list[Any], kind: Any) -> None:
        """Let objects hold each of the few texts as one object, as they did: else they take 100 bytes an event more."""
        for field in getattr(kind, "__struct_fields__", ()):
            if field in _FEW_TEXTS:
                texts = list(map(attrgetter(field), objects))
                one = map(self._texts.setdefault, texts, texts)
                deque(map(msgspec.structs.force_setattr, objects, repeat(field), one), 0)

    def shared(self, _kind: type, place: Any) -> SharedSequence[Any]:
        """A list that requests share, by its number and length. Raises `LookupError` for one that was not written."""
        number, length = place
        whole: SharedSequence[Any] = self._lists[number]
        if length > len(whole):
            raise IndexError("a list of items is shorter than what is taken of it")
        return whole.prefix(length)


def _key_of(kind: type[msgspec.Struct]) -> Callable[[Any], str]:
    return attrgetter(kind.__struct_fields__[0])
