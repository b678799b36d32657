"""What a secret looks like, one rule a kind.

High precision: a rule has a prefix, a frame or a context that ordinary text does not have. A pattern never spans a
quotation mark, so that what is hidden in JSON leaves it JSON.
"""

from __future__ import annotations

from typing import Final

from tui.export.redaction.headers import HEADER_RULES, URL_RULES
from tui.export.redaction.passwords import PASSWORD_RULES
from tui.export.redaction.private_keys import PRIVATE_KEY_RULES
from tui.export.redaction.providers import PROVIDER_RULES
from tui.export.redaction.rule import key_rule, make_rule

TOKEN_RULES: Final = (
    key_rule(
        "jwt",
        "eyJ",
        r"[A-Za-z0-9_-]{8,}\.(?:eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]{8,}){3})",
    ),
    key_rule(  # cut behind what it says
        "jwt", "eyJ(?:hbGciOi|0eXAiOi|raWQiOi|lbmMiOi|jdHkiOi)", r"[A-Za-z0-9_-]{4,400}\.eyJ[A-Za-z0-9_-]{16,}", "eyJ"
    ),
    key_rule(  # of JSON with blanks
        "jwt",
        "(?:eyAi|ew[0o][gKN])",
        r"[A-Za-z0-9_-]{8,}\.e[yw][A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
        "eyAi",
        "ewog",
        "ew0K",
        "ewoK",
    ),
    key_rule(
        "paseto", r"v[1-4]\.(?:local|public)\.", r"[A-Za-z0-9_-]{24,}(?:\.[A-Za-z0-9_-]+)?", "v1.", "v2.", "v3.", "v4."
    ),
)
"""Tokens of standards that many providers use."""

_NAME = (
    r"(?i:secret|token|passwd|password|passphrase|secret_key_base|npmauthident"
    r"|(?:api|app|access|account|auth|encryption|master|private|secret|signing|application|subscription|license|integration"
    r"|routing|server|webhook|shared|pre-?shared|hmac|ssh|deploy|write|admin|service|session|jwt|cookie|crypto?|cipher|aes|bot)"
    r"[_-]?key|(?<![A-Za-z])pass)[\"'\\]{0,4}\s{0,3}"
)
"""How the name of a field ends that holds a secret."""

SETTING_RULES: Final = (
    make_rule(
        "npm-auth",
        ("_auth", "_password"),
        r"(?<![A-Za-z0-9._])_(?:authToken|auth|password)\s{0,2}=\s{0,2}[\"'\\]{0,4}([A-Za-z0-9+/=_.-]{12,})",
        1,
    ),
    make_rule(
        "docker-auth", ("auth",), r"[\"']auth\\?[\"']\s{0,3}:\s{0,3}\\?[\"']([A-Za-z0-9+/]{12,}={0,2})(?=\\?[\"'])", 1
    ),
    make_rule(
        "env-secret",
        ("PASS", "PWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "_PAT", "_SALT", "_AUTH"),
        r"=(?=[\"']?((?=[^\s\"'\\]{0,200}[0-9])(?=[^\s\"'\\]{0,200}[A-Za-z])"
        r"[^\s\"'`\\$<>{}()\[\],;|*/=][^\s\"'`\\$<>{}()\[\];|*]{7,400}))",
        1,
        named=r"(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|KEY|CREDENTIALS?|_PAT|_SALT|_AUTH)(?:_[A-Z0-9]{1,12})?",
    ),
    make_rule(
        "named-secret",
        ("ecret", "ECRET", "oken", "OKEN", "assw", "ASSW", "assphrase", "key", "KEY", "Key", "pass", "dent"),
        r"[:=](?=[=>]?\s{0,3}[\"'\\]{0,4}"
        r"((?=[A-Za-z+/=_-]{0,200}[0-9])(?=[0-9+/=_-]{0,200}[A-Za-z])[A-Za-z0-9+/=_-]{20,400})(?![A-Za-z0-9(\[]|\.\w))",
        1,
        named=_NAME,
    ),
    make_rule(  # shorter, but random: all of it in quotation marks
        "named-secret",
        ("ecret", "ECRET", "oken", "OKEN", "key", "KEY", "Key"),
        r"[:=](?=[=>]?\s{0,3}[\"'\\]{1,4}((?=[a-z0-9+/=_-]{0,30}[A-Z])(?=[A-Z0-9+/=_-]{0,30}[a-z])(?=[A-Za-z+/=_-]{0,30}[0-9])"
        r"[A-Za-z0-9+/=_-]{12,30})\\{0,3}[\"'])",
        1,
        named=_NAME,
    ),
    make_rule("kubernetes-token", ("token",), r"--token[ =]([a-z0-9]{6}\.[a-z0-9]{16})(?![\w.])", 1),
    make_rule("vault-unseal-key", ("nseal Key",), r"Unseal Key \d{1,2}: ([A-Za-z0-9+/=]{24,})", 1),
)
"""Secrets in settings, which the name of their field gives away."""

RULES: Final = (
    *PROVIDER_RULES,
    *TOKEN_RULES,
    *PRIVATE_KEY_RULES,
    *HEADER_RULES,
    *URL_RULES,
    *SETTING_RULES,
    *PASSWORD_RULES,
)
"""All rules that need not know whose recording it is."""
