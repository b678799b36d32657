"""A reading copy as one HTML file: no script, no other file, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from tui.analysis.kinds.timing import known_whole_ms
from tui.export.drawings.ladder import ladder
from tui.export.drawings.svg import plain
from tui.export.drawings.timeline import STATES, timeline
from tui.export.format import FileFormat, Subject
from tui.export.story import Block, Exchange, Story, Work
from tui.model.objects import CodexTurn, Thread
from tui.viewmodel.text.clean import clean_lines, format_duration

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page, whatever a text in it says: nothing."""

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--quiet:#64707f;--paper:#fff;--box:#f3f5f8;--edge:#d5dbe3;--model:#4c78c8;
--tool:#3f9d74;--runtime:#8a7fc7;--waiting:#d9b65c;--bad:#c8463c}
@media(prefers-color-scheme:dark){:root{--ink:#dde3ea;--quiet:#93a0ae;--paper:#14181d;--box:#1e242b;--edge:#343d47;
--model:#6d9bf0;--tool:#58c096;--runtime:#a79ce8;--waiting:#d3b260;--bad:#f0746a}}
body{margin:0 auto;max-width:64rem;padding:1.5rem;font:15px/1.5 system-ui,sans-serif}
body{color:var(--ink);background:var(--paper)}
h1{font-size:1.4rem}h2{font-size:1.15rem;border-top:1px solid var(--edge);padding-top:1rem;margin-top:2rem}
h3{font-size:1rem;margin:1.2rem 0 .3rem}.quiet,figcaption{color:var(--quiet)}figure{margin:1rem 0;overflow-x:auto}
svg{width:100%;min-width:44rem;font:11px ui-monospace,monospace}svg text{fill:var(--ink)}svg .quiet{fill:var(--quiet)}
svg .small{font-size:9px;fill:var(--quiet)}.life,.tick{stroke:var(--edge)}.tick{stroke-dasharray:2 3}
rect.model{fill:var(--model)}rect.tool{fill:var(--tool)}rect.runtime{fill:var(--runtime)}rect.waiting{fill:var(--waiting);opacity:.55}
rect.bad{stroke:var(--bad);stroke-width:1.6}.sent .shaft{stroke:var(--ink)}.sent path{fill:var(--ink)}
.lost .shaft{stroke:var(--bad);stroke-dasharray:3 3}.lost path{fill:var(--bad)}
.key::before{content:"";display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .8em;background:var(--c)}
details{margin:.4rem 0 .4rem .4rem}
details>p{margin:.3rem 0 .3rem 1rem}summary{cursor:pointer}.block{margin:.5rem 0 .5rem 1rem}.title{font-weight:600}
pre,.said{white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0}
pre{background:var(--box);border:1px solid var(--edge);padding:.5rem .7rem;font:12.5px/1.45 ui-monospace,monospace}
.bad-word{color:var(--bad)}ul{margin:.2rem 0;padding-left:1.2rem}
"""

_GOOD = frozenset({"completed", "running", "succeeded", "yielded"})


def write(subject: Subject) -> Iterator[bytes]:
    """The whole page."""
    for piece in _page(subject):
        yield piece.encode("utf-8", "backslashreplace") + b"\n"


def _page(subject: Subject) -> Iterator[str]:
    trace, show = subject.store.trace, subject.disclosure
    title = f"Recording {plain(show.label(trace.trace_id))}"
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{title}</h1>"
    story = Story(subject)
    yield from _facts(subject, story)
    yield from _figures(subject)
    for thread in story.threads():
        yield from _agent(subject, story, thread)
    yield "</body></html>"


def _facts(subject: Subject, story: Story) -> Iterator[str]:
    store, trace, show = subject.store, subject.store.trace, subject.disclosure
    started = datetime.fromtimestamp(trace.started_at_unix_ms / 1000, UTC)
    lasted = format_duration(known_whole_ms(trace, store.index))
    outcome, why = story.outcome
    reason = f" ({plain(why)})" if why else ""
    yield f"<p>{started:%Y-%m-%d %H:%M:%S} UTC · {lasted} · session {_status(outcome)}{reason} · "
    yield f"recording {store.recording.word} · {story.counts}</p>"
    if store.reading.note is not None:
        yield f'<p class="bad-word">Not everything could be read: {plain(show.text(store.reading.note))}</p>'
    if not show.with_content:
        yield '<p class="quiet">Texts are left out: ‹412 B› is a text of that size.</p>'


def _figures(subject: Subject) -> Iterator[str]:
    lanes = timeline(subject)
    if lanes:
        keys = "".join(f'<span class="key" style="--c:var(--{state})">{state}</span>' for state in STATES)
        yield f"<figure>{lanes}<figcaption>What each agent did when:{keys}; framed: failed</figcaption></figure>"
    arrows, left_out = ladder(subject)
    if arrows:
        more = f"; {left_out:,} more are not drawn" if left_out else ""
        caption = f"What went between agents{more}; dotted: not seen to arrive"
        yield f"<figure>{arrows}<figcaption>{caption}</figcaption></figure>"


def _agent(subject: Subject, story: Story, thread: Thread) -> Iterator[str]:
    name = plain(subject.disclosure.label(thread.thread_id))
    facts = f"{_status(story.status(thread))} · {story.start(thread)} · {story.took(thread)}"
    yield f"<h2>{plain(story.agent(thread))}</h2>"
    yield f'<p class="quiet">{facts} · {name}</p>'
    for turn in story.turns(thread):
        yield from _turn(subject, story, turn)


def _turn(subject: Subject, story: Story, turn: CodexTurn) -> Iterator[str]:
    number = subject.store.index.ordinal("turn", turn.codex_turn_id)
    yield f"<h3>Turn {number} · {_status(story.status(turn))} · {story.start(turn)} · {story.took(turn)}</h3>"
    for remark in story.remarks(turn):
        yield f'<p class="quiet">{plain(remark)}</p>'
    for exchange in story.exchanges(turn):
        yield from _exchange(subject, exchange)


def _exchange(subject: Subject, exchange: Exchange) -> Iterator[str]:
    model = plain(subject.disclosure.label(exchange.request.model))
    facts = f"{model} · {_status(exchange.status)} · {exchange.start} · {exchange.took} · {plain(exchange.tokens)}"
    yield f"<details open><summary>Request {exchange.number} · {facts}</summary>"
    if exchange.repeats:
        yield f'<p class="quiet">{exchange.repeats}</p>'
    for block in exchange.blocks:
        yield from _block(block)
    if exchange.failure:
        yield f'<p class="bad-word">{plain(exchange.status)}: {plain(exchange.failure)}</p>'
    yield "</details>"


def _block(block: Block) -> Iterator[str]:
    yield f'<div class="block"><div class="title">{plain(block.title)}</div>'
    if block.works:
        yield f"<ul>{''.join(f'<li>{_work(work)}</li>' for work in block.works)}</ul>"
    is_code = block.kind in ("call", "output") or bool(block.language)
    for text in block.texts:
        lines = _lines(clean_lines(text))
        yield f"<pre>{lines}</pre>" if is_code else f'<div class="said">{lines}</div>'
    yield "</div>"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(map(plain, lines))


def _work(work: Work) -> str:
    code = "" if work.exit_code is None else f" · exit code {work.exit_code}"
    about = f" · <code>{plain(work.about)}</code>" if work.about else ""
    return f"{plain(work.name)} · {_status(work.status)} · {work.took}{code}{about}"


def _status(word: str) -> str:
    return plain(word) if word in _GOOD else f'<span class="bad-word">{plain(word)}</span>'


FORMAT = FileFormat(name="html", suffix=".html", takes=frozenset({"agent", "turn"}), write=write)
