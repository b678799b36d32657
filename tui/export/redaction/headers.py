"""What a request to a server carries: headers, cookies, URLs with a password, a token or a signature."""

from __future__ import annotations

from typing import Final

from tui.export.redaction.rule import make_rule

_WORD = "[A-Za-z0-9._~+/=:-]"
_TO_VALUE = r"[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}"

_PAIR = r"[\w.%-]{1,80}=[^\s;\"'\\<>]"
_MORE_PAIRS = r"(?:; ?[\w.%-]{1,80}(?:=[^\s;\"'\\<>]*)?)*"

_NO_VARIABLE = r"(?!\$[{(A-Za-z_]|\{|<|%\(|\*+@|:?@)"

_NAMED_HEADERS = (
    "dd-api-key",
    "dd-application-key",
    "subscription-key",
    "private-token",
    "job-token",
    "deploy-token",
    "circle-token",
    "api-token",
)
"""Headers of single services that hold a key."""

HEADER_RULES: Final = (
    make_rule(
        "authorization",
        ("uthorization", "UTHORIZATION"),
        r"(?i:uthorization)[\"'\\]{0,4}\s{0,3}[:=,]\s{0,3}[\"'\\]{0,4}(?i:bearer|basic|token|bot|apikey|digest)\s{1,3}"
        r"([A-Za-z0-9._~+/=-]{8,})",
        1,
        at_needle=True,
    ),
    make_rule(  # other schemes, or none
        "authorization",
        ("uthorization", "UTHORIZATION"),
        r"(?i:uthorization)[\"'\\]{0,4}\s{0,3}[:=,]\s{0,3}[\"'\\]{0,4}(?:[A-Za-z][A-Za-z0-9-]{1,20}\s{1,3})?"
        rf"(?:(?:token|auth)=)?[\"'\\]{{0,4}}((?={_WORD}{{0,300}}?[0-9]){_WORD}{{16,}})",
        1,
        at_needle=True,
    ),
    make_rule("authorization", ("response=",), r"Digest\s[^\n]{0,400}?\bresponse=[\"'\\]{1,4}([0-9a-f]{32,64})", 1),
    make_rule(
        "authorization",
        ("earer ",),
        r"(?<=[Bb])(?<![A-Za-z].)earer (?=[A-Za-z._~+/=-]*[0-9])([A-Za-z0-9._~+/=-]{24,})",
        1,
        at_needle=True,
    ),
    make_rule(
        "authorization",
        ("asic ",),
        r"(?<=[Bb])(?<![A-Za-z].)asic (?=[A-Za-z+/]*[0-9])(?=[a-z0-9+/]*[A-Z])([A-Za-z0-9+/]{16,}={0,2})(?![\w.(-])",
        1,
        at_needle=True,
    ),
    make_rule(
        "api-key-header",
        ("x-", "X-"),
        r"(?i:x-(?:[a-z]{2,20}-){0,3}(?:api-key|auth-token|access-token|token|secret|auth-key|key))[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}"
        r"[\"'\\]{0,4}([A-Za-z0-9._~+/=-]{16,})",
        1,
        at_needle=True,
    ),
    make_rule(
        "api-key-header",
        tuple(name for words in _NAMED_HEADERS for name in (words, words.upper(), words.title())),
        rf"(?i:{'|'.join(_NAMED_HEADERS)})"
        rf"{_TO_VALUE}([A-Za-z0-9._~+/=-]{{16,}})",
        1,
        at_needle=True,
    ),
    make_rule(
        "cookie",
        ("ookie", "OOKIE"),
        r"(?i:ookie)[\"'\\]{0,4}(?:[:=]|,\s?[\"'\\]{1,4}(?:value[\"'\\]{1,4}:)?)\s{0,3}[\"'\\]{0,4}"
        rf"({_PAIR}{{8,}}{_MORE_PAIRS}|(?:{_PAIR}{{0,80}}; ?){{1,40}}{_PAIR}{{8,}}{_MORE_PAIRS})",
        1,
        at_needle=True,
    ),
    make_rule(
        "cookie",
        ("curl",),
        r"\bcurl\b[^\n]{0,300}?\s(?:-b|--cookie)[ =]?[\"'\\]{0,4}"
        r"([\w.-]{1,80}=[^\s\"'\\$]{12,2000}(?:; ?[\w.-]{1,80}=[^\s\"'\\$]{1,2000})*)",
        1,
    ),
    make_rule(
        "cookie",
        ("\tTRUE\t", "\tFALSE\t"),
        r"\t(?:TRUE|FALSE)\t/[^\t\n]{0,200}\t(?:TRUE|FALSE)\t\d{1,12}\t[^\t\n]{1,200}\t([^\s\"'\\]{8,})",
        1,
    ),
    make_rule(
        "cookie",
        ("SESSID", "SESSIONID", "connect.sid", "sessionid", "_session", "SessionId", "ROBLOSECURITY"),
        r"(?:PHPSESSID|JSESSIONID|ASPSESSIONID\w*|ASP\.NET_SessionId|connect\.sid|sessionid|\w{1,40}_session|\.ROBLOSECURITY)"
        r"=((?=[A-Za-z%._|:-]*[0-9])[A-Za-z0-9%._~|:+/=-]{16,})",
        1,
    ),
)

URL_RULES: Final = (
    make_rule(
        "url-password",
        ("://",),
        rf"://[^\s/:@\"'`<>\\]{{0,200}}:({_NO_VARIABLE}[^\s/@\"'`<>\\{{}}]{{1,200}})@[A-Za-z0-9\[]",
        1,
        at_needle=True,
    ),
    make_rule(  # with signs that should have been encoded
        "url-password",
        ("://",),
        rf"(?<=[a-z])://[A-Za-z0-9._%+-]{{1,80}}:({_NO_VARIABLE}(?![0-9]{{1,5}}/)[^\s@\"'`<>\\{{}}]{{4,80}}(?:@[^\s/@\"'`<>\\{{}}]{{1,80}}){{0,2}})"
        r"@[A-Za-z0-9][A-Za-z0-9.-]{0,200}(?::\d{1,5})?(?:/|\?|(?![\w@:]))",
        1,
        at_needle=True,
    ),
    make_rule(
        "url-user-token",
        ("://",),
        r"://((?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,200})(?::[^\s/@\"'`<>\\]{0,200})?@[A-Za-z0-9\[]",
        1,
        at_needle=True,
    ),
    make_rule(
        "url-token",
        ("?", "&", "#"),
        r"[?&#](?i:access_token|api[_-]?key|auth_token|refresh_token|id_token|token|secret|client_secret|password|key|code"
        r"|x-amz-signature|x-amz-security-token|x-goog-signature|sig|signature|auth|session(?:_?id)?|sid|jwt|appid|app_?key"
        r"|private_token|job_token|subscription-key|client_assertion|assertion|ticket|x-plex-token|hmac|magic)"
        r"=((?=[A-Za-z._~%+/-]*[0-9])[A-Za-z0-9._~%+/-]{16,})",
        1,
    ),
    make_rule(
        "url-token",
        ("?", "&", ";"),
        r"[?&;](?i:password|passwd|pwd|pass|secret|token)=((?!\$[{(A-Za-z_]|\{|<|%\()[^\s&;\"'#\\<>]{4,200})(?=[\s&;\"'#\\<>]|$)",
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
        "webhook",
        (
            "hooks.zapier.com",
            "maker.ifttt.com",
            "events.pagerduty.com",
            "/bot/v2/hook/",
            "/bot/hook/",
            "/hooks/",
            "hook.eu",
            "hook.us",
            "hook.make",
        ),
        r"(?:hooks\.zapier\.com/hooks/(?:catch|standard)/|maker\.ifttt\.com/(?:trigger/[\w-]{1,80}/(?:json/)?)?(?:with/key|use)/"
        r"|events\.pagerduty\.com/integration/|/open-apis/bot/(?:v2/)?hook/|hook\.(?:eu\d?|us\d?|make)\.(?:make\.com|celonis\.com)/"
        r"|/hooks/(?=[a-z0-9]{26}\b))([A-Za-z0-9/_-]{8,})",
        1,
    ),
    make_rule(
        "url-key",
        ("infura.io", "alchemy.com", "alchemyapi.io", "quiknode.pro", "ankr.com", "/live_", "hc-ping.com"),
        r"(?:infura\.io/(?:ws/)?v3/|alchemy(?:\.com|api\.io)/(?:nft/)?v[23]/|quiknode\.pro/|rpc\.ankr\.com/\w{1,40}/|hc-ping\.com/"
        r"|(?<=/)(?=live_\d{6,12}_))([A-Za-z0-9_-]{20,})",
        1,
    ),
)
