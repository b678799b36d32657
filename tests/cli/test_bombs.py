"""Recordings made to exhaust the reader: each costs bounded memory and time, and gets a diagnostic or is fine."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.bundles import append_to_log, write_bundle

LARGEST_MEGABYTES = 400
MEASURED = """
import resource, sys
from pathlib import Path
from tui.cli import main
codes = [main([command, sys.argv[1]]) for command in ("check", "reduce")]
status = Path("/proc/self/status")
if status.exists():  # what the system counts for a process begins with the memory of the one that started it
    (kilobytes,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
else:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print("MEASURED", *codes, int(kilobytes) // 1024, file=sys.stderr)
"""


def payload(bundle: Path, body: bytes) -> None:
    (bundle / "payloads" / "1.json").write_bytes(body)


def line(bundle: Path, metadata: bytes) -> None:
    head = json.loads((bundle / "trace.jsonl").read_bytes().splitlines()[-1])
    head |= {"seq": 5, "payload": {"type": "other", "kind": "k", "summary": "s", "payloads": [], "metadata": "@"}}
    append_to_log(bundle, json.dumps(head).encode().replace(b'"@"', metadata) + b"\n")


def sparse(bundle: Path) -> None:
    with (bundle / "payloads" / "1.json").open("wb") as file:
        file.truncate(20 << 30)


DEEP = b"[" * 100_000 + b"]" * 100_000
DEEP_OBJECTS = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
WIDE = b"[" + b"0," * 999_999 + b"0]"
ONE_NAME = b'{"agent_path":"/root",' + b'"a":1,' * 500_000 + b'"a":1}'
DIGITS = b'{"agent_path":' + b"9" * 10_000_000 + b"}"

BOMBS: dict[str, Callable[[Path], None]] = {
    "deep payload": lambda bundle: payload(bundle, b'{"x":' + DEEP + b"}"),
    "deep objects": lambda bundle: payload(bundle, DEEP_OBJECTS),
    "wide payload": lambda bundle: payload(bundle, WIDE),
    "many names": lambda bundle: payload(
        bundle, b"{" + b",".join(b'"%d":0' % number for number in range(500_000)) + b"}"
    ),
    "one name many times": lambda bundle: payload(bundle, ONE_NAME),
    "huge exponents": lambda bundle: payload(bundle, b'{"agent_path":1e999999,"model":-1E+99999}'),
    "ten million digits": lambda bundle: payload(bundle, DIGITS),
    "twenty sparse gigabytes": sparse,
    "deep line": lambda bundle: line(bundle, DEEP),
    "wide line": lambda bundle: line(bundle, WIDE),
    "line of digits": lambda bundle: line(bundle, b"9" * 1_000_000),
    "line of exponents": lambda bundle: line(bundle, b"[1e999999,-1e400]"),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_costs_bounded_memory(bomb: Callable[[Path], None], tmp_path: Path) -> None:
    """The most that one process takes for both commands that read all there is."""
    write_bundle(tmp_path / "b", complete=False)
    bomb(tmp_path / "b")
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(tmp_path / "b")],
        capture_output=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)),
    )
    assert b"Traceback" not in done.stderr, done.stderr[-500:]
    _, *codes, megabytes = done.stderr.decode().splitlines()[-1].split()
    assert len(codes) == 2
    assert set(codes) <= {"0", "1"}
    assert int(megabytes) < LARGEST_MEGABYTES
