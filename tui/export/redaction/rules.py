"""What a secret looks like, one rule a kind.

High precision: a rule has a prefix, a frame or a context that ordinary text does not have. A pattern never spans a
quotation mark, so that what is hidden in JSON leaves it JSON.
"""

from __future__ import annotations

from typing import Final

from tui.export.redaction.providers import PROVIDER_RULES
from tui.export.redaction.rule import key_rule, make_rule

FRAME_RULES: Final = (
    key_rule(
        "jwt",
        "eyJ",
        r"[A-Za-z0-9_-]{8,}\.(?:eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]{8,}){3})",
    ),
    make_rule(
        "private-key",
        ("PRIVATE KEY",),
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"[\sA-Za-z0-9+/=:,.\\|│>#*_-]{0,20000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----",
    ),
    make_rule(  # one that was cut
        "private-key",
        ("PRIVATE KEY",),
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[\sA-Za-z0-9+/=]|\n[\w./:-]{0,80}[ \t]{0,6}[|│>#:*] ?){16,20000}",
    ),
    make_rule(
        "putty-key",
        ("Private-Lines:",),
        r"Private-Lines: \d{1,4}[\s>|│#+\d:.-]+([A-Za-z0-9+/=\s>|│#:.-]{40,20000}?)(?=[\s>|│#+\d:.-]+Private-MAC|$)",
        1,
    ),
    make_rule(
        "authorization",
        ("uthorization", "UTHORIZATION"),
        r"(?i:authorization)[\"'\\]{0,4}\s{0,3}[:=,]\s{0,3}[\"'\\]{0,4}(?i:bearer|basic|token|bot|apikey|digest)\s{1,3}"
        r"([A-Za-z0-9._~+/=-]{8,})",
        1,
    ),
    make_rule(
        "authorization",
        ("earer ",),
        r"(?<![A-Za-z])[Bb]earer (?=[A-Za-z._~+/=-]*[0-9])([A-Za-z0-9._~+/=-]{24,})",
        1,
    ),
    make_rule(
        "api-key-header",
        ("x-", "X-"),
        r"(?i:x-(?:[a-z]{2,20}-)?(?:api-key|auth-token|access-token|token|secret|auth-key))[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}"
        r"([A-Za-z0-9._~+/=-]{16,})",
        1,
    ),
    make_rule(
        "cookie",
        ("ookie:", "OOKIE:"),
        r"(?i:cookie): {0,3}[^\s\"';]{0,80}(?i:sess|auth|token|sid|jwt)[^\s\"';=]{0,40}=([A-Za-z0-9._~%+/=-]{16,})",
        1,
    ),
    make_rule(
        "url-password",
        ("://",),
        r"://[^\s/:@\"'`<>\\]{0,200}:([^\s/@\"'`<>\\${}*]{1,200})@[A-Za-z0-9\[]",
        1,
    ),
    make_rule("url-user-token", ("://",), r"://((?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,200})@[A-Za-z0-9\[]", 1),
    make_rule(
        "url-token",
        ("?", "&"),
        r"[?&](?i:access_token|api_?key|auth_token|refresh_token|id_token|token|secret|client_secret|password|key|code"
        r"|x-amz-signature|x-amz-security-token|x-goog-signature|sig|signature)"
        r"=((?=[A-Za-z._~%+/-]*[0-9])[A-Za-z0-9._~%+/-]{16,})",
        1,
    ),
    make_rule(
        "curl-password",
        ("-u", "--user"),
        r"(?:curl|wget|http)\b[^\n\"']{0,300}?\s(?:-u|--user)[ =]?[\"'\\]{0,2}"
        r"[A-Za-z0-9_.@-]{1,64}:([^\s\"'`\\$]{4,200})",
        1,
    ),
    make_rule(
        "netrc-password", ("machine ",), r"machine\s+\S{1,200}\s+login\s+\S{1,200}\s+password\s+([^\s\"'\\$]{4,200})", 1
    ),
    make_rule(
        "npm-auth", ("_auth", "_password"), r"_(?:authToken|auth|password)\s{0,2}=\s{0,2}([A-Za-z0-9+/=_.-]{12,})", 1
    ),
    make_rule(
        "docker-auth", ("auth",), r"[\"']auth\\?[\"']\s{0,3}:\s{0,3}\\?[\"']([A-Za-z0-9+/]{12,}={0,2})(?=\\?[\"'])", 1
    ),
    make_rule(
        "env-secret",
        ("PASS", "PWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL"),
        r"=(?=[\"']?((?=[^\s\"'\\]{0,200}[0-9])(?=[^\s\"'\\]{0,200}[A-Za-z])"
        r"[^\s\"'`\\$<>{}()\[\],;|*/=][^\s\"'`\\$<>{}()\[\];|*]{7,400}))",
        1,
        named=r"(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|KEY|CREDENTIALS?)(?:_[A-Z0-9]{1,12})?",
    ),
    make_rule(
        "named-secret",
        ("ecret", "ECRET", "oken", "OKEN", "assw", "ASSW", "assphrase", "key", "KEY", "Key"),
        r"[:=](?=[=>]?\s{0,3}[\"'\\]{0,4}"
        r"((?=[A-Za-z+/=_-]{0,200}[0-9])(?=[0-9+/=_-]{0,200}[A-Za-z])[A-Za-z0-9+/=_-]{20,400})(?![A-Za-z0-9(\[]|\.\w))",
        1,
        named=r"(?i:secret|token|passwd|password|passphrase|(?:api|app|access|account|auth|encryption|master|private|secret"
        r"|signing)[_-]?key)[\"'\\]{0,4}\s{0,3}",
    ),
)
"""Secrets that their frame gives away, whatever program made them."""

RULES: Final = (*PROVIDER_RULES, *FRAME_RULES)
"""All rules that need not know whose recording it is."""
