"""Opening a path: a bundle, or one clear line on why it is none."""

from __future__ import annotations

import os
import socket
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


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "truncated"),
        (b"\x00\x01 nope", "malformed"),
        (b'{"schema_version":2', "truncated"),
        (b"{}", "schema_version"),
        (b'\xff{"schema_version":2}', "manifest"),
        (b"[" * 100_000, "manifest"),
        (b" " * ((1 << 20) + 1), "larger than"),
        (
            b'{"schema_version":99,"trace_id":"t","rollout_id":"r","root_thread_id":"x","started_at_unix_ms":0}',
            "schema version 99 is not known",
        ),
    ],
    ids=["empty", "binary", "torn", "empty object", "not utf-8", "deep", "huge", "unknown schema"],
)
def test_a_manifest_that_is_none_says_what_is_wrong(tmp_path: Path, content: bytes, says: str) -> None:
    path = small_bundle(tmp_path / "b")
    (path / "manifest.json").write_bytes(content)

    assert str(error_of(path)).startswith(f"{path}/manifest.json: ")
    assert says in str(error_of(path))


@pytest.mark.parametrize("name", ["manifest.json", "trace.jsonl"])
def test_a_fifo_is_refused_and_never_waited_for(tmp_path: Path, name: str) -> None:
    path = small_bundle(tmp_path / "b")
    (path / name).unlink()
    os.mkfifo(path / name)

    assert str(error_of(path)) == f"{path}/{name}: is a FIFO, not a file"


def test_a_directory_in_place_of_the_log_is_refused(tmp_path: Path) -> None:
    path = small_bundle(tmp_path / "b")
    (path / "trace.jsonl").unlink()
    (path / "trace.jsonl").mkdir()

    assert "trace.jsonl: is a directory, not a file" in str(error_of(path))


def test_a_socket_in_place_of_the_manifest_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small_bundle(tmp_path / "b")
    (path / "manifest.json").unlink()
    monkeypatch.chdir(path)  # the name of a socket may only be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("manifest.json")
        message = str(error_of(path))

    assert "a socket or a device" in message


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


def test_a_log_without_manifest_is_told_from_any_other_directory(tmp_path: Path) -> None:
    path = small_bundle(tmp_path / "b")
    (path / "manifest.json").unlink()

    assert "has a trace.jsonl but its manifest.json is missing" in str(error_of(path))


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
