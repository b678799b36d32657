"""What each kind of problem means for whoever reads the recording, and what can be done about it."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """`title` names the kind in a few words; `meaning` and `advice` are a sentence each, without a full stop."""

    title: str
    meaning: str
    advice: str


_NEWER = "an agent newer than this viewer wrote it, or another program; nothing was made of it"
_UPDATE = "look at the line as it was recorded (Enter); update the viewer"
_WRITERS = "check whether two programs wrote into this directory, or the log was edited or merged"
_COPY = "copy the bundle again, whole; if the original has the same fault, the recorder lost it"
_ORDER = "look at the lines before it: the event that it rests on is missing, malformed or late"
_GO = "Enter goes there; there w says what followed"

MEANINGS: dict[str, Meaning] = {
    # The bundle as a whole
    "manifest-missing": Meaning(
        "no manifest",
        "whose recording this is, and of which schema, was told by the log alone",
        "copy manifest.json from the original; a session that begins just now writes it at once",
    ),
    "manifest-unreadable": Meaning(
        "a manifest that cannot be read",
        "whose recording this is, and of which schema, was told by the log alone",
        "copy manifest.json from the original",
    ),
    "manifest-mismatch": Meaning(
        "a manifest that does not fit its log", "the log's word counts; the two may belong to different sessions", _COPY
    ),
    "manifest-path": Meaning(
        "other file names than the format's", "files were looked for where the format has them", "nothing needs doing"
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
        "a log in several files", "they were read as one; lines are counted over all of them", "nothing needs doing"
    ),
    "log-packed": Meaning("a compressed log", "it was unpacked and read", "nothing needs doing"),
    "log-unreadable": Meaning(
        "a log that cannot be read",
        "nothing behind the last line that was read is shown",
        "look at the file and its rights",
    ),
    "payloads-missing": Meaning(
        "no folder for payloads", "what was said, asked and put out is not there, only that it happened", _COPY
    ),
    "payloads-removed": Meaning(
        "payloads that were removed while the bundle was open",
        "what was read of them stays in the graph; their content cannot be shown any more",
        _COPY,
    ),
    "manifest-removed": Meaning(
        "a manifest that was removed while the bundle was open",
        "what it told stays; a fresh reader knows only what the log tells",
        _COPY,
    ),
    "manifest-changed": Meaning(
        "a manifest that was damaged while the bundle was open",
        "what it told stays; a fresh reader knows only what the log tells",
        _COPY,
    ),
    "log-removed": Meaning(
        "a log that was removed or renamed while the bundle was open",
        "what was read stays; what is written into the file that is still open is shown",
        "nothing needs doing; a log that appears in its place is followed",
    ),
    "log-replaced": Meaning(
        "a log that was replaced while the bundle was open",
        "what was read stays as long as the new log tells nothing else",
        "wait, if the recording lives; else the old log is in the file that it was renamed to",
    ),
    "log-cut": Meaning(
        "a log that was cut while the bundle was open",
        "what was read stays; a fresh reader of the bundle sees less",
        "wait, if the recording lives: a recorder that begins anew cuts a torn line off",
    ),
    "torn-tail": Meaning(
        "a last line without an end",
        "its event is not in the graph yet; a recorder that still runs completes it",
        "wait, if the recording lives; else the recorder was killed in the middle of the line",
    ),
    "watched-by-polling": Meaning(
        "a log that is looked at again and again",
        "the system does not tell of changes here; new events come a little later",
        "nothing needs doing; the reason is above",
    ),
    "payload-awaited": Meaning(
        "payloads that are still being written",
        "their events are in, their content comes",
        "wait, if the recording lives",
    ),
    # Lines and their order
    "malformed-line": Meaning(
        "lines that are no events",
        "what they said is missing; everything else was read",
        "Enter shows the line as it stands in the file",
    ),
    "unknown-event": Meaning("kinds of events that are not known", _NEWER, _UPDATE),
    "other-event": Meaning("events without a place in the graph", "the recorder noted something for people", _UPDATE),
    "later-event": Meaning(
        "events of a later schema", "they were applied as that schema has them", "trust the log more than the manifest"
    ),
    "unknown-field": Meaning("fields that are not known", _NEWER, _UPDATE),
    "unknown-payload-kind": Meaning(
        "kinds of payloads that are not known", "they are used as their event says", _UPDATE
    ),
    "no-prepared-prompt": Meaning(
        "requests without a prepared prompt", "what the agent put together before them is not shown", _UPDATE
    ),
    "mislabeled-payload": Meaning(
        "requests with payloads of other kinds", "they are used as their event says", _UPDATE
    ),
    "conflicting-reference": Meaning(
        "payloads that are described in two ways", "the first description counts", _WRITERS
    ),
    "other-schema": Meaning("events of another schema", "they were read by the bundle's rules", _WRITERS),
    "other-rollout": Meaning(
        "events of another session", "they were applied all the same, so the graph may mix two sessions", _WRITERS
    ),
    "seq-gap": Meaning("numbers that are missing", "what those events said is missing from the graph", _COPY),
    "seq-repeated": Meaning(
        "numbers that come twice, or late", "the same may count twice, or in the wrong order", _WRITERS
    ),
    "event-after-end": Meaning(
        "events after the end", "the recording had said that nothing follows; they were applied", _WRITERS
    ),
    "start-missing": Meaning("no start of the rollout", "identity and start are those of the manifest", _COPY),
    "name-repeated": Meaning("names that stand twice in one object", "the last value was taken", _WRITERS),
    "event-repeated": Meaning("events that an earlier one has told", "they were applied again", _WRITERS),
    "payload-id-reused": Meaning("one payload id, two files", "the last file named counts", _WRITERS),
    # Lines that differ from what known recorders write
    "field-missing": Meaning("fields that are missing", "what they said is shown as ?; the rest was read", _UPDATE),
    "field-unreadable": Meaning(
        "fields that cannot be read", "what they said is shown as ?; the rest was read", _UPDATE
    ),
    "field-retyped": Meaning("fields of another type", "they were taken for what they say", _UPDATE),
    "field-renamed": Meaning("fields whose names are spelled otherwise", "they were read all the same", _UPDATE),
    "field-moved": Meaning("fields at another place of their line", "they were read all the same", _UPDATE),
    "word-unknown": Meaning(
        "words that are not known", "they are shown as they are; nothing else was concluded from them", _UPDATE
    ),
    "item-wrapped": Meaning("model items inside other objects", "they were read all the same", _UPDATE),
    "reference-without-place": Meaning(
        "references that do not say where the payload is",
        "payloads were looked for in the files that have the numbers of their ids",
        _UPDATE,
    ),
    "byte-order-mark": Meaning(
        "files that begin with a byte order mark",
        "it was passed over; everything was read",
        "nothing needs doing; an editor or a shell has saved them again",
    ),
    # Events that do not fit the graph
    "unknown-tool-call": Meaning("events of a tool call that never started", "they were dropped", _ORDER),
    "unknown-cell": Meaning(
        "events of a code cell that is not known", "they were dropped, or are linked to none", _ORDER
    ),
    "unknown-inference": Meaning("ends of a model request that never started", "they were dropped", _ORDER),
    "unknown-compaction-request": Meaning("ends of a compaction that never started", "they were dropped", _ORDER),
    "turn-not-started": Meaning("turns without a start", "they are shown from their first event on", _ORDER),
    "thread-not-started": Meaning("agents without a start", "they are shown from their first event on", _ORDER),
    "conversation-mismatch": Meaning(
        "requests that differ from the conversation", "a new item stands there; what follows is uncertain", _GO
    ),
    "previous-response-unknown": Meaning(
        "requests whose beginning was not recorded",
        "they continue an answer to a request that the recorder left out, as to one that only warms a connection up; "
        "what they sent themselves is shown",
        "nothing needs doing; the usage of the request says how much input there was",
    ),
    "cell-number-reused": Meaning("two cells of one number", "events with the number go to the later cell", _ORDER),
    "turn-of-other-thread": Meaning("turns of another agent", "they are shown where their events say", _ORDER),
    "no-context": Meaning(
        "events that name no agent or turn", "nothing tells where they belong; they were dropped", _ORDER
    ),
    "call-id-repeated": Meaning(
        "calls that have the id of an earlier one",
        "each is a call of its own; what events and items belong to is told by their order",
        "nothing needs doing; the provider of the model gave the id twice",
    ),
    "duplicate-start": Meaning("things that started twice", "one of the two counts; the message tells which", _WRITERS),
    "late-start": Meaning("agents that started late", "messages to them from before are not linked", _ORDER),
    "resume-without-end": Meaning(
        "agents resumed that had not ended", "they go on as they were", "nothing needs doing"
    ),
    "call-id-reused": Meaning(
        "one call id, two contents",
        "both versions are shown as items of the call; the model saw the later one later",
        "compare the requests that sent them (Enter, then %)",
    ),
    "acceptance-mismatch": Meaning("accepted items that differ from their receipt", "they are not shown", _GO),
    "wait-context": Meaning("waits confirmed by another turn", "they count for the turn of their call", _GO),
    "activity-mismatch": Meaning("agent activity that does not fit its call", "there is no edge for it", _GO),
    "compaction-mismatch": Meaning("compactions under two names", "the name at the start counts", _GO),
    "edge-conflict": Meaning("edges told in two ways", "the first way counts", _GO),
    "process-changed": Meaning("operations that changed their process", "they stay with the first process", _GO),
    "second-operation": Meaning("calls with two terminal operations", "the first one counts", _GO),
    "usage-unreadable": Meaning("token counts that are none", "these requests have no counts; sums lack them", _GO),
    "reducer-fault": Meaning(
        "events that this program failed on",
        "what they told may be missing; everything else was read",
        "please report it, with the line (Enter shows it)",
    ),
    # Payloads
    "payload-missing": Meaning("payloads that are not there", "their content cannot be shown", _COPY),
    "payload-omitted": Meaning(
        "payloads that the recorder left out", "their content cannot be shown", "nothing needs doing; it was too large"
    ),
    "payload-outside-bundle": Meaning(
        "payload paths that lead out of the bundle", "they are never followed; their content cannot be shown", _COPY
    ),
    "payload-not-a-file": Meaning("payloads that are no files", "they are not opened", _COPY),
    "payload-bad-path": Meaning("payload paths that no file can have", "their content cannot be shown", _WRITERS),
    "payload-unreadable": Meaning(
        "payloads that cannot be read",
        "what the graph takes from them is missing; a path that leads out of the bundle is never followed",
        _COPY,
    ),
    "payload-invalid": Meaning(
        "payloads that are not what they should be",
        "what the graph takes from them is missing; their bytes can be looked at",
        "Enter shows the bytes; a recorder that was killed leaves half a file",
    ),
    # What the session itself tells
    "exit-code": Meaning("commands that failed", "they ended with an exit code other than 0", _GO),
    "failed": Meaning(
        "calls and requests that failed",
        "work stopped here; w says whether it was tried again",
        _GO,
    ),
    "cancelled": Meaning("calls and requests that were cancelled", "somebody or a time limit stopped it", _GO),
    "aborted": Meaning("calls and requests that were aborted", "it did not come to its end", _GO),
    "cell-failed": Meaning("scripts that failed", "the code cell ended badly", _GO),
    "cell-terminated": Meaning("scripts that were terminated", "the model, a person or the end of a turn did it", _GO),
    "session-error": Meaning(
        "errors that the session reported", "the agent program said so itself; the turn may have no answer", _GO
    ),
    "session-warning": Meaning("warnings of the session", "the agent program said so itself, and went on", _GO),
    "rolled-back": Meaning(
        "turns that were taken back", "later requests of the agent lack what these turns had added", _GO
    ),
    "left-running": Meaning("calls left running", "their turn ended without them", _GO),
    "undelivered": Meaning("messages that never arrived", "the receiver did not see them", _GO),
}


def meaning_of(code: str) -> Meaning:
    """The meaning of a kind of problem; for one that has none here, its code speaks."""
    return MEANINGS.get(code) or Meaning(code.replace("-", " "), "see the message", _GO)
