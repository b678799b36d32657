"""A line below the status line says what of a recording could not be read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ui.driving import DEMO_BUNDLES
from tests.ui.pictures import app_on, loaded_then
from tui.viewmodel.text.spans import line_text


@pytest.mark.parametrize("is_known", [True, False])
async def test_banner_is_there_for_what_is_missing(is_known: bool, tmp_path: Path) -> None:
    shutil.copytree(DEMO_BUNDLES / "answer", tmp_path / "bundle")
    log = tmp_path / "bundle/trace.jsonl"
    if not is_known:
        log.write_bytes(log.read_bytes().replace(b'"protocol_event_observed"', b'"frame_observed"'))
    app = app_on(tmp_path / "bundle")
    async with app.run_test(size=(100, 20)) as pilot:
        await loaded_then()(pilot)
        banner = app.screen.query_one("#reading")
        assert banner.display is not is_known
        assert ("events are understood" in line_text(banner.line)) is not is_known  # type: ignore[attr-defined]  # a LineBar
