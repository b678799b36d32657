"""The demo bundles that come with the program, in a checkout as in an installed wheel."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from tui.schema.manifest import MANIFEST_FILE_NAME

DEFAULT_DEMO = "agents"
"""The one that shows most."""

REPLAY_PREFIX = "rtrace-demo-"
"""How the name of the temporary folder begins in which a demo is recorded again; it is removed afterwards."""


def is_replay(bundle: Path) -> bool:
    """Whether a bundle is a demo that is being recorded again, and so goes when that ends."""
    return bundle.parent.name.startswith(REPLAY_PREFIX)


def demo_directory() -> Path | None:
    """The folder of the demo bundles, or None if this installation has none.

    A wheel carries them inside the package; a checkout, and so an editable installation, beside it.
    """
    package = Path(str(files("tui")))
    for directory in (package / "demo_data", package.parent / "demo_bundles"):
        if directory.is_dir():
            return directory
    return None


def demo_bundles() -> dict[str, Path]:
    """Name → bundle directory, in alphabetical order."""
    directory = demo_directory()
    if directory is None:
        return {}
    return {path.parent.name: path.parent for path in sorted(directory.glob(f"*/{MANIFEST_FILE_NAME}"))}


def demo_descriptions() -> dict[str, str]:
    """Name → one line about the bundle, from the table in the folder's README."""
    directory = demo_directory()
    if directory is None:
        return {}
    lines = (directory / "README.md").read_text(encoding="utf-8").splitlines()
    rows = (line.strip("| ").split(" | ") for line in lines if line.startswith("| `"))
    return {name.strip("`"): text for name, _, text in rows}
