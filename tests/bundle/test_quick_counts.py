"""A text is counted without reading the log event by event: the answer is that of reading it, or there is none."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.pattern import make_pattern
from tui.bundle.catalog.quick_counts import TextCount, quick_counts
from tui.bundle.catalog.references import referenced_payloads
from tui.bundle.open import Bundle, open_bundle
from tui.bundle.payloads.body_search import count_in_bodies
from tui.bundle.payloads.store import PayloadStore
from tui.schema.payloads import RawPayloadRef

DEMOS = Path(__file__).parents[2] / "demo_bundles"
RECORDINGS = sorted(path.parent for path in DEMOS.glob("*/trace.jsonl"))
_PATTERNS = 60

COMMON = ("type", "id", "e", "n", "00")
"""In nearly all bodies; some begin like the letters of an escape."""


def _finder(text: str, *, ignores_case: bool | None = None) -> BytePattern:
    return BytePattern(make_pattern(text, is_regex=False, ignores_case=ignores_case))


def _long(bundle: Bundle, refs: list[RawPayloadRef], finder: BytePattern) -> list[tuple[str, int]]:
    sums: Counter[str] = Counter()
    for part in count_in_bodies(PayloadStore(bundle.path), refs, finder):
        sums[part.ref.raw_payload_id] += part.found  # a large body is counted in parts
    return [(raw_payload_id, found) for raw_payload_id, found in sums.items() if found]


def _quick(bundle: Bundle, counts: list[TextCount], finder: BytePattern) -> list[tuple[str, int]]:
    """The same of a quick answer; a body that has to be searched by itself is."""
    found: list[tuple[str, int]] = []
    for ref, count in counts:
        if count is None:
            whole = ref if isinstance(ref, RawPayloadRef) else RawPayloadRef(ref.raw_payload_id, ref.kind, ref.path)
            found += _long(bundle, [whole], finder)
        elif count:
            found.append((ref.raw_payload_id, count))
    return found


def _patterns(bodies: list[bytes]) -> Iterator[str]:
    """Pieces of bodies: some are in one of them, some in nearly all, some in none."""
    chance = random.Random(7)
    for _ in range(_PATTERNS):
        body = chance.choice(bodies)
        start, length = chance.randrange(max(1, len(body))), chance.randint(3, 40)
        yield body[start : start + length].decode("utf-8", "ignore") or "nothing"
    yield from ("a text that is nowhere", "\u001b", "exec", '"type"', *COMMON)


@pytest.mark.parametrize("demo", RECORDINGS, ids=lambda demo: demo.name)
def test_quick_answer_is_the_long_one(demo: Path) -> None:
    bundle = open_bundle(demo)
    refs = list(referenced_payloads(bundle))
    store = PayloadStore(demo)
    bodies = [body for ref in refs if isinstance(body := store.read_once(ref), bytes)]
    answered = 0
    for text in _patterns(bodies):
        finder = _finder(text)
        quick = quick_counts(bundle, finder)
        if quick is not None:
            answered += 1
            assert _quick(bundle, quick, finder) == _long(bundle, refs, finder), text
    assert answered > len(COMMON)


def _as_they_are(_bundle: Path) -> None:
    pass


def _log(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def changed(bundle: Path) -> None:
        log = bundle / "trace.jsonl"
        log.write_bytes(change(log.read_bytes()))

    return changed


def _shard(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def changed(bundle: Path) -> None:
        shard = bundle / "payloads" / "000001.zst"
        shard.write_bytes(change(shard.read_bytes()))

    return changed


def _named_twice(log: bytes) -> bytes:
    """The first payload that a line names, once more under another kind."""
    lines = log.splitlines(keepends=True)
    place, line = next((place, line) for place, line in enumerate(lines) if b"session_metadata" in line)
    event = json.loads(line.replace(b"session_metadata", b"tool_result"))
    return b"".join(
        [*lines[: place + 1], json.dumps(event, separators=(",", ":")).encode() + b"\n", *lines[place + 1 :]]
    )


ANSWERS: dict[str, tuple[Callable[[Path], None], bool]] = {
    "as recorded": (_as_they_are, True),
    "a log cut in a line": (_log(lambda log: log[:-9]), False),
    "a log that ends early": (_log(lambda log: b"".join(log.splitlines(keepends=True)[:10])), False),
    "a log with other names": (_log(lambda log: log.replace(b"raw_payload:", b"payload/")), False),
    "a payload with two kinds": (_log(_named_twice), False),
    "a shard cut in a record": (_shard(lambda data: data[: len(data) // 2]), False),
    "a damaged shard": (_shard(lambda data: data[:100] + b"???" + data[103:]), False),
    "a shard that is missing": (lambda bundle: (bundle / "payloads" / "000001.zst").unlink(), False),
}


@pytest.mark.parametrize(("demo", "text"), [("answer", "cwd"), ("shell", "type")], ids=["few", "many"])
@pytest.mark.parametrize("name", ANSWERS)
def test_doubtful_recording_is_not_answered(name: str, demo: str, text: str, tmp_path: Path) -> None:
    change, is_answered = ANSWERS[name]
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / demo, bundle)
    change(bundle)

    found = quick_counts(open_bundle(bundle), _finder(text, ignores_case=False))

    assert (found is not None) == is_answered


def _changed_line(before: bytes, after: bytes) -> Callable[[bytes], bytes]:
    return lambda log: log.replace(before, after, 1)


def _prompt_line(log: bytes) -> bytes:
    return next(line for line in log.splitlines(keepends=True) if b'"parts":[{' in line)


def _without_parts(log: bytes) -> bytes:
    """The first prompt, named once more and without its parts behind its own line."""
    line = _prompt_line(log)
    event = json.loads(line)
    del event["payload"]["prepared_prompt_payload"]["parts"]
    return log.replace(line, line + json.dumps(event, separators=(",", ":")).encode() + b"\n", 1)


def _nested(log: bytes) -> bytes:
    line = _prompt_line(log)
    event = json.loads(line)
    inner = event["payload"]["prepared_prompt_payload"]["parts"]
    for _ in range(100):
        inner[0]["parts"] = [dict(inner[0])]
        inner = inner[0]["parts"]
    return log.replace(line, json.dumps(event, separators=(",", ":")).encode() + b"\n", 1)


UNUSUAL_LINES: dict[str, Callable[[bytes], bytes]] = {
    "a line that is not JSON": lambda log: log + b'{"seq":\n',
    "a kind of event that is not known": _changed_line(b'"type":"inference_completed"', b'"type":"news"'),
    "a reference in another field": _changed_line(b'"response_payload"', b'"answer"'),
    "a payload of another shard": _changed_line(b'"shard":1', b'"shard":2'),
    "a payload beside the shards": _changed_line(b'"shard":1', b'"shard":1,"path":"payloads/1.json"'),
    "an id that is written otherwise": lambda log: log.replace(b'"raw_payload:3"', b'"raw_payload:03"'),
    "an id that is no number": lambda log: log.replace(b'"raw_payload:3"', b'"raw_payload:x"'),
    "a payload that is not there": lambda log: log.replace(b'"raw_payload:3"', b'"raw_payload:9999"'),
    "parts of a body that is not a list": _changed_line(
        b'"type":"session_metadata"},"shard":1',
        b'"type":"session_metadata"},"shard":1,"parts":[{"raw_payload_id":"raw_payload:2","kind":{"type":"model_item"},"shard":1}]',
    ),
    "a body with parts, and once without": _without_parts,
    "parts in parts, too deep": _nested,
    "text that is not UTF-8": _changed_line(b'"model":"', b'"model":"\xff'),
}


@pytest.mark.parametrize("name", UNUSUAL_LINES)
def test_unusual_line_is_left_to_the_long_way(name: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / "shell", bundle)
    log = bundle / "trace.jsonl"
    before = log.read_bytes()
    log.write_bytes(UNUSUAL_LINES[name](before))

    assert log.read_bytes() != before
    assert quick_counts(open_bundle(bundle), _finder("type", ignores_case=False)) is None


def _body(number: int, change: Callable[[Path], object]) -> Callable[[Path], None]:
    def changed(bundle: Path) -> None:
        change(bundle / "payloads" / f"{number}.json")

    return changed


def _linked(file: Path) -> None:
    file.rename(file.parent / "elsewhere")
    file.symlink_to(file.parent / "elsewhere")


FILES: dict[str, tuple[Callable[[Path], object], bool]] = {
    "as recorded": (_as_they_are, True),
    "a file that is missing": (_body(3, Path.unlink), False),
    "a link": (_body(3, _linked), False),
    "a folder": (_body(3, lambda file: (file.unlink(), file.mkdir())), False),
    "a packed file": (_body(3, lambda file: file.write_bytes(gzip.compress(b"{}"))), False),
    "a file that nothing names": (lambda bundle: (bundle / "payloads" / "999.json").write_text("cwd"), True),
    "one more than is named": (lambda bundle: (bundle / "payloads" / "8.json").write_text("cwd"), False),
    "another path": (_log(lambda log: log.replace(b"payloads/1.json", b"payloads/2.json")), False),
    "a log cut in a line": (_log(lambda log: log[:-9]), False),
}


@pytest.mark.parametrize("name", FILES)
def test_doubtful_files_are_not_answered(name: str, tmp_path: Path) -> None:
    change, is_answered = FILES[name]
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / "answer-schema2", bundle)
    change(bundle)

    found = quick_counts(open_bundle(bundle), _finder("cwd", ignores_case=False))

    assert (found is not None) == is_answered
    if found is not None:
        refs = list(referenced_payloads(open_bundle(bundle)))
        finder = _finder("cwd")
        assert _quick(open_bundle(bundle), found, finder) == _long(open_bundle(bundle), refs, finder)


def test_large_and_small_bodies_are_counted_alike(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMOS / "answer-schema2", bundle)
    (bundle / "payloads" / "2.json").write_text(json.dumps("x" * 100_000 + "zebra" + "x" * 100_000))
    (bundle / "payloads" / "3.json").write_text(json.dumps("x" * 2_000_000 + "zebra"))

    found = quick_counts(open_bundle(bundle), _finder("zebra"))

    assert found is not None
    assert _quick(open_bundle(bundle), found, _finder("zebra")) == [("raw_payload:2", 1), ("raw_payload:3", 1)]


@pytest.mark.parametrize("text", ["naïve", 'with "quotes"'])
def test_text_with_other_forms_is_not_answered(text: str) -> None:
    assert quick_counts(open_bundle(DEMOS / "answer"), _finder(text)) is None
