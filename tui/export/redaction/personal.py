"""Rules for what names a person or a machine: home folder, user, host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tui.export.redaction.rule import SecretRule, make_rule

# fmt: off
_GENERIC_USERS: Final = frozenset({
    "admin", "agent", "anonymous", "build", "builder", "code", "codex", "daemon", "debian", "default", "developer",
    "docker", "fedora", "guest", "home", "jenkins", "local", "main", "node", "nobody", "none", "null", "public",
    "python", "root", "runner", "sandbox", "service", "shared", "share", "system", "temp", "test", "tester",
    "ubuntu", "user", "username", "users", "vagrant", "work", "worker", "workspace", "you", "your",
})
# fmt: on
"""Names of accounts that say nothing about a person, and are words."""

_SHORTEST_NAME = 4
"""Characters of a user's or a host's name that is looked for in all texts; shorter ones are parts of words."""


_NOBODY = rf"(?!(?i:{'|'.join(sorted(_GENERIC_USERS))}|localhost)(?![\w-]))"

_BELOW = (
    r"(?:/(?:var|usr|export|data|mnt|nfs|net|srv|opt|private|host|hostfs|rootfs|System/Volumes/Data"
    r"|(?:mnt/|cygdrive/)?[a-zA-Z]))?"
)
"""Where home folders are besides the root: of other systems, and of Windows as Linux sees it."""

_NAME = r"[A-Za-z0-9_][\w.-]{0,63}(?: [A-Z][a-z][\w.-]{0,30}(?=[\\/]))?"

HOME_RULE: Final = make_rule(
    "home",
    ("/home/", "/Users/", "\\Users\\", "/users/", "Users"),
    rf"(?<![\w.-])(?:{_BELOW}/(?:home|Users)/(?!(?:Shared|user|username|you)\b){_NAME}"
    rf"|(?i:[a-z]:[\\/]{{1,4}}users[\\/]{{1,4}}|\\\\[\w.-]{{1,60}}\\users\\)"
    rf"(?!(?i:public|default|all users)\b){_NAME})",
)
"""A home folder, wherever it is in a text."""

LOGIN_RULE: Final = make_rule(
    "user-host",
    ("@",),
    r"(?<![\w.@/-])(?!git@)([a-z_][a-z0-9_-]{1,31}@[A-Za-z][A-Za-z0-9-]{1,62}(?:\.[A-Za-z0-9-]+)*)"
    r"(?=:[~/]| MINGW\d\d| [\w./~-]{1,60}\][$#])",
    1,
)
"""User and host as a prompt, `ssh` or `scp` shows them."""

_FRAMES: Final = (
    make_rule(
        "user-host",
        ("ssh ", "scp ", "sftp ", "rsync ", "mosh "),
        r"\b(?:ssh|scp|sftp|rsync|mosh)\s[^\n|;&@]{0,200}?(?<![\w.@/-])(?!git@)"
        r"([a-z_][a-z0-9_-]{1,31}@[A-Za-z][A-Za-z0-9-]{1,62}(?:\.[A-Za-z0-9-]+)*)",
        1,
    ),
    make_rule("user", ("~",), rf"(?<![\w/~=.])~{_NOBODY}([a-z_][a-z0-9_-]{{2,31}})(?=/)", 1),
    make_rule("user", ("/run/media/",), rf"/run/media/{_NOBODY}([a-z_][\w-]{{1,31}})(?=/)", 1),
    make_rule(
        "user",
        ("USER", "LOGNAME"),
        rf"\b(?:USER|LOGNAME|USERNAME|SUDO_USER)=[\"']?{_NOBODY}([A-Za-z][\w.-]{{2,31}})(?![\w(])",
        1,
    ),
    make_rule("user", ("id=",), rf"\b[ug]id=\d{{1,10}}\({_NOBODY}([a-z_][\w.-]{{1,31}})\)", 1),
    make_rule(
        "host",
        ("HOSTNAME", "COMPUTERNAME"),
        rf"\b(?:HOSTNAME|COMPUTERNAME)=[\"']?{_NOBODY}([A-Za-z0-9][\w.-]{{2,62}})(?![\w(])",
        1,
    ),
    make_rule(
        "host",
        ("Linux ", "Darwin "),
        r"\b(?:Linux|Darwin) (?!version|kernel|release)([A-Za-z0-9][\w.-]{1,62}) \d{1,2}\.\d{1,3}\.\d",
        1,
    ),
)
"""A user or a host that is not known by name, where a program shows it."""


def personal_rules(homes: Iterable[str], users: Iterable[str], hosts: Iterable[str]) -> tuple[SecretRule, ...]:
    """Rules for the home folders, users and hosts that are known by name; the forms of home folders come with them."""
    named = [
        *(_named("home", home) for home in _longest_first(homes) if home.count("/") > 1 or "\\" in home),
        *(_named("user", user) for user in _longest_first(users) if _is_name(user)),
        *(_named("host", host) for host in _longest_first(hosts) if _is_name(host)),
    ]
    return (*named, HOME_RULE, LOGIN_RULE, *_FRAMES)


def _is_name(name: str) -> bool:
    return len(name) >= _SHORTEST_NAME and name.lower() not in _GENERIC_USERS and not name.startswith("localhost")


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=lambda name: (-len(name), name))


def _named(name: str, text: str) -> SecretRule:
    return make_rule(name, (text,), rf"(?<![A-Za-z0-9])(?i:{re.escape(text)})(?![A-Za-z0-9])")
