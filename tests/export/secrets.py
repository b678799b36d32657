"""Made-up secrets of every kind that a rule knows, random and the same in every run."""

from __future__ import annotations

import base64
import html
import json
import random
import re
import string
import unicodedata
from collections.abc import Callable, Iterator

from tui.export.redaction.escapes import resolved

_LETTERS = string.ascii_letters + string.digits
_WORD = _LETTERS + "-_"
_LOWER = string.ascii_lowercase + string.digits
_UPPER = string.ascii_uppercase + string.digits
_BASE64 = _LETTERS + "+/"
_HEX = "0123456789abcdef"

Maker = Callable[[random.Random], str]


def _some(alphabet: str, length: int) -> Maker:
    """Random characters of which the last one is a digit."""
    return lambda chance: "".join(chance.choices(alphabet, k=length - 1)) + chance.choice(string.digits)


def _after(prefix: str, alphabet: str, length: int, end: str = "") -> Maker:
    return lambda chance: prefix + _some(alphabet, length)(chance) + end


def _joined(separator: str, *makers: Maker) -> Maker:
    return lambda chance: separator.join(make(chance) for make in makers)


def _uuid(chance: random.Random) -> str:
    return "-".join(_some(_HEX, length)(chance) for length in (8, 4, 4, 4, 12))


def _jwt(chance: random.Random) -> str:
    parts = [{"alg": "HS256"}, {"sub": _some(_LETTERS, 12)(chance)}]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, _some(_LETTERS, 43)(chance)])


def _pem(kind: str) -> Maker:
    def make(chance: random.Random) -> str:
        lines = [_some(_LETTERS, 64)(chance) for _ in range(4)]
        return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])

    return make


MAKERS: dict[str, Maker] = {
    "aws-key-id": _after("AKIA", _UPPER, 16),
    "aws-session-key-id": _after("ASIA", _UPPER, 16),
    "aws-bedrock-key": _after("ABSK", _BASE64, 128),
    "aws-mws-token": lambda chance: f"amzn.mws.{_uuid(chance)}",
    "google-key": _after("AIza", _WORD, 35),
    "google-new-key": _after("AQ.Ab8", _WORD, 44),
    "google-token": _after("ya29.", _WORD, 60),
    "google-refresh": _after("1//0", _WORD, 60),
    "google-secret": _after("GOCSPX-", _WORD, 28),
    "azure-storage": _after("", _BASE64, 76, "+ASt8Zx1Qa=="),
    "azure-secret": _joined("8Q~", _some(_LETTERS, 3), _some(_LETTERS, 34)),
    "azure-devops": _after("", _LETTERS, 76, "AZDO1xY2"),
    "azure-ai": _joined("JQQJ99", _some(_LETTERS, 52), _some(_UPPER, 26)),
    "azure-registry": _after("", _BASE64, 42, "+ACRa1B2c3"),
    "digitalocean-token": _after("dop_v1_", _HEX, 64),
    "alibaba-key": _after("LTAI", _LETTERS, 20),
    "tencent-key": _after("AKID", _LETTERS, 32),
    "yandex-key": _after("AQVN", _WORD, 36),
    "cloudflare-key": _joined("-", lambda _: "v1.0", _some(_HEX, 24), _some(_HEX, 146)),
    "netlify-token": _after("nfp_", _LETTERS, 36),
    "vercel-token": _after("vcp_", _LETTERS, 56),
    "fly-token": _after("fm2_", _LETTERS, 90),
    "fly-old-token": _after("fo1_", _WORD, 43),
    "render-key": _after("rnd_", _LETTERS, 28),
    "heroku-key": _after("HRKU-AA", _WORD, 58),
    "scalingo-token": _after("tk-us-", _WORD, 48),
    "tailscale-key": _joined("-", lambda _: "tskey-auth", _some(_LETTERS, 12), _some(_LETTERS, 32)),
    "openai-key": _after("sk-proj-", _LETTERS, 48),
    "openai-old-key": _after("sk-", _LETTERS, 48),
    "openai-service-key": _after("sk-svcacct-", _WORD, 90),
    "openai-session": _after("sess-", _LETTERS, 40),
    "openrouter-key": _after("sk-or-v1-", _HEX, 64),
    "langfuse-key": lambda chance: f"sk-lf-{_uuid(chance)}",
    "anthropic-key": _after("sk-ant-api03-", _WORD, 93, "AA"),
    "anthropic-login": _after("sk-ant-oat01-", _WORD, 93, "AA"),
    "huggingface-token": _after("hf_", _LETTERS, 34),
    "groq-key": _after("gsk_", _LETTERS, 52),
    "xai-key": _after("xai-", _LETTERS, 80),
    "perplexity-key": _after("pplx-", _LETTERS, 48),
    "replicate-token": _after("r8_", _LETTERS, 37),
    "cerebras-key": _after("csk-", _LOWER, 48),
    "nvidia-key": _after("nvapi-", _WORD, 64),
    "fireworks-key": _after("fw_", _LETTERS, 24),
    "together-key": _after("tgp_v1_", _WORD, 43),
    "elevenlabs-key": _after("sk_", _HEX, 48),
    "voyage-key": _after("pa-", _WORD, 43),
    "pinecone-key": _after("pcsk_", _LETTERS, 70),
    "tavily-key": _after("tvly-dev-", _LETTERS, 32),
    "firecrawl-key": _after("fc-", _HEX, 32),
    "e2b-key": _after("e2b_", _HEX, 40),
    "runpod-key": _after("rpa_", _UPPER, 40, "abcdef"),
    "kaggle-token": _after("KGAT_", _HEX, 32),
    "jina-key": _after("jina_", _WORD, 60),
    "cursor-key": _after("key_", _HEX, 64),
    "apify-token": _after("apify_api_", _LETTERS, 36),
    "langsmith-key": _joined("_", lambda _: "lsv2_pt", _some(_HEX, 32), _some(_HEX, 10)),
    "wandb-key": _after("wandb_v1_", _LETTERS, 77),
    "github-token": _after("ghp_", _LETTERS, 36),
    "github-login": _after("gho_", _LETTERS, 36),
    "github-app": _after("ghs_", _LETTERS, 36),
    "github-fine": _after("github_pat_", _LETTERS, 60),
    "gitlab-token": _after("glpat-", _WORD, 20),
    "gitlab-runner": _after("glrt-", _WORD, 20),
    "gitlab-old-runner": _after("GR1348941", _WORD, 20),
    "bitbucket-token": _after("ATBB", _LETTERS, 32),
    "atlassian-token": _after("ATATT3xFfGF0", _WORD, 180),
    "npm-token": _after("npm_", _LETTERS, 36),
    "pypi-token": _after("pypi-AgEIcHlwaS5vcmc", _WORD, 80),
    "rubygems-key": _after("rubygems_", _HEX, 48),
    "nuget-key": _after("oy2", _LOWER, 43),
    "crates-token": _after("cio", _LETTERS, 32),
    "clojars-token": _after("CLOJARS_", _LOWER, 60),
    "docker-token": _after("dckr_pat_", _WORD, 27),
    "artifactory-key": _after("AKCp", _LETTERS, 69),
    "artifactory-token": _after("cmVmdGtu", _LETTERS, 56),
    "sonar-token": _after("squ_", _HEX, 40),
    "circleci-token": _joined("_", lambda _: "CCIPAT", _some(_LETTERS, 22), _some(_HEX, 40)),
    "buildkite-token": _after("bkua_", _HEX, 40),
    "terraform-token": _joined(".atlasv1.", _some(_LETTERS, 14), _some(_LETTERS, 67)),
    "pulumi-token": _after("pul-", _HEX, 40),
    "doppler-token": _after("dp.pt.", _LETTERS, 43),
    "vault-token": _after("hvs.", _WORD, 90),
    "1password-token": _after("ops_eyJ", _LETTERS, 250),
    "postman-key": _joined("-", lambda _: "PMAK", _some(_HEX, 24), _some(_HEX, 34)),
    "readme-key": _after("rdme_", _LOWER, 70),
    "prefect-key": _after("pnu_", _LETTERS, 36),
    "age-key": _after("AGE-SECRET-KEY-1", _UPPER, 58),
    "databricks-token": _after("dapi", _HEX, 32),
    "supabase-token": _after("sbp_", _HEX, 40),
    "supabase-key": _after("sb_secret_", _WORD, 31),
    "planetscale-token": _after("pscale_tkn_", _WORD, 43),
    "neon-key": _after("napi_", _LOWER, 64),
    "airtable-token": _joined(".", _after("pat", _LETTERS, 14), _some(_HEX, 64)),
    "grafana-token": _joined("_", _after("glsa_", _LETTERS, 32), _some(_HEX, 8)),
    "sentry-token": _after("sntryu_", _HEX, 64),
    "newrelic-key": _after("NRAK-", _UPPER, 27),
    "honeycomb-key": _after("hcaik_", _LOWER, 58),
    "dynatrace-token": _joined(".", lambda _: "dt0c01", _some(_UPPER, 24), _some(_UPPER, 64)),
    "posthog-key": _after("phx_", _LETTERS, 47),
    "launchdarkly-key": lambda chance: f"sdk-{_uuid(chance)}",
    "contentful-token": _after("CFPAT-", _WORD, 43),
    "mapbox-token": _joined(".", _after("sk.eyJ", _LETTERS, 60), _some(_LETTERS, 22)),
    "stripe-key": _after("sk_live_", _LETTERS, 24),
    "stripe-limited-key": _after("rk_live_", _LETTERS, 99),
    "stripe-webhook": _after("whsec_", _LETTERS, 32),
    "square-token": _after("sq0csp-", _WORD, 43),
    "square-access": _after("EAAAl", _WORD, 59),
    "paypal-token": _joined("$", lambda _: "access_token", lambda _: "production", _some(_LOWER, 16), _some(_HEX, 32)),
    "razorpay-key": _after("rzp_live_", _LETTERS, 14),
    "plaid-token": lambda chance: f"access-production-{_uuid(chance)}",
    "shopify-token": _after("shpat_", _HEX, 32),
    "easypost-key": _after("EZAK", _LETTERS, 54),
    "flutterwave-key": _after("FLWSECK_TEST-", _HEX, 32, "-X"),
    "duffel-token": _after("duffel_live_", _WORD, 43),
    "shippo-token": _after("shippo_live_", _HEX, 40),
    "slack-token": _after("xoxb-", string.digits, 24),
    "slack-cookie": _after("xoxd-", _LETTERS, 80),
    "slack-refresh": _after("xoxe-1-", _LETTERS, 140),
    "slack-app": _after("xapp-1-A", _LETTERS, 80),
    "slack-webhook": _after("https://hooks.slack.com/services/T0/B0/", _LETTERS, 24),
    "discord-webhook": _after("https://discord.com/api/webhooks/123456789012345678/", _WORD, 68),
    "discord-token": _joined(".", _after("MT", _LETTERS, 24), _some(_LETTERS, 6), _some(_LETTERS, 38)),
    "telegram-token": _joined(":AA", _some(string.digits, 10), _some(_WORD, 33)),
    "twilio-key": _after("SK", _HEX, 32),
    "sendgrid-key": lambda chance: f"SG.{_some(_WORD, 22)(chance)}.{_some(_WORD, 43)(chance)}",
    "mailgun-key": _after("key-", _HEX, 32),
    "mailchimp-key": _after("", _HEX, 32, "-us14"),
    "brevo-key": _joined("-", lambda _: "xkeysib", _some(_HEX, 64), _some(_LETTERS, 16)),
    "resend-key": _joined("_", lambda _: "re", _some(_LETTERS, 8), _some(_LETTERS, 24)),
    "notion-token": _after("ntn_", _LETTERS, 46),
    "notion-old-token": _after("secret_", _LETTERS, 43),
    "linear-key": _after("lin_api_", _LETTERS, 40),
    "figma-token": _after("figd_", _WORD, 40),
    "asana-token": _joined(":", _after("2/1", string.digits, 15), _some(_HEX, 32)),
    "dropbox-token": _after("sl.u.", _WORD, 140),
    "hubspot-token": lambda chance: f"pat-na1-{_uuid(chance)}",
    "typeform-token": _after("tfp_", _WORD, 59),
    "facebook-token": _after("EAAB", _LETTERS, 160),
    "twitter-token": _after("A" * 20, _LETTERS, 88),
    "frameio-token": _after("fio-u-", _WORD, 64),
    "jwt": _jwt,
    "rsa-key": _pem("RSA PRIVATE KEY"),
    "openssh-key": _pem("OPENSSH PRIVATE KEY"),
    "pgp-key": _pem("PGP PRIVATE KEY BLOCK"),
}
"""Kind → a maker of secrets that are secrets wherever they are."""

FRAMES: dict[str, tuple[str, Maker]] = {
    "aws-secret-key": ("aws_secret_access_key = {}", _some(_BASE64, 40)),
    "aws-session-token": ("aws_session_token={}", _some(_BASE64, 200)),
    "authorization": ("Authorization: Bearer {}", _some(_LETTERS, 40)),
    "basic-authorization": (
        "Proxy-Authorization: Basic {}",
        lambda chance: base64.b64encode(b"ann:" + _some(_LETTERS, 18)(chance).encode()).decode(),
    ),
    "header": ("X-Api-Key: {}", _some(_LETTERS, 32)),
    "cookie": ("Set-Cookie: session_token={}; Secure", _some(_LETTERS, 40)),
    "url-password": ("postgres://app:{}@db.internal:5432/main", _some(_LETTERS, 20)),
    "url-user-token": ("git clone https://{}@git.example/me/it", _some(_LETTERS, 40)),
    "url-token": ("https://api.example/v1?access_token={}&x=1", _some(_LETTERS, 32)),
    "signed-url": ("https://b.example/o?X-Amz-Signature={}&x=1", _some(_HEX, 64)),
    "azure-storage-key": ("AccountName=a;AccountKey={}==;", _some(_LETTERS, 86)),
    "azure-shared-key": ("Endpoint=sb://a/;SharedAccessKey={}=", _some(_LETTERS, 43)),
    "curl-password": ("curl -s -u ann:{} http://api.example", _some(_LETTERS, 16)),
    "netrc": ("machine git.example login ann password {}", _some(_LETTERS, 16)),
    "npm-auth": ("//registry.example/:_authToken={}", _some(_LETTERS, 36)),
    "docker-auth": (
        '{{"auths": {{"docker.example": {{"auth": "{}"}}}}}}',
        lambda chance: base64.b64encode(b"ann:" + _some(_LETTERS, 20)(chance).encode()).decode(),
    ),
    "env-password": ("export DB_PASSWORD='{}'", _some(_LETTERS + "!#%^", 18)),
    "env-key": ("MISTRAL_API_KEY={}", _some(_LETTERS, 32)),
    "yaml": ("client_secret: {}", _some(_LETTERS, 40)),
    "json": ('{{"datadog": {{"apiKey": "{}"}}}}', _some(_HEX, 32)),
    "putty": ("Private-Lines: 8\n{}\nPrivate-MAC: 00", _some(_BASE64, 64)),
}
"""Kind → the text around a secret that makes it one, and a maker."""

KINDS = (*MAKERS, *FRAMES)


class Planted:
    """A secret, and the text that it is planted in."""

    def __init__(self, kind: str, chance: random.Random) -> None:
        self.kind = kind
        if kind in MAKERS:
            self.secret = self.text = MAKERS[kind](chance)
        else:
            frame, make = FRAMES[kind]
            self.secret = make(chance)
            self.text = frame.format(self.secret)

    @property
    def traces(self) -> list[str]:
        """What must not be found anywhere: the secret's lines, and each half of them."""
        lines = [line for line in self.secret.split("\n") if len(line) >= 16 and not line.startswith("-----")]
        known = next((one for one in _PUBLIC if self.secret.startswith(one)), "")
        halves = [half for line in lines for half in _halves(line.removeprefix(known))]
        return [*lines, *(half for half in halves if len(half) >= 10)]


_PUBLIC = (
    "https://hooks.slack.com/services/",
    "https://discord.com/api/webhooks/",
    "access_token$production$",
)
"""Beginnings of secrets that are no secret."""


def _halves(line: str) -> tuple[str, str]:
    return line[: len(line) // 2], line[len(line) // 2 :]


def planted(count: int, seed: int = 7) -> list[Planted]:
    """That many secrets, all kinds in turn."""
    chance = random.Random(seed)
    return [Planted(KINDS[number % len(KINDS)], chance) for number in range(count)]


def disguised(text: str) -> Iterator[tuple[str, str]]:
    """The text in every way in which a recording may hold it, each with a name; none of them hides anything."""
    middle = len(text) // 2
    yield "plain", f"see {text} there"
    yield "quoted", f"x = '{text}'"
    yield "brackets", f"<{text}>"
    yield "file name", f"/srv/{text}.old"
    yield "coloured", f"a\x1b[1;31m{text}\x1b[0mb"
    yield "coloured inside", f"a \x1b[31m{text[:middle]}\x1b[m\x1b[K{text[middle:]} b"
    yield "linked", f"\x1b]8;;http://x\x07{text}\x1b]8;;\x07"
    yield "struck over", f"{text[:middle]}{text[middle]}\x08{text[middle:]}"
    yield "zero width", f"{text[:middle]}\u200b{text[middle:]}"
    yield "url", "q=" + "".join(one if one.isalnum() else f"%{ord(one):02X}" for one in text)
    yield "url all", "".join(f"%{ord(one):02x}" for one in text)
    yield "url twice", "".join(f"%25{ord(one):02x}" for one in text)
    said = text
    for depth in range(1, 4):
        said = json.dumps({"said": f"a\n{said}\n"})
        yield f"json {depth}", said
    escapes = "".join(f"\\u{ord(one):04x}" for one in text)
    yield "unicode escapes", f'{{"said":"{escapes}"}}'
    yield "unicode escapes twice", json.dumps({"said": f'{{"said":"{escapes}"}}'})
    yield "bytes", "b'" + "".join(f"\\x{ord(one):02x}" for one in text) + "'"
    yield "coloured json", json.dumps({"said": f"\x1b[31m{text[:middle]}\x1b[m{text[middle:]}"})
    data = base64.b64encode(f"some: settings\n{text}\nmore: settings\n".encode()).decode()
    yield "base64", f"data: {data}"
    yield "base64 in lines", "\n".join(data[start : start + 76] for start in range(0, len(data), 76)) + "\n"
    yield "base64 in json", json.dumps({"data": data})
    yield "base64 of a url", base64.urlsafe_b64encode(f"some: {text}\n".encode()).decode().rstrip("=")
    yield from _as_other_programs_write(text, data)
    yield from _in_parts(text)


def _as_other_programs_write(text: str, data: str) -> Iterator[tuple[str, str]]:
    """A page, a patch, a dump of bytes, a list with numbers, an archive in an archive."""
    signs = "".join(f"&#{ord(one)};" for one in text)
    yield "page", f"<td>{signs}</td>"
    yield "page in hexadecimal", "".join(f"&#x{ord(one):x};" for one in text)
    yield "octal", "".join(f"\\{ord(one):03o}" for one in text)
    yield "wide", "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)
    yield "base64 twice", base64.b64encode(data.encode()).decode()
    yield "base64 for powershell", f"-enc {base64.b64encode(f'$x = 1; {text}'.encode('utf-16-le')).decode()}"
    yield "hexadecimal", f"some: {text}".encode().hex()
    yield "dump", _dump(f"some: {text}\n".encode())
    for name, before in (
        ("added", "+"),
        ("removed", "-"),
        ("quoted lines", "> "),
        ("comment", "# "),
        ("listed", "  - "),
    ):
        yield name, "".join(f"{before}{line}\n" for line in text.split("\n"))
    for name, between in (("numbered", "\t"), ("numbered with bars", " │ "), ("found by grep", ":")):
        yield name, "".join(f"  {number}{between}{line}\n" for number, line in enumerate(text.split("\n"), 1))


def _dump(data: bytes) -> str:
    """Bytes as `xxd` shows them."""
    lines = []
    for start in range(0, len(data), 16):
        part = data[start : start + 16]
        pairs = " ".join(part[place : place + 2].hex() for place in range(0, len(part), 2))
        lines.append(f"{start:08x}: {pairs:<39}  {part.decode().replace(chr(10), '.')}\n")
    return "".join(lines)


def _in_parts(text: str) -> Iterator[tuple[str, str]]:
    """Two literals that are joined, and pieces of an answer as a server streams it."""
    first, second = text[: len(text) // 2], text[len(text) // 2 :]
    yield "continued by a shell", f"echo {first}\\\n{second}"
    yield "continued by a mail", f"{first}=\n{second}"
    yield "literals in a row", f"x = '{first}' '{second}'"
    yield "literals joined", f"x = '{first}' + '{second}'"
    yield "literals on two lines", f"x = ('{first}'\n     '{second}')"
    yield "may be broken", f"{first}<wbr>{second}"
    yield "turned around", f"{first}\u202e\u202c{second}"
    pieces = [text[start : start + 7] for start in range(0, len(text), 7)]
    yield "events", "".join(f"data: {json.dumps({'delta': piece})}\n\n" for piece in pieces)
    chunks = [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
    yield "events with choices", "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
    yield "list of chunks", json.dumps(chunks)
    yield "lines of json", "".join(f"{json.dumps({'text': piece})}\n" for piece in pieces)


def wrapped(text: str, cells: int = 80) -> str:
    """A text behind some words, in lines of so many characters."""
    whole = f"{'some words ' * 6}{text}"
    return "".join(f"{whole[start : start + cells]}\n" for start in range(0, len(whole), cells))


def meanings(text: str) -> list[str]:
    """What a text says to whoever undoes one of the disguises."""
    plain = resolved(text)
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    joins = (r"\\\n", r"=\n", r"' \+? ?'", r"'\n +'", "<wbr>")
    dumped = "".join(re.findall(r"(?m)^[0-9a-f]{8}: ((?:[0-9a-f]{2,4} )+) ", text)).replace(" ", "")
    found = [plain, html.unescape(plain), unicodedata.normalize("NFKC", plain), "".join(strings)]
    found += [re.sub(r"\\([0-3][0-7]{2})", lambda code: chr(int(code[1], 8)), text), bytes.fromhex(dumped).decode()]
    found += [re.sub(join, "", text) for join in joins]
    for word in re.findall(r"[0-9a-f]{32,}", text):
        found.append(bytes.fromhex(word[: len(word) // 2 * 2]).decode("utf-8", "replace"))
    for word in re.findall(r"[A-Za-z0-9+/]{24,}", text):
        data = base64.b64decode(word[: len(word) // 4 * 4])
        found += [data.decode("utf-8", "replace"), data.decode("utf-16-le", "replace")]
    return found
