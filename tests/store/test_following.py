"""Whatever happens to a bundle under its reader: in the end the graph is that of a fresh read."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tui.bundle.batch import BundleBatchReader
from tui.bundle.open import open_bundle
from tui.bundle.payloads.awaited import Patience
from tui.model.encode import encode_trace
from tui.source.batch import BatchLimits
from tui.store import TraceStore

DEMO = Path(__file__).parents[2] / "demo_bundles" / "answer-schema2"
OTHER = Path(__file__).parents[2] / "demo_bundles" / "killed"


class Followed:
    """A store that reads a bundle on whenever the test says so; lines wait for payloads until it says otherwise."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "trace.jsonl"
        self.now = 0.0
        source = open_bundle(path)
        self.store = TraceStore(source)
        self._reader = BundleBatchReader(source, self.store.payloads, patience=Patience(2.0, lambda: self.now))

    def read(self) -> None:
        while batch := self._reader.next():
            self.store.enqueue(batch)
            while self.store.has_pending:
                self.store.advance()

    def read_to_the_end(self) -> None:
        """Wait no longer for payloads, take the last line without newline, and read again if a payload came late."""
        self.read()
        self.now += 10.0
        self.read()
        if self.store.late.arrived():
            self._reader.begin_again()
            self.read()
        if batch := self._reader.finish():
            self.store.enqueue(batch)
            self.store.advance()

    def close(self) -> None:
        self._reader.close()


def graph(store: TraceStore) -> bytes:
    return b"".join(encode_trace(store.trace))


def fresh(path: Path) -> TraceStore:
    store = TraceStore(open_bundle(path))
    store.load_all()
    return store


def start(path: Path, *, lines: int = 0) -> Followed:
    """A copy of the demo bundle whose log has so many lines, with all payloads."""
    shutil.copytree(DEMO, path)
    whole = (DEMO / "trace.jsonl").read_bytes().splitlines(keepends=True)
    (path / "trace.jsonl").write_bytes(b"".join(whole[:lines]))
    return Followed(path)


LINES = (DEMO / "trace.jsonl").read_bytes().splitlines(keepends=True)
DATA = b"".join(LINES)
PAYLOADS = sorted(path.name for path in (DEMO / "payloads").iterdir())


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return tmp_path / "bundle"


def test_a_log_cut_short_keeps_what_was_read_until_it_goes_on(bundle: Path) -> None:
    followed = start(bundle, lines=len(LINES))
    followed.read()
    whole = graph(followed.store)
    followed.log.write_bytes(b"".join(LINES[:5]))
    followed.read()
    assert graph(followed.store) == whole
    assert "was cut to" in str(followed.store.aside)
    assert [fault.code for fault in followed.store.faults] == ["log-cut"]
    followed.log.write_bytes(DATA)
    followed.read()
    assert followed.store.aside is None
    assert followed.store.faults == ()
    assert followed.store.generation == 1, "nothing was read twice"
    assert graph(followed.store) == whole


def test_a_log_cut_short_that_goes_on_otherwise_is_read_anew(bundle: Path) -> None:
    followed = start(bundle, lines=len(LINES))
    followed.read()
    followed.log.write_bytes(b"".join(LINES[:5]))
    followed.read()
    with followed.log.open("ab") as log:
        log.write(b"not what stood here\n")
    followed.read()
    assert len(followed.store.event_log) == 6
    assert graph(followed.store) == graph(fresh(bundle))


def test_an_empty_log_in_the_place_of_another_leaves_that_readable(bundle: Path) -> None:
    followed = start(bundle, lines=len(LINES))
    followed.read()
    whole = graph(followed.store)
    followed.log.rename(bundle / "trace.jsonl.1")
    followed.log.write_bytes(b"")
    followed.read()
    assert graph(followed.store) == whole
    assert "was replaced" in str(followed.store.aside)
    assert followed.store.recording.word == "ended"
    assert "was replaced" in followed.store.recording.evidence


def test_another_recording_is_shown_with_its_first_event_and_never_mixed(bundle: Path) -> None:
    followed = start(bundle, lines=len(LINES))
    followed.read()
    generation = followed.store.generation
    shutil.rmtree(bundle)
    shutil.copytree(OTHER, bundle)
    followed.read()
    assert followed.store.generation == generation + 1
    assert not followed.store.is_same_recording
    assert graph(followed.store) == graph(fresh(OTHER))


def test_a_removed_log_is_told_and_going_on_with_a_new_one_works(bundle: Path) -> None:
    followed = start(bundle, lines=10)
    followed.read()
    seen = graph(followed.store)
    followed.log.unlink()
    followed.read()
    assert graph(followed.store) == seen
    assert followed.store.recording.word == "waiting"
    assert "is gone" in followed.store.recording.evidence
    followed.log.write_bytes(DATA)
    followed.read()
    assert followed.store.fault is None
    assert graph(followed.store) == graph(fresh(bundle))


def test_what_is_written_into_a_renamed_log_is_shown_before_the_new_one_is(bundle: Path) -> None:
    followed = start(bundle, lines=10)
    followed.read()
    with followed.log.open("ab", buffering=0) as old:
        followed.log.rename(bundle / "trace.jsonl.1")
        old.write(LINES[10])
        followed.read()
        assert [fault.code for fault in followed.store.faults] == ["log-removed"]
        followed.log.write_bytes(b"")
        old.write(b"".join(LINES[11:]))
        followed.read()
    assert graph(followed.store) == graph(fresh(DEMO))
    assert [fault.code for fault in followed.store.faults] == ["log-replaced"]


def test_removed_payloads_are_told_once_and_what_was_read_stays(bundle: Path) -> None:
    followed = start(bundle, lines=len(LINES))
    followed.read()
    whole = graph(followed.store)
    shutil.rmtree(bundle / "payloads")
    followed.read()
    assert [fault.code for fault in followed.store.faults] == ["payloads-removed"]
    assert graph(followed.store) == whole
    shutil.copytree(DEMO / "payloads", bundle / "payloads")
    followed.read()
    assert followed.store.faults == ()


def test_a_manifest_that_is_removed_is_told_and_what_it_told_stays(bundle: Path) -> None:
    followed = start(bundle, lines=len(LINES))
    followed.read()
    whole = graph(followed.store)
    (bundle / "manifest.json").unlink()
    followed.read()
    assert [str(fault) for fault in followed.store.faults] == [
        "manifest.json: was removed; its earlier contents are kept"
    ]
    assert graph(followed.store) == whole


def test_another_manifest_with_the_same_log_is_the_same_recording(bundle: Path) -> None:
    """The log's word counts; that the two do not fit is a problem."""
    followed = start(bundle, lines=len(LINES))
    followed.read()
    shutil.copy(OTHER / "manifest.json", bundle)
    followed.read()
    assert (followed.store.is_same_recording, followed.store.restart_reason) == (True, "other manifest")
    assert graph(followed.store) == graph(fresh(bundle))


def test_a_payload_that_comes_late_corrects_the_graph(bundle: Path) -> None:
    followed = start(bundle)
    followed.read()
    shutil.rmtree(bundle / "payloads")
    followed.log.write_bytes(DATA)
    followed.read()
    assert followed.store.awaited
    assert followed.store.recording.word == "waiting"
    assert followed.store.recording.evidence.endswith("is still being written")
    followed.now += 10.0
    followed.read()
    assert not followed.store.awaited
    assert followed.store.diagnostics
    generation = followed.store.generation
    shutil.copytree(DEMO / "payloads", bundle / "payloads")
    followed.read_to_the_end()
    assert followed.store.generation == generation + 1
    assert followed.store.is_same_recording
    assert followed.store.diagnostics == []
    assert graph(followed.store) == graph(fresh(DEMO))


def test_while_a_log_is_read_again_what_is_shown_is_told_to_be_from_before(bundle: Path) -> None:
    shutil.copytree(DEMO, bundle)
    store = fresh(bundle)
    whole, reader = (
        graph(store),
        BundleBatchReader(open_bundle(bundle), store.payloads, BatchLimits(first_lines=5, lines=5)),
    )
    states = []
    reader.begin_again()
    while batch := reader.next():
        store.enqueue(batch)
        while store.has_pending:
            store.advance(0.0)
            states.append((store.is_reading_again, store.generation, store.bytes_read))
            assert graph(store) == whole
    assert states[0][:2] == (True, 1)
    assert states[-1][:2] == (False, 2)
    assert [state[2] for state in states] == sorted(state[2] for state in states)


def test_a_payload_of_zeros_is_read_again_when_its_content_is_there(bundle: Path) -> None:
    followed = start(bundle)
    followed.read()
    for path in (bundle / "payloads").iterdir():
        path.write_bytes(bytes(path.stat().st_size))
    followed.log.write_bytes(DATA)
    followed.read()
    assert followed.store.awaited
    followed.now += 10.0
    followed.read()
    assert followed.store.diagnostics
    shutil.copytree(DEMO / "payloads", bundle / "payloads", dirs_exist_ok=True)
    followed.read_to_the_end()
    assert followed.store.diagnostics == []
    assert graph(followed.store) == graph(fresh(DEMO))


def test_a_manifest_that_comes_late_is_taken_in(bundle: Path) -> None:
    manifest = (DEMO / "manifest.json").read_bytes()
    shutil.copytree(DEMO, bundle)
    (bundle / "manifest.json").unlink()
    followed = Followed(bundle)
    followed.read()
    (bundle / "manifest.json").write_bytes(manifest[:40])
    followed.read()
    (bundle / "manifest.json").write_bytes(manifest)
    followed.read()
    assert followed.store.is_same_recording
    assert graph(followed.store) == graph(fresh(DEMO))


def test_a_bundle_is_opened_before_its_first_event(bundle: Path) -> None:
    shutil.copytree(DEMO, bundle)
    (bundle / "trace.jsonl").unlink()
    followed = Followed(bundle)
    followed.read()
    assert followed.store.recording.word == "waiting"
    assert "no event yet" in followed.store.recording.evidence
    followed.log.write_bytes(DATA)
    followed.read()
    assert followed.store.recording.word == "ended"
    assert graph(followed.store) == graph(fresh(DEMO))


# Anything, in any order

STEPS_WITH_LOG = st.one_of(
    st.tuples(st.just("write up to"), st.integers(0, len(DATA))),
    st.tuples(st.just("cut to"), st.integers(0, len(DATA))),
    st.tuples(st.just("replace log"), st.integers(0, len(DATA))),
    st.tuples(st.just("remove log"), st.none()),
    st.tuples(st.just("rename log"), st.none()),
    st.tuples(st.just("write into renamed log"), st.integers(1, 2_000)),
    st.tuples(st.just("drop line"), st.integers(0, len(LINES))),
    st.tuples(st.just("remove manifest"), st.none()),
    st.tuples(st.just("damage manifest"), st.none()),
    st.tuples(st.just("wait"), st.none()),
)
STEPS = st.one_of(
    STEPS_WITH_LOG,
    st.tuples(st.just("remove payload"), st.sampled_from(PAYLOADS)),
    st.tuples(st.just("tear payload"), st.sampled_from(PAYLOADS)),
    st.tuples(st.just("empty payload"), st.sampled_from(PAYLOADS)),
)


def do(followed: Followed, step: tuple[str, object]) -> None:
    """One thing that a recorder, a person or a file system does."""
    path, (name, argument) = followed.path, step
    if name == "wait":
        followed.now += 1.0
    elif "log" in name or isinstance(argument, int):
        change_log(followed.log, name, argument)
    elif isinstance(argument, str):
        change_payload(path / "payloads" / argument, name)
    elif name == "remove manifest":
        (path / "manifest.json").unlink(missing_ok=True)
    else:
        (path / "manifest.json").write_bytes(b"{")


def change_log(log: Path, name: str, argument: object) -> None:
    renamed = log.with_name("renamed")
    match name, argument:
        case "write up to", int(end):
            write_on(log, end)
        case "cut to", int(end) if log.exists():
            log.write_bytes(DATA[: min(end, log.stat().st_size)])
        case "replace log", int(end):
            log.unlink(missing_ok=True)
            log.write_bytes(DATA[:end])
        case "remove log", _:
            log.unlink(missing_ok=True)
        case "rename log", _ if log.exists():
            log.rename(renamed)
        case "write into renamed log", int(count) if renamed.exists():
            write_on(renamed, renamed.stat().st_size + count)
        case "drop line", int(number) if log.exists():
            lines = log.read_bytes().splitlines(keepends=True)
            log.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))


def write_on(log: Path, end: int) -> None:
    with log.open("ab") as file:
        file.write(DATA[log.stat().st_size : end])


def change_payload(path: Path, name: str) -> None:
    whole = (DEMO / "payloads" / path.name).read_bytes()
    match name:
        case "remove payload":
            path.unlink(missing_ok=True)
        case "tear payload":
            path.write_bytes(whole[: len(whole) // 2])
        case "empty payload":
            path.write_bytes(b"")


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, len(LINES)), st.lists(STEPS, max_size=12))
def test_whatever_happens_the_graph_is_in_the_end_that_of_a_fresh_read(
    lines: int, steps: list[tuple[str, object]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        followed = start(Path(folder) / "bundle", lines=lines)
        followed.read()
        for step in steps:
            do(followed, step)
            followed.read()
        shutil.copytree(DEMO, followed.path, dirs_exist_ok=True)
        followed.read_to_the_end()
        followed.close()
        assert graph(followed.store) == graph(fresh(DEMO))
        assert followed.store.diagnostics == []
        assert followed.store.recording.word == "ended"


def is_said(store: TraceStore) -> bool:
    """Whether the screen tells that what is shown may not be what stands in the files."""
    return bool(store.faults or store.fault or store.aside or store.awaited or store.late)


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, len(LINES)), st.lists(STEPS_WITH_LOG, min_size=1, max_size=12))
def test_what_differs_from_a_fresh_read_is_said(lines: int, steps: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        followed = start(Path(folder) / "bundle", lines=lines)
        followed.read()
        for step in steps:
            do(followed, step)
            followed.read()
        followed.read_to_the_end()
        followed.read()
        followed.close()
        assert is_said(followed.store) or graph(followed.store) == graph(fresh(followed.path))
