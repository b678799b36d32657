"""Private keys: whole, cut at either end, or without the lines around them."""

from __future__ import annotations

from typing import Final

from tui.export.redaction.rule import BEFORE, make_rule

_KIND = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?"
_HEADER = r"(?:\s{0,40}(?:Proc-Type|DEK-Info|Comment|Version|Subject|Hash): [^\n\\]{1,200})"
_MARGIN = r"\n[\w./:-]{0,80}[ \t]{0,6}[|│>#:*] ?"
"""What programs write before each line that they show."""

_BODY = r"(?:[A-Za-z0-9+/]{40,}[\s|│>]{1,4}){0,400}[A-Za-z0-9+/]{20,}={0,2}"

_HEADS = (
    "MII[A-Za-z0-9+/]{2,4}IBAAKC",  # RSA by itself
    "MII[A-Za-z0-9+/]{2,4}IBADANBgkqhkiG9w0BAQEFAASC",  # RSA in a general container
    "MII[A-Za-z0-9+/]{2,4}BgkqhkiG9w0BBQ0w",  # encrypted
    "MHcCAQEEI",  # elliptic curves
    "MIG[A-Za-z0-9+/]{1,2}AgEAMB[AM]GByqGSM49",
    "MC4CAQAwBQYDK2V",
    "b3BlbnNzaC1rZXktdjE",  # OpenSSH
)
"""How the bytes of a private key begin, in base64."""

PRIVATE_KEY_RULES: Final = (
    make_rule(
        "private-key",
        ("PRIVATE KEY",),
        rf"-----BEGIN {_KIND}-----[\sA-Za-z0-9+/=:,.\\|│>#*_-]{{0,20000}}?-----END {_KIND}-----",
    ),
    make_rule(  # cut at its end
        "private-key",
        ("PRIVATE KEY",),
        rf"-----BEGIN {_KIND}-----{_HEADER}{{0,4}}(?:[\sA-Za-z0-9+/=]|{_MARGIN}){{16,20000}}",
    ),
    make_rule(  # cut at its start
        "private-key",
        ("PRIVATE KEY",),
        rf"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/=]{{1,80}}\s{{1,3}}){{1,400}}-----END {_KIND}-----",
    ),
    make_rule(
        "private-key", ("MII", "MHc", "MIG", "MC4", "b3Blb"), rf"{BEFORE}(?:{'|'.join(_HEADS)}){_BODY}", at_needle=True
    ),
    make_rule(
        "private-key",
        ("BEGIN SSH2 ENC", "BEGIN OpenVPN Static"),
        r"-{4,5} ?BEGIN (?:SSH2 ENCRYPTED PRIVATE KEY|OpenVPN Static key V1) ?-{4,5}"
        rf"{_HEADER}{{0,4}}[\sA-Za-z0-9+/=]{{16,20000}}",
    ),
    make_rule(
        "putty-key",
        ("Private-Lines:",),
        r"Private-Lines: \d{1,4}[\s>|│#+\d:.-]+([A-Za-z0-9+/=\s>|│#:.-]{40,20000}?)(?=[\s>|│#+\d:.-]+Private-MAC|$)",
        1,
    ),
)
