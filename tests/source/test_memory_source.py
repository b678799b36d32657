"""A few events in memory through the store, the commands, the exports and the viewer: no bundle anywhere."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.reducer.recording import Recording, answer, call, output, user
from tests.source.memory import MemorySource
from tests.ui.driving import Driver
from tui import inputs
from tui.analysis.kinds.node_names import find_node
from tui.bundle.open import open_bundle
from tui.cli import main
from tui.commands.view import chosen_target
from tui.export.disclosing import disclosure_of
from tui.export.format import FileFormat, FolderFormat, Subject
from tui.export.formats.request import FORMAT as REQUEST
from tui.export.registry import FORMATS, format_named
from tui.model.encode import encode_trace
from tui.source.source import Source
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.ui.config import Config
from tui.ui.run import run_viewer


def session() -> Recording:
    """A user asks, the model has a command run, and answers."""
    recording = Recording()
    recording.request("i1", [user("list the files")])
    recording.done("i1", [call("c1", '{"cmd":"ls -l"}', "exec_command")], "r1")
    recording.command("t1", call="c1")
    recording.runtime_end("t1", {"exit_code": 0, "aggregated_output": "parser.py\n"})
    recording.tool_end("t1")
    recording.request("i2", [output("c1", "parser.py")], previous="r1")
    recording.done("i2", [answer("There is one file.")], "r2")
    return recording


@pytest.fixture
def source() -> MemorySource:
    return MemorySource(session())


@pytest.fixture
def _registered(source: MemorySource, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a second kind of input needs besides its own file: an entry before that of bundles."""
    kind = inputs.Input(lambda path: str(path) == "-", lambda _path: source)
    monkeypatch.setattr(inputs, "INPUTS", (kind, *inputs.INPUTS))


@pytest.fixture
def store(source: MemorySource) -> TraceStore:
    found = TraceStore(source)
    found.load_all()
    return found


def test_memory_and_bundle_are_sources() -> None:
    """What the type checker says: both can be handed to the store."""
    sources: list[Source] = [MemorySource(session()), open_bundle("demo_bundles/answer")]
    assert [one.name for one in sources] == ["in memory", "answer"]


def test_graph_is_that_of_the_events(store: TraceStore) -> None:
    assert store.diagnostics == []
    assert b"".join(encode_trace(store.trace)) == b"".join(encode_trace(session().graph()))
    assert store.recording.word == "cut off"


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("show - t1", ["exec_command ls -l"]),
        ("why - t1", ["user message", "list the files"]),
        ("agents -", ["/root"]),
        ("stats -", ["exec_command"]),
        ("edges -", []),
        ("path -", []),
        ("diff - -", []),
        ("reduce -", ['"inference_calls"', "parser.py"]),
        ("sql - 'select tool from calls'", ["exec_command"]),
        ("export - --to markdown --content", ["list the files"]),
    ],
)
def test_commands_open_what_is_in_memory(line: str, expected: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line)
    for options in ([],) if words[0] in ("export", "reduce") else ([], ["--json"]):
        assert main([*words, *options]) == 0
        out = capfd.readouterr().out
        assert [word for word in expected if word not in out] == []


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize("line", [["check", "-"], ["grep", "-", "x"], ["reduce", "-", "--strict"]])
def test_what_looks_at_files_says_that_there_are_none(line: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(line) == 2
    assert capfd.readouterr().err == "rtrace-tui: -: only a bundle has the files that this looks at\n"


@pytest.mark.usefixtures("_registered")
async def test_viewer_is_opened_by_the_same_road(source: MemorySource, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[TraceApp] = []
    monkeypatch.setattr("tui.ui.run._run_to_the_end", lambda app, **_: opened.append(app) or 0)
    target = chosen_target("-", {})
    assert target is not None
    assert run_viewer(target.path, restore=False, cache=False) == 0
    async with opened[0].run_test(size=(120, 40)) as pilot:
        driver = Driver(opened[0], pilot)
        await driver.until(lambda: "ls -l" in opened[0].export_screenshot().replace("&#160;", " "), "the command")


@pytest.mark.parametrize("name", FORMATS)
def test_exports_are_made_from_memory(name: str, store: TraceStore, tmp_path: Path) -> None:
    subject = Subject(store, disclosure_of(store, with_content=True), node=find_node(store.trace, "i2"))
    found = format_named(name)
    if isinstance(found, FolderFormat):
        found.write(subject, tmp_path)
        assert list(tmp_path.rglob(f"*{found.suffix}"))
    else:
        assert isinstance(found, FileFormat)
        assert b"".join(found.write(subject))


def test_continued_request_is_whole_from_memory(store: TraceStore) -> None:
    subject = Subject(store, disclosure_of(store, with_content=True), node=find_node(store.trace, "i2"))
    body = json.loads(b"".join(REQUEST.write(subject)))
    assert [item["type"] for item in body["input"]] == ["message", "function_call", "function_call_output"]


def test_earlier_moment_is_read_from_memory(store: TraceStore) -> None:
    past = store.new_past()
    for _ in past.read(lambda: past.last_place >= 4):
        pass
    for _ in past.go(4):
        pass
    assert list(past.trace.inference_calls) == ["i1"]
    assert past.trace.inference_calls["i1"].execution.is_open  # type: ignore[index]


async def test_viewer_shows_and_follows_memory(source: MemorySource) -> None:
    app = TraceApp(TraceStore(source), config=Config(theme="dark"))
    async with app.run_test(size=(120, 40)) as pilot:
        driver = Driver(app, pilot)
        await driver.until(lambda: "in memory" in driver.status, "its name")
        await driver.until(lambda: "ls -l" in app.export_screenshot().replace("&#160;", " "), "the command")
        await driver.press("g g /")
        await driver.type("ls -l")
        await driver.press("enter tab tab g g")
        recording = source.recording
        recording.request("i3", [user("and now?")], previous="r2")
        source.news.set()
        await driver.until(lambda: len(app.store.trace.inference_calls) == 3, "the new request")


async def test_search_everywhere_reads_payloads_from_memory(source: MemorySource) -> None:
    app = TraceApp(TraceStore(source), config=Config(theme="dark"))
    async with app.run_test(size=(120, 40)) as pilot:
        driver = Driver(app, pilot)
        await driver.until(lambda: len(app.store.trace.inference_calls) == 2, "the recording")
        await driver.press("g /")
        await driver.type("There is one")
        await driver.press("enter")
        await driver.until(lambda: "There is one" in app.export_screenshot().replace("&#160;", " "), "the place")
