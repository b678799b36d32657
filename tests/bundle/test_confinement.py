"""Payload paths come from the log, which may say anything: nothing outside the bundle is ever opened."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.bundle.recording import ref_to
from tui.bundle.payloads.store import PayloadStore
from tui.source.fault import PayloadFault
from tui.source.late import is_unfinished


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    bundle = tmp_path / "bundle"
    (bundle / "payloads").mkdir(parents=True)
    (bundle / "payloads" / "1.json").write_bytes(b"inside")
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "1.json").write_bytes(b"secret")
    return bundle


def fault_of(bundle: Path, path: str) -> PayloadFault:
    """The fault for `path`, the same for every way to ask, on a fresh store and on one that has read before."""
    fresh, used = PayloadStore(bundle), PayloadStore(bundle)
    used.read(ref_to("payloads/1.json"))
    answers: list[object] = [
        ask(ref_to(path)) for store in (fresh, used) for ask in (store.read, store.read_once, store.size)
    ]
    answers.append(fresh.pages(ref_to(path)))
    assert answers.count(answers[0]) == len(answers)
    assert isinstance(answers[0], PayloadFault)
    return answers[0]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/etc/passwd", "outside-bundle"),
        ("../secret", "outside-bundle"),
        ("payloads/../../secret", "outside-bundle"),
        ("payloads/../payloads/1.json", "outside-bundle"),
        ("payloads/..", "outside-bundle"),
        (".", "bad-path"),
        ("payloads/", "bad-path"),
        ("payloads/.", "bad-path"),
        ("payloads/1.json\0.png", "bad-path"),
        ("pay\0loads/1.json", "bad-path"),
        ("payloads/" + "a" * 10_000, "bad-path"),
        ("payloads/2.json", "missing"),
        ("payloads/1.json/x", "missing"),
        ("nowhere/1.json", "missing"),
        ("file:///etc/passwd", "missing"),
        ("C:\\Windows\\..\\win.ini", "missing"),
        ("payloads", "not-a-file"),
    ],
)
def test_a_path_that_names_no_payload_is_refused(bundle: Path, path: str, code: str) -> None:
    fault = fault_of(bundle, path)

    assert fault.code == code
    assert fault.reason.startswith(path[:150])
    assert len(fault.reason) < 400


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.symlink_to(path.parent.parent.parent / "secret"), "outside-bundle"),
        (lambda path: path.symlink_to("../../secret"), "outside-bundle"),
        (lambda path: path.symlink_to("/dev/zero"), "outside-bundle"),
        (lambda path: path.symlink_to(path), "unreadable"),
        (lambda path: path.symlink_to("gone.json"), "missing"),
        (lambda path: os.mkfifo(path), "not-a-file"),
        (lambda path: path.mkdir(), "not-a-file"),
    ],
    ids=["link out", "relative link out", "link to a device", "link to itself", "dangling link", "FIFO", "directory"],
)
def test_what_is_no_regular_file_inside_is_refused(bundle: Path, make, code: str) -> None:
    make(bundle / "payloads" / "2.json")

    assert fault_of(bundle, "payloads/2.json").code == code


def test_a_payload_directory_that_leads_out_is_refused(bundle: Path) -> None:
    (bundle / "outside").symlink_to(bundle.parent / "elsewhere")

    assert fault_of(bundle, "outside/1.json").code == "outside-bundle"


def test_a_sibling_whose_name_only_begins_alike_is_outside(bundle: Path) -> None:
    other = bundle.with_name("bundle-2")
    other.mkdir()
    (other / "1.json").write_bytes(b"secret")
    (bundle / "payloads" / "2.json").symlink_to(other / "1.json")

    assert fault_of(bundle, "payloads/2.json").code == "outside-bundle"


@pytest.mark.parametrize(
    "path", ["linked/1.json", "payloads/link.json", "./payloads//1.json", "payloads/deep/er/2.json"]
)
def test_links_and_directories_inside_the_bundle_are_followed(bundle: Path, path: str) -> None:
    (bundle / "linked").symlink_to("payloads")
    (bundle / "payloads" / "link.json").symlink_to("1.json")
    (bundle / "payloads" / "deep" / "er").mkdir(parents=True)
    (bundle / "payloads" / "deep" / "er" / "2.json").write_bytes(b"inside")

    assert PayloadStore(bundle).read(ref_to(path)) == b"inside"


def test_the_bundle_itself_may_be_reached_by_a_link(bundle: Path) -> None:
    link = bundle.with_name("latest")
    link.symlink_to(bundle)
    (bundle / "payloads" / "2.json").symlink_to("1.json")
    store = PayloadStore(link)

    assert store.read(ref_to("payloads/1.json")) == b"inside"
    assert store.read(ref_to("payloads/2.json")) == b"inside"


def test_a_file_swapped_for_a_link_after_the_first_read_is_refused(bundle: Path) -> None:
    store = PayloadStore(bundle)
    store.read(ref_to("payloads/1.json"))

    (bundle / "payloads" / "1.json").unlink()
    (bundle / "payloads" / "1.json").symlink_to(bundle.parent / "secret")

    answer = store.read(ref_to("payloads/1.json"))
    assert isinstance(answer, PayloadFault)
    assert answer.code == "outside-bundle"


def test_the_directory_swapped_for_a_link_is_not_followed(bundle: Path) -> None:
    store = PayloadStore(bundle)
    store.read(ref_to("payloads/1.json"))

    (bundle / "payloads").rename(bundle / "moved")
    (bundle / "payloads").symlink_to(bundle.parent / "elsewhere")

    assert store.read(ref_to("payloads/1.json")) == b"inside"  # the directory that was opened before
    store.forget()
    answer = store.read(ref_to("payloads/1.json"))
    assert isinstance(answer, PayloadFault)
    assert answer.code == "outside-bundle"


def test_many_directories_do_not_keep_many_descriptors(bundle: Path) -> None:
    store = PayloadStore(bundle)
    open_before = len(list(Path("/dev/fd").iterdir()))
    for number in range(60):
        (bundle / f"d{number}").mkdir()
        (bundle / f"d{number}" / "1.json").write_bytes(b"x")
        assert store.read(ref_to(f"d{number}/1.json")) == b"x"

    assert len(list(Path("/dev/fd").iterdir())) < open_before + 20


def test_missing_permission_is_a_value(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really_open = os.open

    def refuse(path: object, *args: object, **kwargs: object) -> int:
        if path == "1.json":
            raise PermissionError(13, "Permission denied")
        return really_open(path, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)

    assert PayloadStore(bundle).read(ref_to("payloads/1.json")) == PayloadFault(
        "unreadable", "payloads/1.json: cannot be opened: Permission denied"
    )


def test_want_of_descriptors_is_not_taken_for_damage(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr("os.open", refuse)
    found = PayloadStore(bundle).read(ref_to("payloads/1.json"))
    assert isinstance(found, PayloadFault)
    assert found.code == "exhausted"
    assert "no more files may be opened" in found.reason
    assert is_unfinished(ref_to("payloads/1.json"), found)
