"""Work that the provider does itself while the model answers: web searches, generated images.

No tool of the runtime runs for it and no event reports it: the call is an item of the response, without a call id, and
its result is in the response, too.
"""

from __future__ import annotations

from tui.analysis.kinds.argument_texts import string_arguments
from tui.analysis.requests.pictures import media_type_of
from tui.late_pattern import late_pattern
from tui.model.conversation import ConversationItem, InferenceProducer, JsonPart
from tui.named_tuple import NamedTuple
from tui.schema.events import ExecutionStatus

_NAME = late_pattern(r'"type"\s*:\s*"(\w+)_call"')
_STATUSES: dict[str, ExecutionStatus] = {"failed": "failed", "incomplete": "failed"}


class ServerWork(NamedTuple):
    """What the provider did: `web_search`, what about, and how it ended. As recorded, perhaps cut.

    `picture` is the media type of a picture that it made; empty where its beginning was not kept.
    """

    name: str
    argument: str
    status: ExecutionStatus
    picture: str = ""


def is_server_work(item: ConversationItem) -> bool:
    """Whether an item of a response is work of the provider."""
    return (
        item.kind == "function_call"
        and item.call_id is None
        and any(isinstance(producer, InferenceProducer) for producer in item.produced_by)
    )


def server_work_of(item: ConversationItem) -> ServerWork | None:
    """What the provider did; None for other items."""
    if not is_server_work(item):
        return None
    text = next((part.summary for part in item.body.parts if isinstance(part, JsonPart)), "")
    named = _NAME.search(text)
    fields = string_arguments(text)
    name = "call of the provider" if named is None else named[1]
    status = _STATUSES.get(fields.get("status", ""), "completed")
    picture = media_type_of(fields["result"]) if name == "image_generation" and "result" in fields else ""
    return ServerWork(name, _argument(fields), status, picture)


def _argument(fields: dict[str, str]) -> str:
    """What was asked for. A search also opens pages, and looks for a text in one."""
    url = fields.get("url", "")
    if "pattern" in fields:
        return f"find “{fields['pattern']}” in {url}".removesuffix(" in ")
    if url:
        return f"open {url}"
    return fields.get("query") or fields.get("prompt") or fields.get("revised_prompt", "")
