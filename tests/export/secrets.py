"""Made-up secrets of every kind that a rule knows, random and the same in every run."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable

_LETTERS = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"

Maker = Callable[[random.Random], str]


def _some(alphabet: str, length: int) -> Callable[[random.Random], str]:
    return lambda chance: "".join(chance.choices(alphabet, k=length - 1)) + chance.choice(string.digits)


def _after(prefix: str, alphabet: str, length: int) -> Maker:
    return lambda chance: prefix + _some(alphabet, length)(chance)


def _jwt(chance: random.Random) -> str:
    parts = [{"alg": "HS256"}, {"sub": _some(_LETTERS, 12)(chance)}]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, _some(_LETTERS, 43)(chance)])


def _pem(chance: random.Random) -> str:
    lines = [_some(_LETTERS, 64)(chance) for _ in range(4)]
    return "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----"])


MAKERS: dict[str, Maker] = {
    "openai-key": _after("sk-proj-", _LETTERS, 48),
    "anthropic-key": _after("sk-ant-api03-", _LETTERS + "-_", 80),
    "aws-key-id": _after("AKIA", string.ascii_uppercase + "234567", 16),
    "google-key": _after("AIza", _LETTERS, 35),
    "google-token": _after("ya29.", _LETTERS, 60),
    "google-secret": _after("GOCSPX-", _LETTERS, 28),
    "github-token": _after("ghp_", _LETTERS, 36),
    "github-fine": _after("github_pat_", _LETTERS, 60),
    "gitlab-token": _after("glpat-", _LETTERS, 20),
    "slack-token": _after("xoxb-", string.digits, 24),
    "stripe-key": _after("sk_live_", _LETTERS, 24),
    "npm-token": _after("npm_", _LETTERS, 36),
    "pypi-token": _after("pypi-AgEIcHlwaS5vcmc", _LETTERS, 80),
    "huggingface-token": _after("hf_", _LETTERS, 34),
    "sendgrid-key": lambda chance: f"SG.{_some(_LETTERS, 22)(chance)}.{_some(_LETTERS, 43)(chance)}",
    "digitalocean-token": _after("dop_v1_", _HEX, 64),
    "databricks-token": _after("dapi", _HEX, 32),
    "groq-key": _after("gsk_", _LETTERS, 52),
    "vault-token": _after("hvs.", _LETTERS, 90),
    "docker-token": _after("dckr_pat_", _LETTERS, 27),
    "jwt": _jwt,
    "private-key": _pem,
}
"""Kind → a maker of secrets that are secrets wherever they are."""

FRAMES: dict[str, tuple[str, Maker]] = {
    "aws-secret-key": ("aws_secret_access_key = {}", _some(_LETTERS, 40)),
    "authorization": ("Authorization: Bearer {}", _some(_LETTERS, 40)),
    "url-password": ("postgres://app:{}@db.internal:5432/main", _some(_LETTERS, 20)),
    "url-token": ("https://api.example/v1?access_token={}&x=1", _some(_LETTERS, 32)),
    "azure-storage-key": ("AccountName=a;AccountKey={}==;", _some(_LETTERS, 86)),
}
"""Kind → the text around a secret that makes it one, and a maker."""


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
        halves = [half for line in lines for half in (line[: len(line) // 2], line[len(line) // 2 :])]
        return [*lines, *(half for half in halves if len(half) >= 10)]


def planted(count: int, seed: int = 7) -> list[Planted]:
    """That many secrets, all kinds in turn."""
    chance = random.Random(seed)
    kinds = [*MAKERS, *FRAMES]
    return [Planted(kinds[number % len(kinds)], chance) for number in range(count)]
