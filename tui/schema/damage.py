"""`Damage`: what is wrong with a bundle as a whole, before any event of it is looked at."""

from __future__ import annotations

import msgspec


class Damage(msgspec.Struct, frozen=True):
    """One fault of a bundle's files. `str()` is one line for a person, not yet cleaned.

    `code` is stable: `manifest-missing`, `manifest-unreadable`, `schema-unknown`, `log-renamed`, `payloads-missing`,
    `manifest-renamed`, `payloads-renamed`,
    and for what happens while the bundle is open `log-cut`, `log-replaced`, `log-removed`, `manifest-removed`,
    `manifest-changed` and `payloads-removed`. `message` says what was found, `consequence` what was done about it.
    """

    code: str
    message: str
    consequence: str

    def __str__(self) -> str:
        return f"{self.message}; {self.consequence}"
