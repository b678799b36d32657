"""Whose machine this is: the home folder, user and host that no export should name."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable
from pathlib import Path

from tui.export.redaction.personal import personal_rules
from tui.export.redaction.rule import SecretRule

_USER_OF_HOME = re.compile(r"(?:/(?:home|Users)/|[A-Za-z]:\\Users\\)([^/\\]+)")


def personal_rules_here(folders: Iterable[str] = ()) -> tuple[SecretRule, ...]:
    """The rules for the person who exports, and for those in whose home folders a session worked."""
    homes = [str(Path.home())] if os.environ.get("HOME") else []
    users = [os.environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME")]
    users += [match[1] for folder in (*homes, *folders) for match in [_USER_OF_HOME.match(folder)] if match]
    host = platform.node()
    return personal_rules(homes, users, [host, host.partition(".")[0]])
