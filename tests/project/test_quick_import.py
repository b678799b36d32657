"""The modules that the viewer starts from are those that Python finds, and never older than their sources."""

from __future__ import annotations

import importlib
import importlib.machinery
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import quick_import as quick
from tui.quick_import import quick_import

LOADED = (
    "import {module}, sys; "
    "print(*sorted(f'{{name}} {{m.__spec__.origin}} {{m.__spec__.cached}} {{m.__spec__.submodule_search_locations}}' "
    "for name, m in sys.modules.items() if name.startswith(('tui.', 'textual.', 'rich.')) "
    "and name != 'tui.quick_import'), sep=chr(10))"
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package `sample`, which is found quickly."""
    monkeypatch.setattr(quick, "PACKAGES", {"sample"})
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "__init__.py").touch()
    yield folder
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "sample"]:
        del sys.modules[name]


def test_viewer_loads_what_python_would_find() -> None:
    module = "tui.ui.run"
    quickly = f"from tui.quick_import import quick_import\nwith quick_import(): {LOADED.format(module=module)}"
    loaded, expected = (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        for program in (quickly, LOADED.format(module=module))
    )
    assert loaded == expected
    assert "textual.app " in loaded


def test_modules_are_as_python_loads_them(package: Path) -> None:
    (package / "plain.py").write_text("VALUE = 1")
    (package / "inner").mkdir()
    (package / "inner" / "__init__.py").write_text("VALUE = 2")
    (package / "inner.py").write_text("VALUE = 3")  # a folder comes first
    for _ in range(2):  # first from the source, then from what was compiled of it
        _forget()
        with quick_import():
            plain = importlib.import_module("sample.plain")
            inner = importlib.import_module("sample.inner")
        assert (plain.VALUE, plain.__file__) == (1, str(package / "plain.py"))
        assert (inner.VALUE, inner.__path__) == (2, [str(package / "inner")])
        assert Path(str(plain.__cached__)).exists()


def test_changed_source_is_compiled_again(package: Path) -> None:
    module = package / "changed.py"
    for text, at_ns in (("VALUE = 1", 10**18), ("VALUE = 2", 2 * 10**18), ("VALUE = 33", 2 * 10**18)):
        module.write_text(text)
        os.utime(module, ns=(at_ns, at_ns))
        _forget()
        with quick_import():
            assert f"VALUE = {importlib.import_module('sample.changed').VALUE}" == text


@pytest.mark.parametrize(
    ("files", "module"),
    [
        (["both.py", f"both{importlib.machinery.EXTENSION_SUFFIXES[0]}"], "sample.both"),
        (["only.so"], "sample.only"),
        (["folder/module.py"], "sample.folder"),
        ([], "sample.missing"),
        (["plain.py"], "elsewhere.plain"),
    ],
)
def test_what_is_unusual_is_left_to_python(package: Path, files: list[str], module: str) -> None:
    for name in files:
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).touch()
    with quick_import():
        finder = sys.meta_path[0]
        assert finder.find_spec(module, [str(package)]) is None
    assert finder not in sys.meta_path
