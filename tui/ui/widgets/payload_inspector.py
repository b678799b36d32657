"""The payload pane: the raw evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from rich.cells import cell_len
from textual.message import Message

from tui.bundle.payloads.time_limit import MATCHING_SECONDS, time_limit
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.source.pages import PayloadPages
from tui.ui.widgets.frame_line import FrameLine
from tui.ui.widgets.measured_view import SETTLING_ROUNDS, MeasuredView
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Line, line_text

if TYPE_CHECKING:
    from tui.analysis.recording.event_log import EventRow
    from tui.analysis.search.pattern import Pattern
    from tui.viewmodel.payload.model import PayloadModel
    from tui.viewmodel.payload.parts import PartsSource
    from tui.viewmodel.payload.source import Job
    from tui.viewmodel.payload.subject import PayloadSubject

SMALL_BYTES = 128 << 10
"""A payload up to this size is read and laid out at once: a few milliseconds."""


class PayloadInspector(MeasuredView):
    """Shows one payload of the store. Work that takes long runs in a thread, piece by piece, while keys go on."""

    class RemarkChanged(Message):
        """There is something else to say about what is shown; see `remark`."""

    remark: str = ""
    """Where the cursor is in the payload, what is under way, what went wrong: for the line below the panes."""

    _path: tuple[str, ...] = ()
    """Where one was led last in the payload that is shown."""
    _is_working = False
    _walked: tuple[RawPayloadRef, ...] = ()
    """Payloads that one came through, from part to part."""
    _model: PayloadModel | None = None
    _opened: PayloadPages | None = None
    """The file that was opened last."""

    @property
    def model(self) -> PayloadModel:
        """What is shown. It comes with its first use: the first picture of the screen does not wait for it."""
        if self._model is None:
            from tui.viewmodel.payload.model import PayloadModel

            self._model = PayloadModel(cell_len)
        return self._model

    # What the screen asks

    @property
    def payload(self) -> RawPayloadRef | None:
        """The payload that is shown."""
        return self._model.subject.ref if self._model is not None and self._model.subject is not None else None

    def show(
        self, ref: RawPayloadRef | None, path: tuple[str, ...] = (), missing: tuple[int, int] | None = None
    ) -> None:
        """Show a payload, standing on the value at `path`; `missing` are bytes of that value's text to look at.

        The payload that is shown already stays as it is, unless another path is given than the last time.
        """
        is_same = ref is not None and ref == self.payload and missing is None
        if is_same and path in ((), self._path):
            return
        self._path = path
        if is_same:
            self.model.seek(path)
            self._follow_model()
            self.arrive()
            return
        self._walked = ()
        if ref is None:
            self.model.show(None)
        else:
            event = self._store.event_log.payload_origin(ref.raw_payload_id)
            self.model.show(
                msgspec.structs.replace(
                    self._subject(ref, event, self._store.payloads.pages(ref)), path=path, missing=missing
                )
            )
        self._top = 0
        self._follow_model()
        if path:
            self.arrive()

    def forget_path(self) -> None:
        """The next path leads there even if it is the last one again: somebody asked for it."""
        self._path = ()

    def show_line(self, row: EventRow) -> None:
        """Show a line of the log as it is in the file."""
        from tui.schema.payloads import PayloadKind
        from tui.viewmodel.payload.source import PageRange

        source = self._store.source
        ref = RawPayloadRef(f"line {row.line}", PayloadKind("log line"), source.log_name)
        if ref == self.payload:
            return
        subject = self._subject(ref, row, source.line_pages())
        if subject.pages is not None:
            subject = msgspec.structs.replace(
                subject, pages=PageRange(subject.pages, row.offset, row.offset + row.length)
            )
        self.model.show(subject)
        self._top = 0
        self._follow_model()

    def body(self, limit: int) -> bytes | PayloadFault:
        """All bytes of what is shown, or why there are none; `too-large` if there are more than `limit`."""
        subject = self.model.subject
        if subject is None or subject.pages is None:
            return PayloadFault("missing", subject.fault or "" if subject is not None else "nothing is shown")
        size = subject.pages.size
        if size > limit:
            return PayloadFault("too-large", f"has {size:,} bytes; no more than {limit:,} are taken at once")
        return subject.pages.read(0, size)

    def search(self, pattern: Pattern | None, *, forward: bool = True) -> bool:
        """Go to the next match; whether there may be one. In a large payload the search goes on behind.

        Raises `PatternError` for what cannot be looked for in bytes.
        """
        try:
            with time_limit(MATCHING_SECONDS):
                found = self.model.finder.search(pattern, forward=forward)
        except TimeoutError:
            found = True
            self.model.finder.give_up()
        self._follow_model()
        return found

    def mark(self, pattern: Pattern | None) -> None:
        """Mark what another pane is searched for; None marks nothing any more."""
        if pattern is not None or self._model is not None:
            self.model.finder.mark(pattern)
            self.rows_changed()

    def show_match(self, pattern: Pattern, start: int | None = None) -> bool:
        """Stand on a match at a byte of the payload shown, without one on its first; whether there is a match."""
        at = self.model.finder.first_match(pattern) if start is None else start
        if at is None:
            return False
        self.model.finder.show_match(pattern, at)
        self._follow_model()
        self.arrive(calmly=True)
        return True

    def close(self) -> None:
        """Give back the file that is shown."""
        if self._opened is not None:
            self._opened.close()

    def stop_work(self) -> bool:
        """Stop reading and searching; whether there was anything to stop."""
        stopped = self.model.stop()
        self._follow_model()
        return stopped

    def value_text(self) -> str:
        """The value under the cursor; empty if there is none or it is too large to copy."""
        return self.model.copied_value() or ""

    def value_path(self) -> str:
        """The path of that value in the JSON."""
        return self.model.copied_path()

    def path_steps(self) -> tuple[str, ...]:
        """The same as keys and indices from the root."""
        return self.model.path_steps()

    def _subject(
        self, ref: RawPayloadRef, event: EventRow | None, pages: PayloadPages | PayloadFault
    ) -> PayloadSubject:
        """The bytes of something recorded, and the event that brought it."""
        from tui.viewmodel.payload.subject import PayloadSubject

        self._opened = None if isinstance(pages, PayloadFault) else pages
        started = self._store.trace.started_at_unix_ms
        is_timed = event is not None and event.time_unix_ms is not None
        return PayloadSubject(
            ref,
            pages=self._opened,
            fault=pages.reason if isinstance(pages, PayloadFault) else None,
            line=event.line if event is not None else None,
            seq=event.seq if event is not None else None,
            offset_ms=event.time_unix_ms - started if event is not None and is_timed else None,  # type: ignore[operator]  # `is_timed` says so
            event_kind=event.kind if event is not None else "",
            parts=None if ref.shard is None else self._parts_of(ref),
        )

    def _parts_of(self, ref: RawPayloadRef) -> PartsSource:
        from tui.analysis.requests.part_users import requests_by_prompt, users_of_part
        from tui.viewmodel.payload.parts import PartsSource

        store = self._store

        def fragments() -> Sequence[bytes] | str:
            found = store.payloads.read_fragments(ref)
            return found.reason if isinstance(found, PayloadFault) else found.texts

        def preview(part: RawPayloadRef, length: int) -> bytes:
            pages = store.payloads.pages(part)
            if isinstance(pages, PayloadFault):
                return b""
            with pages:
                return pages.read(0, length)

        return PartsSource(
            ref.parts,
            fragments,
            lambda: users_of_part(store.trace, ref.raw_payload_id),
            preview,
            lambda: requests_by_prompt(store.trace, store.index),
        )

    def _walk_parts(self, *, back: bool) -> None:
        """Show the payload of the row under the cursor in the same mode, or the one that was shown before it."""
        view, here = self.model.parts_view, self.payload
        if view is None or here is None:
            return
        if back:
            walked, target = self._walked[:-1], self._walked[-1] if self._walked else None
        else:
            walked, target = (*self._walked, here), view.target
        if target is None:
            return
        self.show(target)
        self._walked = walked
        self.model.set_mode("parts")
        self._follow_model()

    # Rows

    def row_count(self) -> int:
        """Rows, estimates included."""
        return 0 if self._model is None else self._model.row_count

    def row_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # the model knows the width
        """The line of a row."""
        if self.model.finder.marked is not None:
            try:
                with time_limit(MATCHING_SECONDS):
                    return self.model.row(index)
            except TimeoutError:
                self.model.finder.give_up()
        return self.model.row(index)

    def move_cursor(self, to: int) -> None:
        """Put the cursor on row `to`, once the rows around it are measured."""
        self._take_width()
        is_last = to >= self.row_count() - 1
        self.model.stand_on(to)
        self._measure()
        if is_last:
            self.model.stand_on(self.row_count() - 1)
            self._measure()
        super().move_cursor(self.model.cursor)

    def cursor_changed(self) -> None:
        """The model's cursor goes along."""
        self.model.stand_on(self.cursor)
        self._refresh_titles()

    def _measure(self) -> None:
        """Make the rows around the cursor exact; the screen keeps its distance from the cursor."""
        height = self.page_height
        for _ in range(SETTLING_ROUNDS):
            before = self.model.cursor
            if not self.model.measure_around(before - height, 2 * height):
                return
            self._lines.clear()
            self._top += self.model.cursor - before

    def _follow_model(self) -> None:
        """The model's cursor or rows changed: show its cursor, and do what there is to do."""
        self._finish_small()
        self._take_width()
        self._measure()
        to = self.model.cursor
        self._lines.clear()
        self._set_top(self._top)
        self._cursor = to
        super().move_cursor(to)
        self._refresh_titles()
        self._begin_work()

    def _refresh_titles(self) -> None:
        self.show_title(f"Payload · {line_text(self.model.title())}")
        remark = line_text(self.model.status())
        if remark != self.remark:
            self.remark = remark
            self.post_message(self.RemarkChanged())

    def set_text_width(self, width: int) -> bool:
        """Lay the payload out for `width` cells."""
        return self.model.shown.set_width(width)

    def measured_cursor(self) -> int:
        """The row of the model's cursor."""
        self._measure()
        return self.model.cursor

    def _make_frame(self) -> list[FrameLine]:
        """Measure what is about to be drawn; the screen stays where it is."""
        if self._model is None:
            return super()._make_frame()
        self._take_width()
        for _ in range(SETTLING_ROUNDS):
            cursor = self.model.cursor
            if not self.model.measure_around(self._top, self.page_height):
                break
            self._lines.clear()
            self._cursor = self.model.cursor
            if cursor <= self._top:
                self._top += self._cursor - cursor
        self._set_top(self._top)
        return super()._make_frame()

    # Work

    def _finish_small(self) -> None:
        """Work on a small payload is done sooner than a thread begins, and the pane is then drawn only once."""
        subject = self.model.subject
        if self._is_working or subject is None or subject.pages is None or subject.pages.size > SMALL_BYTES:
            return
        while (job := self.model.next_job()) is not None and not job.needs_limit:
            job.accept(job.run())

    def _begin_work(self) -> None:
        if not self._is_working and self.model.next_job() is not None:
            self._is_working = True
            self.run_worker(self._work(), group="payload", exit_on_error=False)

    async def _work(self) -> None:
        """Run jobs in a thread, one after the other, and show what each of them brought."""
        try:
            while (job := self.model.next_job()) is not None:
                result = await self._result_of(job)
                before = self.model.cursor
                job.accept(result)
                self._show_progress(moved=self.model.cursor != before)
        finally:
            self._is_working = False

    async def _result_of(self, job: Job) -> object:
        """Run a job in a thread; one that may never end here, where it can be stopped."""
        if not job.needs_limit:
            return await asyncio.to_thread(job.run)
        await asyncio.sleep(0)
        try:
            with time_limit(MATCHING_SECONDS):
                return job.run()
        except TimeoutError:
            self.model.finder.give_up()
            return None

    def _show_progress(self, *, moved: bool) -> None:
        if moved:
            self._take_width()
            self._measure()
            self._lines.clear()
            super().move_cursor(self.model.cursor)
            self.arrive(calmly=True)
        else:
            self.rows_changed()
        self._refresh_titles()

    # Moves

    def perform(self, move: Move, count: int | None = None) -> bool:
        """Do what a key says; whether a payload has such a move."""
        from tui.viewmodel.payload.moves import TREE_MOVES

        if move is Move.TOGGLE_OR_PAGE:
            folds = self.model.mode == "tree" and self.model.node is not None and self.model.node.can_expand
            return self.perform(Move.TOGGLE_FOLD if folds else Move.PAGE_DOWN)
        if self.model.parts_view is not None and move in (Move.ACTIVATE, Move.STEP_IN, Move.STEP_OUT):
            self._walk_parts(back=move is Move.STEP_OUT)
            return True
        if move is Move.ACTIVATE:  # open the value; of a long string, its text
            self.model.activate()
        elif move is Move.NEXT_VIEW_MODE or move in TREE_MOVES:
            self.model.perform(move, count)
        else:
            return super().perform(move, count)
        self._follow_model()
        return True
