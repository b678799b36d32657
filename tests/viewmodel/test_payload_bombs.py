"""Payloads made to exhaust the payload pane: every mode shows something, whatever is unfolded and searched."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.hostile_bundle import OBEYED
from tui.analysis.search.pattern import parse_pattern
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.source.pages import MemoryPages
from tui.viewmodel.payload.model import PayloadModel
from tui.viewmodel.payload.subject import PayloadSubject
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import line_text

MOST_JOBS = 2_000
MOST_ROWS = 100_000

BOMBS = {
    "deep lists": b'{"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "deep objects": b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "deep and cut": b'[{"a":' * 30_000,
    "wide": b"[" + b"0," * 999_999 + b"0]",
    "many names": b"{" + b",".join(b'"%d":0' % number for number in range(200_000)) + b"}",
    "one name": b"{" + b'"a":1,' * 200_000 + b'"a":2}',
    "exponents": b'{"a":1e999999,"b":-1E+99999,"c":[NaN,Infinity]}',
    "digits": b'{"a":' + b"9" * 5_000_000 + b"}",
    "a long string": b'{"a":"' + b"\\u001b[31m" * 500_000 + b'"}',
    "a long name": b'{"' + b"\\u202e" * 500_000 + b'":1}',
    "controls": bytes(range(256)) * 2_000,
}


def work(model: PayloadModel) -> None:
    for _ in range(MOST_JOBS):
        job = model.next_job()
        if job is None:
            return
        job.accept(job.run())
    model.stop()


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS.keys())
def test_every_mode_shows_a_bomb_in_a_bounded_number_of_rows(body: bytes) -> None:
    model = PayloadModel(cell_len)
    model.shown.set_width(80)
    model.show(PayloadSubject(RawPayloadRef("p", PayloadKind("k"), "payloads/1.json"), pages=MemoryPages(body)))
    for _ in range(4):
        work(model)
        model.perform(Move.UNFOLD_ALL)
        work(model)
        model.measure_around(0, 60)
        for number in range(min(60, model.row_count)):
            assert OBEYED.search(line_text(model.row(number))) is None
        assert model.row_count > 0
        assert model.mode != "tree" or model.row_count < MOST_ROWS
        model.perform(Move.STEP_IN)
        model.perform(Move.NEXT_VIEW_MODE)
    model.finder.search(parse_pattern("no such text"))
    work(model)
    assert line_text(model.status()) == "no match"
