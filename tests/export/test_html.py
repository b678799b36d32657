"""`export --to html`: one file that loads nothing, with drawings that are well-formed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import DEMO_BUNDLES
from tests.hostile_bundle import OBEYED, write_hostile_bundle
from tui.bundle.open import open_bundle
from tui.cli import main
from tui.export.disclosing import disclosure_of
from tui.export.drawings.ladder import ladder
from tui.export.drawings.timeline import timeline
from tui.export.format import Subject
from tui.export.scope import scope_of
from tui.store import TraceStore

SVG = "{http://www.w3.org/2000/svg}"
EMPTY = {"meta", "line", "path"}


class _Reader(HTMLParser):
    """Collects elements and attributes, and notes whether every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def subject(bundle: Path, agent: str | None = None) -> Subject:
    store = TraceStore(open_bundle(bundle))
    store.load_all()
    return Subject(store, disclosure_of(store, with_content=False), scope_of(store.trace, agent, None))


@pytest.mark.parametrize("options", [[], ["--content"]])
def test_page_is_closed_and_loads_nothing(
    options: list[str], demo_bundle: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(demo_bundle), "--to", "html", *options]) == 0
    found = read(capfd.readouterr().out)
    assert not found.seen & {"script", "link", "img", "iframe", "object"}
    assert not found.attributes & {"src", "href", "onload", "onclick"}


@pytest.mark.parametrize("options", [[], ["--content"]])
def test_hostile_recording_makes_no_markup(
    options: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(write_hostile_bundle(tmp_path / "bundle")), "--to", "html", *options]) == 0
    page = capfd.readouterr().out
    assert "script" not in read(page).seen
    assert OBEYED.search(page) is None


def test_structure_holds_no_text_of_the_recording(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(DEMO_BUNDLES / "agents"), "--to", "html"]) == 0
    page = capfd.readouterr().out
    assert "Review the project" not in page
    assert "‹32 B›" in page


def test_timeline_has_a_lane_for_each_agent() -> None:
    root = ElementTree.fromstring(timeline(subject(DEMO_BUNDLES / "agents")))
    names = [one.text for one in root.iter(f"{SVG}text") if (one.text or "").startswith("/")]
    assert sorted(map(str, names)) == ["/root", "/root/alpha", "/root/alpha/deep", "/root/beta", "/root/gamma"]
    bars = [one.attrib["class"].split()[0] for one in root.iter(f"{SVG}rect")]
    assert {"model", "tool", "waiting"} <= set(bars)


def test_ticks_are_round_and_all_different() -> None:
    for name in ("agents", "killed", "mcp"):
        drawing = ElementTree.fromstring(timeline(subject(DEMO_BUNDLES / name)))
        ticks = [one.text or "" for one in drawing.iter(f"{SVG}text") if re.fullmatch(r"[\d.:]+s?", one.text or "")]
        assert len(set(ticks)) == len(ticks)
        assert 2 <= len(ticks) <= 7
        assert len({len(tick) for tick in ticks}) == 1


def test_ladder_has_an_arrow_for_each_message() -> None:
    drawing, left_out = ladder(subject(DEMO_BUNDLES / "agents"))
    arrows = list(ElementTree.fromstring(drawing).iter(f"{SVG}g"))
    assert (len(arrows), left_out) == (16, 0)
    assert sum(one.attrib["class"] == "lost" for one in arrows) == 3


def test_ladder_of_one_agent_has_its_messages_alone() -> None:
    drawing, _ = ladder(subject(DEMO_BUNDLES / "agents", "/root/alpha/deep"))
    titles = re.findall(r"<title>([^<]+)</title>", drawing)
    assert titles
    assert all("deep" in title for title in titles)
