"""What each kind of problem means for a reader of the recording, and what can be done about it."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """`title` names the kind in a few words; `meaning` and `advice` are a sentence each, without a full stop."""

    title: str
    meaning: str
    advice: str


_NEWER = "written by a newer agent than this viewer knows, or by another program; it was not interpreted"
_UPDATE = "look at the line as it was recorded (Enter); update the viewer"
_WRITERS = "check whether two programs wrote into this directory, or the log was edited or merged"
_COPY = "copy the bundle again, whole; if the original has the same fault, the recorder lost it"
_ORDER = "look at the lines before it: the event that it refers to is missing, malformed or late"
_GO = "Enter goes there; w then shows what followed"

MEANINGS: dict[str, Meaning] = {
    # The bundle as a whole
    "manifest-missing": Meaning(
        "no manifest",
        "the session and the schema of this recording were taken from the log",
        "copy manifest.json from the original; a session that is just starting writes it at once",
    ),
    "manifest-unreadable": Meaning(
        "a manifest that cannot be read",
        "the session and the schema of this recording were taken from the log",
        "copy manifest.json from the original",
    ),
    "manifest-mismatch": Meaning(
        "a manifest that does not fit its log", "the log was believed; the two may belong to different sessions", _COPY
    ),
    "manifest-path": Meaning(
        "unusual file names in the manifest", "files were looked for where the format puts them", "nothing"
    ),
    "schema-unknown": Meaning(
        "a schema from the future",
        "the nearest known rules were used; what is new in it is missing",
        "update the viewer",
    ),
    "log-renamed": Meaning(
        "a log under another name", "everything is read from that file", "rename it to trace.jsonl for other readers"
    ),
    "log-in-segments": Meaning(
        "a log in several files", "they were read as one; lines are counted over all of them", "nothing"
    ),
    "log-packed": Meaning(
        "a log that is compressed or not UTF-8", "it was read if it could be", "nothing, or unpack it as said"
    ),
    "log-unreadable": Meaning(
        "a log that cannot be read",
        "nothing after the last line that was read is shown",
        "check the file and its permissions",
    ),
    "manifest-renamed": Meaning("a manifest under another name", "it was read", "nothing"),
    "payloads-renamed": Meaning("payloads under other names", "they were found and read", "nothing"),
    "payloads-missing": Meaning(
        "no folder for payloads", "prompts, answers and outputs are missing; only the events are there", _COPY
    ),
    "payloads-removed": Meaning(
        "payloads that were removed while the bundle was open",
        "what was already read stays in the graph; their content can no longer be shown",
        _COPY,
    ),
    "manifest-removed": Meaning(
        "a manifest that was removed while the bundle was open",
        "its earlier contents are kept; a new reader would have only the log",
        _COPY,
    ),
    "manifest-changed": Meaning(
        "a manifest that was damaged while the bundle was open",
        "its earlier contents are kept; a new reader would have only the log",
        _COPY,
    ),
    "log-removed": Meaning(
        "a log that was removed or renamed while the bundle was open",
        "everything read so far is kept; lines still written into the open file are shown",
        "nothing; a log that appears in its place is followed",
    ),
    "log-replaced": Meaning(
        "a log that was replaced while the bundle was open",
        "everything read so far is kept until the new log says otherwise",
        "wait, if the session still runs; otherwise look for the old log under its new name",
    ),
    "log-cut": Meaning(
        "a log that was cut while the bundle was open",
        "everything read so far is kept; a new reader of the bundle would see less",
        "wait, if the session still runs: a restarted recorder removes a torn line",
    ),
    "torn-tail": Meaning(
        "a last line without an end",
        "its event is not in the graph yet; a recorder that still runs completes it",
        "wait, if the session still runs; otherwise the recorder was killed in the middle of the line",
    ),
    "watched-by-polling": Meaning(
        "a log that is polled",
        "the file system does not report changes; new events appear a little later",
        "nothing; the reason is above",
    ),
    "payload-awaited": Meaning(
        "payloads that are still being written",
        "their events are in the graph, their content will follow",
        "wait, if the session still runs",
    ),
    # Lines and their order
    "malformed-line": Meaning(
        "lines that are not events",
        "what they said is missing; everything else was read",
        "Enter shows the line as it is in the file",
    ),
    "unknown-event": Meaning("unknown kinds of events", _NEWER, _UPDATE),
    "other-event": Meaning("events without a place in the graph", "the recorder left a note for people", _UPDATE),
    "later-event": Meaning(
        "events of a later schema",
        "they were applied by the rules of that schema",
        "trust the log more than the manifest",
    ),
    "unknown-field": Meaning("unknown fields", _NEWER, _UPDATE),
    "unknown-payload-kind": Meaning("unknown kinds of payloads", "they were used as their event says", _UPDATE),
    "no-prepared-prompt": Meaning(
        "requests without a prepared prompt", "what the agent prepared for them is not shown", _UPDATE
    ),
    "mislabeled-payload": Meaning(
        "requests with payloads of other kinds", "they were used as their event says", _UPDATE
    ),
    "conflicting-reference": Meaning(
        "payloads with two different descriptions", "the first description was used", _WRITERS
    ),
    "other-schema": Meaning("events of another schema", "they were read by the bundle's rules", _WRITERS),
    "other-rollout": Meaning(
        "events of another session", "they were applied anyway, so the graph may mix two sessions", _WRITERS
    ),
    "seq-gap": Meaning("missing event numbers", "what those events recorded is missing from the graph", _COPY),
    "seq-repeated": Meaning(
        "event numbers that are repeated or out of order", "an event may count twice, or in the wrong order", _WRITERS
    ),
    "seq-zero": Meaning("numbers that begin with 0", "events have the numbers that the log gives them", _UPDATE),
    "event-after-end": Meaning(
        "events after the end", "the recording had been marked as complete; they were applied", _WRITERS
    ),
    "start-missing": Meaning("no start of the rollout", "identity and start time come from the manifest", _COPY),
    "name-repeated": Meaning("names that appear twice in one object", "the last value was used", _WRITERS),
    "event-repeated": Meaning("events that repeat an earlier one", "the graph may say the same thing twice", _WRITERS),
    "payload-id-reused": Meaning("one payload id, two files", "the file named last was used", _WRITERS),
    # Lines that differ from what known recorders write
    "field-missing": Meaning("fields that are missing", "their values are shown as ?; the rest was read", _UPDATE),
    "field-unreadable": Meaning(
        "fields that cannot be read", "their values are shown as ?; the rest was read", _UPDATE
    ),
    "field-retyped": Meaning("fields of another type", "their values were converted", _UPDATE),
    "field-renamed": Meaning("fields with another spelling", "they were read anyway", _UPDATE),
    "field-moved": Meaning("fields at another place in their line", "they were read anyway", _UPDATE),
    "payload-id-unusual": Meaning("ids of payloads in another form", "payloads were looked for by them", _UPDATE),
    "shard-zero": Meaning("shards numbered from 0", "they were read by the numbers that events give them", _UPDATE),
    "shard-container": Meaning("shards in another form", "they were read", _UPDATE),
    "line-framing": Meaning("lines that are not one event each", "each event was read", _UPDATE),
    "word-unknown": Meaning(
        "unknown values of known fields", "they are shown as recorded; nothing was concluded from them", _UPDATE
    ),
    "item-renamed": Meaning("model items with other types or names", "they were recognised and read", _UPDATE),
    "item-content-unread": Meaning(
        "model items with content of another form", "what they say is left in the payload", _UPDATE
    ),
    "item-call-unread": Meaning(
        "calls and outputs without a readable call id", "which calls they belong to is not shown", _UPDATE
    ),
    "item-wrapped": Meaning("model items inside other objects", "they were read anyway", _UPDATE),
    "role-inferred": Meaning(
        "messages without a word for whose they are", "those of output are shown as the model's", _UPDATE
    ),
    "reference-without-place": Meaning(
        "references that do not say where the payload is",
        "payloads were looked for in the files numbered like their ids",
        _UPDATE,
    ),
    "byte-order-mark": Meaning(
        "files that begin with a byte order mark",
        "it was skipped; everything was read",
        "nothing; an editor or a shell saved the file again",
    ),
    # Events that do not fit the graph
    "unknown-tool-call": Meaning("events of a tool call that never started", "they were dropped", _ORDER),
    "unknown-cell": Meaning("events of an unknown code cell", "they were dropped, or are not linked to a cell", _ORDER),
    "unknown-inference": Meaning("ends of a model request that never started", "they were dropped", _ORDER),
    "unknown-compaction-request": Meaning("ends of a compaction that never started", "they were dropped", _ORDER),
    "turn-not-started": Meaning("turns without a start", "they are shown from their first event on", _ORDER),
    "thread-not-started": Meaning("agents without a start", "they are shown from their first event on", _ORDER),
    "conversation-mismatch": Meaning(
        "requests that differ from the conversation", "a new item was added there; what follows is uncertain", _GO
    ),
    "previous-response-unknown": Meaning(
        "requests whose beginning was not recorded",
        "they continue the answer to a request that was not recorded, such as one that only warms up the connection; "
        "only what they sent themselves is shown",
        "nothing; the token counts of the request include all of its input",
    ),
    "cell-number-reused": Meaning(
        "two code cells with one number", "events with that number belong to the later cell", _ORDER
    ),
    "turn-of-other-thread": Meaning("turns of another agent", "they are shown where their events say", _ORDER),
    "no-context": Meaning(
        "events that name no agent or turn", "it is unknown where they belong; they were dropped", _ORDER
    ),
    "call-id-repeated": Meaning(
        "calls, requests, turns or others with the id of an earlier one",
        "each is shown on its own; events and items were assigned by their order",
        "nothing; the id was used twice",
    ),
    "duplicate-start": Meaning(
        "objects that started twice", "one of the two was used; the message says which", _WRITERS
    ),
    "context-inferred": Meaning(
        "events whose agent or turn was inferred", "they belong to the only one that was possible", _UPDATE
    ),
    "late-start": Meaning("agents that started late", "earlier messages to them are not linked", _ORDER),
    "resume-without-end": Meaning("agents resumed before they ended", "they continue unchanged", "nothing"),
    "call-id-reused": Meaning(
        "one call id, two contents",
        "both versions are shown as items of the call; the model saw the later one later",
        "compare the requests that sent them (Enter, then %)",
    ),
    "acceptance-mismatch": Meaning(
        "accepted items that do not match what was recorded of them", "they are not shown", _GO
    ),
    "wait-context": Meaning("waits confirmed by another turn", "they count for the turn of their call", _GO),
    "activity-mismatch": Meaning("agent activity that does not fit its call", "no edge is shown for it", _GO),
    "compaction-mismatch": Meaning("compactions under two ids", "the id at the start was used", _GO),
    "edge-conflict": Meaning("edges with two different descriptions", "the first one was used", _GO),
    "process-changed": Meaning("operations that changed their process", "they stay with the first process", _GO),
    "second-operation": Meaning("calls with two terminal operations", "the first one was used", _GO),
    "usage-unreadable": Meaning(
        "token counts that are not numbers, or below 0", "these requests have no counts; sums leave them out", _GO
    ),
    "reducer-fault": Meaning(
        "events that this program failed to apply",
        "what they recorded may be missing; everything else was read",
        "please report it, with the line (Enter shows it)",
    ),
    # Payloads
    "payload-missing": Meaning("payloads that are not there", "their content cannot be shown", _COPY),
    "payload-omitted": Meaning(
        "payloads that the recorder left out", "their content cannot be shown", "nothing; it was too large"
    ),
    "payload-outside-bundle": Meaning(
        "payload paths that lead out of the bundle", "they are never followed; their content cannot be shown", _COPY
    ),
    "payload-not-a-file": Meaning("payloads that are not regular files", "they are not opened", _COPY),
    "payload-bad-path": Meaning("payload paths that are not valid", "their content cannot be shown", _WRITERS),
    "payload-unreadable": Meaning(
        "payloads that cannot be read",
        "what the graph takes from them is missing; a path that leads out of the bundle is never followed",
        _COPY,
    ),
    "payload-invalid": Meaning(
        "payloads with unexpected content",
        "what the graph takes from them is missing; their bytes can still be read",
        "Enter shows the bytes; a killed recorder leaves an incomplete file",
    ),
    # What the session itself reported
    "exit-code": Meaning("commands that failed", "they ended with an exit code other than 0", _GO),
    "failed": Meaning(
        "calls and requests that failed",
        "they ended with an error; the session may have gone on",
        _GO,
    ),
    "cancelled": Meaning("calls and requests that were cancelled", "they were stopped before they were done", _GO),
    "aborted": Meaning("work that was cancelled before it ended", "it did not finish", _GO),
    "cell-failed": Meaning("scripts that failed", "their code cell ended with an error", _GO),
    "cell-terminated": Meaning("scripts that were cancelled", "something outside of the script stopped it", _GO),
    "session-error": Meaning(
        "errors that the session reported", "reported by the agent program; the turn may have no answer", _GO
    ),
    "session-warning": Meaning("warnings of the session", "reported by the agent program, which continued", _GO),
    "rolled-back": Meaning(
        "turns that were rolled back", "later requests of the agent no longer contain what these turns added", _GO
    ),
    "left-running": Meaning("calls left running", "their turn ended before they did", _GO),
    "left-open": Meaning(
        "work that was open when the recording stopped",
        "the recording does not say how it went on",
        "Enter goes there; a shows what each agent was doing",
    ),
    "undelivered": Meaning("messages that never arrived", "the receiver did not see them", _GO),
}


def meaning_of(code: str) -> Meaning:
    """The meaning of a kind of problem; a kind without an entry is described by its code."""
    return MEANINGS.get(code) or Meaning(code.replace("-", " "), "see the message", _GO)
