"""How the session came out: the same word in `agents`, `check`, the status line and the root agent's row."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tui.analysis.state.outcome import outcome_of
from tui.bundle.open import open_bundle
from tui.cli import main
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.viewmodel.frame.status import StatusFacts, status_line
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.outcome_words import OUTCOME_SIGNS, outcome_name

FAILED = {"failures-schema2"}
UNKNOWN = {"killed"}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(list(arguments))
    return capsys.readouterr().out


def test_outcome_is_the_same_everywhere(demo_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    word = "failed" if demo_bundle.name in FAILED else "unknown" if demo_bundle.name in UNKNOWN else "succeeded"
    agents = json.loads(printed(capsys, "agents", str(demo_bundle), "--json"))["outcome"]
    check = json.loads(printed(capsys, "check", str(demo_bundle), "--json"))["session"]
    assert {name: agents[name] for name in check} == check
    assert agents["word"] == word

    store = TraceStore(open_bundle(demo_bundle))
    store.load_all()
    outcome = outcome_of(store.trace, store.index, store.recording)
    line = status_line(StatusFacts("bundle", store.recording, outcome), 160, len)
    assert outcome_name(outcome.word) in "".join(span.text for span in line)
    timeline = TimelineModel(store.trace, store.index)
    timeline.labels.recording = store.recording
    assert timeline.face(NodeRef("thread", store.trace.root_thread_id)).glyph == OUTCOME_SIGNS[word]  # type: ignore[index]


def test_check_names_the_outcome_and_judges_the_recording(
    demo_bundles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(demo_bundles / "failures-schema2")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("session    failed: Incomplete response returned")
    assert lines[2].endswith(", not judged here")
    assert lines[-1].startswith("clean recording")


@pytest.mark.parametrize("last", [b'{"schema_version":3,"seq":9999,"payload":{"type":"sealed"}}\n', b"sealed\n"])
def test_an_end_that_is_not_understood_is_no_missing_end(
    last: bytes, tmp_path: Path, demo_bundles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The recorder of another release may write an end of its own; without the line, the recording was cut off."""
    shutil.copytree(demo_bundles / "shell", tmp_path / "shell")
    log = tmp_path / "shell/trace.jsonl"
    lines = [line for line in log.read_bytes().splitlines(keepends=True) if b'"thread_ended"' not in line]
    lines = [line for line in lines if b'"rollout_ended"' not in line and b'"recording_completed"' not in line]
    for end, word in ((b"", "cut off"), (last, "end unread")):
        log.write_bytes(b"".join(lines) + end)
        agents = json.loads(printed(capsys, "agents", str(tmp_path / "shell"), "--json"))
        (listed,) = json.loads(printed(capsys, "ls", str(tmp_path), "--json"))["bundles"]
        check = json.loads(printed(capsys, "check", str(tmp_path / "shell"), "--json"))["session"]
        assert (agents["recording"]["state"], listed["state"]) == (word, word)
        assert ("cut off" in check["evidence"]) is (word == "cut off")
