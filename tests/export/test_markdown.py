"""`export --to markdown`: a copy that a person reads, of the whole, an agent or a turn."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import DEMO_BUNDLES
from tests.hostile_bundle import OBEYED, write_hostile_bundle
from tests.reducer.recording import Recording, user
from tests.source.memory import MemorySource
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.cli import main
from tui.export.disclosure import Disclosure
from tui.export.format import Subject
from tui.export.formats.markdown import FORMAT
from tui.export.redaction.redactor import Redactor
from tui.schema.events import (
    GenericSummary,
    ModelRequester,
    RolloutStarted,
    ThreadStarted,
    ToolCallKind,
    ToolCallStarted,
)
from tui.store import TraceStore


def exported(capfd: pytest.CaptureFixture[str], bundle: Path, *options: str) -> tuple[str, str]:
    assert main(["export", str(bundle), "--to", "markdown", *options]) == 0
    return capfd.readouterr()


def test_structure_holds_no_text_of_the_recording(demo_bundle: Path) -> None:
    store = TraceStore(open_bundle(demo_bundle))
    store.load_all()
    copy = b"".join(FORMAT.write(Subject(store, Disclosure(Redactor(), with_content=False)))).decode()
    texts = {
        line
        for item in store.trace.conversation_items.values()
        for part in item.body.parts
        for line in getattr(part, "text", "").splitlines()
        if len(line) > 12
    }
    assert {line for line in texts if line in copy} == set()
    assert "‹" in copy or not texts


def test_content_shows_calls_and_outputs_in_fences(capfd: pytest.CaptureFixture[str]) -> None:
    out, err = exported(capfd, DEMO_BUNDLES / "shell", "--content")
    assert re.search(r"\*\*call of shell\w*\*\*|\*\*call of exec_command\*\*", out)
    assert re.search(r"^- exec_command · completed · \w+ · exit code 0", out, re.MULTILINE)
    assert out.count("\n```") % 2 == 0
    assert "texts left out" not in err


def test_one_agent_and_one_turn(capfd: pytest.CaptureFixture[str]) -> None:
    whole, _ = exported(capfd, DEMO_BUNDLES / "agents")
    agent, _ = exported(capfd, DEMO_BUNDLES / "agents", "--agent", "/root/alpha")
    assert re.findall(r"^## (.+)", agent, re.MULTILINE) == ["/root/alpha"]
    assert len(re.findall(r"^## ", whole, re.MULTILINE)) == 5
    store = TraceStore(open_bundle(DEMO_BUNDLES / "agents"))
    store.load_all()
    last = list(store.trace.codex_turns)[-1]
    turn, _ = exported(capfd, DEMO_BUNDLES / "agents", "--turn", last)
    assert len(re.findall(r"^### Turn ", turn, re.MULTILINE)) == 1


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("one\ntwo\n\nthree", ["> one  ", "> two", "> ", "> three"]),
        ("<tools>\n- a\n</tools>", ["> \\<tools>  ", "> - a  ", "> \\</tools>"]),
        ("![x](http://a.b/c) &lt;b&gt; 1 < 2 & 3", ["> \\![x](http://a.b/c) \\&lt;b\\&gt; 1 < 2 & 3"]),
        ("use `<div>` and ``a`<b>``", ["> use `<div>` and ``a`<b>``"]),
        ("```html\n<b>\n```\n<i>", ["> ```html", "> <b>", "> ```", "> \\<i>"]),
        ("~~~\n```\n<b>\n~~~", ["> ~~~", "> ```", "> <b>", "> ~~~"]),
    ],
)
def test_quotations_keep_their_lines_and_obey_no_html(said: str, quoted: list[str]) -> None:
    recording = Recording()
    recording.request("i1", [user(said)])
    recording.done("i1", [])
    store = TraceStore(MemorySource(recording))
    store.load_all()
    copy = b"".join(FORMAT.write(Subject(store, Disclosure(Redactor(), with_content=True)))).decode()
    assert "\n".join(quoted) in copy


def test_head_says_how_the_session_came_out(capfd: pytest.CaptureFixture[str]) -> None:
    bundle = DEMO_BUNDLES / "failures-schema2"
    told, _ = exported(capfd, bundle)
    assert "\n- session failed (‹" in told
    assert "tokens ≥" in told
    told, _ = exported(capfd, bundle, "--content")
    assert re.search(r"\n- session failed \(\w", told)
    assert main(["export", str(bundle), "--to", "html"]) == 0
    assert 'session <span class="bad-word">failed</span> (‹' in capfd.readouterr().out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--agent", "/root/nobody"], "there is no"),
        (["--turn", "no-such-turn"], "there is no"),
        (["--id", "/root"], "--id has no meaning for --to markdown"),
    ],
)
def test_wrong_part_is_refused_in_one_line(
    options: list[str], complaint: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(DEMO_BUNDLES / "answer"), "--to", "markdown", *options]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert complaint in err
    assert err.count("\n") == 1


def test_report_counts_what_was_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    _, err = exported(capfd, DEMO_BUNDLES / "answer")
    assert re.fullmatch(r"rtrace-tui: \d+ texts left out \([\d.]+ k?B\); --content writes them\n", err)


@pytest.mark.parametrize(
    ("bundle", "expected"),
    [
        ("killed", r"^- exec_command · no end recorded · \?$"),
        ("killed", r"^### Turn 1 · no end recorded · "),
        ("mcp", r"^\*\*call of tool\\?_search\*\*$"),
        ("pictures", r"^\*\*call of web\\?_search\*\*$"),
        ("code-mode", r"^- exec\\?_command · completed · .* · `/bin/bash -lc "),
        ("agents", r"^- 5 agents, \d+ requests, tokens "),
        ("killed", r"^- 1 agent, 1 request, tokens "),
        ("compaction", r"^\*history compacted at 0\.\d{3}s: 11 → 4 items\*$"),
        ("compaction", r"^\*4 items as before, 7 items no longer sent\*$"),
        ("failures", r"^\*\*failed:\*\* "),
    ],
)
def test_copy_says_what_ran_and_how_it_ended(capfd: pytest.CaptureFixture[str], bundle: str, expected: str) -> None:
    copy, _ = exported(capfd, DEMO_BUNDLES / bundle, "--content")
    assert re.search(expected, copy, re.MULTILINE), copy
    assert "· running" not in copy


def test_request_that_cannot_be_read_drops_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEMO_BUNDLES / "agents-schema2", bundle)
    events = [json.loads(line)["payload"] for line in (bundle / "trace.jsonl").read_text().splitlines()]
    for event in [event for event in events if event["type"] == "inference_started"][1::2]:
        (bundle / event["request_payload"]["path"]).unlink()
    copy, _ = exported(capfd, bundle)
    assert "no longer sent" not in copy


def test_head_counts_the_part_that_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    copy, _ = exported(capfd, DEMO_BUNDLES / "agents", "--agent", "/root/alpha")
    assert re.search(r"^- 1 of 5 agents, \d+ of \d+ requests, tokens ", copy, re.MULTILINE)


@pytest.mark.parametrize("options", [[], ["--content"]])
def test_hostile_recording_makes_a_harmless_copy(
    options: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out, err = exported(capfd, write_hostile_bundle(tmp_path / "bundle"), *options)
    assert OBEYED.search(out + err) is None


def test_fence_is_longer_than_those_in_the_text(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out, _ = exported(capfd, DEMO_BUNDLES / "answer", "--content", "-o", str(tmp_path / "copy.md"))
    assert out == ""
    assert (tmp_path / "copy.md").read_text().startswith("# Recording ")


def test_requests_that_are_not_recorded_are_not_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with BundleWriter(tmp_path / "b", root_thread_id="T", trace_id="trace") as writer:
        writer.append(RolloutStarted(trace_id="trace", root_thread_id="T"))
        writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
        call = ToolCallStarted(
            tool_call_id="call",
            requester=ModelRequester(),
            kind=ToolCallKind(type="web"),
            summary=GenericSummary("web"),
        )
        writer.append(call, thread_id="T")
    copy, _ = exported(capfd, tmp_path / "b")
    assert "- 1 agent, ? requests, tokens ? in, ? out\n" in copy
