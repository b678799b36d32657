"""The payload pane in the mode that shows what a payload is made of and what it is in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from rich.cells import cell_len

from tui.schema.payloads import NO_PARTS, PartList, PayloadKind, RawPayloadRef
from tui.schema.sequence import SharedSequence
from tui.source.pages import MemoryPages
from tui.viewmodel.payload.model import PayloadModel
from tui.viewmodel.payload.parts import PartsSource
from tui.viewmodel.payload.subject import PayloadSubject
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import line_text


def payload(name: str, kind: str = "model_item", parts: PartList = NO_PARTS) -> RawPayloadRef:
    return RawPayloadRef(name, PayloadKind(kind), shard=1, parts=parts)


BODIES = {
    "ask": b'{"type":"message","role":"user","content":[{"type":"input_text","text":"Please\\ndo."}]}',
    "done": b'{"type":"function_call_output","output":"one"}',
    "picture": b'"data:image/png;base64,AAAA"',
}
PARTS = SharedSequence([payload("ask"), payload("done"), payload("picture", "content_value")])
PROMPT = payload("prompt", "prepared_prompt", PARTS)
WHOLE = b'{"input":[' + b",".join(BODIES.values()) + b"]}"


def model_of(
    ref: RawPayloadRef, fragments: Sequence[bytes] | str = (), users: Sequence[RawPayloadRef] = ()
) -> PayloadModel:
    source = PartsSource(
        ref.parts,
        lambda: fragments,
        lambda: users,
        lambda one, size: BODIES.get(one.raw_payload_id, b"")[:size],
        lambda: {"prompt": "request 2 of /root"},
    )
    model = PayloadModel(cell_len)
    model.show(PayloadSubject(ref, MemoryPages(WHOLE), parts=source))
    while model.mode != "parts":
        model.perform(Move.NEXT_VIEW_MODE)
    work(model)
    return model


def work(model: PayloadModel) -> None:
    while (job := model.next_job()) is not None:
        job.accept(job.run())


def rows(model: PayloadModel) -> list[str]:
    model.measure_around(0, 50)
    work(model)
    return [line_text(model.row(number)) for number in range(model.row_count)]


def test_fragments_and_parts_stand_in_order() -> None:
    assert rows(model_of(PROMPT, (b'{"input":[', b",", b",", b"]}"))) == [
        "3 parts between its own text",
        '{"input":[',
        "  part 1  model_item · ask  user: Please do.",
        "  part 2  model_item · done  function_call_output: one",
        '  part 3  content_value · picture  "data:image/png;base64,AAAA"',
        "]}",
    ]


def test_fragments_that_cannot_be_read_are_said() -> None:
    found = rows(model_of(PROMPT, "prompt: has 1 fragments for 3 parts"))
    assert found[1] == "prompt: has 1 fragments for 3 parts"
    assert len(found) == 5


def test_users_of_a_part_are_listed_and_lead_to_them() -> None:
    model = model_of(payload("ask"), users=[PROMPT])
    assert rows(model) == [
        "recorded in one piece, without parts",
        "part of 1 payload",
        "  in prepared_prompt · prompt  request 2 of /root",
    ]
    assert model.parts_view is not None
    model.stand_on(2)
    assert model.parts_view.target == PROMPT
    model.stand_on(1)
    assert model.parts_view.target is None


@pytest.mark.parametrize(("step", "target"), [(0, None), (2, "ask"), (4, "picture"), (9, None)])
def test_row_stands_for_a_payload(step: int, target: str | None) -> None:
    model = model_of(PROMPT, (b'{"input":[', b",", b",", b"]}"))
    model.stand_on(step)
    assert model.parts_view is not None
    found = model.parts_view.target
    assert (None if found is None else found.raw_payload_id) == target


def test_other_modes_keep_their_place() -> None:
    model = model_of(PROMPT, (b"[", b",", b",", b"]"))
    model.perform(Move.NEXT_VIEW_MODE)
    assert model.mode == "tree"
    model.stand_on(1)
    place = model.cursor
    model.set_mode("parts")
    model.stand_on(3)
    model.set_mode("tree")
    assert model.cursor == place


def test_payload_files_have_no_such_mode() -> None:
    model = PayloadModel(cell_len)
    model.show(PayloadSubject(payload("1"), MemoryPages(b"{}")))
    for _ in range(5):
        model.perform(Move.NEXT_VIEW_MODE)
        assert model.mode != "parts"
