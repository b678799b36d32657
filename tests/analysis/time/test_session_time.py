"""Critical path, slack, savings and lives on sessions whose truth can be read off their lines."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.analysis.time.session import Session
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.time.session_time import SessionTime
from tui.model.ids import InferenceCallId, ThreadId
from tui.model.kinds import whole_delta
from tui.model.noderef import NodeRef


def one_agent() -> Session:
    """The user is quick; the model thinks, runs a command, answers."""
    session = Session()
    session.agent("root", 0, 1000)
    session.turn("root", "turn", 100, 900)
    session.model("turn", "ask", 150, 400)
    session.tool("turn", "command", 420, 700)
    session.model("turn", "answer", 720, 890)
    return session


def sleeping_child() -> Session:
    """A child sleeps for two seconds while its parent only waits."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 2500)
    session.model("turn", "ask", 0, 100)
    session.tool("turn", "spawn", 100, 150, kind="spawn_agent")
    session.agent("child", 140, 2300, "root")
    session.turn("child", "child turn", 145, 2290)
    session.model("child turn", "child ask", 150, 200)
    session.tool("child turn", "sleep", 200, 2200)
    session.model("child turn", "child answer", 2200, 2290)
    session.wait("turn", "wait", 150, 2300)
    session.model("turn", "answer", 2300, 2500)
    session.sends("spawn", "child", "spawn")
    session.result("child", "root", 2295)
    return session


def two_children() -> Session:
    """Children of one and of three seconds; the parent waits for both, one after the other."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 3300)
    for number, (name, end) in enumerate((("short", 1000), ("long", 3000))):
        session.tool("turn", f"spawn {name}", 10 * number, 10 * number + 5, kind="spawn_agent")
        session.agent(name, 10 * number + 4, None, "root")
        session.turn(name, f"{name} turn", 10 * number + 5, end)
        session.tool(f"{name} turn", f"{name} sleep", 10 * number + 5, end)
        session.sends(f"spawn {name}", name, "spawn")
        session.result(name, "root", end + 1)
    session.wait("turn", "wait 1", 20, 1010)
    session.wait("turn", "wait 2", 1010, 3010)
    session.model("turn", "answer", 3010, 3300)
    return session


def late_message() -> Session:
    """A child that is idle gets a message, and works because of it."""
    session = sleeping_child()
    session.turn("root", "turn 2", 3000, 4000)
    session.tool("turn 2", "message", 3100, 3120, kind="send_message")
    session.turn("child", "child turn 2", 3130, 3800)
    session.model("child turn 2", "child ask 2", 3150, 3790)
    session.wait("turn 2", "wait 2", 3120, 3810)
    session.model("turn 2", "answer 2", 3810, 4000)
    session.sends("message", "child", "message")
    session.result("child", "root", 3805)
    return session


def two_waits() -> Session:
    """The parent waits for a child, works, and waits for the other: only what came last holds it up."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 1000)
    for name, end in (("first", 400), ("second", 800)):
        session.tool("turn", f"spawn {name}", 0, 10, kind="spawn_agent")
        session.agent(name, 10, None, "root")
        session.turn(name, f"{name} turn", 10, end)
        session.tool(f"{name} turn", f"{name} sleep", 10, end)
        session.sends(f"spawn {name}", name, "spawn")
        session.result(name, "root", end + 5)
    session.wait("turn", "wait 1", 20, 410)
    session.model("turn", "between", 410, 600)
    session.wait("turn", "wait 2", 600, 810)
    session.model("turn", "answer", 810, 1000)
    return session


def timed_out_wait() -> Session:
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 600)
    session.wait("turn", "wait", 0, 500, says='{"message":"Wait timed out.","timed_out":true}')
    session.model("turn", "answer", 500, 600)
    session.agent("child", 0, None, "root")
    session.result("child", "root", 300)
    return session


def script_with_calls() -> Session:
    """A script waits for two commands of its own, and works between them."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 1000)
    session.model("turn", "ask", 0, 100)
    session.script("turn", "script", 100, 800)
    session.tool("turn", "first", 150, 300, cell="script")
    session.tool("turn", "second", 350, 790, cell="script")
    session.model("turn", "answer", 800, 1000)
    return session


def script_waited_for() -> Session:
    """A script answers before its command is done; the agent asks again and waits for the rest."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 3000)
    session.model("turn", "ask", 0, 100)
    session.script("turn", "script", 100, 2790)
    session.tool("turn", "sleep", 150, 2750, cell="script")
    session.answers("script", 400, "wait")
    session.model("turn", "between", 420, 1000)
    session.tool("turn", "wait", 1000, 2800, kind="other", label="wait")
    session.model("turn", "answer", 2800, 3000)
    return session


def killed() -> Session:
    """The recording ends while a child works and its parent waits."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, None)
    session.tool("turn", "spawn", 100, 110, kind="spawn_agent")
    session.wait("turn", "wait", 120, None)
    session.agent("child", 105, None, "root")
    session.turn("child", "child turn", 106, None)
    session.model("child turn", "child ask", 106, 400)
    session.tool("child turn", "sleep", 450, None)
    session.agent("last", 900, 900, "root")
    session.sends("spawn", "child", "spawn")
    return session


def grandchild() -> Session:
    """A child waits for a child of its own."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 1000)
    session.tool("turn", "spawn", 0, 10, kind="spawn_agent")
    session.wait("turn", "wait", 10, 990)
    session.agent("child", 5, None, "root")
    session.turn("child", "child turn", 5, 950)
    session.tool("child turn", "spawn 2", 10, 20, kind="spawn_agent")
    session.wait("child turn", "child wait", 20, 900)
    session.agent("deep", 15, None, "child")
    session.turn("deep", "deep turn", 15, 890)
    session.model("deep turn", "deep ask", 15, 890)
    session.sends("spawn", "child", "spawn")
    session.sends("spawn 2", "deep", "spawn")
    session.result("deep", "child", 895)
    session.result("child", "root", 960)
    return session


def dying_child() -> Session:
    """A child's last request fails, and its parent, which waits, learns of that."""
    session = Session()
    session.agent("root", 0, 2000)
    session.turn("root", "turn", 0, 2000)
    session.tool("turn", "spawn", 0, 20, kind="spawn_agent")
    session.wait("turn", "wait", 20, 1700)
    session.model("turn", "answer", 1710, 2000)
    session.agent("child", 10, 1690, "root")
    session.turn("child", "child turn", 15, 1690)
    session.tool("child turn", "sleep", 20, 1020)
    session.model("child turn", "last ask", 1030, 1680)
    session.graph.trace.inference_calls[InferenceCallId("last ask")].execution.status = "failed"
    session.sends("spawn", "child", "spawn")
    session.result("child", "root", 1695)
    return session


def news_amid_a_request() -> Session:
    """A child reports while its parent's request goes on: nobody waits for it."""
    session = Session()
    session.agent("root", 0, 2600)
    session.turn("root", "turn", 0, 2600)
    session.tool("turn", "spawn", 0, 20, kind="spawn_agent")
    session.model("turn", "long ask", 20, 2020)
    session.tool("turn", "command", 2030, 2550)
    session.agent("child", 10, 350, "root")
    session.turn("child", "child turn", 15, 340)
    session.tool("child turn", "sleep", 30, 330)
    session.sends("spawn", "child", "spawn")
    session.result("child", "root", 345)
    return session


def news_before_a_wait() -> Session:
    """A child reports while its parent's request goes on; the wait that this request asks for ends at once."""
    session = Session()
    session.agent("root", 0, 3000)
    session.turn("root", "turn", 0, 3000)
    session.tool("turn", "spawn", 0, 20, kind="spawn_agent")
    session.model("turn", "long ask", 20, 2000)
    session.wait("turn", "wait", 2010, 2015)
    session.model("turn", "answer", 2015, 3000)
    session.agent("child", 10, 350, "root")
    session.turn("child", "child turn", 15, 340)
    session.tool("child turn", "sleep", 30, 330)
    session.sends("spawn", "child", "spawn")
    session.result("child", "root", 345)
    return session


def quiet_user() -> Session:
    """The user waits for two seconds between two turns."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 100, 600)
    session.tool("turn", "first", 100, 600)
    session.turn("root", "turn 2", 2600, 3300)
    session.tool("turn 2", "second", 2600, 3300)
    return session


def commands_side_by_side() -> Session:
    """One answer asks for commands of one and of two seconds."""
    session = Session()
    session.agent("root", 0, 2500)
    session.turn("root", "turn", 0, 2500)
    session.model("turn", "ask", 0, 100, asks=("short", "long"))
    session.tool("turn", "short", 110, 1110)
    session.tool("turn", "long", 111, 2111)
    session.model("turn", "answer", 2120, 2500)
    return session


def message_amid_work() -> Session:
    """A message reaches a child amid a request: its next one would have come anyway."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 1700)
    session.tool("turn", "spawn", 0, 20, kind="spawn_agent")
    session.tool("turn", "message", 300, 310, kind="send_message")
    session.wait("turn", "wait", 310, 1610)
    session.model("turn", "answer", 1610, 1700)
    session.agent("child", 10, None, "root")
    session.turn("child", "child turn", 15, 1600)
    session.model("child turn", "long ask", 20, 1000)
    session.model("child turn", "next ask", 1010, 1590)
    session.sends("spawn", "child", "spawn")
    session.sends("message", "child")
    session.result("child", "root", 1605)
    return session


def crossing_chains() -> Session:
    """Two children wait for children of their own; the parent waits for one child, then for the other.

    Between its waits it sends a message to the grandchild that is still at work.
    """
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 2000)
    for number, (name, deep_end) in enumerate((("a", 900), ("b", 1500))):
        session.tool("turn", f"spawn {name}", 10 * number, 10 * number + 8, kind="spawn_agent")
        session.agent(name, 10 * number + 5, None, "root")
        session.turn(name, f"{name} turn", 20, deep_end + 30)
        session.tool(f"{name} turn", f"spawn {name}1", 40, 50, kind="spawn_agent")
        session.wait(f"{name} turn", f"{name} wait", 60, deep_end + 10)
        session.agent(f"{name}1", 45, None, name)
        session.turn(f"{name}1", f"{name}1 turn", 50, deep_end)
        session.tool(f"{name}1 turn", f"{name}1 sleep", 50, deep_end)
        session.sends(f"spawn {name}", name, "spawn")
        session.sends(f"spawn {name}1", f"{name}1", "spawn")
        session.result(f"{name}1", name, deep_end + 5)
        session.result(name, "root", deep_end + 35)
    session.wait("turn", "wait 1", 100, 940)
    session.tool("turn", "message", 1000, 1010, kind="send_message")
    session.sends("message", "b1")
    session.wait("turn", "wait 2", 1010, 1540)
    session.model("turn", "answer", 1540, 2000)
    return session


def first_of_two() -> Session:
    """The parent waits for two children at once: the result of the first ends the wait, nobody needs the second."""
    session = Session()
    session.agent("root", 0, 1000)
    session.turn("root", "turn", 0, 1000)
    for number, (name, end) in enumerate((("quick", 300), ("slow", 900))):
        session.tool("turn", f"spawn {name}", 10 * number, 10 * number + 8, kind="spawn_agent")
        session.agent(name, 10 * number + 5, None, "root")
        session.turn(name, f"{name} turn", 10 * number + 6, end)
        session.tool(f"{name} turn", f"{name} sleep", 10 * number + 10, end)
        session.sends(f"spawn {name}", name, "spawn")
        session.result(name, "root", end + 2)
    session.wait("turn", "wait", 20, 305)
    session.model("turn", "answer", 310, 1000)
    return session


def spawn_in_a_script() -> Session:
    """A script spawns a child, waits for it, and works a little more."""
    session = Session()
    session.agent("root", 0, None)
    session.turn("root", "turn", 0, 1200)
    session.model("turn", "ask", 0, 100)
    session.script("turn", "script", 100, 1000)
    session.tool("turn", "spawn", 150, 170, kind="spawn_agent", cell="script")
    session.wait("turn", "wait", 200, 950, cell="script")
    session.model("turn", "answer", 1010, 1200)
    session.agent("child", 160, None, "root")
    session.turn("child", "child turn", 165, 900)
    session.tool("child turn", "sleep", 180, 890)
    session.sends("spawn", "child", "spawn")
    session.result("child", "root", 905)
    return session


def numbers_used_twice() -> Session:
    """A log that writes several events in a line, and no numbers but those of its lines."""
    session = Session()
    session.agent("root", 0, 1000)
    session.turn("root", "turn", 0, 1000)
    session.model("turn", "ask", 0, 100, asks=("script",))
    session.script("turn", "script", 100, 800)
    session.tool("turn", "call", 700, 790, cell="script")
    session.model("turn", "answer", 800, 1000)
    trace = session.graph.trace
    for objects in (trace.threads, trace.codex_turns, trace.inference_calls, trace.code_cells, trace.tool_calls):
        for found in objects.values():
            window = found.execution
            window.started_seq = (window.started_seq + 1000) // 2000
            window.ended_seq = None if window.ended_seq is None else (window.ended_seq + 1000) // 2000
    return session


SESSIONS = (
    one_agent,
    sleeping_child,
    two_children,
    late_message,
    two_waits,
    timed_out_wait,
    script_with_calls,
    script_waited_for,
    killed,
    grandchild,
    dying_child,
    news_amid_a_request,
    news_before_a_wait,
    quiet_user,
    commands_side_by_side,
    message_amid_work,
    crossing_chains,
    first_of_two,
    spawn_in_a_script,
    numbers_used_twice,
)


def test_work_of_one_agent_follows_itself() -> None:
    assert one_agent().path() == [
        ("root", "user", "root", 0, 100),
        ("root", "runtime", "turn", 100, 150),
        ("root", "model", "ask", 150, 400),
        ("root", "runtime", "turn", 400, 420),
        ("root", "tool", "command", 420, 700),
        ("root", "runtime", "turn", 700, 720),
        ("root", "model", "answer", 720, 890),
        ("root", "runtime", "turn", 890, 900),
    ]


def test_path_of_a_waiting_parent_is_its_child() -> None:
    assert sleeping_child().path() == [
        ("root", "model", "ask", 0, 100),
        ("root", "tool", "spawn", 100, 145),
        ("child", "runtime", "child turn", 145, 150),
        ("child", "model", "child ask", 150, 200),
        ("child", "tool", "sleep", 200, 2200),
        ("child", "model", "child answer", 2200, 2290),
        ("child", "delivery", "child turn", 2290, 2295),
        ("root", "delivery", "child", 2295, 2300),
        ("root", "model", "answer", 2300, 2500),
    ]
    time = sleeping_child().time()
    assert time.saved_without(NodeRef("tool_call", "sleep")) == 2000


def test_quick_child_has_slack() -> None:
    time = two_children().time()
    slack = {one.node.id: one.ms for one in time.slack()}
    assert slack["short sleep"] == 2000
    assert time.slack_by_agent == {"root": 0, "short": 2000, "long": 0}
    assert [piece.agent for piece in time.path.pieces if piece.kind == "tool"][-1] == "long"


def test_second_of_two_waits_leads_to_the_second_child() -> None:
    assert two_waits().path()[-4:] == [
        ("second", "tool", "second sleep", 10, 800),
        ("second", "delivery", "second turn", 800, 805),
        ("root", "delivery", "second", 805, 810),
        ("root", "model", "answer", 810, 1000),
    ]
    slack = {one.node.id: one.ms for one in two_waits().time().slack()}
    assert slack["first sleep"] == 210  # then the work between the waits would end with the second one
    root = {life.agent: life.sums() for life in two_waits().time().lives}[ThreadId("root")]
    assert (root["waiting", ThreadId("first")], root["waiting", ThreadId("second")]) == (390, 210)


def test_late_message_leads_to_its_sender() -> None:
    assert late_message().path()[-10:] == [
        ("root", "user", "turn", 2500, 3000),
        ("root", "runtime", "turn 2", 3000, 3100),
        ("root", "tool", "message", 3100, 3120),
        ("child", "delivery", "message", 3120, 3130),
        ("child", "runtime", "child turn 2", 3130, 3150),
        ("child", "model", "child ask 2", 3150, 3790),
        ("child", "runtime", "child turn 2", 3790, 3800),
        ("child", "delivery", "child turn 2", 3800, 3805),
        ("root", "delivery", "child", 3805, 3810),
        ("root", "model", "answer 2", 3810, 4000),
    ]


def test_wait_that_timed_out_stays_with_the_waiter() -> None:
    assert timed_out_wait().path() == [("root", "tool", "wait", 0, 500), ("root", "model", "answer", 500, 600)]


def test_calls_of_a_script_are_entered() -> None:
    assert script_with_calls().path() == [
        ("root", "model", "ask", 0, 100),
        ("root", "tool", "script", 100, 150),
        ("root", "tool", "first", 150, 300),
        ("root", "tool", "script", 300, 350),
        ("root", "tool", "second", 350, 790),
        ("root", "tool", "script", 790, 800),
        ("root", "model", "answer", 800, 1000),
    ]


def test_wait_for_a_script_is_the_work_of_its_call() -> None:
    assert script_waited_for().path() == [
        ("root", "model", "ask", 0, 100),
        ("root", "tool", "script", 100, 150),
        ("root", "tool", "sleep", 150, 2750),
        ("root", "tool", "wait", 2750, 2800),
        ("root", "model", "answer", 2800, 3000),
    ]
    time = script_waited_for().time()
    assert time.saved_without(NodeRef("tool_call", "sleep")) == 1800  # then the wait ends when it begins
    assert time.saved_without(NodeRef("inference", "between")) == 0
    assert time.saved_without(NodeRef("tool_call", "wait")) == 50


def test_all_work_of_a_kind_gains_together() -> None:
    time = commands_side_by_side().time()
    commands = next(kind for kind in time.work_kinds if kind.name == "exec_command")
    assert time.saved_without(*commands.nodes) == 2000  # one alone gains 0 and 1001


def test_killed_recording_ends_now_in_the_child() -> None:
    assert killed().path() == [
        ("root", "runtime", "turn", 0, 100),
        ("root", "tool", "spawn", 100, 106),
        ("child", "model", "child ask", 106, 400),
        ("child", "runtime", "child turn", 400, 450),
        ("child", "tool", "sleep", 450, 900),
    ]


def test_wait_of_a_wait_leads_to_the_grandchild() -> None:
    assert grandchild().path() == [
        ("root", "tool", "spawn", 0, 5),
        ("child", "runtime", "child turn", 5, 10),
        ("child", "tool", "spawn 2", 10, 15),
        ("deep", "model", "deep ask", 15, 890),
        ("deep", "delivery", "deep turn", 890, 895),
        ("child", "delivery", "deep", 895, 900),
        ("child", "runtime", "child turn", 900, 950),
        ("child", "delivery", "child turn", 950, 960),
        ("root", "delivery", "child", 960, 990),
        ("root", "runtime", "turn", 990, 1000),
    ]


def test_failure_of_a_child_ends_the_wait() -> None:
    assert dying_child().path()[-6:-1] == [
        ("child", "model", "last ask", 1030, 1680),
        ("child", "runtime", "child turn", 1680, 1690),
        ("child", "delivery", "child turn", 1690, 1695),
        ("root", "delivery", "child", 1695, 1700),
        ("root", "runtime", "turn", 1700, 1710),
    ]


def test_news_that_nobody_waits_for_is_not_on_the_path() -> None:
    session = news_amid_a_request()
    assert {agent for agent, *_ in session.path()} == {"root"}
    assert ("root", "model", "long ask", 20, 2020) in session.path()
    assert session.time().slack_by_agent == {"root": 0, "child": 2260}  # its turn ends 10 ms later


def test_wait_that_found_news_ready_needed_it() -> None:
    time = news_before_a_wait().time()
    assert {piece.agent for piece in time.path.pieces} == {"root"}
    assert time.slack_by_agent == {"root": 0, "child": 1670}  # 2015 less 345: the wait ends when it is there


def test_message_to_an_agent_at_work_is_not_on_the_path() -> None:
    assert message_amid_work().path() == [
        ("root", "tool", "spawn", 0, 15),
        ("child", "runtime", "child turn", 15, 20),
        ("child", "model", "long ask", 20, 1000),
        ("child", "runtime", "child turn", 1000, 1010),
        ("child", "model", "next ask", 1010, 1590),
        ("child", "runtime", "child turn", 1590, 1600),
        ("child", "delivery", "child turn", 1600, 1605),
        ("root", "delivery", "child", 1605, 1610),
        ("root", "model", "answer", 1610, 1700),
    ]


def test_of_crossing_chains_the_later_one_is_the_path() -> None:
    assert crossing_chains().path() == [
        ("root", "tool", "spawn a", 0, 8),
        ("root", "runtime", "turn", 8, 10),
        ("root", "tool", "spawn b", 10, 18),
        ("b", "delivery", "spawn b", 18, 20),
        ("b", "runtime", "b turn", 20, 40),
        ("b", "tool", "spawn b1", 40, 50),
        ("b1", "tool", "b1 sleep", 50, 1500),
        ("b1", "delivery", "b1 turn", 1500, 1505),
        ("b", "delivery", "b1", 1505, 1510),
        ("b", "runtime", "b turn", 1510, 1530),
        ("b", "delivery", "b turn", 1530, 1535),
        ("root", "delivery", "b", 1535, 1540),
        ("root", "model", "answer", 1540, 2000),
    ]
    assert crossing_chains().time().slack_by_agent == {"root": 0, "a": 530, "a1": 530, "b": 0, "b1": 0}


def test_first_result_ends_a_wait_for_several() -> None:
    assert first_of_two().path()[-5:] == [
        ("quick", "tool", "quick sleep", 10, 300),
        ("quick", "delivery", "quick turn", 300, 302),
        ("root", "delivery", "quick", 302, 305),
        ("root", "runtime", "turn", 305, 310),
        ("root", "model", "answer", 310, 1000),
    ]
    assert first_of_two().time().slack_by_agent == {"root": 0, "quick": 0, "slow": 100}  # till the end of all


def test_wait_inside_a_script_leads_to_the_child() -> None:
    assert spawn_in_a_script().path() == [
        ("root", "model", "ask", 0, 100),
        ("root", "tool", "script", 100, 150),
        ("root", "tool", "spawn", 150, 165),
        ("child", "runtime", "child turn", 165, 180),
        ("child", "tool", "sleep", 180, 890),
        ("child", "runtime", "child turn", 890, 900),
        ("child", "delivery", "child turn", 900, 905),
        ("root", "delivery", "child", 905, 950),
        ("root", "tool", "script", 950, 1000),
        ("root", "runtime", "turn", 1000, 1010),
        ("root", "model", "answer", 1010, 1200),
    ]


def test_time_between_turns_is_the_users() -> None:
    assert quiet_user().path()[-3:] == [
        ("root", "tool", "first", 100, 600),
        ("root", "user", "turn", 600, 2600),
        ("root", "tool", "second", 2600, 3300),
    ]
    assert quiet_user().time().by_kind == {"user": 2100, "tool": 1200}


def test_shorter_of_two_commands_costs_nothing() -> None:
    time = commands_side_by_side().time()
    saved = {name: time.saved_without(NodeRef("tool_call", name)) for name in ("short", "long")}
    assert saved == {"short": 0, "long": 1001}
    assert [(one.node.id, one.ms) for one in time.slack()] == [("short", 1001)]
    assert grandchild().time().saved_without(NodeRef("inference", "deep ask")) == 875


@pytest.mark.parametrize("make", SESSIONS, ids=lambda make: make.__name__)
def test_pieces_follow_each_other_without_a_gap(make: Callable[[], Session]) -> None:
    path = make().time().path
    assert path.pieces[0].start.ms == 0
    for before, after in pairwise(path.pieces):
        assert before.end.ms == after.start.ms
    assert sum(piece.duration_ms for piece in path.pieces) == path.wall_ms
    assert all(piece.duration_ms >= 0 for piece in path.pieces)


@pytest.mark.parametrize("make", SESSIONS, ids=lambda make: make.__name__)
def test_pieces_are_found_by_time_and_by_length(make: Callable[[], Session]) -> None:
    time = make().time()
    pieces = time.path.pieces
    for ms in range(-1, time.path.wall_ms + 2):
        assert time.piece_at(ms) == next((one for one in pieces if one.start.ms <= ms < one.end.ms), None)
    durations = [one.duration_ms for one in pieces]
    assert [end - start for _, start, end in time.longest_pieces] == sorted(durations, reverse=True)
    assert [time.pieces_longer_than(ms) for ms in durations] == [sum(one > ms for one in durations) for ms in durations]


@pytest.mark.parametrize("make", SESSIONS, ids=lambda make: make.__name__)
def test_every_change_of_agent_names_its_edge(make: Callable[[], Session]) -> None:
    session = make()
    known = {edge.id for edge in session.edges}
    pieces = session.time().path.pieces
    for before, after in pairwise(pieces):
        if before.agent != after.agent:
            assert {before.via, after.via} & known


@pytest.mark.parametrize("make", SESSIONS, ids=lambda make: make.__name__)
def test_lives_add_up(make: Callable[[], Session]) -> None:
    for life in make().time().lives:
        assert sum(life.sums().values()) == life.end_ms - life.start_ms


@pytest.mark.parametrize("make", SESSIONS, ids=lambda make: make.__name__)
def test_work_on_the_path_saves_no_more_than_it_took(make: Callable[[], Session]) -> None:
    time = make().time()
    took: dict[NodeRef, int] = {}
    for piece in time.path.pieces:
        took[piece.node] = took.get(piece.node, 0) + piece.duration_ms
    for node in time.longest_work(100):
        saved = time.saved_without(node)
        assert saved is not None
        assert 0 <= saved <= took[node]


def test_what_comes_in_between_is_left_out() -> None:
    session = sleeping_child()
    wanted = session.time()
    index, time = TraceIndex(session.graph.trace), SessionTime()
    for number, _ in enumerate(session.steps(time, index)):
        later, agent = 2600 + number, f"agent {number}"
        session.agent(agent, later, None, "root")
        session.turn(agent, f"{agent} turn", later, None)
        session.turn("child", f"child turn {number}", later, None)
        session.tool("child turn", f"tool {number}", later, None)
        session.tool(f"child turn {number}", f"later tool {number}", later, None)
        index.update(whole_delta(session.graph.trace))
    assert (time.path, time.lives) == (wanted.path, wanted.lives)
    assert time.slack_by_agent == wanted.slack_by_agent


def test_what_ends_later_is_open_at_the_present() -> None:
    session = killed()
    wanted = session.time()
    index, time = TraceIndex(session.graph.trace), SessionTime()
    for number, _ in enumerate(session.steps(time, index)):
        if not number:
            for found in (session.graph.trace.codex_turns, session.graph.trace.tool_calls, session.graph.trace.threads):
                for one in found.values():
                    if one.execution.is_open:
                        one.execution.end(5_000, 50_000, "failed")
            index.update(whole_delta(session.graph.trace))
    assert (time.path, time.lives) == (wanted.path, wanted.lives)


def test_life_of_a_waiting_agent_names_whom_it_waited_for() -> None:
    (root, _child) = sleeping_child().time().lives
    assert root.sums() == {
        ("model", None): 300,
        ("tool", None): 50,
        ("waiting", "child"): 2150,
    }


def test_life_of_an_agent_whose_script_waits_names_whom_it_waited_for() -> None:
    (root, _child) = spawn_in_a_script().time().lives
    assert root.sums() == {
        ("model", None): 290,
        ("tool", None): 150,  # the script before and after its wait
        ("waiting", "child"): 750,
        ("runtime", None): 10,
    }


def test_command_of_a_script_counts_before_its_wait() -> None:
    session = spawn_in_a_script()
    session.tool("turn", "command", 300, 700, cell="script")
    (root, _child) = session.time().lives
    assert root.sums()["tool", None] == 150 + 400
