"""What the reducer remembers of one agent: what its model saw last, and what its items still wait for."""

from __future__ import annotations

from tui.model.ids import InferenceCallId, ItemId
from tui.named_tuple import NamedTuple
from tui.reducer.repeated import RepeatedHistory
from tui.schema.sequence import SharedSequence


class RequestHead(NamedTuple):
    """What a request sends before its items, and how it wants them answered.

    A change of model, instructions or tools leaves a prompt cache nothing to begin with. All but the model are bytes of
    the payload; `tools` are those of the request's own field and of items that define tools.
    """

    model: str
    instructions: bytes
    tools: tuple[bytes, ...]
    settings: tuple[bytes, ...]


class ThreadState:
    """What the reducer remembers of one thread beside its place in the graph."""

    __slots__ = (
        "accepted_stubs",
        "awaiting_effect",
        "head",
        "item_tools",
        "items_by_responses_id",
        "owner",
        "pending_replacement",
        "placed_before",
        "receipts",
        "repeated_history",
        "resumed_seq",
        "snapshot",
        "snapshot_is_distinct",
        "visible",
    )

    def __init__(self) -> None:
        self.snapshot: SharedSequence[ItemId] = SharedSequence()
        """What the model last saw in the thread, as far as the recording shows."""
        self.snapshot_is_distinct = True
        """No id occurs twice in the snapshot; then a repeated prefix needs no search."""
        self.head: RequestHead | None = None
        """Of the last request that could be read."""
        self.item_tools: tuple[bytes, ...] = ()
        """The definitions in the tools items of the thread's last request."""
        self.owner: InferenceCallId | None = None
        """The inference call that last started in the thread."""
        self.pending_replacement: list[ItemId] | None = None
        """Installed by a compaction; the next full request is compared with it."""
        self.repeated_history: RepeatedHistory | None = None
        self.placed_before: dict[ItemId, ItemId] = {}
        """Item → the accepted tool output directly before which it is listed, against the order of creation."""
        self.resumed_seq = 0
        """The event with which the thread last ran again; 0 if it never ended."""
        self.awaiting_effect: set[ItemId] = set()
        """Items whose next sighting links something, since what they link to came after the last one."""
        self.visible: set[ItemId] = set()
        self.receipts: dict[str, tuple[int, int, str]] = {}
        """Responses id → time and seq of its acceptance, and the id itself; the first one counts."""
        self.accepted_stubs: dict[str, ItemId] = {}
        """Responses id → item made by an acceptance, until a list shows the item itself."""
        self.items_by_responses_id: dict[str, tuple[ItemId] | list[ItemId]] = {}
        """Nearly always one: then a tuple, which takes half of the room."""
