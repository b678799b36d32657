"""Opens a bundle directory, or says in one line why it is none."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.bundle.regular import NotRegularFileError, error_text, open_regular, read_regular
from tui.schema.manifest import EVENT_LOG_FILE_NAME, MANIFEST_FILE_NAME, Manifest, ManifestError, decode_manifest

LARGEST_MANIFEST_BYTES = 1 << 20
"""More than this is no manifest: seven short fields are."""

NAMED_HINTS = 5
"""How many bundles are named when a directory of bundles was given."""

_SEARCHED_ENTRIES = 2_000


class BundleError(Exception):
    """A path that cannot be opened as a bundle. `str()` is one line for a person, with the path.

    `bundles` holds the bundles found in the directory that was given instead of one of them, newest first.
    """

    def __init__(self, message: str, path: Path, bundles: tuple[Path, ...] = ()) -> None:
        super().__init__(message)
        self.path = path
        self.bundles = bundles


class Bundle(msgspec.Struct, frozen=True):
    """A directory with a manifest that could be read. Its log and payloads may still be growing, or be absent."""

    path: Path
    manifest: Manifest

    @property
    def log_path(self) -> Path:
        """Where the event log is; the manifest's own word for it is not used (bundle format §2.1)."""
        return self.path / EVENT_LOG_FILE_NAME


def open_bundle(path: str | Path) -> Bundle:
    """Return the bundle at `path`.

    A missing event log is fine: the recorder writes the manifest first. Raises `BundleError` for everything else
    that is not a readable bundle of a known schema.
    """
    if not str(path):  # an unset variable of a script, which would otherwise mean the current directory
        raise BundleError("the path of the bundle is empty", Path())
    path = Path(path)
    _check_directory(path)
    manifest = _manifest(path)
    _check_log(path)
    return Bundle(path, manifest)


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest in `directory`; raise `OSError` if it cannot be read, `ManifestError` if it is none."""
    data = read_regular(directory / MANIFEST_FILE_NAME, LARGEST_MANIFEST_BYTES + 1)
    if len(data) > LARGEST_MANIFEST_BYTES:
        raise ManifestError(f"larger than {LARGEST_MANIFEST_BYTES} bytes")
    return decode_manifest(data)


def shown(path: Path) -> str:
    """The path for a message: as it is, or escaped when it holds characters that a terminal might obey."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def _check_directory(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise BundleError(f"{shown(path)}: there is no such directory", path) from None
    except OSError as error:
        raise BundleError(f"{shown(path)}: cannot be opened: {error_text(error)}", path) from error
    except ValueError:
        raise BundleError(f"{shown(path)}: this cannot be the name of a directory", path) from None
    if stat.S_ISDIR(mode):
        return
    if (path.parent / MANIFEST_FILE_NAME).exists():
        raise BundleError(
            f"{shown(path)}: is a file of a bundle; open its directory, {shown(path.parent)}", path, (path.parent,)
        )
    raise BundleError(f"{shown(path)}: is not a directory; a bundle is the directory that holds manifest.json", path)


def _manifest(path: Path) -> Manifest:
    place = shown(path / MANIFEST_FILE_NAME)
    try:
        return read_manifest(path)
    except FileNotFoundError:
        raise _not_a_bundle(path) from None
    except NotRegularFileError as error:
        raise BundleError(f"{place}: is {error_text(error)}", path) from error
    except OSError as error:
        raise BundleError(f"{place}: cannot be read: {error_text(error)}", path) from error
    except ManifestError as error:
        raise BundleError(f"{place}: is not a manifest that this program can read: {error}", path) from error


def _not_a_bundle(path: Path) -> BundleError:
    try:
        names = sorted(entry.name for entry in path.iterdir())
    except OSError as error:
        return BundleError(f"{shown(path)}: cannot be listed: {error_text(error)}", path)
    if not names:
        return BundleError(f"{shown(path)}: is an empty directory, not a bundle", path)
    bundles = _contained_bundles(path, names)
    if bundles:
        return BundleError(f"{shown(path)}: {_hint(bundles)}", path, bundles)
    if EVENT_LOG_FILE_NAME in names:
        return BundleError(f"{shown(path)}: has a {EVENT_LOG_FILE_NAME} but its {MANIFEST_FILE_NAME} is missing", path)
    return BundleError(f"{shown(path)}: is not a bundle: there is no {MANIFEST_FILE_NAME} in it", path)


def _contained_bundles(path: Path, names: list[str]) -> tuple[Path, ...]:
    found = dict(_with_manifest(path, names))
    return tuple(sorted(found, key=lambda bundle: (-found[bundle], bundle.name)))


def _with_manifest(path: Path, names: list[str]) -> Iterator[tuple[Path, float]]:
    for name in names[:_SEARCHED_ENTRIES]:
        try:
            yield path / name, (path / name / MANIFEST_FILE_NAME).stat().st_mtime
        except OSError:
            continue


def _hint(bundles: tuple[Path, ...]) -> str:
    named = ", ".join(shown(Path(bundle.name)) for bundle in bundles[:NAMED_HINTS])
    if len(bundles) == 1:
        return f"is not a bundle, but holds one; open that: {named}"
    more = f" and {len(bundles) - NAMED_HINTS} more" if len(bundles) > NAMED_HINTS else ""
    return f"is not a bundle, but holds {len(bundles)}; open one of them: {named}{more}"


def _check_log(path: Path) -> None:
    log = path / EVENT_LOG_FILE_NAME
    try:
        descriptor, _ = open_regular(log)
    except FileNotFoundError:
        return
    except NotRegularFileError as error:
        raise BundleError(f"{shown(log)}: is {error_text(error)}", path) from error
    except OSError as error:
        raise BundleError(f"{shown(log)}: cannot be read: {error_text(error)}", path) from error
    os.close(descriptor)
