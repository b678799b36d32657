"""A recording in which every text is an attack on whoever shows it, and what may never reach a terminal."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path
from typing import Any

from tests.conftest import DEMO_BUNDLES

CORPUS = (
    "\x00\x01\x02\x07\x08\x0b\x0c\r\x1f\x7f",
    "\x1b[2J\x1b[31;1mRED\x1b[0m\x1b[?1049l\x1b[6n\x1b[999;999H\x1b[21t\x1bc\x1b(0",
    "\x1b]0;owned\x07\x1b]2;owned\x1b\\\x1b]8;;http://evil.invalid\x07link\x1b]8;;\x07",
    "\x1b]52;c;cm0gLXJmIH4=\x07\x1b]777;notify;a;b\x07\x1b]1337;File=name=eA==:eA==\x07",
    '\x1bP$q"p\x1b\\\x1b_Gf=24;AAAA\x1b\\\x1b^private\x1b\\\x1bXstring\x1b\\\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\',
    "\x1b[38;5",
    "\x1b]0;unterminated",
    "\x80\x84\x85\x8e\x90\x98\x9b31m\x9d0;owned\x9c\x9e\x9f",
    "user\u202e\u202dgnp.exe\u202c\u2066\u2067\u2068txt\u2069\u061c\u200e\u200f",
    "zero\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u3164\u115f\u180e",
    "tags\U000e0001\U000e0041\U000e007f select\ufe0e\ufe0f\U000e0100 note\ufff9\ufffa\ufffb",
    "non\ufffe\uffff\U0001fffe lines\u2028\u2029",
    "Z" + "\u0300\u0301\u0302\u0303" * 40 + "\u20dd\ufe20",
    "[red]x[/] [@click=app.quit]quit[/] [link=http://evil.invalid]y[/link] [/] [bold",
    "日本語ＷＩＤＥ １２３ 𝕎 é ½ Ω ■ ☃ 👩\u200d👩\u200d👧 🇩🇪",
    "'\"`$(touch owned)`;{{7*7}}<script>%n%s../../etc/passwd",
    "\n\n\ttwo\r\nlines\r\n\x1b[1A\x1b[2Kover",
)
"""What strings of the recording begin with. Lone surrogates and invalid UTF-8 stand in lines of their own."""

OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
    "|[\u0300-\u036f]{7}"
)
"""What neither a cell of the screen nor a line of a command may hold."""

LONG_LINE = "x" * 1_000_000

_FIXED_KEYS = frozenset({"type", "status", "role", "path", "raw_payload_id", "raw_event_log", "payloads_dir"})
"""Names of values that decide what an event is; another value makes another event."""


def attack(text: str) -> str:
    """The text with an attack before it: the same for the same text, so that ids still fit each other."""
    return CORPUS[zlib.crc32(text.encode()) % len(CORPUS)] + text


def _attacked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: inner if name in _FIXED_KEYS else _attacked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_attacked(inner) for inner in value]
    if isinstance(value, str):
        return _attacked_text(value)
    return value


def _attacked_text(text: str) -> str:
    """Arguments of tools are JSON in a string, and stay it."""
    if text.startswith("{"):
        try:
            return json.dumps(_attacked(json.loads(text)))
        except ValueError:
            pass
    return attack(text)


def write_hostile_bundle(directory: Path, demo: str = "agents-schema2") -> Path:
    """A demo recording with attacks in ids, paths of agents, names, messages, arguments, outputs and the manifest."""
    source = DEMO_BUNDLES / demo
    (directory / "payloads").mkdir(parents=True)
    manifest = json.loads((source / "manifest.json").read_text())
    (directory / "manifest.json").write_text(json.dumps(_attacked(manifest)))
    for payload in (source / "payloads").glob("*.json"):
        hostile = _attacked(json.loads(payload.read_text()))
        if isinstance(hostile, dict):
            hostile |= {attack("a name of a field"): 1, "long": LONG_LINE[:20_000]}
        (directory / "payloads" / payload.name).write_text(json.dumps(hostile, ensure_ascii=payload.stem > "2"))
    lines = [_hostile_line(line) for line in (source / "trace.jsonl").read_bytes().splitlines()]
    (directory / "trace.jsonl").write_bytes(b"".join(line + b"\n" for line in [*lines[:-1], *_odd_lines(lines[-2])]))
    return directory


def _hostile_line(line: bytes) -> bytes:
    return json.dumps(_attacked(json.loads(line))).encode()


def _odd_lines(template: bytes) -> list[bytes]:
    """Lines that are no events, or no known ones; what they hold is quoted in diagnostics."""
    event = json.loads(template)
    unknown = {**event, attack("host"): 1, "payload": {"type": attack("quantum"), attack("level"): 11}}
    other = {**event, "payload": {"type": "other", "kind": attack("k"), "summary": LONG_LINE, "payloads": []}}
    outside = {"raw_payload_id": attack("p"), "kind": {"type": attack("kind")}, "path": attack("../../etc/passwd")}
    observed = {"type": "protocol_event_observed", "event_type": "warning", "event_payload": outside}
    status = {"type": "rollout_ended", "status": attack("vaporised")}
    surrogate = json.dumps({**event, "thread_id": "\ud800\x1b[31m"}).encode()
    return [
        *(
            json.dumps(line).encode()
            for line in (unknown, other, {**event, "payload": observed}, {**event, "payload": status})
        ),
        surrogate,
        b'{"rollout_id":"\xff\xfe\x9b31m\xc3\x28"',
        "".join(CORPUS).replace("\n", "").encode(),
        LONG_LINE.encode(),
    ]
