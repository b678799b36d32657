"""Whose recording a followed bundle is: the manifest may be written late, or give way to another one."""

from __future__ import annotations

from tui.bundle.catalog.identity import inferred_manifest, is_nameless
from tui.bundle.files import BundleFiles, files_with, read_manifest
from tui.bundle.payloads.body_cache import FileStamp
from tui.schema.damage import Damage
from tui.schema.manifest import MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME, Manifest, ManifestError


class BundleIdentity:
    """The manifest of a bundle and what is wrong with the bundle as a whole, kept current. For one thread at a time."""

    def __init__(self, bundle: BundleFiles) -> None:
        self.manifest: Manifest = bundle.manifest
        self.was_replaced = False
        """When `look` returned True: whether another manifest had been read before, else the first one came late."""
        self._bundle = bundle
        self._faults = bundle.faults
        self._has_manifest = _STANDS_IN.isdisjoint(fault.code for fault in bundle.faults)
        self._stamp: FileStamp | None = None
        self._unreadable: FileStamp | None = None
        self._lost_manifest: Damage | None = None
        self._has_payloads = self._lost_payloads = False

    @property
    def faults(self) -> tuple[Damage, ...]:
        """What is wrong with the bundle as a whole at present."""
        manifest = () if self._lost_manifest is None else (self._lost_manifest,)
        return (*self._faults, *manifest, *((_PAYLOADS_REMOVED,) if self._lost_payloads else ()))

    def look(self) -> bool:
        """See what the files say now; return whether the manifest is another one."""
        changed = self._read() or self._infer()
        has_payloads = (self._bundle.path / PAYLOADS_DIRECTORY_NAME).is_dir()
        self._has_payloads = self._has_payloads or has_payloads
        self._lost_payloads = self._has_payloads and not has_payloads
        return changed

    def _read(self) -> bool:
        stamp = self._stamp_now()
        if stamp is None:
            self._lose(_MANIFEST_REMOVED)
        if stamp == self._stamp or stamp is None:
            return False
        try:
            manifest = read_manifest(self._bundle.path)
        except (OSError, ManifestError):
            if stamp == self._unreadable:  # else it is being written, perhaps: the next look shows
                self._lose(_MANIFEST_CHANGED)
            self._unreadable = stamp
            return False
        return self._take(manifest, stamp)

    def _lose(self, damage: Damage) -> None:
        """The manifest that was read is gone; its contents are kept."""
        self._stamp = None
        self._lost_manifest = damage if self._has_manifest else None

    def _take(self, manifest: Manifest, stamp: FileStamp) -> bool:
        changed = manifest != self.manifest
        self.was_replaced, self._has_manifest = self._has_manifest, True
        self.manifest, self._stamp = manifest, stamp
        self._unreadable = self._lost_manifest = None
        self._faults = files_with(self._bundle.path, manifest).faults
        return changed

    def _infer(self) -> bool:
        """Where no manifest said it: see whether the log has its first events by now."""
        if not is_nameless(self.manifest):
            return False
        try:
            inferred = inferred_manifest(self._bundle.text_path)
        except OSError:
            return False
        self.manifest = inferred or self.manifest
        return inferred is not None

    def _stamp_now(self) -> FileStamp | None:
        try:
            status = (self._bundle.path / MANIFEST_FILE_NAME).stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns


_STANDS_IN = {"manifest-missing", "manifest-renamed", "manifest-unreadable"}
"""Faults of a bundle whose manifest is not a recorded one."""

_MANIFEST_REMOVED = Damage("manifest-removed", f"{MANIFEST_FILE_NAME}: was removed", "its earlier contents are kept")
_MANIFEST_CHANGED = Damage(
    "manifest-changed", f"{MANIFEST_FILE_NAME}: is no longer valid", "its earlier contents are kept"
)

_PAYLOADS_REMOVED = Damage(
    "payloads-removed",
    f"{PAYLOADS_DIRECTORY_NAME}: was removed",
    "what was read of it stays, the rest cannot be shown",
)
