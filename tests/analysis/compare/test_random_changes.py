"""A demo recording and a copy of it in which one text is another one: found where it is, and nowhere else.

What is expected comes from both recordings' items, put beside each other without the engine.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conftest import DEMO_BUNDLES
from tui.analysis.compare.items import ItemReader
from tui.analysis.compare.recordings import compare
from tui.analysis.compare.stream import Side, StreamItem, side_of
from tui.bundle.disk.confine import ConfinedDirectory
from tui.bundle.open import open_bundle
from tui.bundle.payloads.shards.shards import PayloadShards
from tui.bundle.write.writer import BundleWriter
from tui.source.fault import PayloadFault
from tui.store import TraceStore

NAMES = (
    "agents",
    "agents-schema1",
    "agents-schema2",
    "code-mode",
    "code-mode-schema2",
    "compaction",
    "failures-schema2",
    "mcp",
    "patch",
    "pictures",
    "shell",
    "terminal-schema1",
)
WORD = re.compile(r"(?<![\w\\])[a-z]{4,}(?!\w)")
SAID = ("text", "output", "arguments", "input")


def opened(path: Path) -> Side:
    store = TraceStore(open_bundle(path))
    store.load_all()
    return side_of(store.trace, store.index, store.payloads)


@cache
def demo(name: str) -> Side:
    return opened(DEMO_BUNDLES / name)


def texts_of(value: Any, name: str = "") -> list[str]:
    """What an item says, in which a word can be another one."""
    if isinstance(value, str):
        return [value] if name in SAID and WORD.search(value) else []
    inner = value.items() if isinstance(value, dict) else ((name, one) for one in value) if type(value) is list else ()
    return [text for key, one in inner for text in texts_of(one, key)]


def escaped(text: bytes) -> bytes:
    """The text as it is written within a JSON string."""
    return msgspec.json.encode(text.decode())[1:-1]


def changed_copy(source: Path, target: Path, before: bytes, now: bytes) -> None:
    """A copy of a bundle with other bytes in all its payloads, in files or in shards."""
    shards = PayloadShards(ConfinedDirectory(source))
    numbers = sorted(int(path.stem) for path in (source / "payloads").glob("*.zst"))
    if not numbers:
        shutil.copytree(source, target)
        for path in (target / "payloads").glob("*.json"):
            path.write_bytes(path.read_bytes().replace(before, now))
        return
    with BundleWriter(target, root_thread_id="T") as writer:
        for number in numbers:
            look = shards.look(number)
            assert not isinstance(look, PayloadFault)
            for name in look.ids:
                body = shards.read(number, name.decode(), 1 << 30)
                assert isinstance(body, bytes)
                body = body.replace(before, now).replace(escaped(before), escaped(now))
                writer.write_record_raw(name.decode(), body, number)
        writer.append_raw((source / "trace.jsonl").read_bytes())
    shutil.copy(source / "manifest.json", target / "manifest.json")


def written(reader: ItemReader, item: StreamItem) -> str:
    return json.dumps(reader.fields(item.item_id), sort_keys=True)


def cause(fields: dict[str, Any]) -> str:
    """Who says such an item."""
    if str(fields["type"]).endswith("output"):
        return "environment"
    return "input" if fields.get("role") in ("user", "developer") or fields["type"] == "agent_message" else "model"


@pytest.mark.parametrize("seed", range(48))
def test_changed_word_is_found_where_it_is(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    name = NAMES[seed % len(NAMES)]
    side = demo(name)
    reader = ItemReader(side, exact=True)
    items = list(side.trace.conversation_items.values())
    text = chance.choice([said for item in items for said in texts_of(reader.fields(item.item_id))])
    word = chance.choice(list(WORD.finditer(text)))
    other = f"{text[: word.start()]}{word[0][::-1]}q{text[word.end() :]}"
    changed_copy(DEMO_BUNDLES / name, tmp_path / "b", *(msgspec.json.encode(one) for one in (text, other)))

    changed = opened(tmp_path / "b")
    found = compare(side, changed)
    readers = (reader, ItemReader(changed, exact=True))
    assert not found.is_same
    for agent in found.agents:
        assert len(agent.items_a) == len(agent.items_b)
        both = list(zip(agent.items_a, agent.items_b, strict=True))
        expected = [
            place
            for place, (ours, theirs) in enumerate(both)
            if written(readers[0], ours) != written(readers[1], theirs)
        ]
        parted = [one for one in agent.partings if not one.settings]
        places = [place for one in parted for place in range(one.place, one.place + one.only_a)]
        assert places == expected
        for one in parted:
            assert (one.place, one.only_a) == (one.other_place, one.only_b)
            kinds = {cause(readers[0].fields(item.item_id)) for item in (one.a, one.b) if item is not None}
            assert kinds == {one.kind}
    assert found.ignored == {}
