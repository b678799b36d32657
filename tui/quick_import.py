"""Finds the modules of the packages that the viewer starts from, asking the file system less.

The viewer needs five hundred modules before its first rows. Python looks at a folder again for each module in it, tries
every kind of ending, and looks at the source twice: with a tenth of the time until the first rows. Here each folder
is listed once, and a compiled module is taken if it was compiled from the source that is there. Whatever is unusual
is left to Python: extensions, archives, modules that are not compiled or not up to date.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec, SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source
from types import CodeType, ModuleType
from typing import Final

PACKAGES: Final = frozenset(("tui", "textual", "rich", "asyncio", "msgspec"))
"""Packages of many modules. What lies in others is found as always."""

HEADER_BYTES = 16
CHECKED_BY_TIME: Final = MAGIC_NUMBER + bytes(4)
"""How a compiled file begins that is checked by the time and the size of its source (PEP 552)."""


class _PackageFolder:
    """The names in a folder, and where Python keeps what it compiled of them."""

    def __init__(self, path: str) -> None:
        try:
            self.names = frozenset(os.listdir(path))  # noqa: PTH208  # names are wanted, not paths
        except OSError:
            self.names = frozenset()
        kept, self._ending = cache_from_source(f"{path}{os.sep}?.py").split("?")
        self._kept, self._path = kept, path

    def has_source(self, name: str) -> bool:
        """Whether this is a module and nothing but its source can be meant."""
        return f"{name}.py" in self.names and not any(f"{name}{end}" in self.names for end in ("", *EXTENSION_SUFFIXES))

    def spec(self, module: str, name: str, package: str | None = None) -> ModuleSpec:
        """What is to be loaded as a module: the file of this name; of a package, in its folder."""
        source, kept = f"{self._path}{os.sep}{name}.py", f"{self._kept}{name}{self._ending}"
        spec = ModuleSpec(module, _Loader(module, source, kept), origin=source, is_package=package is not None)
        if package is not None:
            spec.submodule_search_locations = [package]
        spec.has_location = True
        spec.cached = kept
        return spec


class _Loader(SourceFileLoader):
    """Loads one module from what was compiled of it."""

    def __init__(self, module: str, source: str, kept: str) -> None:
        super().__init__(module, source)
        self._kept = kept

    def get_code(self, fullname: str) -> CodeType | None:
        """What was compiled, if it is of the source as it is now; else as Python does it."""
        try:
            data, source = memoryview(_content(self._kept)), self.path_stats(self.path)
        except OSError:
            return super().get_code(fullname)
        if data[:HEADER_BYTES] != CHECKED_BY_TIME + _four_bytes(source["mtime"]) + _four_bytes(source["size"]):
            return super().get_code(fullname)
        code: CodeType = marshal.loads(data[HEADER_BYTES:])  # noqa: S302  # Python's own file, read as Python reads it
        return code


def _content(path: str) -> bytes:
    """A whole file, with half of the calls of the system that a file object makes. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        content = os.read(descriptor, size)
        if len(content) < size:
            raise OSError(f"{path} was cut while it was read")
    finally:
        os.close(descriptor)
    return content


def _four_bytes(number: float) -> bytes:
    return (int(number) & 0xFFFFFFFF).to_bytes(4, "little")


class _Finder:
    """Finds modules below `PACKAGES`; None for what it leaves to Python."""

    def __init__(self) -> None:
        self._folders: dict[str, _PackageFolder] = {}

    def find_spec(
        self, module: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module of a package is to be loaded from."""
        package, _, name = module.rpartition(".")
        if type(path) is not list or len(path) != 1 or package.partition(".")[0] not in PACKAGES:
            return None
        folder = self._folder(path[0])
        if folder.has_source(name):
            return folder.spec(module, name)
        if name not in folder.names:
            return None
        inner = f"{path[0]}{os.sep}{name}"
        within = self._folder(inner)
        return within.spec(module, "__init__", inner) if within.has_source("__init__") else None

    def _folder(self, path: str) -> _PackageFolder:
        if path not in self._folders:
            self._folders[path] = _PackageFolder(path)
        return self._folders[path]


@contextmanager
def quick_import() -> Iterator[None]:
    """Find modules quickly; afterwards they are found as always, so that folders which change are looked at again."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
