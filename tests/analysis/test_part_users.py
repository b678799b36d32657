"""Payloads and the payloads that they are parts of."""

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import name_of
from tui.analysis.requests.part_users import requests_by_prompt, users_of_part
from tui.model.ids import RawPayloadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.schema.payloads import NO_PARTS, PartList, PayloadKind, RawPayloadRef
from tui.schema.sequence import SharedSequence


def payload(name: str, kind: str = "model_item", parts: PartList = NO_PARTS) -> RawPayloadRef:
    return RawPayloadRef(name, PayloadKind(kind), shard=1, parts=parts)


def trace_of(*refs: RawPayloadRef) -> RolloutTrace:
    trace = small_graph().trace
    trace.raw_payloads.update({RawPayloadId(ref.raw_payload_id): ref for ref in refs})
    return trace


PICTURE = payload("picture", "content_value")
ASK = payload("ask", parts=SharedSequence([PICTURE]))
SAY, DONE = payload("say"), payload("done")
FIRST = SharedSequence([ASK])
SECOND = FIRST.extended([SAY, DONE])
OTHER = FIRST.extended([DONE])
TRACE = trace_of(
    PICTURE,
    ASK,
    payload("prompt 1", "prepared_prompt", FIRST),
    SAY,
    DONE,
    payload("prompt 2", "prepared_prompt", SECOND),
    payload("prompt 3", "prepared_prompt", OTHER),
)


def users(name: str) -> list[str]:
    return [ref.raw_payload_id for ref in users_of_part(TRACE, name)]


def test_users_are_those_that_list_the_part() -> None:
    assert users("picture") == ["ask"]
    assert users("ask") == ["prompt 1", "prompt 2", "prompt 3"]
    assert users("say") == ["prompt 2"]
    assert users("done") == ["prompt 2", "prompt 3"]
    assert users("prompt 1") == []


def test_shared_lists_are_searched_once() -> None:
    asked: list[str] = []
    known: dict[int, int | None] = {}
    spine = SharedSequence[str]()
    lists = [spine := spine.extended([f"item {number}"]) for number in range(100)]
    found = [one.first_place(lambda entry: asked.append(entry) or entry == "item 50", known) for one in lists]
    assert found == [None] * 50 + [50] * 50
    assert len(asked) == 51


def test_prompts_are_named_by_their_requests() -> None:
    graph = small_graph()
    call = graph.inference("call")
    index = TraceIndex(graph.trace)
    assert requests_by_prompt(graph.trace, index) == {}
    call.prepared_prompt_payload_id = RawPayloadId("prompt 1")
    assert requests_by_prompt(graph.trace, index) == {"prompt 1": "request 1 of /root"}


def test_payload_without_a_file_is_named_by_its_id() -> None:
    assert name_of(TRACE, TraceIndex(TRACE), NodeRef("payload", "prompt 1")) == "prepared_prompt prompt 1"
