"""`rtrace-tui why` and `rtrace-tui show`: what they print, for people and for scripts, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.chains import PlainGraph
from tui.analysis.kinds.node_names import find_node
from tui.cli import main
from tui.commands.answers.show import show_answer
from tui.commands.asked_object import Asked
from tui.commands.loaded import loaded_store
from tui.commands.show import show_lines
from tui.model.objects import CodeCellCaller
from tui.store import TraceStore

DEMOS = Path(__file__).parents[2] / "demo_bundles"


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


@pytest.fixture(scope="module")
def code_mode() -> TraceStore:
    return loaded_store(str(DEMOS / "code-mode"))


@pytest.fixture(scope="module")
def agents() -> TraceStore:
    return loaded_store(str(DEMOS / "agents"))


@pytest.fixture
def nested(code_mode: TraceStore) -> str:
    tools = code_mode.trace.tool_calls
    return next(name for name, tool in tools.items() if isinstance(tool.requester, CodeCellCaller))


def test_why_prints_the_chain_with_evidence_seq_and_line(
    code_mode: TraceStore, nested: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = asked(capsys, "why", str(DEMOS / "code-mode"), nested)
    assert answer["format"] == "rtrace-tui why 1"
    assert list(answer) == [
        "format", "node", "name", "failure", "chain", "end", "output", "upstream", "downstream", "unproven",
        "reading",
    ]  # fmt: skip
    chain = [(step["node"]["kind"], step["node"]["id"]) for step in answer["chain"]]
    assert chain == PlainGraph(code_mode.trace).chain(("tool_call", nested))
    first, second = answer["chain"][:2]
    assert first["seq"] == first["line"] == code_mode.trace.tool_calls[nested].execution.started_seq  # type: ignore[index]
    assert second["relation"] == "issued by"
    assert second["certainty"] == "recorded"
    assert second["evidence"] == {
        "node": {"kind": "tool_call", "id": nested},
        "field": "requester.code_cell_id",
        "note": None,
    }
    assert answer["end"] == "this is the user's prompt"


def test_why_tells_how_an_output_reached_the_model(
    code_mode: TraceStore, nested: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output = asked(capsys, "why", str(DEMOS / "code-mode"), nested)["output"]
    requester = code_mode.trace.tool_calls[nested].requester  # type: ignore[index]
    assert isinstance(requester, CodeCellCaller)
    assert output["route"] == "code cell"
    assert {"kind": "code_cell", "id": requester.code_cell_id} in output["via"]
    cell = code_mode.trace.code_cells[requester.code_cell_id]
    assert [item["item_id"] for item in output["items"]] == cell.output_item_ids
    assert all(item["seen_by_requests"] for item in output["items"])


def test_a_cut_output_says_how_much_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    state = json.loads((DEMOS / "shell/state.json").read_text())
    outputs = [asked(capsys, "why", str(DEMOS / "shell"), name)["output"] for name in state["terminal_operations"]]
    cuts = [item["cut"] for output in outputs for item in output["items"] if item["cut"]]
    assert cuts
    assert all(cut["kept_bytes"] < cut["produced_bytes"] for cut in cuts)


def test_every_id_of_the_text_can_be_passed_on(agents: TraceStore, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "why", str(DEMOS / "agents"), "/root/alpha/deep")
    links = [line.split()[:6] for line in text.splitlines()]
    ids = {word for words in links for word in words if ":" in word and not word.startswith(("[", "(", "“"))}
    assert len(ids) > 10
    for name in ids:
        assert find_node(agents.trace, name)


def test_why_follows_an_agent_through_its_parents_to_the_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "why", str(DEMOS / "agents"), "/root/alpha/deep")
    order = ["agent /root/alpha/deep", "spawned over", "comes from", "asked for by", "prompted by", "arrived over"]
    places = [text.index(word) for word in order]
    assert places == sorted(places)
    assert "this is the user's prompt" in text


def test_payload_of_a_protocol_event_leads_to_its_agent(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "why", str(DEMOS / "agents"), "raw_payload:2")
    assert "protocol_event raw_payload:2" in text
    assert "└ evidence of event:3  session configured" in text
    assert "└ part of thread:" in text
    assert "line " in text


def test_what_is_not_proven_is_a_step_without_a_node(capsys: pytest.CaptureFixture[str]) -> None:
    state = json.loads((DEMOS / "terminal/state.json").read_text())
    operations, sessions = state["terminal_operations"], state["terminal_sessions"]
    orphan = next(
        name for name, one in sessions.items() if operations[one["created_by_operation_id"]]["kind"] == "write_stdin"
    )
    answer = asked(capsys, "why", str(DEMOS / "terminal"), f"process:{orphan}")
    (gap,) = (step for step in answer["chain"] if step["node"] is None)
    assert (gap["relation"], gap["certainty"]) == ("created by", "unproven")
    assert [one["text"] for one in answer["unproven"]] == [gap["name"]]
    assert "Unproven" in said(capsys, "why", str(DEMOS / "terminal"), orphan)


@pytest.mark.parametrize("kind", ["tool_call", "thread", "item", "payload", "edge", "inference", "terminal_session"])
def test_show_prints_the_object_as_the_graph_has_it(
    kind: str, agents: TraceStore, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, maps = DEMOS / "agents", {"payload": "raw_payloads", "item": "conversation_items"}
    maps |= {"edge": "interaction_edges", "inference": "inference_calls"}
    state = json.loads((bundle / "state.json").read_text())
    objects = state[maps.get(kind, f"{kind}s")]
    first = next(iter(objects))
    assert asked(capsys, "show", str(bundle), f"{kind}:{first}")["object"] == objects[first]
    for name, expected in objects.items():
        node = find_node(agents.trace, f"{kind}:{name}")
        answer = show_answer(agents, node)
        assert (answer.node.kind, answer.node.id) == (kind, name)
        assert answer.object == expected
        text = "\n".join(show_lines(Asked(agents, node)))
        assert name in text.splitlines()[0]
        assert all(f"  {field}" in text for field, value in expected.items() if not isinstance(value, dict))


def test_show_prints_texts_and_the_files_that_hold_them(capsys: pytest.CaptureFixture[str]) -> None:
    state = json.loads((DEMOS / "shell/state.json").read_text())
    name, operation = next(iter(state["terminal_operations"].items()))
    answer = asked(capsys, "show", str(DEMOS / "shell"), name)
    assert {"label": "command", "text": operation["request"]["display_command"]} in answer["texts"]
    assert {one["raw_payload_id"] for one in answer["payloads"]} == set(operation["raw_payload_ids"])
    for payload in answer["payloads"]:
        assert (DEMOS / "shell" / payload["path"]).is_file()
        assert payload["line"] >= 1


@pytest.mark.parametrize("command", ["why", "show"])
@pytest.mark.parametrize(
    ("bundle", "name", "expected"),
    [
        ("agents", "no-such-id", "there is no 'no-such-id' in this recording; expected an id such as"),
        ("agents", "seq:1", "event 1 began or ended no object"),
        ("agents", "call_", "give one of them in full"),
        ("nowhere", "x", "nowhere"),
    ],
)
def test_a_wrong_name_is_one_line_and_exit_2(
    command: str, bundle: str, name: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(DEMOS / bundle), name]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert expected in captured.err
    assert captured.err.count("\n") == 1


def test_the_forms_of_an_id_are_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["why", "--help"])
    assert "payloads/7.json" in capsys.readouterr().out


def test_why_begins_with_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    bundle = str(DEMOS / "failures")
    trace = loaded_store(bundle).trace
    failed = next(name for name, call in trace.inference_calls.items() if call.execution.status == "failed")
    first, *rest = asked(capsys, "why", bundle, failed)["failure"]
    lines = said(capsys, "why", bundle, failed).splitlines()
    assert lines[0] == f"✗ {first['text']}"
    assert [line.split("  ")[1] for line in lines[1 : len(rest) + 1]] == [line["text"] for line in rest]
    assert lines[len(rest) + 1 :][:2] == ["", "Why"]
    succeeded = next(name for name, call in trace.inference_calls.items() if call.execution.status == "completed")
    assert asked(capsys, "why", bundle, succeeded)["failure"] == []
    assert said(capsys, "why", bundle, succeeded).startswith("Why\n")
