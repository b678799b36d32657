"""Secrets are found as they are, inside escaped JSON and across pieces; the same secret has the same mark."""

from __future__ import annotations

import json
import random

import pytest

from tests.export.secrets import FRAMES, KINDS, MAKERS, Planted, disguised, meanings, wrapped
from tui.export.redaction.escapes import readings_of, resolved
from tui.export.redaction.personal import personal_rules
from tui.export.redaction.redactor import Redactor
from tui.export.redaction.rules import RULES

GITHUB = "ghp_" + "a1B2" * 9
AWS = "AKIA" + "Z2X4" * 4
PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEow\n" * 4 + "-----END RSA PRIVATE KEY-----"
PERSON = personal_rules(["/home/alice"], ["alice"], ["thinkpad-7"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"token {GITHUB}.", "token ‹github-token 1›."),
        (f"{AWS} and {AWS}", "‹aws-key-id 1› and ‹aws-key-id 1›"),
        ("sk-proj-aaaaBBBB1111ccccDDDD", "‹openai-key 1›"),
        ("sk-ant-api03-aaaaBBBB1111ccccDDDD", "‹anthropic-key 1›"),
        ("task-scikit-learn-contrib-package", "task-scikit-learn-contrib-package"),
        (f"key:\n{PEM}\nend", "key:\n‹private-key 1›\nend"),
        ("postgres://app:hunter22@db:5432/x", "postgres://app:‹url-password 1›@db:5432/x"),
        ("https://user:${PASSWORD}@host", "https://user:${PASSWORD}@host"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.SflKxwRJSMeK", "‹jwt 1›"),
        ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer ‹authorization 1›"),
        ("cd /home/alice/src", "cd ‹home 1›/src"),
        ("by alice on thinkpad-7", "by ‹user 1› on ‹host 1›"),
        ("malice", "malice"),
        ("/home/bob/src", "‹home 1›/src"),
        (r"C:\Users\bob\src", r"‹home 1›\src"),
        ("bob@laptop:~$ ls", "‹user-host 1›:~$ ls"),
        ("git@github.com:me/it", "git@github.com:me/it"),
        ("C:/Users/bob/src and c:\\users\\bob", "‹home 1›/src and ‹home 2›"),
        ("/mnt/c/Users/bob/src", "‹home 1›/src"),
        ("/var/home/bob/src", "‹home 1›/src"),
        ("/Users/Bob Ross/src", "‹home 1›/src"),
        (r"\\files\Users\bob", "‹home 1›"),
        ("https://example.org/home/page src/home/index.ts", "https://example.org/home/page src/home/index.ts"),
        ("GET /home/bob HTTP/1.1", "GET ‹home 1› HTTP/1.1"),
        ("ALICE on ThinkPad-7", "‹user 1› on ‹host 1›"),
        ("USER=bobby HOSTNAME=build9", "USER=‹user 1› HOSTNAME=‹host 1›"),
        ("uid=1000(bob) gid=0(root)", "uid=1000(‹user 1›) gid=0(root)"),
        ("ls ~bobby/src ~/src ~root/x", "ls ~‹user 1›/src ~/src ~root/x"),
        ("ssh -p 22 bob@build9 uptime", "ssh -p 22 ‹user-host 1› uptime"),
        ("[bob@build9 src]$ ls", "[‹user-host 1› src]$ ls"),
        ("Linux build9 6.1.0-13 #1, Linux version 6.1.0", "Linux ‹host 1› 6.1.0-13 #1, Linux version 6.1.0"),
    ],
)
def test_secret_gives_way_to_a_mark(text: str, expected: str) -> None:
    assert Redactor((*RULES, *PERSON)).hide(text) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_no_disguise_saves_a_secret(kind: str) -> None:
    one = Planted(kind, random.Random(kind))
    for name, text in disguised(one.text):
        redactor = Redactor()
        is_file = name == "file name" and kind in FRAMES
        assert is_file or redactor.hide(text) != text, name
        left = meanings(redactor.hide(text))
        assert is_file or not any(trace in said for trace in one.traces for said in left), name


@pytest.mark.parametrize("kind", sorted(MAKERS.keys() - {"slack-webhook", "discord-webhook", "discord-token"}))
def test_end_of_a_line_saves_no_key(kind: str) -> None:
    chance = random.Random(kind)
    for cells in (60, 72, 80, 100):
        one = Planted(kind, chance)
        text = wrapped(one.text, cells)
        left = Redactor().hide(text).replace("\n", "")
        assert not any(trace in left for trace in one.traces), (cells, text)


@pytest.mark.parametrize(
    "text",
    [
        "d41d8cd98f00b204e9800998ecf8427e  src/main.py",
        "commit 83baae61804e65cc73a7201a7252750c76066a30",
        "sha512-oM8l4gWmbGvhkFzD7xP1cQ5kR9nV2tYbJ3uHsXaLdE6w==",
        "key = self._tokens2.next_token_value_of_this_line(1)",
        "prompt_cache_key: 0190f4a2-7c31-7b3e-9d2a-5b1f0c9e8a77",
        "max_output_tokens=10000, tokens = 123456789012345678901",
        "https://example.com/a/very/long/path/with-2-numbers?page=123456&sort=created_at_desc",
        "SKIP_TOKEN=$GITHUB_TOKEN PASSWORD=${DB_PASSWORD:?missing}",
        "monkey=abcdefgh12345678",
        "\x1b[31mred\x1b[0m and %2Fusr%2Flib%2Fpython3",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "+password = read()\n-token: str = 'a' + 'b'\n+fw_one_two = 3",
        '{"delta": "the secret: "}\n{"delta": "is in the vault number 12345678901234567890"}',
        "00000000: 7468 6520 746f 6b65 6e20 6973 2067 6f6e  the token is gon\n00000010: 650a  e.\n",
        "the key is in\nabcdefgh12345678abcdefgh12345678 and so on",
        "&lt;password&gt; &amp; &#8230; 5 &gt; 3",
        "746865206b657920697320696e20746865207661756c74",
        "１２３ ＡＢＣ 全角の文字です",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert Redactor().hide(text) == text


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_secret_is_hidden_in_escaped_json(depth: int) -> None:
    text = f"a\n{PEM}\nb\t{AWS}\n"
    for _ in range(depth):
        text = json.dumps({"said": text})
    found: object = Redactor().hide(text)
    for _ in range(depth):
        found = json.loads(str(found))["said"]
    assert found == "a\n‹private-key 1›\nb\t‹aws-key-id 1›\n"


def test_unicode_escapes_hide_nothing_from_the_rules() -> None:
    escaped = "".join(f"\\u{ord(character):04x}" for character in AWS)
    assert Redactor().hide(f'{{"key":"{escaped}"}}') == '{"key":"‹aws-key-id 1›"}'


def test_escaped_secret_has_the_mark_of_the_plain_one() -> None:
    redactor = Redactor()
    assert redactor.hide(PEM) == json.loads(redactor.hide(json.dumps(PEM)))
    assert (redactor.counts["private-key"], redactor.secrets) == (2, 1)


def test_secret_across_pieces_is_hidden_in_each() -> None:
    assert Redactor().hide_pieces(["one AKIAZ2X4", "Z2X4Z2X4", "Z2X4 two"]) == [
        "one ‹aws-key-id 1›",
        "‹aws-key-id 1›",
        "‹aws-key-id 1› two",
    ]


def test_piece_that_begins_with_a_secret_needs_no_blank_before() -> None:
    assert Redactor().hide_pieces(["word", AWS]) == ["word", "‹aws-key-id 1›"]


def test_fragments_that_were_learned_are_hidden_anywhere() -> None:
    redactor = Redactor()
    redactor.learn_pieces(["out: AKIAZ2X4Z2", "X4Z2X4Z2X4\n"])
    assert redactor.hide("Output:\nout: AKIAZ2X4Z2") == "Output:\nout: ‹aws-key-id 1›"
    assert redactor.hide("Output:\nX4Z2X4Z2X4\n") == "Output:\n‹aws-key-id 1›\n"


def test_secret_with_a_name_is_hidden_without_it() -> None:
    redactor = Redactor()
    assert redactor.hide("DB_PASSWORD=abcd1234efgh5678") == "DB_PASSWORD=‹env-secret 1›"
    assert redactor.hide("it said abcd1234efgh5678.") == "it said ‹env-secret 1›."


def test_readings_lead_back_to_the_text() -> None:
    text = r"a\\nb\u0041c"
    for reading in readings_of(text):
        place = reading.text.index("c")
        assert text[reading.source(place)] == "c"
    assert resolved(text) == "a\nbAc"
