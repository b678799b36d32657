"""380 secrets of all kinds in every place that a recording has, and none of them in any byte of any export."""

from __future__ import annotations

import json
import random
import re
from base64 import b64encode, encodebytes, urlsafe_b64decode
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote

import duckdb
import pytest

from tests.export.secrets import MAKERS, Planted, planted, wrapped
from tests.reducer.recording import Json, Recording, answer, call, output, reasoning, script, script_output, user
from tests.source.memory import MemorySource
from tui.analysis.kinds.node_names import find_node
from tui.export.disclosing import disclosure_of
from tui.export.format import ExportFormat, FileFormat, FolderFormat, Subject
from tui.export.redaction.escapes import resolved
from tui.export.registry import FORMATS, format_named
from tui.schema.events import InferenceFailed
from tui.store import TraceStore

COUNT = 280
KEYS = sorted(
    MAKERS.keys() - {"slack-webhook", "discord-webhook", "discord-token", "rsa-key", "openssh-key", "pgp-key"}
)[:100]
"""Kinds that are found without a frame, in one line."""
WORD = "zebrafish"
"""Is in every text, and in no export without content."""


def unicode_escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


def in_json(text: str, depth: int) -> str:
    for _ in range(depth):
        text = json.dumps({"said": f"{WORD} {text}"})
    return text


def meaning(text: str) -> str:
    """Everything that a text says: as a reader, a terminal, a server takes it, and what is in base64."""
    plain = resolved(text)
    words = {word.replace("\n", "") for word in re.findall(r"[A-Za-z0-9+/_-]{20}[A-Za-z0-9+/_\n-]*", plain)}
    said = (urlsafe_b64decode(f"{word[: len(word) // 4 * 4]}") for word in words)
    pieces = re.findall(r'"delta": ?"((?:[^"\\]|\\.)*)"', plain)
    unwrapped = plain.replace("\n", "")
    read = [text, plain, unquote(plain), unescape(plain), "".join(pieces), unwrapped]
    return "\n".join([*read, *(one.decode("utf-8", "replace") for one in said)])


def halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


def parted(role: str, texts: tuple[str, ...]) -> Json:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text} for text in texts]}


def _each(texts: Iterable[str], change: Callable[[str], str]) -> str:
    return "".join(map(change, texts))


def _event(piece: str) -> str:
    return f"data: {json.dumps({'delta': piece})}\n\n"


class Session:
    """One session with secrets in all places."""

    def __init__(self) -> None:
        self.secrets = planted(COUNT)
        self._left = iter(self.secrets)
        self.keys = [Planted(kind, random.Random(kind)) for kind in KEYS]
        self.recording = Recording()

    def take(self, count: int) -> list[str]:
        return [f"{WORD} {next(self._left).text} {WORD}" for _ in range(count)]

    def record(self) -> None:
        """Twenty-eight places, ten secrets each."""
        recording = self.recording
        said = [user(text) for text in self.take(10)]
        split = [parted("user", halves(text)) for text in self.take(10)]
        recording.request("i1", [*said, *split], instructions="\n".join(self.take(10)), tools=self._tools())
        calls = [call(f"c{n}", in_json(text, 1), "f") for n, text in enumerate(self.take(10))]
        deep = [call(f"d{n}", in_json(text, 3), "f") for n, text in enumerate(self.take(10))]
        odd = [call(f"u{n}", f'{{"cmd":"{unicode_escaped(text)}"}}', "f") for n, text in enumerate(self.take(10))]
        keys = [call(f"k{n}", json.dumps({text: 1}), "f") for n, text in enumerate(self.take(10))]
        thoughts = [reasoning("gAAAAB" * 9, summary=halves(text)) for text in self.take(10)]
        told = [answer(text) for text in self.take(10)]
        broken = [parted("assistant", halves(text)) for text in self.take(10)]
        recording.done("i1", [*thoughts, *calls, *deep, *odd, *keys, *told, *broken])
        outputs = [output(f"c{n}", text) for n, text in enumerate(self.take(10))]
        nested = [output(f"d{n}", in_json(text, 2)) for n, text in enumerate(self.take(10))]
        listed = [
            output(f"u{n}", [{"type": "input_text", "text": half} for half in halves(text)])
            for n, text in enumerate(self.take(10))
        ]
        embedded = [
            output(f"k{n}", json.dumps([{"type": "text", "text": half} for half in halves(text)]))
            for n, text in enumerate(self.take(10))
        ]
        recording.request(
            "i2", [*said, *split, *thoughts, *calls, *deep, *odd, *keys, *told, *broken, *outputs, *nested]
        )
        recording.done("i2", [])
        recording.request("i3", [*listed, *embedded])
        recording.done("i3", [script("s1", "\n".join(self.take(10)))])
        recording.cell("1", "s1")
        recording.request("i4", [script_output("s1", "\n".join(self.take(10)))])
        recording.failed("i4", [answer(text) for text in self.take(10)])
        self._commands()
        self._disguised()
        self._names()
        self._outputs()
        recording.request("i5", [user(f"{WORD} again")])
        recording.event(InferenceFailed(inference_call_id="i5", error="\n".join(self.take(10))))

    def _disguised(self) -> None:
        """Outputs in which a secret does not stand as it is, and a file of settings."""
        recording = self.recording
        changes = {
            "coloured": lambda text: f"a\x1b[31m{halves(text)[0]}\x1b[m\x1b[K{halves(text)[1]}\x1b[0m",
            "glued": lambda text: f"ok\x1b[32m{text.replace(WORD, '').strip()}\x1b[0mok {WORD}",
            "url": lambda text: quote(text, safe=""),
            "base64": lambda text: f"{WORD} data: {b64encode(text.encode()).decode()}",
            "lines": lambda text: f"{WORD}\n{encodebytes(text.encode()).decode()}",
        }
        for kind, change in changes.items():
            texts = [change(text) for text in self.take(10)]
            outputs = [output(f"{kind}{n}", text) for n, text in enumerate(texts)]
            recording.request(f"ask-{kind}", [user(kind)])
            recording.done(f"ask-{kind}", [call(f"{kind}{n}", "{}", "f") for n in range(10)])
            recording.request(f"see-{kind}", outputs)
            recording.done(f"see-{kind}", [])
        recording.request("env", [user("\n".join(f"export NAME={text}" for text in self.take(10)))])
        recording.done("env", [])

    def _outputs(self) -> None:
        """What commands show of a machine: ten keys each, the last ten as ids of calls."""
        keys = [one.text for one in self.keys]
        shown = {
            "env": _each(keys[:10], lambda text: f'declare -x NAME="{text}"\n'),
            "headers": _each(keys[10:20], lambda text: f"> X-Custom: {text}\r\n"),
            "remotes": _each(keys[20:30], lambda text: f"o\thttps://x:{quote(text, '')}@git.example/a.git (fetch)\n"),
            "patch": "@@ -1,9 +1,9 @@\n" + _each(keys[30:35], lambda text: f"+{text}\n-{text}\n"),
            "terminal": _each(keys[35:50], wrapped),
            "stream": _each(keys[50:60], lambda text: _each(halves(f" {text}"), _event)),
            "page": _each(keys[60:70], lambda text: f"<td>{_each(text, lambda one: f'&#{ord(one)};')}</td>\n"),
            "list": _each(keys[70:80], lambda text: f"   1 │ {text}\n"),
            "nested": in_json("\n".join(keys[80:90]), 4),
        }
        for name, text in shown.items():
            items = [call(f"show-{name}", "{}", "exec_command")]
            self.recording.request(f"ask-{name}", [user(name)])
            self.recording.done(f"ask-{name}", items)
            self.recording.request(f"see-{name}", [output(f"show-{name}", f"{WORD}\n{text}")])
            self.recording.done(f"see-{name}", [answer(f"{WORD}\n{text}")])
            self.recording.command(f"run-{name}", call=f"show-{name}")
            self.recording.runtime_end(f"run-{name}", {"exit_code": 0, "aggregated_output": f"{WORD}\n{text}"})
            self.recording.tool_end(f"run-{name}")
        self.recording.request("ids", [user(WORD)])
        self.recording.done("ids", [call(text, "{}", "f") for text in keys[90:]])

    def _names(self) -> None:
        """Names of agents, tools and files."""
        recording = self.recording
        bare = [next(self._left) for _ in range(20)]
        names = [one.text.replace("\n", " ") for one in bare[:10]]
        recording.request("names", [user(f"{WORD} names")])
        recording.done("names", [call(f"n{n}", "{}", name) for n, name in enumerate(names)])
        for number, one in enumerate(bare[10:15]):
            recording.child(f"A{number}", f"/root/{one.text}")
        for number, one in enumerate(bare[15:]):
            name = f"patch{number}"
            recording.tool(name, "apply_patch", call=name)
            recording.runtime_end(name, {"changes": {f"/srv/{one.text}": {"add": {"content": WORD}}}})
            recording.tool_end(name)

    def _tools(self) -> list[Json]:
        return [
            {"type": "function", "name": f"f{n}", "description": text, "parameters": {"type": "object"}}
            for n, text in enumerate(self.take(10))
        ]

    def _commands(self) -> None:
        """Commands that put secrets out, and a process that puts each of them out in two pieces."""
        recording = self.recording
        for number, text in enumerate(self.take(5)):
            name = f"once{number}"
            recording.command(name, call=name)
            recording.runtime_end(name, {"exit_code": 0, "aggregated_output": text})
            recording.tool_end(name)
        for number, text in enumerate(self.take(5)):
            for piece, half in enumerate(halves(text)):
                name = f"poll{number}{piece}"
                kind = "exec_command" if piece == 0 else "write_stdin"
                items = [call(name, "{}", kind)]
                recording.request(f"ask-{name}", [user(name)])
                recording.done(f"ask-{name}", items)
                recording.command(name, process=str(40 + number), kind=kind, call=name)
                recording.runtime_end(name, {"exit_code": 0, "aggregated_output": half, "process_id": str(40 + number)})
                recording.tool_end(name)
                recording.request(f"see-{name}", [output(name, f"Chunk ID: 1\nOutput:\n{half}")])
                recording.done(f"see-{name}", [])


@pytest.fixture(scope="module")
def session() -> Session:
    found = Session()
    found.record()
    return found


@pytest.fixture(scope="module")
def store(session: Session) -> TraceStore:
    found = TraceStore(MemorySource(session.recording))
    found.load_all()
    return found


def documents(store: TraceStore, folder: Path, *, with_content: bool) -> Iterator[tuple[str, str]]:
    """Every export of the recording, as text; of `request`, each request; of tables, each file and each value."""
    for name in FORMATS:
        for node in store.trace.inference_calls if name == "request" else [None]:
            subject = Subject(
                store,
                disclosure_of(store, with_content=with_content),
                node=None if node is None else find_node(store.trace, f"inference:{node}"),
            )
            yield f"{name} {node or ''}".strip(), _document(format_named(name), subject, folder)


def _document(found: ExportFormat, subject: Subject, folder: Path) -> str:
    if isinstance(found, FileFormat):
        return b"".join(found.write(subject)).decode("utf-8", "replace")
    assert isinstance(found, FolderFormat)
    found.write(subject, folder)
    files = list(folder.rglob("*.parquet"))
    with duckdb.connect() as connection:
        values = [str(connection.execute(f"from '{one}'").fetchall()) for one in files]
    return "\n".join([*values, *(one.read_bytes().decode("utf-8", "replace") for one in files)])


def test_every_secret_was_planted(session: Session, store: TraceStore) -> None:
    assert next(session._left, None) is None
    recorded = [*session.recording.bodies.values(), *MemorySource(session.recording).lines]
    everything = "\n".join(meaning(one.decode()) for one in recorded)
    assert [one.kind for one in session.secrets if not _is_in(one, everything)] == []


def test_no_secret_is_in_any_byte(session: Session, store: TraceStore, tmp_path: Path) -> None:
    left: list[tuple[str, str, str]] = []
    for name, whole in documents(store, tmp_path, with_content=True):
        assert WORD in whole or name not in FORMATS
        text = meaning(whole)
        left += [
            (name, one.kind, found)
            for one in (*session.secrets, *session.keys)
            for found in one.traces
            if found in text
        ]
    assert left == []


def test_without_content_there_is_no_text_at_all(session: Session, store: TraceStore, tmp_path: Path) -> None:
    for name, whole in documents(store, tmp_path, with_content=False):
        text = meaning(whole)
        assert WORD not in text, name
        assert [one.kind for one in (*session.secrets, *session.keys) if _is_in(one, text)] == [], name


def _is_in(one: Planted, text: str) -> bool:
    return any(found in text for found in one.traces)
