"""What a secret looks like, one rule a kind.

High precision: a rule has a prefix, a frame or a context that ordinary text does not have. A pattern never spans a
quotation mark, so that what is hidden in JSON leaves it JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec


class SecretRule(msgspec.Struct, frozen=True):
    """A kind of secret: its name, as it appears in marks and reports, and what it looks like.

    `needles`: one of them is in every text that the pattern can match; looking for them is fast. `group`: what of a
    match is the secret.
    """

    name: str
    pattern: re.Pattern[str]
    needles: tuple[str, ...]
    group: int = 0


class RuleSet:
    """Rules, and a fast way to those that may match."""

    def __init__(self, rules: Iterable[SecretRule]) -> None:
        self._needles = tuple((needle, rule) for rule in rules for needle in rule.needles)

    def worth_trying(self, text: str) -> Iterable[SecretRule]:
        """The rules of which the text holds a needle."""
        found = [rule for needle, rule in self._needles if needle in text]
        return found if len(found) < 2 else {id(rule): rule for rule in found}.values()


def _rule(name: str, needles: Sequence[str], pattern: str, group: int = 0) -> SecretRule:
    return SecretRule(name, re.compile(pattern), tuple(needles), group)


_BEFORE = r"(?<![A-Za-z0-9_-])"
_AFTER = r"(?![A-Za-z0-9])"
_WITH_DIGIT = r"(?=[A-Za-z_-]*[0-9])"
"""Random characters hold a digit; words joined by hyphens do not."""


def _key(name: str, prefix: str, body: str, *needles: str) -> SecretRule:
    """A key that begins with the provider's own prefix."""
    return _rule(name, needles or (prefix,), f"{_BEFORE}{prefix}{body}{_AFTER}")


PROVIDER_RULES: Final = (
    _key("openai-key", "sk-(?!ant-)(?:proj-|svcacct-|admin-|or-v1-)?", rf"{_WITH_DIGIT}[A-Za-z0-9_-]{{20,}}", "sk-"),
    _key("anthropic-key", "sk-ant-", r"[A-Za-z0-9_-]{20,}"),
    _key("aws-key-id", "(?:AKIA|ASIA|ABIA|ACCA)", r"[A-Z0-9]{16}", "AKIA", "ASIA", "ABIA", "ACCA"),
    _rule(
        "aws-secret-key",
        ("ecret",),
        r"(?i:aws_?)?(?i:secret_?(?:access_?)?key)[\"'\\]{0,4}\s{0,3}[=:]\s{0,3}[\"'\\]{0,4}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        1,
    ),
    _key("google-key", "AIza", r"[A-Za-z0-9_-]{35}"),
    _key("google-token", r"ya29\.", r"[A-Za-z0-9_-]{20,}", "ya29."),
    _key("google-secret", "GOCSPX-", r"[A-Za-z0-9_-]{28}"),
    _key("github-token", "gh[pousr]_", r"[A-Za-z0-9]{36,255}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    _key("github-token", "github_pat_", r"[A-Za-z0-9_]{22,255}"),
    _key("gitlab-token", "gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-", r"[A-Za-z0-9_-]{20,}", "gl"),
    _key("slack-token", "xox[abeoprs]-", r"[A-Za-z0-9-]{10,}", "xox"),
    _key("slack-token", r"xapp-\d-", r"[A-Za-z0-9-]{10,}", "xapp-"),
    _rule("slack-webhook", ("hooks.slack.com",), r"hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9/_-]{20,})", 1),
    _key("stripe-key", "[sr]k_(?:live|test)_", r"[A-Za-z0-9]{16,}", "k_live_", "k_test_"),
    _key("stripe-secret", "whsec_", r"[A-Za-z0-9+/=]{24,}"),
    _key("npm-token", "npm_", r"[A-Za-z0-9]{36}"),
    _key("pypi-token", "pypi-", r"[A-Za-z0-9_-]{60,}"),
    _key("huggingface-token", "hf_", r"[A-Za-z0-9]{30,}"),
    _key("sendgrid-key", r"SG\.", r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", "SG."),
    _key("twilio-key", "(?:SK|AC)", r"[0-9a-f]{32}", "SK", "AC"),
    _key("digitalocean-token", "do[opr]_v1_", r"[a-f0-9]{64}", "_v1_"),
    _rule("azure-storage-key", ("AccountKey=",), r"AccountKey=([A-Za-z0-9+/]{86}==)", 1),
    _rule("azure-secret", ("Q~",), rf"{_BEFORE}[A-Za-z0-9_~.-]{{3}}\dQ~[A-Za-z0-9_~.-]{{31,34}}"),
    _key("databricks-token", "dapi", r"[0-9a-f]{32}(?:-\d)?"),
    _key("groq-key", "gsk_", r"[A-Za-z0-9]{40,}"),
    _key("xai-key", "xai-", r"[A-Za-z0-9]{40,}"),
    _key("perplexity-key", "pplx-", r"[A-Za-z0-9]{40,}"),
    _key("replicate-token", "r8_", r"[A-Za-z0-9]{30,}"),
    _key("shopify-token", "shp(?:at|ca|pa|ss)_", r"[a-fA-F0-9]{32}", "shp"),
    _key("vault-token", r"hv[sbr]\.", r"[A-Za-z0-9_-]{24,}", "hvs.", "hvb.", "hvr."),
    _key("linear-key", "lin_api_", r"[A-Za-z0-9]{32,}"),
    _key("notion-token", "ntn_", r"[A-Za-z0-9]{40,}"),
    _key("figma-token", "figd_", r"[A-Za-z0-9_-]{36,}"),
    _key("atlassian-token", "ATATT3", r"[A-Za-z0-9_=-]{60,}"),
    _key("grafana-token", "gl(?:sa|c)_", r"[A-Za-z0-9_=+/]{32,}", "glsa_", "glc_"),
    _key("docker-token", "dckr_pat_", r"[A-Za-z0-9_-]{20,}"),
    _key("supabase-token", "sbp_", r"[a-f0-9]{40}"),
    _key("sentry-token", "sntry[su]_", r"[A-Za-z0-9_=+/-]{40,}", "sntry"),
    _key("newrelic-key", "NRAK-", r"[A-Z0-9]{27}"),
    _key("heroku-key", "HRKU-", r"[A-Za-z0-9_-]{36,}"),
    _key("telegram-token", r"\d{8,10}:AA", r"[A-Za-z0-9_-]{33}", ":AA"),
    _key("age-key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
)
"""Keys and tokens of providers, by the form that the provider gave them."""

FRAME_RULES: Final = (
    _rule(
        "jwt",
        ("eyJ",),
        rf"{_BEFORE}eyJ[A-Za-z0-9_-]{{8,}}\.(?:eyJ[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]{{8,}}|[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]{{8,}}){{3}})",
    ),
    _rule(
        "private-key",
        ("PRIVATE KEY",),
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"[\sA-Za-z0-9+/=:,\\-]{0,20000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----",
    ),
    _rule(  # one that was cut
        "private-key",
        ("PRIVATE KEY",),
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\sA-Za-z0-9+/=]{16,20000}",
    ),
    _rule(
        "authorization",
        ("uthorization", "UTHORIZATION"),
        r"(?i:authorization)[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}(?i:bearer|basic|token)\s{1,3}([A-Za-z0-9._~+/=-]{8,})",
        1,
    ),
    _rule(
        "url-password",
        ("://",),
        r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@\"'`<>\\]{0,200}:([^\s/@\"'`<>\\${}*]{1,200})@[A-Za-z0-9\[]",
        1,
    ),
    _rule(
        "url-token",
        ("?", "&"),
        r"[?&](?i:access_token|api_?key|auth_token|refresh_token|client_secret|password|x-amz-signature|x-goog-signature|sig)"
        r"=([A-Za-z0-9._~%+/-]{16,})",
        1,
    ),
)
"""Secrets that their frame gives away, whoever made them."""

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


HOME_RULE: Final = _rule(
    "home",
    ("/home/", "/Users/", "\\Users\\"),
    r"(?<![\w.-])(?:/(?:home|Users)/(?!(?:Shared|user|username|you)\b)[A-Za-z0-9_][\w.-]{0,63}"
    r"|[A-Za-z]:\\Users\\(?!Public\b)[A-Za-z0-9_][\w.-]{0,63})",
)
"""A home folder, wherever it is in a text."""

LOGIN_RULE: Final = _rule(
    "user-host",
    ("@",),
    r"(?<![\w.@/-])(?!git@)([a-z_][a-z0-9_-]{1,31}@[A-Za-z][A-Za-z0-9-]{1,62}(?:\.[A-Za-z0-9-]+)*)(?=:[~/])",
    1,
)
"""User and host as a prompt, `ssh` or `scp` shows them."""


def personal_rules(homes: Iterable[str], users: Iterable[str], hosts: Iterable[str]) -> tuple[SecretRule, ...]:
    """Rules for the home folders, users and hosts that are known by name; the forms of home folders come with them."""
    named = [
        *(_named("home", home) for home in _longest_first(homes) if home.count("/") > 1 or "\\" in home),
        *(_named("user", user) for user in _longest_first(users) if _is_name(user)),
        *(_named("host", host) for host in _longest_first(hosts) if _is_name(host)),
    ]
    return (*named, HOME_RULE, LOGIN_RULE)


def _is_name(name: str) -> bool:
    return len(name) >= _SHORTEST_NAME and name.lower() not in _GENERIC_USERS and not name.startswith("localhost")


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=lambda name: (-len(name), name))


def _named(name: str, text: str) -> SecretRule:
    return _rule(name, (text,), rf"(?<![A-Za-z0-9]){re.escape(text)}(?![A-Za-z0-9])")


RULES: Final = (*PROVIDER_RULES, *FRAME_RULES)
"""All rules that need not know whose recording it is."""
