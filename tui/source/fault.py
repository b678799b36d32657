"""Why a payload has no body to show."""

from __future__ import annotations

import msgspec


class PayloadFault(msgspec.Struct, frozen=True):
    """Why a payload has no body to show. `reason` is one line for people, with the payload's name.

    `code` is one of

    * `missing`: there is no such file, or its shard holds no such record. It may still come.
    * `omitted`: the recorder left the body out, and said so.
    * `too-large`: it has more bytes than were asked for, or than are read at once.
    * `invalid`: what is there cannot be read as a body: the shard is damaged before it, or its fragments and parts do
      not fit together.
    * `exhausted`: this program has too many files open to look. Nothing is wrong with the file.
    * `unreadable`, `outside-bundle`, `not-a-file`, `bad-path` (no file can have such a name): the file was not read.
    """

    code: str
    reason: str
