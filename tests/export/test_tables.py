"""`sql` and `export --to parquet`: the tables agree with the other commands, to the token."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import DEMO_BUNDLE_NAMES, DEMO_BUNDLES
from tui.cli import main
from tui.export.tables.rows import TABLES, columns_of

AGENTS = DEMO_BUNDLES / "agents"


def asked(capsys: pytest.CaptureFixture[str], path: Path, question: str) -> list[list[Any]]:
    assert main(["sql", str(path), question, "--json"]) == 0
    rows: list[list[Any]] = json.loads(capsys.readouterr().out)["rows"]
    return rows


def read(question: str) -> list[tuple[Any, ...]]:
    """What another program gets from the files."""
    with duckdb.connect() as connection:
        return connection.execute(question).fetchall()


def answered(capsys: pytest.CaptureFixture[str], *line: str) -> dict[str, Any]:
    assert main([*line, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_every_column_has_a_type_and_a_meaning() -> None:
    for name in TABLES:
        for column in columns_of(name):
            assert column.type in ("VARCHAR", "BIGINT", "TIMESTAMP")
            assert column.meaning, f"{name}.{column.name}"


def test_problems_are_those_that_are_counted_everywhere(demo_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agents = answered(capsys, "agents", str(demo_bundle))
    counted = "select count(*) filter (object_kind is not null), count(*) from problems where severity <> 'note'"
    of_agents, all_of_them = asked(capsys, demo_bundle, counted)[0]
    assert of_agents == agents["problems"]
    assert all_of_them == agents["problems"] + agents["problems_of_recording"]


def test_tables_have_a_row_for_each_object_and_call(demo_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Objects are those of the graph, calls those that the statistics count: both are asked for in one question."""
    assert main(["reduce", str(demo_bundle)]) == 0
    graph = json.loads(capsys.readouterr().out)
    statistics = answered(capsys, "stats", str(demo_bundle))
    of_tools = {tool["name"]: tool["count"] for tool in statistics["tools"]}
    maps = {
        "threads": ["threads"],
        "turns": ["codex_turns"],
        "requests": ["inference_calls", "compaction_requests"],
        "items": ["conversation_items"],
        "commands": ["terminal_operations"],
        "edges": ["interaction_edges"],
        "compactions": ["compactions"],
        "payloads": ["raw_payloads"],
    }
    counts = [f"select '{name}', null, count(*) from {name}" for name in maps]
    counts.append("select 'calls', tool, count(*) from calls group by all")
    found = {(table, tool): count for table, tool, count in asked(capsys, demo_bundle, " union all ".join(counts))}
    objects = {(name, None): sum(len(graph[one]) for one in ones) for name, ones in maps.items()}
    assert found == objects | {("calls", tool): count for tool, count in of_tools.items()}
    assert sum(of_tools.values()) == statistics["calls"]["count"]


@pytest.mark.parametrize("name", [name for name in DEMO_BUNDLE_NAMES if "-schema" not in name])
def test_sums_of_parquet_are_those_of_stats(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo_bundle = DEMO_BUNDLES / name
    assert main(["export", str(demo_bundle), "--to", "parquet", "-o", str(tmp_path)]) == 0
    capsys.readouterr()
    tokens = answered(capsys, "stats", str(demo_bundle))["tokens"]
    (sums,) = read(
        "select sum(input_tokens), sum(cached_input_tokens), sum(output_tokens), sum(reasoning_output_tokens) "
        f"from read_parquet('{tmp_path}/requests/*/*.parquet', hive_partitioning = true)"
    )
    expected = tuple(tokens[name] for name in ("input", "cached_input", "output", "reasoning"))
    assert sums == expected


def test_folder_is_partitioned_by_date_and_adds_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {"answer", "failures", "killed", "patch", "terminal"}
    for name in names:
        shutil.copytree(DEMO_BUNDLES / name, tmp_path / "recordings" / name)
    for _ in range(2):  # a second export replaces the files of the first
        assert main(["export", str(tmp_path / "recordings"), "--to", "parquet", "-o", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    threads = f"read_parquet('{tmp_path}/out/threads/*/*.parquet', hive_partitioning = true)"
    bundles = {row[0] for row in read(f"select distinct bundle from {threads}")}
    assert bundles == names
    assert all(len(str(row[0])) == 10 for row in read(f"select distinct date from {threads}"))
    ((rows, different),) = read(f"select count(*), count(distinct trace_id || thread_id) from {threads}")
    assert rows == different


def test_parquet_holds_no_text_without_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = f"read_parquet('{tmp_path}/items/*/*.parquet')"
    assert main(["export", str(AGENTS), "--to", "parquet", "-o", str(tmp_path)]) == 0
    shown = {row[0] for row in read(f"select text from {texts} where text is not null")}
    assert all(one.startswith("‹") and one.endswith("›") for one in shown)
    assert main(["export", str(AGENTS), "--to", "parquet", "-o", str(tmp_path), "--content"]) == 0
    assert read(f"select count(*) from {texts} where text = 'Review the project with helpers.'") != [(0,)]


def test_questions_of_teams(capsys: pytest.CaptureFixture[str]) -> None:
    """Failures per tool per day, tokens per agent path, p95 per program."""
    by_tool = "select tool, started_at::date as day, count(*) from calls where problem is not null group by all"
    assert [row[0] for row in asked(capsys, DEMO_BUNDLES / "shell", by_tool)] == ["exec_command"]
    by_agent = "select agent_path, sum(input_tokens + output_tokens) from requests group by all order by 2 desc"
    assert asked(capsys, AGENTS, by_agent)[0][0] == "/root"
    slowest = "select program, quantile_disc(duration_ms, 0.95) from commands where program is not null group by all"
    assert asked(capsys, DEMO_BUNDLES / "shell", slowest)


def test_times_are_those_of_the_recorder(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = asked(capsys, AGENTS, "select epoch_ms(started_at) from threads where agent_path = '/root'")
    assert main(["reduce", str(AGENTS)]) == 0
    graph = json.loads(capsys.readouterr().out)
    assert row == [graph["threads"][graph["root_thread_id"]]["execution"]["started_at_unix_ms"]]


def test_answer_for_people_has_unknowns_as_question_marks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", str(AGENTS), "select agent_path, null as x from threads order by 1 limit 1"]) == 0
    assert capsys.readouterr().out.split() == ["agent_path", "x", "/root", "?"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (["sql", str(AGENTS), "select nothing from nowhere"], "nowhere"),
        (["sql", str(AGENTS / "payloads"), "select 1"], "manifest.json"),
        (["export", str(AGENTS), "--to", "parquet"], "-o FOLDER"),
        (["export", str(AGENTS), "--to", "parquet", "-o", str(AGENTS / "tables")], "inside the bundle"),
    ],
)
def test_mistakes_are_told_in_one_line(line: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert complaint in err
    assert err.count("\n") == 1


def test_columns_are_listed_without_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", str(AGENTS)]) == 0
    assert "cached_input_tokens" in capsys.readouterr().out
