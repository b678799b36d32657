"""`--at` and `reduce --until`: the recording as it stood then is that of the log cut there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.analysis.recording.moment import MomentError, moment_of
from tui.bundle.open import open_bundle
from tui.cli import main
from tui.commands.loaded import loaded_store
from tui.schema.until import Until

START = 1_795_738_487_000
AGENTS = DEMO_BUNDLES / "agents"
ENDS = frozenset({"recording", "counts", "state", "word", "evidence", "delivery", "reason"})
"""What says whether more may come: as of an earlier moment it does, behind a cut nothing follows.

The state of the recording, how many agents are in which state, and words: of states and outcomes, of evidence for
them, of what was sent and has not arrived. All else is compared: objects, their times, ages and sums.
"""

COMMANDS = ("agents", "stats", "edges", "path")


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("171", Until(seq=171)),
        ("@171", Until(seq=171)),  # as after the key
        ("+0", Until(unix_ms=START)),
        ("+1.5", Until(unix_ms=START + 1_500)),
        ("0.143s", Until(unix_ms=START + 143)),
        ("+2:03.25", Until(unix_ms=START + 123_250)),
        ("2026-11-27T00:14:48+00:00", Until(unix_ms=START + 1_000)),
        ("2026-11-27T00:14:48Z", Until(unix_ms=START + 1_000)),
    ],
)
def test_moment_is_read(text: str, until: Until) -> None:
    assert moment_of(text, START) == until


@pytest.mark.parametrize("text", ["", "x", "-1", "+", "+x", "25:00:00", "12:60", "1.5", "2026-13-01", "³"])
def test_text_that_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(MomentError, match="is not a moment; write an event number"):
        moment_of(text, START)


@pytest.mark.parametrize(("text", "after_ms"), [("0%", 0), ("50%", 500), ("12.5%", 125), ("100%", 1_000)])
def test_percent_is_a_part_of_what_was_recorded(text: str, after_ms: int) -> None:
    assert moment_of(text, START, START + 1_000) == Until(unix_ms=START + after_ms)
    with pytest.raises(MomentError):
        moment_of(text, START)


def test_more_than_all_is_refused() -> None:
    with pytest.raises(MomentError):
        moment_of("101%", START, START + 1_000)


def test_clock_time_is_on_the_day_of_the_recording() -> None:
    clock = moment_of("23:59:59", START).unix_ms
    assert clock is not None
    assert abs(clock - START) < 86_400_000
    assert moment_of("23:59", START).unix_ms == clock - 59_000


def answers(
    path: Path, at: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    """What each command says of a bundle, which is read once for all of them."""
    store = loaded_store(str(path), at)
    monkeypatch.setattr("tui.commands.loaded.loaded_store", lambda *_: store)
    return {command: without_ends(answer(capsys, command, str(path), "--json")) for command in COMMANDS}


@pytest.mark.parametrize(
    ("name", "stride"), [("answer", 1), ("failures", 1), ("killed", 1), ("shell", 4), ("terminal-schema1", 3)]
)
def test_every_moment_equals_the_cut_log(
    name: str, stride: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    shutil.copytree(DEMO_BUNDLES / name, path)
    log = path / "trace.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    for count in range(len(lines), 0, -stride):
        log.write_bytes(b"".join(lines[:count]))
        seq = json.loads(lines[count - 1])["seq"]
        then = answers(DEMO_BUNDLES / name, str(seq), monkeypatch, capsys)
        assert then == answers(path, None, monkeypatch, capsys), f"event {seq}"


def test_open_work_lasts_until_an_event_that_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The turn of `answer` begins at event 4; event 5, a notice of no turn, comes 59 ms later."""
    found = answer(capsys, "agents", str(DEMO_BUNDLES / "answer"), "--at", "5", "--json")
    assert found["agents"][0]["state"]["age_ms"] == 59
    assert found["agents"][0]["start_ms"] + found["agents"][0]["span_ms"] == found["wall_ms"] == 84


def cut(folder: Path, events: int) -> Path:
    """The demo bundle with the first lines of its log only."""
    path = folder / f"cut-{events}"
    shutil.copytree(AGENTS, path)
    log = path / "trace.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:events]))
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments]) == 0
    return json.loads(capsys.readouterr().out)


def without_ends(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_ends(inner) for name, inner in value.items() if not is_of_end(name, inner)}
    return [without_ends(inner) for inner in value] if isinstance(value, list) else value


def is_of_end(name: str, value: Any) -> bool:
    """The state of an agent is an object: only words of it are of the end."""
    return name in ENDS and (name in ("recording", "counts") or value is None or isinstance(value, str))


@pytest.mark.parametrize("events", [1, 20, 60, 111, 180, 250])
@pytest.mark.parametrize("command", COMMANDS)
def test_earlier_moment_equals_the_cut_log(
    command: str, events: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    then = answer(capsys, command, str(AGENTS), "--at", str(events), "--json")
    assert without_ends(then) == without_ends(answer(capsys, command, str(cut(tmp_path, events)), "--json"))


@pytest.mark.parametrize("events", [1, 60, 180])
def test_graph_until_a_moment_equals_the_cut_log(
    events: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    then = answer(capsys, "reduce", str(AGENTS), "--until", str(events))
    assert then == answer(capsys, "reduce", str(cut(tmp_path, events)))


def test_recording_goes_on_behind_an_earlier_moment(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "agents", str(AGENTS), "--at", "60", "--json")["recording"]
    assert found == {"state": "earlier", "evidence": "as of event 60: more events follow"}


def test_moment_behind_the_end_is_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    whole = answer(capsys, "agents", str(AGENTS), "--json")
    assert answer(capsys, "agents", str(AGENTS), "--at", "99999", "--json") == whole
    remark = "99999 is after everything recorded (the last event is 322); the answer is that of the whole recording"
    for command, option in (("agents", "--at"), ("reduce", "--until")):
        assert main([command, str(AGENTS), option, "99999"]) == 0
        assert capsys.readouterr().err == f"rtrace-tui: {remark}\n"
        assert main([command, str(AGENTS), option, "322"]) == 0
        assert capsys.readouterr().err == ""


def test_moment_within_a_gap_is_not_behind_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = cut(tmp_path, 3)
    lines = [json.loads(line) for line in (bundle / "trace.jsonl").read_bytes().splitlines()]
    lines[2]["seq"] = 9
    (bundle / "trace.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    remarks = []
    for until in ("5", "9", "10"):
        assert main(["reduce", str(bundle), "--until", until]) == 0
        remarks.append("after everything recorded" in capsys.readouterr().err)
    assert remarks == [False, False, True]


def test_time_names_the_events_up_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    started = open_bundle(AGENTS).manifest.started_at_unix_ms
    events = [json.loads(line) for line in (AGENTS / "trace.jsonl").read_bytes().splitlines()]
    last = [one["seq"] for one in events if one["wall_time_unix_ms"] <= started + 500][-1]
    by_time = answer(capsys, "stats", str(AGENTS), "--at", "+0.5", "--json")
    assert by_time == answer(capsys, "stats", str(AGENTS), "--at", str(last), "--json")


def test_part_of_the_time_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    started = open_bundle(AGENTS).manifest.started_at_unix_ms
    events = [json.loads(line) for line in (AGENTS / "trace.jsonl").read_bytes().splitlines()]
    half = (events[-1]["wall_time_unix_ms"] - started) / 2
    last = [one["seq"] for one in events if one["wall_time_unix_ms"] <= started + round(half)][-1]
    by_part = answer(capsys, "stats", str(AGENTS), "--at", "50%", "--json")
    assert by_part == answer(capsys, "stats", str(AGENTS), "--at", str(last), "--json")
    assert answer(capsys, "reduce", str(AGENTS), "--until", "50%")["ended_at_unix_ms"] is None


def test_word_that_is_no_moment_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agents", str(AGENTS), "--at", "soon"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("rtrace-tui: 'soon' is not a moment; write an event number")
    assert err.count("\n") == 1
