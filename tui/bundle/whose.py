"""Whose recording a followed bundle is: the manifest may be written late, or give way to another one."""

from __future__ import annotations

from tui.bundle.identity import inferred_manifest, is_nameless
from tui.bundle.open import Bundle, bundle_with, read_manifest
from tui.schema.damage import Damage
from tui.schema.manifest import MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME, Manifest, ManifestError


class BundleIdentity:
    """The manifest of a bundle and what is wrong with the bundle as a whole, kept current. For one thread at a time."""

    def __init__(self, bundle: Bundle) -> None:
        self.manifest: Manifest = bundle.manifest
        self.faults: tuple[Damage, ...] = bundle.faults
        self._bundle = bundle
        self._stamp: tuple[int, int, int] | None = None
        self._has_payloads = False

    def look(self) -> bool:
        """See what the files say now; return whether the manifest is another one."""
        changed = self._read() or self._infer()
        self._look_for_payloads()
        return changed

    def _read(self) -> bool:
        stamp = self._stamp_now()
        if stamp == self._stamp or stamp is None:
            return False
        self._stamp = stamp
        try:
            manifest = read_manifest(self._bundle.path)
        except (OSError, ManifestError):
            self._stamp = None  # being written, perhaps: look again next time
            return False
        changed = manifest != self.manifest
        self.manifest = manifest
        self.faults = bundle_with(self._bundle.path, manifest).faults
        return changed

    def _infer(self) -> bool:
        """Where no manifest told it: see whether the log has its first events by now."""
        if not is_nameless(self.manifest):
            return False
        try:
            inferred = inferred_manifest(self._bundle.log_path)
        except OSError:
            return False
        self.manifest = inferred or self.manifest
        return inferred is not None

    def _look_for_payloads(self) -> None:
        """Name the loss when the payloads are removed while somebody looks, and take it back when they return."""
        has_payloads = (self._bundle.path / PAYLOADS_DIRECTORY_NAME).is_dir()
        others = tuple(fault for fault in self.faults if fault.code != "payloads-removed")
        lost = self._has_payloads and not has_payloads
        if lost:
            self.faults = (*others, _PAYLOADS_REMOVED)
        elif has_payloads:
            self._has_payloads = True
            self.faults = others

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            status = (self._bundle.path / MANIFEST_FILE_NAME).stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns


_PAYLOADS_REMOVED = Damage(
    "payloads-removed",
    f"{PAYLOADS_DIRECTORY_NAME}: was removed",
    "what was read of it stays, the rest cannot be shown",
)
