"""The shape of the project on disk and in its metadata."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.conftest import DEMO_BUNDLE_NAMES, DEMO_BUNDLES, PROJECT
from tui.bundle.catalog import demos
from tui.bundle.open import open_bundle

METADATA = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "tui", "tests", "snapshots", "demo_bundles"}


def test_the_top_level_holds_what_was_agreed_and_nothing_else() -> None:
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        pytest.skip("this copy is no git checkout, or git is not installed")
    listed = subprocess.run([git, "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60)
    if listed.returncode:
        pytest.skip(f"git does not list the files: {listed.stderr.strip()}")
    names = {Path(name).parts[0] for name in listed.stdout.splitlines()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_few_libraries_are_needed_to_run() -> None:
    assert [line.partition(">")[0] for line in METADATA["project"]["dependencies"]] == [
        "textual",
        "msgspec",
        "markdown-it-py",
        "imagesize",
        "watchfiles",
        "backports.zstd",
    ]


def test_the_demo_bundles_are_few_megabytes_of_all_schemas() -> None:
    assert len(DEMO_BUNDLE_NAMES) >= 8
    assert sum(path.stat().st_size for path in DEMO_BUNDLES.rglob("*") if path.is_file()) < 8_000_000
    schemas = {open_bundle(DEMO_BUNDLES / name).manifest.schema_version for name in DEMO_BUNDLE_NAMES}
    assert schemas == {1, 2, 3}


def test_each_demo_has_the_verdict_of_the_reference_beside_it(demo_bundle: Path) -> None:
    assert (demo_bundle / "state.json").exists() != (demo_bundle / "reference-error.txt").exists()


def test_the_wheel_carries_the_demo_bundles_where_they_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place,) = METADATA["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].values()
    installed = tmp_path / place
    (installed / "answer").mkdir(parents=True)
    (installed / "answer/manifest.json").write_text("{}")
    monkeypatch.setattr(demos, "files", lambda package: tmp_path / package)
    assert demos.demo_bundles() == {"answer": installed / "answer"}


def test_a_checkout_finds_them_at_its_top() -> None:
    assert demos.demo_directory() == DEMO_BUNDLES


def test_an_installation_without_them_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demos, "files", lambda package: tmp_path / package)
    assert (demos.demo_bundles(), demos.demo_descriptions()) == ({}, {})
