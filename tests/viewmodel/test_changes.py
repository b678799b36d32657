"""Files that a patch changed, as the rows of a payload."""

from __future__ import annotations

import pytest

from tui.analysis.requests.patch_changes import FileChange
from tui.source.pages import MemoryPages
from tui.viewmodel.payload.changes import ChangesView
from tui.viewmodel.text.spans import line_text


@pytest.mark.parametrize(
    ("moved_to", "named"),
    [
        (None, "/work/src/retry.py"),
        ("/work/src/again.py", "/work/src/{retry.py → again.py}"),
        ("/work/lib/retry.py", "/work/{src/retry.py → lib/retry.py}"),
        ("/other/retry.py", "/work/src/retry.py → /other/retry.py"),
    ],
)
def test_renamed_file_names_shared_folders_once(moved_to: str | None, named: str) -> None:
    view = ChangesView(MemoryPages(b""), [FileChange("update", "/work/src/retry.py", moved_to, ())])
    assert line_text(view.line(0)) == f"changed {named}  +0 −0"
