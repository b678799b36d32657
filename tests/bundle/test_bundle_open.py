"""Opening a path: a bundle, or one clear line on why it is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bundle.recording import new_writer, record_start
from tui.bundle.open import BundleError, open_bundle


def error_of(path: Path) -> BundleError:
    with pytest.raises(BundleError) as caught:
        open_bundle(path)
    assert "\n" not in str(caught.value)
    return caught.value


def small_bundle(path: Path) -> Path:
    with new_writer(path) as writer:
        record_start(writer)
    return path


def test_a_bundle_opens_with_its_manifest(tmp_path: Path) -> None:
    bundle = open_bundle(str(small_bundle(tmp_path / "b")))

    assert bundle.path == tmp_path / "b"
    assert bundle.manifest.root_thread_id == "root"
    assert bundle.log_path == tmp_path / "b" / "trace.jsonl"


def test_a_log_that_is_not_written_yet_is_no_error(tmp_path: Path) -> None:
    (small_bundle(tmp_path / "b") / "trace.jsonl").unlink()

    assert open_bundle(tmp_path / "b").manifest.trace_id == "trace-1"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "there is no such directory"),
        (lambda path: path.write_text("text"), "is not a directory"),
        (lambda path: path.mkdir(), "is an empty directory"),
        (lambda path: (path / "sub").mkdir(parents=True), "there is no manifest.json in it"),
        (lambda path: path.symlink_to(path), "cannot be opened"),
    ],
    ids=["missing", "file", "empty", "other directory", "link to itself"],
)
def test_what_is_no_bundle_is_named_with_its_path(tmp_path: Path, make, says: str) -> None:
    path = tmp_path / "thing"
    make(path)

    assert f"{path}: " in str(error_of(path))
    assert says in str(error_of(path))


@pytest.mark.parametrize("content", [b'{"name":"my-extension","manifest_version":3}', b"\x00\x01 nope", b"["])
def test_a_manifest_of_another_program_beside_no_log_makes_no_bundle(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)

    assert str(error_of(tmp_path)).startswith(f"{tmp_path}/manifest.json: is not a manifest that this program can read")


def test_a_log_of_another_program_makes_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "trace.jsonl").write_text('{"ts": 1, "name": "span"}\n')

    assert "there is no manifest.json, and no line of trace.jsonl is an event" in str(error_of(tmp_path))


def test_a_log_that_is_no_file_makes_no_bundle_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "trace.jsonl")

    assert "there is no manifest.json, and its trace.jsonl is a FIFO, not a file" in str(error_of(tmp_path))


def test_a_directory_of_bundles_names_them_newest_first(tmp_path: Path) -> None:
    for age, name in enumerate(["new", "older", "oldest"]):
        manifest = small_bundle(tmp_path / name) / "manifest.json"
        os.utime(manifest, (1_000 - age, 1_000 - age))

    error = error_of(tmp_path)

    assert "holds 3; open one of them: new, older, oldest" in str(error)
    assert error.bundles == (tmp_path / "new", tmp_path / "older", tmp_path / "oldest")


def test_many_bundles_are_counted_and_not_all_named(tmp_path: Path) -> None:
    for number in range(8):
        small_bundle(tmp_path / f"b{number}")

    assert str(error_of(tmp_path)).endswith(" and 3 more")


def test_a_file_of_a_bundle_names_its_directory(tmp_path: Path) -> None:
    path = small_bundle(tmp_path / "b")

    error = error_of(path / "trace.jsonl")

    assert f"open its directory, {path}" in str(error)
    assert error.bundles == (path,)


def test_missing_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small_bundle(tmp_path / "b")

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)

    assert str(error_of(path)) == f"{path}/manifest.json: cannot be read: Permission denied"


def test_a_path_cannot_drive_the_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in str(error_of(tmp_path / "\x1b[31mred"))
    assert "\\x1b[31mred" in str(error_of(tmp_path / "\x1b[31mred"))


def test_a_name_that_no_file_can_have_is_an_error_like_others(tmp_path: Path) -> None:
    error_of(Path("nul\0byte"))
    error_of(tmp_path / ("x" * 5_000))
