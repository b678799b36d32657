"""What `rtrace-tui` shows: a bundle, a folder of bundles, the recorder's folder, what has not begun yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.bundles import write_bundle
from tui.cli import main
from tui.commands import view
from tui.commands.view import Given, Target, chosen_target, compared_target
from tui.source.opening import OpeningError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "root/bundle")
    write_bundle(tmp_path / "folder/of/folders")
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("hello")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("root/bundle", {}),
        ("root", {"is_root": True}),  # also where it holds exactly one
        ("folder", {"is_root": True}),
        ("folder/of", {"is_root": True}),
    ],
)
@pytest.mark.parametrize("waits", [False, True])
def test_a_bundle_is_shown_and_a_folder_of_bundles_listed(
    given: str, expected: dict[str, Any], *, waits: bool, root: Path
) -> None:
    path = str(root / given)
    assert chosen_target(path, {}, waits=waits) == Target(path=path, **expected)


@pytest.mark.parametrize("given", ["empty", "nowhere", "nowhere/below"])
def test_what_is_not_there_yet_is_refused_or_waited_for(given: str, root: Path) -> None:
    path = str(root / given)
    with pytest.raises(OpeningError, match=given):
        chosen_target(path, {})
    assert chosen_target(path, {}, waits=True) == Target(path=path, is_root=True, waits=True)


@pytest.mark.parametrize("given", ["notes.txt", "", "a\0b"])
def test_what_can_never_be_a_bundle_is_not_waited_for(given: str, root: Path) -> None:
    with pytest.raises(OpeningError):
        chosen_target(str(root / given) if given else "", {}, waits=True)


@pytest.mark.parametrize("name", ["root", "empty", "nowhere"])
def test_the_recorders_folder_is_listed_whatever_is_in_it(name: str, root: Path) -> None:
    path = str(root / name)
    assert chosen_target(None, {"CODEX_ROLLOUT_TRACE_ROOT": path}) == Target(path=path, is_root=True)


def test_the_recorders_folder_must_not_be_a_file(root: Path) -> None:
    with pytest.raises(OpeningError, match="CODEX_ROLLOUT_TRACE_ROOT names it, but it is not a directory"):
        chosen_target(None, {"CODEX_ROLLOUT_TRACE_ROOT": str(root / "notes.txt")})


def test_what_is_given_goes_before_the_variable(root: Path) -> None:
    path = str(root / "root/bundle")
    assert chosen_target(path, {"CODEX_ROLLOUT_TRACE_ROOT": str(root)}) == Target(path=path)


@pytest.mark.parametrize("environment", [{}, {"CODEX_ROLLOUT_TRACE_ROOT": ""}])
def test_nobody_says_what_to_show(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chosen_target(None, environment) is None
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "rtrace-tui: which recording? Name a bundle or a folder of bundles, or set CODEX_ROLLOUT_TRACE_ROOT; "
        "to look around, run rtrace-tui demo; "
        "see rtrace-tui --help\n"
    )


def test_other_recording_to_compare_with_must_be_one(root: Path) -> None:
    bundle, folder = str(root / "root/bundle"), str(root / "folder")
    assert compared_target(Target(path=bundle), bundle) == Target(path=bundle, against=bundle)
    with pytest.raises(OpeningError, match="empty"):
        compared_target(Target(path=bundle), str(root / "empty"))
    with pytest.raises(OpeningError, match="compares a recording, not a folder"):
        compared_target(Target(path=folder, is_root=True), bundle)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], {}),
        (["--no-mouse", "--no-restore"], {"no_mouse": True, "no_restore": True}),
        (["--at", "/root", "--theme", "mono", "--wait"], {"at": "/root", "theme": "mono", "wait": True}),
    ],
)
def test_parser_changes_nothing_that_was_not_said(
    options: list[str], expected: dict[str, Any], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Given] = []
    monkeypatch.setattr(view, "run", lambda given: shown.append(given) or 0)
    path = str(root / "root/bundle")
    assert main([path, *options]) == main([*options, path]) == 0
    assert shown == [Given(bundle=path, **expected)] * 2


def test_switches_of_textual_do_not_reach_the_viewer() -> None:
    environment = {
        "TEXTUAL_DRIVER": "x",
        "TEXTUAL_PRESS": "q",
        "TEXTUAL": "debug",
        "TEXTUAL_FPS": "30",
        "TERM": "xterm",
    }
    view.leave_out_switches(environment)
    assert environment == {"TEXTUAL_FPS": "30", "TERM": "xterm"}
