"""An app with one pane over a bundle that the test writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult

from tests.bundle.recording import new_writer, record_start
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.schema.events import InferenceCompleted, InferenceStarted
from tui.schema.payloads import RawPayloadRef
from tui.store import TraceStore
from tui.ui.widgets.row_view import RowView

PLACE: dict[str, Any] = {"thread_id": "root", "codex_turn_id": "turn-1"}


def message(role: str, text: str) -> dict[str, Any]:
    """A message as requests have it."""
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


class Draft:
    """A bundle of one thread and one turn, `root` and `turn-1`, under construction."""

    def __init__(self, directory: Path) -> None:
        self.writer: BundleWriter = new_writer(directory / "bundle")
        record_start(self.writer)

    def request(self, name: str, items: Sequence[Any], answer: Sequence[Any] = ()) -> RawPayloadRef:
        """One inference call and its response; the reference to the request."""
        request = self.writer.write_payload("inference_request", {"model": "m", "input": items})
        self.writer.append(
            InferenceStarted(
                inference_call_id=name,
                thread_id="root",
                codex_turn_id="turn-1",
                model="m",
                provider_name="provider",
                request_payload=request,
            ),
            **PLACE,
        )
        response = self.writer.write_payload("inference_response", {"output_items": answer, "token_usage": None})
        self.writer.append(
            InferenceCompleted(inference_call_id=name, response_id=f"answer to {name}", response_payload=response),
            **PLACE,
        )
        return request

    def store(self) -> TraceStore:
        """The bundle so far, reduced."""
        store = TraceStore(open_bundle(self.writer.path))
        store.load_all()
        return store


class PaneApp(App[None]):
    """One pane on the whole screen."""

    def __init__(self, view: RowView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        """The pane."""
        yield self.view


def screen_lines(view: RowView) -> list[str]:
    """What stands on the screen, without the column of the scroll position."""
    width = view.scrollable_content_region.width
    return [view.render_line(y).text[: width - 1].rstrip() for y in range(view.page_height)]


def cursor_text(view: RowView) -> str:
    """The screen line under the cursor."""
    return screen_lines(view)[view.cursor - view.top].strip()
