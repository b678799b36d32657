"""A reading copy in Markdown: a heading for each agent, turn and request; calls and outputs in fenced blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from tui.analysis.kinds.timing import known_whole_ms
from tui.export.format import FileFormat, Subject
from tui.export.story import Block, Exchange, Story, Work
from tui.viewmodel.text.clean import clean, clean_lines, format_duration

_TICKS = re.compile("`{3,}|~{3,}")
_SPECIAL = re.compile(r"([\\`*\[\]<>#|]|(?<!\w)_|_(?!\w))")

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_UNTRUSTED = re.compile(r"((?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))|<(?=[A-Za-z/!?])|!(?=\[)|&(?=#?\w+;)")
"""Code between ticks stays; the beginnings of HTML, of pictures and of named characters lose their meaning."""

_FENCED = frozenset({"call", "output"})


def write(subject: Subject) -> Iterator[bytes]:
    """The whole copy."""
    for line in _lines(subject):
        yield f"{line}\n".encode("utf-8", "backslashreplace")


def _lines(subject: Subject) -> Iterator[str]:
    story = Story(subject)
    yield from _head(subject, story)
    for thread in story.threads():
        yield ""
        yield f"## {_plain(story.agent(thread))}"
        yield ""
        name = _plain(subject.disclosure.label(thread.thread_id))
        yield f"{_plain(story.status(thread))} · {story.start(thread)} · {story.took(thread)} · {name}"
        for turn in story.turns(thread):
            number = subject.store.index.ordinal("turn", turn.codex_turn_id)
            yield ""
            yield f"### Turn {number} · {_plain(story.status(turn))} · {story.start(turn)} · {story.took(turn)}"
            for remark in story.remarks(turn):
                yield ""
                yield f"*{_plain(remark)}*"
            for exchange in story.exchanges(turn):
                yield from _exchange(subject, exchange)


def _head(subject: Subject, story: Story) -> Iterator[str]:
    trace, store, show = subject.store.trace, subject.store, subject.disclosure
    started = datetime.fromtimestamp(trace.started_at_unix_ms / 1000, UTC)
    outcome, why = story.outcome
    yield f"# Recording {_plain(show.label(trace.trace_id))}"
    yield ""
    yield f"- started {started:%Y-%m-%d %H:%M:%S} UTC, lasted {format_duration(known_whole_ms(trace, store.index))}"
    yield f"- session {outcome}{f' ({_plain(why)})' if why else ''}; recording {store.recording.word}"
    yield f"- {story.counts}"
    if store.reading.note is not None:
        yield f"- not everything could be read: {_plain(show.text(store.reading.note))}"
    if not show.with_content:
        yield "- texts are left out: `‹412 B›` is a text of that size"


def _exchange(subject: Subject, exchange: Exchange) -> Iterator[str]:
    show = subject.disclosure
    yield ""
    model = _plain(show.label(exchange.request.model))
    facts = (model, _plain(exchange.status), exchange.start, exchange.took, exchange.tokens)
    yield f"#### Request {exchange.number} · {' · '.join(facts)}"
    if exchange.repeats:
        yield ""
        yield f"*{exchange.repeats}*"
    for block in exchange.blocks:
        yield ""
        yield from _block(block)
    if exchange.failure:
        yield ""
        yield f"**{_plain(exchange.status)}:** {_plain(exchange.failure)}"


def _block(block: Block) -> Iterator[str]:
    yield f"**{_plain(block.title)}**"
    if block.works:
        yield ""
    for work in block.works:
        yield f"- {_work(work)}"
    for text in block.texts:
        yield ""
        if block.kind in _FENCED or block.language:
            yield from _fenced(text, block.language)
        else:
            yield from _quoted(text)


def _quoted(text: str) -> Iterator[str]:
    """The text as a quotation: its own Markdown counts, HTML and pictures do not, and lines end where they do in it."""
    fence = ""
    lines = clean_lines(text)
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        found = _FENCE.match(line)
        if found is not None and (not fence or found[1].startswith(fence)):
            fence = "" if fence else found[1]
        elif not fence:
            line = _UNTRUSTED.sub(_as_text, line)
            if line.strip() and following.strip():
                line = f"{line.rstrip()}  "
        yield f"> {line}"


def _as_text(found: re.Match[str]) -> str:
    return found[0] if found[1] else f"\\{found[0]}"


def _work(work: Work) -> str:
    code = "" if work.exit_code is None else f" · exit code {work.exit_code}"
    about = f" · {_code(work.about)}" if work.about else ""
    return f"{_plain(work.name)} · {_plain(work.status)} · {work.took}{code}{about}"


def _fenced(text: str, language: str) -> Iterator[str]:
    """The text between fences that are longer than any in it."""
    longest = max((len(found) for found in _TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    yield f"{fence}{language}"
    yield from clean_lines(text)
    yield fence


def _code(text: str) -> str:
    """A text on one line as code, between more ticks than are in it."""
    line = clean(text)
    ticks = "`" * (max((len(found) for found in re.findall("`+", line)), default=0) + 1)
    blank = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{blank}{line}{blank}{ticks}"


def _plain(text: str) -> str:
    """A text on one line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", clean(text))


FORMAT = FileFormat(name="markdown", suffix=".md", takes=frozenset({"agent", "turn"}), write=write)
