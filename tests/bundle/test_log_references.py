"""The payloads that a log names are found without reducing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.bundle.catalog.references import referenced_payloads
from tui.bundle.open import open_bundle
from tui.store import TraceStore


@pytest.mark.parametrize("name", sorted(path.name for path in DEMO_BUNDLES.iterdir() if path.is_dir()))
def test_the_log_names_the_payloads_of_the_graph(name: str) -> None:
    bundle = open_bundle(DEMO_BUNDLES / name)
    store = TraceStore(bundle)
    store.load_all()
    named = {ref.raw_payload_id: ref for ref in referenced_payloads(bundle)}
    assert named == store.trace.raw_payloads


def _line(payload_id: str, path: str, *, key: str = "raw_payload_id") -> str:
    ref = f'{{"{key}":"{payload_id}","kind":{{"type":"protocol_event"}},"path":"{path}"}}'
    event = f'{{"type":"protocol_event_observed","event_type":"e","event_payload":{ref}}}'
    return f'{{"schema_version":2,"seq":1,"wall_time_unix_ms":1,"rollout_id":"r","payload":{event}}}'


@pytest.mark.parametrize(
    ("lines", "paths"),
    [
        ([_line("raw_payload:1", "a"), _line("raw_payload:1", "a")], ["a"]),
        ([_line("raw_payload:1", "a"), _line("raw_payload:1", "b")], ["a", "b"]),
        ([_line("raw_payload:1", "a", key="raw_payload\\u005fid")], ["a"]),
        (["no JSON", '{"raw_payload_id": 1}', "", _line("raw_payload:1", "a")], ["a"]),
    ],
)
def test_each_body_is_named_once(tmp_path: Path, lines: list[str], paths: list[str]) -> None:
    (tmp_path / "trace.jsonl").write_text("\n".join(lines))
    assert [ref.path for ref in referenced_payloads(open_bundle(tmp_path))] == paths
