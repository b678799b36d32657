"""Damage recordings in every way a disk, a copy or a newer recorder could, and see that each damage gets a name.

    python -m tests.conformance.fuzz --cases 20000 --seed 1

A case damages one demo bundle in one way, has `check` look at it and repairs it again. A case fails if anything is
raised, or if `check` finds nothing that it had not found before the damage. Stops at `--cases`, at Ctrl-C, or at the
tenth failure, and prints progress on the way.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conformance.golden import PROJECT
from tui.bundle.open import BundleError, open_bundle
from tui.commands.check import check_bundle
from tui.schema.events import EVENT_TYPES
from tui.schema.manifest import EVENT_LOG_FILE_NAME, MANIFEST_FILE_NAME, Manifest

SMALL = 60
"""Bundles of at most this many events are used: the damage matters, not the size."""

Event = dict[str, Any]


class Patient:
    """A working copy of one bundle, damaged and repaired file by file."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.path = folder / source.name
        shutil.copytree(source, self.path)
        self.log = self.path / EVENT_LOG_FILE_NAME
        self.lines = self.log.read_bytes().splitlines(keepends=True)
        self.payloads = sorted((self.path / "payloads").iterdir())
        self.known = self.findings()

    def findings(self) -> set[tuple[object, ...]]:
        """What `check` says: code, place and words of each finding."""
        try:
            report = check_bundle(open_bundle(self.path))
        except BundleError as error:
            return {("not-a-bundle", str(error))}
        return {(found.code, found.line, found.message) for found in report.findings}

    @contextmanager
    def damaged(self, path: Path, data: bytes | None) -> Iterator[None]:
        """Give a file other bytes, or none at all, for a while."""
        whole = path.read_bytes()
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data)
        try:
            yield
        finally:
            path.write_bytes(whole)


Damage = Callable[[Patient, random.Random], tuple[Path, bytes | None]]


def _with_line(patient: Patient, index: int, line: bytes | None) -> tuple[Path, bytes]:
    lines = list(patient.lines)
    if line is None:
        del lines[index]
    else:
        lines[index] = line
    return patient.log, b"".join(lines)


def _with_event(patient: Patient, index: int, event: Event) -> tuple[Path, bytes]:
    return _with_line(patient, index, json.dumps(event, ensure_ascii=False).encode() + b"\n")


def _some_event(patient: Patient, rng: random.Random) -> tuple[int, Event]:
    index = rng.randrange(len(patient.lines))
    return index, json.loads(patient.lines[index])


def cut_line(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """A line loses its end."""
    index = rng.randrange(len(patient.lines))
    line = patient.lines[index]
    return _with_line(patient, index, line[: rng.randrange(1, len(line) - 1)] + b"\n")


def cut_log(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """The log ends in the middle of a line."""
    index = rng.randrange(1, len(patient.lines))
    line = patient.lines[index]
    return patient.log, b"".join(patient.lines[:index]) + line[: rng.randrange(1, len(line) - 1)]


def lose_line(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """A line is gone; not the last one, which nobody can miss."""
    return _with_line(patient, rng.randrange(len(patient.lines) - 1), None)


def repeat_line(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """A line stands twice."""
    index = rng.randrange(len(patient.lines))
    return _with_line(patient, index, patient.lines[index] * 2)


def swap_lines(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """Two neighbours change places."""
    lines, index = list(patient.lines), rng.randrange(len(patient.lines) - 1)
    lines[index], lines[index + 1] = lines[index + 1], lines[index]
    return patient.log, b"".join(lines)


def garble_line(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """A byte of a line is one that stands nowhere in JSON."""
    index = rng.randrange(len(patient.lines))
    line = bytearray(patient.lines[index])
    line[rng.randrange(len(line) - 1)] = rng.choice(b"\x00\xff")
    return _with_line(patient, index, bytes(line))


def lose_field(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """A field that every event, or every event of its kind, has is gone."""
    index, event = _some_event(patient, rng)
    kind = EVENT_TYPES[event["payload"]["type"]]
    required = [name for name in kind.__struct_fields__ if name in event["payload"] and _is_required(kind, name)]
    envelope = ["schema_version", "seq", "wall_time_unix_ms", "rollout_id", "payload"]
    name = rng.choice(envelope + required)
    del (event if name in envelope else event["payload"])[name]
    return _with_event(patient, index, event)


def change_type(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """A required field holds a value of another type."""
    index, event = _some_event(patient, rng)
    kind = EVENT_TYPES[event["payload"]["type"]]
    required = [name for name in kind.__struct_fields__ if name in event["payload"] and _is_required(kind, name)]
    place, name = rng.choice([(event, "seq"), (event, "rollout_id"), *[(event["payload"], name) for name in required]])
    place[name] = rng.choice([[], True, 1.5, [{"deep": []}]])
    return _with_event(patient, index, event)


def new_kind(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """An event is of a kind from the future."""
    index, event = _some_event(patient, rng)
    event["payload"]["type"] += "_v9"
    return _with_event(patient, index, event)


def new_field(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """An event has a field from the future."""
    index, event = _some_event(patient, rng)
    rng.choice([event, event["payload"]])["from_the_future"] = {"a": 1}
    return _with_event(patient, index, event)


def other_rollout(patient: Patient, rng: random.Random) -> tuple[Path, bytes]:
    """An event belongs to another session."""
    index, event = _some_event(patient, rng)
    event["rollout_id"] = "another"
    return _with_event(patient, index, event)


def lose_payload(patient: Patient, rng: random.Random) -> tuple[Path, bytes | None]:
    """A payload file is gone."""
    return rng.choice(patient.payloads), None


def cut_payload(patient: Patient, rng: random.Random) -> tuple[Path, bytes | None]:
    """A payload file ends too early."""
    path = rng.choice(patient.payloads)
    data = path.read_bytes()
    return path, data[: rng.randrange(len(data) - 1)]


def garble_payload(patient: Patient, rng: random.Random) -> tuple[Path, bytes | None]:
    """A payload file holds a byte that is not text, or a shard does not begin as zstd does."""
    path = rng.choice(patient.payloads)
    data = bytearray(path.read_bytes())
    data[rng.randrange(4 if path.suffix == ".zst" else len(data))] = 0xFF
    return path, bytes(data)


def lose_manifest_field(patient: Patient, rng: random.Random) -> tuple[Path, bytes | None]:
    """The manifest lacks a field, or has it with another type."""
    path = patient.path / MANIFEST_FILE_NAME
    manifest = json.loads(path.read_bytes())
    name = rng.choice([name for name in manifest if _is_required(Manifest, name)])
    if rng.random() < 0.5:
        del manifest[name]
    else:
        manifest[name] = [name]
    return path, json.dumps(manifest).encode()


DAMAGES: tuple[Damage, ...] = (
    cut_line,
    cut_log,
    lose_line,
    repeat_line,
    swap_lines,
    garble_line,
    lose_field,
    change_type,
    new_kind,
    new_field,
    other_rollout,
    lose_payload,
    cut_payload,
    garble_payload,
    lose_manifest_field,
)


def _is_required(kind: Any, name: str) -> bool:
    optional = len(kind.__struct_defaults__)
    names = list(kind.__struct_fields__)
    defaults = dict(zip(names[len(names) - optional :], kind.__struct_defaults__, strict=True))
    return type(defaults.get(name)).__name__ == "NoDefaultType" or name not in defaults


def patients(folder: Path) -> list[Patient]:
    """Working copies of the small demo bundles."""
    sources = sorted(path.parent for path in (PROJECT / "demo_bundles").glob(f"*/{EVENT_LOG_FILE_NAME}"))
    small = [path for path in sources if len((path / EVENT_LOG_FILE_NAME).read_bytes().splitlines()) <= SMALL]
    return [Patient(path, folder) for path in small]


def try_case(patient: Patient, damage: Damage, rng: random.Random) -> str | None:
    """Damage, look, repair; what went wrong, or None."""
    path, data = damage(patient, rng)
    with patient.damaged(path, data):
        try:
            findings = patient.findings()
        except Exception:
            return traceback.format_exc()
    faults = [found for found in findings if found[0] == "reducer-fault"]
    if faults:
        return f"the reducer failed: {faults}"
    return None if findings - patient.known else "check names nothing"


def run(cases: int, seed: int, out: Callable[[str], None] = print) -> int:
    """Run `cases` cases; the number of failures."""
    failures, done = 0, Counter[str]()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        ill = patients(Path(folder))
        for case in range(cases):
            rng = random.Random(f"{seed}/{case}")
            patient, damage = rng.choice(ill), rng.choice(DAMAGES)
            trouble = try_case(patient, damage, rng)
            done[damage.__name__] += 1
            if trouble is not None:
                failures += 1
                out(f"seed {seed} case {case}: {patient.path.name}, {damage.__name__}: {trouble}")
            if failures >= 10:
                break
            if case % 1000 == 999:
                out(f"{case + 1} cases, {failures} failures, {time.monotonic() - began:.0f} s")
    out(", ".join(f"{name} {count}" for name, count in sorted(done.items())))
    out(f"{sum(done.values()) - failures} passed, {failures} failed")
    return failures


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    try:
        return 1 if run(arguments.cases, arguments.seed) else 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
