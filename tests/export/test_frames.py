"""Passwords, and keys without a form of their own: what many programs write around them gives them away."""

from __future__ import annotations

import base64
import gzip
import json
from urllib.parse import quote

import pytest

from tui.export.redaction.redactor import Redactor

WORD = "Kx9!mQ2vT0f4x"
PLAIN = "qW8zLm4tab6x"
HEX = "2f7999974e32ca95ecb9239a389a277f"
LONG = "pPzXc9IVvgnhvCJJN6SUEJ6lapDSwiMjtSDA1v5x"
UUID = "8b10001f-4f5a-c42f-fe9a-7d6f3a0e7e2e"
BODY = "\n".join(
    "7nAI1h3EcByR7FSyXgVkLmwkwLHyK1wLE+uSoq6xu0YPdWdNJ7Ob7WLaVARx6eYC"[n:] + "WCyBhuVeh1QJhh4x"[:n] for n in range(6)
)
COMPRESSED = base64.b64encode(gzip.compress(f'password: "{PLAIN}"\n'.encode() * 3, mtime=0)).decode()

FRAMES = [
    # clouds
    ("AWS Secret Access Key [None]: {}", LONG),
    ("AKIAIOSFODNN7EXAMPLE,{}", LONG),
    ("x-amz-security-token: {}", LONG),
    ("Ocp-Apim-Subscription-Key: {}", HEX),
    ("AZURE_DEVOPS_EXT_PAT={}", LONG),
    ("https://api.telegram.org/bot{}/sendMessage", "7123456789:AACfEWJadTkdfdwk8fZHpg5bcIMFjsF1h7x"),
    ("https://discord.com/api/v10/webhooks/123456789012345678/{}", LONG + LONG),
    ("https://hooks.zapier.com/hooks/catch/123456/{}/", PLAIN),
    ("https://events.pagerduty.com/integration/{}/enqueue", HEX),
    ("https://mainnet.infura.io/v3/{}", HEX),
    # private keys
    ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F17\n\n{}", BODY),
    ("{}\n-----END OPENSSH PRIVATE KEY-----", BODY),
    ("-----BEGIN OpenVPN Static key V1-----\n{}\n", BODY),
    ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{}\n", BODY),
    ("MIIEpAIBAAKCAQEA{}", BODY),
    # headers and cookies
    ("Authorization: {}", LONG),
    ("Authorization: SSWS {}", LONG),
    ("Authorization: Splunk {}", UUID),
    ('Authorization: Digest username="a", realm="r", response="{}"', HEX),
    ("DD-APPLICATION-KEY: {}", HEX),
    ("Cookie: theme=dark; sessionid={}; lang=en", HEX),
    ("Cookie: id={}; x=1", HEX),
    ("curl -b 'session={}' http://x", HEX),
    (".github.com\tTRUE\t/\tTRUE\t1767225600\tuser_session\t{}", LONG),
    ('{{"cookies": [{{"name": "session", "value": "{}"}}]}}', LONG),
    # URLs
    ("mysql://app:{}@db/x", "pa$$w" + PLAIN),
    ("mysql://app:{}@db/x", "p@ss" + PLAIN),
    ("mysql://app:{}@db/x", "ab/" + PLAIN),
    ("https://{}:public@sentry.io/1", HEX),
    ("http://api.openweathermap.org/data?q=x&appid={}", HEX),
    ("grant_type=password&username=a&password={}&scope=x", PLAIN),
    ("https://x.example/cb#access_token={}&t=1", LONG),
    # settings
    ('{{"username": "ann", "password": "{}"}}', WORD),
    ('{{"passphrase": "{}"}}', "tall Green 42 windows"),
    ("Server=h;Database=d;User Id=sa;Password={};", WORD),
    ("Data Source=h;UID=sa;PWD={};", WORD),
    ("jdbc:postgresql://h/db?user=app&password={}", WORD),
    ("host=h port=5432 user=u password={} dbname=d", WORD),
    ("db.internal:5432:main:app:{}", WORD),
    ("[client]\nuser=root\npassword={}\n", WORD),
    ("    username: admin\n    password: {}", PLAIN),
    ("kind: Secret\ndata:\n  password: {}", "aHVudGVyMmh1bnRlcjI="),
    ("<server><username>u</username><password>{}</password></server>", WORD),
    ('<add key="ClearTextPassword" value="{}" />', WORD),
    ("<key>apiToken</key>\n<string>{}</string>", PLAIN),
    ("- name: DB_PASSWORD\n  value: {}\n", PLAIN),
    ("ENV DB_PASSWORD {}", PLAIN),
    ("MYSQL_ROOT_PASSWORD={}", "correcthorsebattery"),
    ("POSTGRES_PASSWORD: {}", "correcthorsebattery"),
    ('$env:DEPLOY_TOKEN = "{}"', "tFcrCl9nRQ2Ipf6x"),
    ("secret_key_base: {}", HEX * 4),
    ("SECRET_KEY = '{}'", "django-insecure-a1b2c3#$%^&*(d4e5"),
    ("PresharedKey = {}=", LONG),
    ('ssid="x"\npsk="{}"', WORD),
    ('//r.example/:_password="{}"', "aHVudGVyMmh1bnRlcjI="),
    ("npmAuthIdent: {}", "dTpxVzh6LUxtNHR3NjV4"),
    ("default login ann password {}", PLAIN),
    ("root:{}:19000:0:99999:7:::", "$6$UW5vpQnjIJan0Z2x$HoFQRptjuF97N0PFtO7Uk01rKiyudONFTGBZyVOnuCKAFBF1h"),
    ("{}", "$2b$12$JWhWZVZYDHAWfBoJ7It3TiDngMZw7UJJbg9YBO15ehManxZHXfh5x"),
    ('mnemonic: "{}"', "legal winner thank year wave sausage worth useful legal winner thank yellow"),
    ("release: {}", COMPRESSED),
    ('Content-Disposition: form-data; name="password"\r\n\r\n{}\r\n--x', PLAIN),
    # commands
    ("sshpass -p '{}' ssh a@b", WORD),
    ("mysql -u root -p{} -e 'select 1'", WORD),
    ("redis-cli -h h -a {} ping", PLAIN),
    ("docker login -u ann -p {} ghcr.io", PLAIN),
    ("echo '{}' | docker login -u x --password-stdin", PLAIN),
    ("echo {} | sudo -S apt install x", PLAIN),
    ('echo "root:{}" | chpasswd', PLAIN),
    ("tool --password {} x", PLAIN),
    ("tool --client-secret={} x", PLAIN),
    ("kubeadm join 10.0.0.1:6443 --token {}", "yepi4x.331r107j4xtwad4x"),
    ("openssl rsa -in k -passin pass:{}", PLAIN),
    ("ssh-keygen -t ed25519 -N '{}'", PLAIN),
    ("7z a -p{} x.7z y", PLAIN),
    ("smbclient //h/s -U user%{}", PLAIN),
    ("http -a ann:{} https://x", PLAIN),
    ('ConvertTo-SecureString "{}" -AsPlainText -Force', WORD),
    ("CREATE USER app WITH PASSWORD '{}'", WORD),
    ("CREATE USER 'a'@'%' IDENTIFIED BY '{}'", WORD),
    ("requirepass {}", PLAIN),
    ("the password is {}, keep it", PLAIN),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "secret"), FRAMES)
def test_frame_gives_a_secret_away(frame: str, secret: str) -> None:
    text = frame.format(secret)
    lines = [line for line in secret.split("\n") if len(line) > 8]
    for said in (text, f"see {text} there", json.dumps({"said": text}), json.dumps(json.dumps([text]))):
        hidden = Redactor().hide(said)
        assert [line for line in lines if line in hidden] == [], hidden
        assert said == text or "said" not in said or json.loads(hidden)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"{'some words ' * 6}TWILIO_AUTH_TO\nKEN={HEX}\n", HEX),
        (f"{'some words ' * 5}https://discord.com/api/web\nhooks/123456789012345678/{LONG + PLAIN}\n", LONG),
        (
            quote("-----BEGIN RSA PRIVATE KEY-----\\n" + BODY.replace("\n", "\\n"), safe=""),
            quote(BODY[70:120], safe=""),
        ),
    ],
)
def test_frame_is_found_behind_a_disguise(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in Redactor().hide(text)


@pytest.mark.parametrize(
    "text",
    [
        "password: str = Field(min_length=8)",
        "self._password = parsed.password2",
        'password = getpass("Password 2: ")',
        '{"password": "string"}',
        'PASSWORD="${DB_PASSWORD1:-}" --token "$TOKEN1"',
        "https://example.org:8080/a@b.c/d2",
        "npm_config_auth = get_auth_from_url(url)",
        "db.internal:5432: connection refused:no:route",
        "Authorization: required for all 14 endpoints below",
        "Set-Cookie: and Cookie: headers are case-insensitive",
        "the password is wrong",
        "mysql -h db1 -p; redis-cli -h cache2 ping",
        "--token TOKEN  --password-file /run/secrets/db1",
        'name="token" value="{{ token1 }}"',
        "seed: 12345",
    ],
)
def test_words_about_secrets_stay(text: str) -> None:
    assert Redactor().hide(text) == text
