"""A recording in which commands name two secrets and a home folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.ui.driving import DEMO_BUNDLES

TOKEN = "ghp_" + "a1B2" * 9
PASSWORD = "hunter22horse5678"
HOME = "/home/alice"


def secret_bundle(folder: Path) -> Path:
    """The demo of agents, with secrets before the name of a file."""
    bundle = folder / "secrets"
    shutil.copytree(DEMO_BUNDLES / "agents-schema2", bundle)
    planted = f"{TOKEN} DB_PASSWORD={PASSWORD} {HOME}/src/parser.py"
    for path in sorted((bundle / "payloads").glob("*.json")):
        path.write_text(path.read_text().replace("src/parser.py", planted))
    return bundle
