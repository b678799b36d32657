"""`rtrace-tui grep`: every match, what it is in, and exit codes as of grep."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.bundles import write_bundle
from tests.conftest import DEMO_BUNDLES, PROJECT
from tui.bundle.open import Bundle, open_bundle
from tui.cli import main
from tui.commands.loaded import load
from tui.store import TraceStore

AGENTS = str(DEMO_BUNDLES / "agents")


def grep(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["grep", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, _ = grep(capsys, *arguments, "--json")
    found: dict[str, Any] = json.loads(out)
    assert found["format"] == "rtrace-tui grep 1"
    assert code == (0 if found["count"] else 1)
    return found


def test_payload_matches_are_all_there_is_in_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    bundle = DEMO_BUNDLES / "agents-schema2"
    found = document(capsys, str(bundle), "alpha", "--payloads-only", "--exact")
    files = {f"payloads/{path.name}": path.read_bytes() for path in (bundle / "payloads").iterdir()}
    assert found["count"] == len(found["hits"]) == sum(body.count(b"alpha") for body in files.values())
    for hit in found["hits"]:
        assert files[hit["path"]][hit["start"] : hit["end"]] == hit["match"].encode() == b"alpha"
        assert hit["node"] == {"kind": "payload", "id": hit["raw_payload_id"]}
    assert any(hit["used_by"] for hit in found["hits"])


def test_graph_matches_name_the_object_and_the_field(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, AGENTS, "/root/alpha", "--graph-only")
    first = found["hits"][0]
    assert (first["node"]["kind"], first["where"], first["match"]) == ("thread", "agent", "/root/alpha")
    assert (first["start"], first["end"]) == (0, 11)
    assert "path" not in first


def test_counts_are_those_of_the_matches(capsys: pytest.CaptureFixture[str]) -> None:
    hits = document(capsys, AGENTS, "alpha")
    counted = document(capsys, AGENTS, "alpha", "--count")
    names = [one["name"] for one in counted["objects"]]
    assert "tool call spawn_agent alpha" in names
    assert "spawn agent /root → /root/alpha" in names
    assert counted["count"] == hits["count"] == sum(one["count"] for one in counted["objects"])
    assert {one["node"]["id"] for one in counted["objects"]} == {hit["node"]["id"] for hit in hits["hits"]}
    assert document(capsys, AGENTS, "alpha", "-l")["objects"] == counted["objects"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ALPHA"], 1),
        (["ALPHA", "-i"], 0),
        (["re:alph[a]"], 0),
        (["-e", "alph[a]"], 0),
        (["alph[a]"], 1),
        (["no such words"], 1),
    ],
)
def test_case_expressions_and_exit_codes(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert grep(capsys, AGENTS, *arguments)[0] == code


@pytest.mark.parametrize(
    ("bundle", "place"),
    [("agents", r"raw_payload:13 +byte 119 "), ("agents-schema2", r" payloads/\d+.json:\d+ ")],
)
def test_text_has_a_line_for_each_match(bundle: str, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(DEMO_BUNDLES / bundle)
    _, out, _ = grep(capsys, path, "alpha")
    lines = out.splitlines()
    assert len(lines) == document(capsys, path, "alpha")["count"]
    assert lines[0].split()[1:] == ["agent", "/root/alpha"]
    assert any(re.search(place, line) for line in lines)
    _, out, _ = grep(capsys, path, "alpha", "-c")
    assert out.splitlines()[-1].split() == [str(len(lines)), "total"]
    assert all(line.split()[0].isdecimal() for line in out.splitlines())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([AGENTS, ""], "the pattern is empty; expected the text to look for"),
        ([AGENTS, "-e", "a("], "'a(' is not a regular expression: missing ), unterminated subpattern at character 2"),
        (["/nowhere", "a"], "/nowhere"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = grep(capsys, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err
    assert err.count("\n") == 1


def test_hostile_text_reaches_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(tmp_path / "bundle", schema_version=2)
    (tmp_path / "bundle/payloads/2.json").write_bytes(b'"needle \x1b]0;owned\x07 \xc2\x9b2J \xe2\x80\xae"')
    for arguments in ([], ["--json"]):
        _, out, _ = grep(capsys, str(tmp_path / "bundle"), "needle", *arguments)
        assert "owned" in out
        assert not set("\x1b\x07\u202e\x9b") & set(out)


def test_a_payload_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(tmp_path / "bundle", schema_version=2)
    (tmp_path / "bundle/payloads/2.json").unlink()
    code, out, err = grep(capsys, str(tmp_path / "bundle"), "agent_path", "--payloads-only")
    assert code == 0
    assert "payloads/1.json" in out
    assert "payloads/2.json" in err


def test_a_closed_pipe_ends_it_quietly() -> None:
    command = [
        sys.executable,
        "-c",
        "import sys; from tui.cli import main; sys.exit(main())",
        "grep",
        AGENTS,
        "e",
        "--json",
    ]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"rtrace-tui grep 1" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141


def test_a_filter_leaves_only_what_belongs_to_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    everywhere = document(capsys, AGENTS, "parser")
    found = document(capsys, AGENTS, "parser", "--filter", "agent:/root/alpha kind:tool")
    assert 0 < found["count"] < everywhere["count"]
    assert {hit["node"]["kind"] for hit in found["hits"]} >= {"tool_call", "payload"}
    assert all(hit in everywhere["hits"] for hit in found["hits"])
    whole = TraceStore(open_bundle(DEMO_BUNDLES / "agents"))
    whole.load_all()
    tools = [hit["node"]["id"] for hit in found["hits"] if hit["node"]["kind"] == "tool_call"]
    agents = {whole.trace.threads[whole.trace.tool_calls[name].thread_id].agent_path for name in tools}
    assert agents == {"/root/alpha"}
    assert document(capsys, AGENTS, "parser", "-f", "duration>1h")["count"] == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["parser", "--filter", "colour:red"], "there is no key 'colour'; expected kind, tool,"),
        (["-e", "("], "expected Python's syntax, or plain text without -e"),
        (["re:("], "expected Python's syntax, or plain text without re:"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    code, out, err = grep(capsys, AGENTS, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("options", [["--payloads-only"], ["--payloads-only", "-c"], ["--payloads-only", "-l"]])
def test_payloads_are_searched_without_the_graph(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    expected = grep(capsys, AGENTS, "alpha", *options)
    monkeypatch.setattr("tui.commands.loaded.load", lambda _bundle: pytest.fail("the graph was loaded"))
    assert grep(capsys, AGENTS, "alpha", *options) == expected
    assert expected[0] == 0


@pytest.mark.parametrize("text", ["no such text", "alpha", "parser.py", "type", "re:ended_at|task"])
@pytest.mark.parametrize("bundle", ["agents", "agents-schema2"])
def test_losing_patience_leaves_no_match_out(
    bundle: str, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = (str(DEMO_BUNDLES / bundle), text, "--payloads-only")
    expected = grep(capsys, *arguments)
    for patience in (1, 5, 40):
        monkeypatch.setattr("tui.commands.grep_search._PATIENCE", patience)
        assert grep(capsys, *arguments) == expected


def test_counts_in_payloads_come_before_the_graph_is_loaded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, payloads, _ = grep(capsys, AGENTS, "alpha", "-l", "--payloads-only")
    _, objects, _ = grep(capsys, AGENTS, "alpha", "-l", "--graph-only")
    before: list[str] = []

    def noted(bundle: Bundle) -> TraceStore:
        before.append(capsys.readouterr().out)
        return load(bundle)

    monkeypatch.setattr("tui.commands.loaded.load", noted)
    _, after, _ = grep(capsys, AGENTS, "alpha", "-l")
    assert before == [payloads]
    assert after == objects
