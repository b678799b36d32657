"""The catalog of a folder: what is found, what is told of each bundle, and how it is kept current."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.bundles import append_to_log, write_bundle
from tui.bundle.catalog import finder as catalog_module
from tui.bundle.catalog.finder import Catalog, holds_bundles, list_bundles
from tui.bundle.catalog.summary import read_summary
from tui.bundle.write.writer import BundleWriter
from tui.schema.events import InferenceStarted, RolloutEnded, RolloutStarted, ThreadEnded, ThreadResumed, ThreadStarted
from tui.schema.summary import BundleSummary
from tui.viewmodel.folder.row import recording_of

CONTEXT = "<environment_context>\n  <cwd>/w</cwd>\n</environment_context>"
FOLDER = "# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>\nRun the tests.\n</INSTRUCTIONS>"


def names(root: Path) -> set[str]:
    return {summary.name for summary in list_bundles(root).bundles.values()}


def only(root: Path) -> BundleSummary:
    (summary,) = list_bundles(root).bundles.values()
    return summary


def looked(catalog: Catalog) -> tuple[set[str], set[str]]:
    """Names of the bundles that the next look tells of, and of those that it misses."""
    changes = list(catalog.look())
    changed = {summary.name for change in changes for summary in change.changed}
    return changed, {Path(path).name for change in changes for path in change.gone}


def test_bundles_are_found_directly_and_in_folders_of_folders(tmp_path: Path) -> None:
    for name in ("one", "old/two", "2026/11/27/host/run/six"):
        write_bundle(tmp_path / name)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("hello")
    assert names(tmp_path) == {"one", "old/two", "2026/11/27/host/run/six"}
    assert holds_bundles(tmp_path / "old")
    assert not holds_bundles(tmp_path / "empty")


def test_a_folder_that_is_a_bundle_is_its_own_and_only_row(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle")
    write_bundle(tmp_path / "bundle/payloads/inside")
    assert names(tmp_path / "bundle") == {"bundle"}


def test_folders_below_the_depth_are_reported_at_each_look(tmp_path: Path) -> None:
    write_bundle(tmp_path / "1/2/3/4/5/6/seven")
    catalog = Catalog(tmp_path)
    for _ in range(2):
        assert looked(catalog) == (set(), set())
        assert catalog.is_cut
    shutil.rmtree(tmp_path / "1/2/3/4/5/6")
    looked(catalog)
    looked(catalog)
    assert not catalog.is_cut


def test_links_are_followed_once_and_hidden_folders_left_alone(tmp_path: Path) -> None:
    write_bundle(tmp_path / "elsewhere/bundle")
    write_bundle(tmp_path / "root/bundle")
    write_bundle(tmp_path / "root/.hidden/bundle")
    (tmp_path / "root/link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root/same").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root/loop").symlink_to(tmp_path / "root")
    (tmp_path / "root/above").symlink_to(tmp_path)
    (tmp_path / "root/itself").symlink_to(tmp_path / "root/itself")
    (tmp_path / "root/gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "root/latest").symlink_to(tmp_path / "root/bundle")
    followed = {name for name in names(tmp_path / "root") if name != "bundle"}
    assert followed in ({"link/bundle"}, {"same/bundle"})
    (link,) = (tmp_path / "root" / name.partition("/")[0] for name in followed)
    catalog = Catalog(tmp_path / "root")
    looked(catalog)
    link.unlink()
    looked(catalog)
    assert {summary.name.partition("/")[0] for summary in catalog.bundles.values()} <= {"bundle", "link", "same"}


def as_another_user(folder: Path, ask: Callable[[], Any]) -> Any:
    """What `ask` returns to somebody who is not the superuser, whom no permission stops, with `folder` as `.`."""
    with contextlib.chdir(folder):
        ask()  # whatever it imports is imported
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.chdir(folder)
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        os.write(writer, json.dumps(ask()).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as told:
        return json.loads(told.read())


def test_private_folders_are_counted_and_no_bundles(tmp_path: Path) -> None:
    write_bundle(tmp_path / "mine")
    tmp_path.chmod(0o755)
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice").chmod(0)

    def ask() -> tuple[list[str], list[str]]:
        catalog = list_bundles(".")
        return sorted(catalog.bundles), sorted(catalog.private)

    try:
        assert as_another_user(tmp_path, ask) == [["./mine"], ["./alice"]]
    finally:
        (tmp_path / "alice").chmod(0o755)


def test_link_to_a_bundle_elsewhere_is_a_row(tmp_path: Path) -> None:
    write_bundle(tmp_path / "store/trace-x")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/latest").symlink_to(tmp_path / "store/trace-x")
    assert names(tmp_path / "root") == {"latest"}


def test_what_can_be_told_of_a_sound_bundle(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle")
    log = tmp_path / "bundle/trace.jsonl"
    found = only(tmp_path)
    assert (found.path, found.name, found.problem) == (str(tmp_path / "bundle"), "bundle", "")
    assert (found.schema_version, found.newest_seq, found.log_bytes) == (3, 5, log.stat().st_size)
    assert found.is_closed
    assert found.is_session_over
    assert found.manifest is not None
    assert found.started_at_unix_ms == found.manifest.started_at_unix_ms


@pytest.mark.parametrize(
    ("later_threads", "have_ended"), [((), True), (("child",), False), (("child", "-child"), True)]
)
def test_session_without_recording_completed_may_have_ended(
    later_threads: tuple[str, ...], have_ended: bool, tmp_path: Path
) -> None:
    with BundleWriter(tmp_path / "bundle", root_thread_id="root", schema_version=2) as writer:
        writer.append(ThreadStarted(thread_id="root", agent_path="/root"))
        writer.append(ThreadEnded(thread_id="root", status="completed"))
        writer.append(ThreadResumed(thread_id="root"))
        writer.append(ThreadEnded(thread_id="root", status="completed"))
        for name in later_threads:
            started = ThreadStarted(thread_id=name, agent_path="/root/child")
            writer.append(ThreadEnded(thread_id=name[1:], status="completed") if name[0] == "-" else started)
        writer.append(RolloutEnded(status="completed"))
    found = only(tmp_path)
    assert (found.is_closed, found.is_session_over, found.have_agents_ended) == (False, True, have_ended)
    assert recording_of(found, 0).word == ("ended" if have_ended else "cut off")


@pytest.mark.parametrize(
    ("names", "log"),
    [(("trace.jsonl.gz",), "trace.jsonl.gz"), (("trace-0001.jsonl", "trace-0002.jsonl"), "trace-0002.jsonl")],
)
def test_log_in_other_files_is_not_called_empty(names: tuple[str, ...], log: str, tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "bundle", root_thread_id="root", schema_version=2) as writer:
        writer.append(ThreadStarted(thread_id="root", agent_path="/root"))
        writer.append(ThreadEnded(thread_id="root", status="completed"))
    usual = tmp_path / "bundle" / "trace.jsonl"
    lines = usual.read_bytes().splitlines(keepends=True)
    usual.unlink()
    for number, name in enumerate(names):
        data = b"".join(lines[number :: len(names)])
        (tmp_path / "bundle" / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    state = recording_of(only(tmp_path), 0)
    assert state.evidence == f"the log is {log}; open the bundle to see its events"
    assert not state.is_over


def no_manifest(bundle: Path) -> None:
    (bundle / "manifest.json").unlink()


def broken_manifest(bundle: Path) -> None:
    (bundle / "manifest.json").write_text('{"schema_version": 2')


def future_manifest(bundle: Path) -> None:
    text = (bundle / "manifest.json").read_text()
    (bundle / "manifest.json").write_text(text.replace('"schema_version": 3', '"schema_version": 99'))


def manifest_fifo(bundle: Path) -> None:
    no_manifest(bundle)
    os.mkfifo(bundle / "manifest.json")


def log_fifo(bundle: Path) -> None:
    (bundle / "trace.jsonl").unlink()
    os.mkfifo(bundle / "trace.jsonl")


def log_directory(bundle: Path) -> None:
    (bundle / "trace.jsonl").unlink()
    (bundle / "trace.jsonl").mkdir()


PROBLEMS: list[tuple[Callable[[Path], None], str]] = [
    (no_manifest, "manifest.json is missing"),
    (broken_manifest, "manifest.json is not a manifest"),
    (future_manifest, "schema version 99 is not known"),
    (manifest_fifo, "manifest.json is a FIFO"),
    (log_fifo, "trace.jsonl is a FIFO"),
    (log_directory, "trace.jsonl is a directory"),
]


@pytest.mark.parametrize(("damage", "problem"), PROBLEMS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_damaged_bundle_is_listed_with_what_is_wrong(
    damage: Callable[[Path], None], problem: str, tmp_path: Path
) -> None:
    write_bundle(tmp_path / "bundle")
    damage(tmp_path / "bundle")
    assert only(tmp_path).problem.startswith(problem)


def test_the_manifest_of_another_program_makes_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "extension").mkdir()
    (tmp_path / "extension/manifest.json").write_text('{"manifest_version": 3}')
    assert names(tmp_path) == set()


def test_a_bundle_that_has_just_begun(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle")
    (tmp_path / "bundle/trace.jsonl").unlink()
    found = only(tmp_path)
    assert (found.log_bytes, found.newest_seq, found.is_closed, found.problem) == (None, None, False, "")


@pytest.mark.parametrize(
    ("tail", "newest", "torn", "is_end_unread"),
    [
        (b'{"schema_version":2,"seq":6,"wal', 4, 32, False),
        (b"garbage\n", 4, 0, True),
        (b'garbage\n{"seq":6', 4, 8, True),
        (b"\n\n", 4, 0, False),
        (b"x" * 200_000, 4, 200_000, False),
        (b"x" * 200_000 + b"\n", 4, 0, True),
        (b"\xff\xfe\x00" * 5000, 4, 15_000, False),
        (b'{"schema_version":2,"seq":5,"wall_time_unix_ms":9,"payload":{"type":"session_closed"}}\n', 5, 0, True),
    ],
    ids=["torn", "garbage", "garbage, torn", "blank", "long torn", "long garbage", "no text", "unknown event"],
)
def test_the_last_event_is_found_behind_whatever_follows_it(
    tail: bytes, newest: int, torn: int, is_end_unread: bool, tmp_path: Path
) -> None:
    write_bundle(tmp_path / "bundle", complete=False)
    append_to_log(tmp_path / "bundle", tail)
    found = only(tmp_path)
    assert (found.newest_seq, found.torn_bytes, found.is_closed) == (newest, torn, False)
    assert found.is_end_unread is is_end_unread


def test_a_last_event_without_its_newline_counts(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle")
    log = tmp_path / "bundle/trace.jsonl"
    log.write_bytes(log.read_bytes().rstrip(b"\n"))
    assert only(tmp_path).is_closed


def test_schema_1_is_closed_when_the_session_and_its_agents_ended(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", schema_version=1)
    log = tmp_path / "bundle/trace.jsonl"
    assert not only(tmp_path).is_closed  # its one thread has not ended
    ended = log.read_bytes().splitlines()[1].replace(b'"thread_started"', b'"thread_ended","status":"completed"')
    append_to_log(tmp_path / "bundle", ended + b"\n")
    assert only(tmp_path).is_closed


def test_who_writes_is_looked_for(tmp_path: Path) -> None:
    writer = BundleWriter(tmp_path / "bundle", root_thread_id="root", trace_id="trace")
    writer.append(RolloutStarted(trace_id="trace", root_thread_id="root"))
    catalog = list_bundles(tmp_path)
    assert catalog.bundles[str(tmp_path / "bundle")].writer == "holds"
    writer.close()
    looked(catalog)
    assert catalog.bundles[str(tmp_path / "bundle")].writer != "holds"


def test_the_title_is_the_prompt_of_the_first_request(demo_bundles: Path) -> None:
    titles = {summary.name: summary.title for summary in list_bundles(demo_bundles).bundles.values()}
    assert {titles[name] for name in ("agents", "agents-schema2")} == {"Review the project with helpers."}
    assert titles["pictures"] == "What is in this image?"
    assert len(titles) == len(list(demo_bundles.glob("*/manifest.json")))


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("<div class=box> is not centred, why?", "<div class=box> is not centred, why?"),
        ("<T> in Vec<T> is not known", "<T> in Vec<T> is not known"),
        (f"{CONTEXT}\nMend it.", "Mend it."),
        ("  ", ""),
    ],
)
def test_title_is_what_a_person_wrote(prompt: str, title: str, tmp_path: Path) -> None:
    said = [FOLDER, CONTEXT, prompt]
    request = {"input": [{"role": "user", "content": [{"type": "input_text", "text": text}]} for text in said]}
    with BundleWriter(tmp_path / "bundle", root_thread_id="root", trace_id="trace") as writer:
        writer.append(RolloutStarted(trace_id="trace", root_thread_id="root"))
        ref = writer.write_payload("inference_request", request)
        started = InferenceStarted(
            inference_call_id="call",
            thread_id="root",
            codex_turn_id="turn",
            model="m",
            provider_name="p",
            request_payload=ref,
        )
        writer.append(started, thread_id="root", codex_turn_id="turn")
    assert only(tmp_path).title == title


def test_a_glance_at_a_bundle_opens_each_file_once(demo_bundles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def noted(path: str, *given: Any, open_file: Callable[..., int] = os.open, **named: Any) -> int:
        opened.append(Path(path).name)
        return open_file(path, *given, **named)

    monkeypatch.setattr(os, "open", noted)
    summary = read_summary(str(demo_bundles / "answer"), "answer")
    assert summary is not None
    title = summary.title
    assert title
    assert sorted(opened) == sorted(["manifest.json", "trace.jsonl", "payloads", opened[-1]])
    opened.clear()
    read_summary(str(demo_bundles / "answer"), "answer", title)
    assert sorted(opened) == ["manifest.json", "trace.jsonl"]


def test_a_title_is_not_fetched_from_outside(tmp_path: Path, demo_bundles: Path) -> None:
    shutil.copytree(demo_bundles / "answer-schema2", tmp_path / "bundle")
    log = tmp_path / "bundle/trace.jsonl"
    (tmp_path / "request.json").write_text('{"input":[{"role":"user","content":"stolen"}]}')
    log.write_bytes(log.read_bytes().replace(b'"payloads/', b'"../payloads/'))
    assert only(tmp_path).title == ""


def test_newest_logs_are_read_first_wherever_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for age, name in enumerate(("b/newest", "z", "a/b/older", "oldest")):
        write_bundle(tmp_path / name)
        os.utime(tmp_path / name / "trace.jsonl", (1_000 - age, 1_000 - age))
    monkeypatch.setattr(catalog_module, "FIRST_BATCH", 2)
    batches = [[one.name for one in change.changed] for change in Catalog(tmp_path).look()]
    assert batches == [["b/newest", "z"], ["a/b/older", "oldest"]]


@pytest.mark.parametrize(
    "end",
    [
        b'{"schema_version":2,"seq":8,"wall_time_unix_ms":5,"rollout_id":"r","payload":{"type":"recording_completed"}}',
        b'{"v":2,"sequence":8,"ts":5,"rollout_id":"r","payload":{"type":"recording_completed"}}',
    ],
    ids=["ordinary", "renamed"],
)
def test_last_event_ends_the_recording_however_written(end: bytes, tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", complete=False)
    append_to_log(tmp_path / "bundle", end + b"\n")
    assert only(tmp_path).newest_seq == 8
    assert only(tmp_path).is_closed


def test_looking_again_tells_only_what_changed(tmp_path: Path) -> None:
    for name in ("ended", "growing", "folder/below"):
        write_bundle(tmp_path / name, complete=name == "ended")
    catalog = list_bundles(tmp_path)
    assert looked(catalog) == (set(), set())
    write_bundle(tmp_path / "new")
    write_bundle(tmp_path / "folder/newer")
    assert looked(catalog) == ({"new", "folder/newer"}, set())
    append_to_log(tmp_path / "growing", b'{"torn')
    assert looked(catalog) == ({"growing"}, set())
    shutil.rmtree(tmp_path / "ended")
    shutil.rmtree(tmp_path / "folder")
    assert looked(catalog) == (set(), {"ended", "below", "newer"})
    assert {summary.name for summary in catalog.bundles.values()} == {"growing", "new"}


def test_a_folder_becomes_a_bundle_and_ceases_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    catalog = list_bundles(tmp_path)
    write_bundle(tmp_path / "other")
    shutil.copytree(tmp_path / "other", tmp_path / "bundle", dirs_exist_ok=True)
    assert looked(catalog) == ({"other", "bundle"}, set())
    shutil.rmtree(tmp_path / "bundle")
    (tmp_path / "bundle").mkdir()
    assert looked(catalog) == (set(), {"bundle"})


def test_another_recording_of_the_same_name_is_noticed(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle")
    catalog = list_bundles(tmp_path)
    shutil.rmtree(tmp_path / "bundle")
    write_bundle(tmp_path / "bundle", complete=False)
    assert looked(catalog) == ({"bundle"}, set())
    assert not catalog.bundles[str(tmp_path / "bundle")].is_closed


def test_a_root_that_comes_goes_and_comes_again(tmp_path: Path) -> None:
    root = tmp_path / "root"
    catalog = list_bundles(root)
    assert catalog.fault == "No such file or directory"
    write_bundle(root / "bundle")
    assert looked(catalog) == ({"bundle"}, set())
    assert catalog.fault is None
    shutil.rmtree(root)
    assert looked(catalog) == (set(), {"bundle"})
    assert catalog.fault == "No such file or directory"
    write_bundle(root / "bundle")
    assert looked(catalog) == ({"bundle"}, set())


def test_a_root_that_becomes_a_bundle(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    catalog = list_bundles(root)
    assert not catalog.bundles
    write_bundle(tmp_path / "other")
    shutil.copytree(tmp_path / "other", root, dirs_exist_ok=True)
    assert looked(catalog) == ({"root"}, set())
    shutil.rmtree(root)
    assert looked(catalog)[1] == {"root"}


def test_a_look_can_be_ended_early(tmp_path: Path) -> None:
    for number in range(20):
        write_bundle(tmp_path / f"bundle-{number}")
    catalog = Catalog(tmp_path)
    catalog.is_stopped = True
    assert looked(catalog) == (set(), set())


def test_too_much_is_looked_at_in_part_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_module, "MOST_FOLDERS", 5)
    for number in range(20):
        (tmp_path / f"folder-{number}").mkdir()
    assert list_bundles(tmp_path).is_cut


def test_many_bundles_are_listed_in_a_moment(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle-0")
    for number in range(1, 1000):
        target = tmp_path / f"bundle-{number}"
        target.mkdir()
        for name in ("manifest.json", "trace.jsonl"):
            os.link(tmp_path / "bundle-0" / name, target / name)
    started = time.monotonic()
    batches = [len(change.changed) for change in Catalog(tmp_path).look()]
    assert sum(batches) == 1000
    assert max(batches) <= catalog_module.BATCH
    assert time.monotonic() - started < 10
