"""Passwords, which look like any word: only the field, the option or the sentence they are in gives them away."""

from __future__ import annotations

from typing import Final

from tui.export.redaction.rule import make_rule

_STOPS = r"\s\"'`\\<>"
"""What ends a word in the text of any program."""

_NO_STAND_IN = (
    r"(?!(?i:[<\[({%*.|/_-]|\$[{(A-Za-z_]|your|my_|change|example|placeholder|redact|hidden|masked|none\b|null\b|true\b"
    r"|false\b|undefined|unset|empty|required|optional|password|passwd|passphrase|secret\b|string\b|str\b|env\b|file:"
    r"|process\.|os\.|config\.|args\.|self\.|this\.|https?:))"
)
"""How a value begins that only takes the place of a password: a variable, a placeholder, a word of a program."""

_MIXED = rf"(?=[^{_STOPS}]{{0,200}}[0-9])(?=[^{_STOPS}]{{0,200}}[A-Za-z])"
"""A word with a letter and a digit."""

_WORD = rf"{_NO_STAND_IN}{_MIXED}[^{_STOPS}]{{5,200}}[^{_STOPS},;:.)\]}}]"
_OPTION_WORD = rf"{_NO_STAND_IN}(?!-){_MIXED}[^{_STOPS}|;]{{6,400}}"
_PLAIN_WORD = rf"{_NO_STAND_IN}(?![a-z_]+\.[a-z_]+){_MIXED}[^{_STOPS},;&(){{}}\[\]|]{{6,200}}(?![^{_STOPS},;&)}}\]|])"
_QUOTE = r"[\"'\\]{1,4}"
_QUOTED = (
    rf"{_NO_STAND_IN}(?=[^\"'\\\n]{{0,200}}[0-9!@#%^&*+?~=])(?:(?=[^\"'\\\n]{{0,200}}[0-9])|(?![^\"'\\\n]{{0,200}} ))"
    r"[^\"'\\\n]{6,200}(?=\\{0,3}[\"'])"
)
"""In quotation marks: no word of a language alone; with blanks only if there is a digit in it."""

_FIELD = (
    r"(?:(?i:assw(?:or)?d|assphrase|asscode)|(?:(?<![A-Za-z].)(?<=[pP])|(?<=[a-z]P))(?i:ass)|(?<![A-Za-z])(?i:pwd|psk))"
    r"[\"'\\]{0,4}\s{0,3}"
)
_FIELDS = ("ass", "ASS", "pwd", "PWD", "Pwd", "psk", "PSK")
"""How the name of a field for a password ends, from behind a letter that may be a capital."""

_SETS = r"(?:=>|:=|[:=])\s{0,3}"

_COMMANDS = (
    r"(?:mysql\w*|mariadb\w*|mongosh?|mongo(?:dump|restore|import|export)|redis-cli|sshpass"
    r"|(?:docker|podman|helm|az) login|ldap\w+|mosquitto_\w+|ipmitool)"
)
"""Programs that take a password as a short option."""

_COMMAND_NEEDLES = (
    *("mysql", "mariadb", "mongo", "redis-cli", "sshpass", "docker login", "podman login", "helm login", "az login"),
    *("ldap", "mosquitto_", "ipmitool"),
)

PASSWORD_RULES: Final = (
    make_rule("password", _FIELDS, rf"{_FIELD}{_SETS}{_QUOTE}({_QUOTED})", 1, at_needle=True),
    make_rule("password", _FIELDS, rf"{_FIELD}{_SETS}({_PLAIN_WORD})", 1, at_needle=True),
    make_rule(
        "password",
        ("PASSWORD", "PASSWD", "PASSPHRASE"),
        rf"(?:=|: ?)[\"']?({_NO_STAND_IN}[a-z][A-Za-z0-9_!@#%^+-]{{9,200}})(?![A-Za-z0-9_(.\[])",
        1,
        named=r"[A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|PASSPHRASE)",
    ),
    make_rule(
        "password",
        ("ENV ",),
        rf"(?<![A-Za-z])ENV\s+[A-Z0-9_]{{0,60}}(?:PASSWORD|PASSWD|SECRET|TOKEN|KEY)[A-Z0-9_]{{0,20}}\s+({_WORD})",
        1,
        at_needle=True,
    ),
    make_rule(  # a field of a page, of settings in XML, of a list of names and values
        "password",
        ("assw", "ecret", "oken", "ey>", "ssphrase"),
        r"<(?:\w{1,40}[:.-])?\w{0,40}(?i:password|passphrase|secret|token|api-?key|private-?key)>"
        rf"\s{{0,80}}({_NO_STAND_IN}[^<{{}}\n]{{6,400}})</",
        1,
    ),
    make_rule(
        "password",
        ("value", "string>"),
        rf"(?:value[\"'\\]{{0,4}}\s?[:=]|string>)\s{{0,3}}[\"'\\]{{0,4}}({_WORD})",
        1,
        named=r"(?i:(?:key|name)[\"'\\]{0,4}[>:=]\s{0,3}[\"'\\]{0,4}[\w .:-]{0,60}(?:password|passwd|passphrase|secret"
        r"|token|api_?key|cookie|session|credential|private_?key)[\w.-]{0,20})[\"'\\]{0,4}(?:</key>)?[,\s]{0,40}"
        r"(?:[\"'\\]{0,4}|<)",
        at_needle=True,
    ),
    make_rule(
        "password",
        ("name=",),
        rf"name=[\"'\\]{{0,3}}(?i:password|passwd|secret|token|api_?key)[\"'\\]{{0,3}}\s{{2,8}}({_WORD})",
        1,
        at_needle=True,
    ),
    make_rule(
        "password",
        ("--", " -"),
        r"--?(?:[a-z0-9]{1,20}-){0,3}(?:password|passwd|pass|passphrase|token|api-?key|secret|secret-key|access-key|auth-key|authtoken"
        rf"|private-key|bind-?pw)(?:=|\s{{1,3}}|\s?,\s?[\"'])[\"'\\]{{0,4}}({_OPTION_WORD})",
        1,
    ),
    make_rule(
        "password",
        _COMMAND_NEEDLES,
        rf"{_COMMANDS}\b[^\n|;&]{{0,200}}?\s-[pawP]\s?[\"'\\]{{0,4}}({_OPTION_WORD})",
        1,
        at_needle=True,
    ),
    make_rule(
        "password",
        ("7z", "zip ", "ssh-keygen"),
        rf"(?<![A-Za-z])(?:7za?\s[^\n|;&]{{0,200}}?\s?-p|zip\s[^\n|;&]{{0,200}}?-P\s?|ssh-keygen\b[^\n|;&]{{0,200}}?\s-[NP]\s?)"
        rf"[\"'\\]{{0,4}}({_OPTION_WORD})",
        1,
        at_needle=True,
    ),
    make_rule(
        "password",
        ("smb", "rpcclient"),
        rf"(?:smb\w+|rpcclient)\b[^\n|;&]{{0,200}}?\s-U\s?\S{{1,80}}%({_WORD})",
        1,
        at_needle=True,
    ),
    make_rule("password", ("-pass",), rf"-pass(?:in|out)?\s[\"'\\]{{0,4}}pass:({_OPTION_WORD})", 1),
    make_rule(
        "password",
        ("http ", "https "),
        rf"(?<![A-Za-z])https?\s[^\n|;&]{{0,200}}?(?:-a|--auth)[ =][\"'\\]{{0,4}}[\w.@-]{{1,64}}:({_WORD})",
        1,
        at_needle=True,
    ),
    make_rule(
        "password",
        ("sqlplus", "sqlldr", "expdp", "impdp"),
        rf"(?:sqlplus|sqlldr|expdp|impdp)\s(?:-\w\s)*\w{{1,40}}/({_NO_STAND_IN}[^{_STOPS}@/]{{4,80}})@",
        1,
        at_needle=True,
    ),
    make_rule(
        "password",
        ("echo ", "printf "),
        rf"(?:echo|printf)\s(?:-n\s)?[\"'\\]{{0,4}}(?:[\w.-]{{1,40}}:)?({_NO_STAND_IN}[^{_STOPS}|]{{6,400}})"
        r"[\"'\\]{0,4}\s?\|\s?(?:sudo\s(?:-\w+\s)*-S|(?:docker|podman|helm registry|oras|crane|skopeo)\slogin|gh\sauth"
        r"|(?:sudo\s)?chpasswd|(?:sudo\s)?passwd|(?:sudo\s)?cryptsetup|vault\slogin|fly\sauth|npm\slogin)",
        1,
        at_needle=True,
    ),
    make_rule("password", ("SecureString",), rf"ConvertTo-SecureString\s(?:-String\s)?{_QUOTE}({_QUOTED})", 1),
    make_rule("password", ("ngrok",), r"ngrok\s(?:config\s)?(?:add-)?authtoken\s([A-Za-z0-9_]{20,})", 1),
    make_rule(
        "password",
        ("ASSWORD ", "assword ", "IDENTIFIED ", "identified "),
        rf"(?i:assword|identified\s(?:with\s\w{{1,40}}\s)?by)\s{{1,3}}(?:is\s)?{_QUOTE}({_QUOTED})",
        1,
        at_needle=True,
    ),
    make_rule(
        "password",
        ("assword is", "assphrase is", "asscode is", "assword was"),
        rf"(?:assword|assphrase|asscode)\s(?:is|was)(?:\snow|\sstill)?:?\s({_WORD})",
        1,
        at_needle=True,
    ),
    make_rule("password", ("requirepass", "masterauth"), rf"\b(?:requirepass|masterauth)\s({_WORD})", 1),
    make_rule(
        "netrc-password",
        ("machine ", "login "),
        r"(?:machine\s+\S{1,200}|\bdefault)\s+login\s+\S{1,200}\s+password\s+([^\s\"'\\$]{4,200})",
        1,
    ),
    make_rule(
        "pgpass",
        (":5432:", ":5433:", ":6432:", ":*:"),
        r"(?m)(?<![\w.:-])(?:[\w.-]{1,80}|\*):(?:5432|5433|6432|\*):[\w*-]{1,60}:[\w*.@-]{1,60}:((?:\\:|[^\s\"'\\]){4,100})",
        1,
    ),
    make_rule(
        "password-hash",
        tuple(f"${kind}$" for kind in ("1", "5", "6", "7", "y", "gy", "apr1", "2a", "2b", "2x", "2y")),
        r"(?<![A-Za-z0-9$])\$\w{1,4}\$[./A-Za-z0-9$=,]{20,140}",
        at_needle=True,
    ),
    make_rule(
        "password-hash",
        ("$argon2", "$scrypt$", "$pbkdf2"),
        r"\$(?:argon2(?:id?|d)|scrypt|pbkdf2[a-z0-9-]*)\$[./A-Za-z0-9$=,+-]{30,300}",
    ),
    make_rule(
        "seed-phrase",
        ("nemonic", "NEMONIC", "seed", "Seed", "SEED", "ecovery", "RECOVERY", "ecret phrase"),
        r"(?i:nemonic|seed(?:[_ -]?phrase|[_ -]?words)?|(?:r?ecovery|ecret)[_ -]?phrase)[\"'\\]{0,4}\s{0,3}(?:[:=]|is)"
        r"\s{0,3}[\"'\\]{0,4}((?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8})(?![a-z])",
        1,
        at_needle=True,
    ),
)
