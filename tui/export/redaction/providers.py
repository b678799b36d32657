"""Keys and tokens of providers, by the form that each provider gave them."""

from __future__ import annotations

from typing import Final

from tui.export.redaction.rule import AFTER, APART, BEFORE, SecretRule, key_rule, make_rule

_START = r"(?:(?<![A-Za-z0-9+])|(?<=\A\+)|(?<=\n\+))"
"""A key in base64 does not begin inside such a word; at the start of a line, a plus sign is that of a patch."""

_WITH_DIGIT = r"(?=[A-Za-z_-]*[0-9])"
"""Random characters hold a digit; words joined by hyphens do not."""

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

_CLOUDS: Final = (
    key_rule("aws-key-id", "(?:AKIA|ASIA|ABIA|ACCA)", r"[A-Z0-9]{16}", "AKIA", "ASIA", "ABIA", "ACCA"),
    make_rule(
        "aws-secret-key",
        ("ecret", "ECRET"),
        r"(?i:aws_?)?(?i:secret_?(?:access_?)?key)[\"'\\]{0,4}\s{0,3}[=:]\s{0,3}[\"'\\]{0,4}"
        r"([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        1,
    ),
    make_rule(  # as `aws configure` asks for it, and beside the id of its key
        "aws-secret-key",
        ("Secret Access Key",),
        r"Secret Access Key(?: \[None\])?[:=]\s{0,3}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        1,
    ),
    make_rule(
        "aws-secret-key",
        ("AKIA", "ASIA"),
        r"(?:AKIA|ASIA)[A-Z0-9]{16}[\"'\\]{0,4}[\s,:;|/]{1,8}[\"'\\]{0,4}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        1,
    ),
    key_rule(
        "aws-session-token",
        "(?:IQoJb3JpZ2lu|F[Qw]oGZXIvYXdz)",
        r"[A-Za-z0-9+/_-]{60,}={0,2}",
        "IQoJb3JpZ2lu",
        "FwoGZXIvYXdz",
        "FQoGZXIvYXdz",
    ),
    key_rule("aws-registry-login", "eyJwYXlsb2FkIjoi", r"[A-Za-z0-9+/]{100,}={0,2}"),
    key_rule("aws-appsync-key", "da2-", r"[a-z0-9]{26}"),
    key_rule("aws-bedrock-key", "bedrock-api-key-", r"[A-Za-z0-9+/_-]{100,}={0,2}"),
    key_rule("aws-bedrock-key", "ABSK", r"[A-Za-z0-9+/]{100,}={0,2}"),
    make_rule("aws-mws-token", ("amzn.mws.",), rf"{BEFORE}amzn\.mws\.{_UUID}{AFTER}"),
    key_rule("google-key", "AIza", r"[A-Za-z0-9_-]{35}"),
    key_rule("google-key", r"AQ\.A", r"[A-Za-z0-9_-]{40,}", "AQ.A"),
    key_rule("google-token", r"ya29\.", r"(?:[a-z]\.){0,2}[A-Za-z0-9_-]{20,}", "ya29."),
    make_rule("google-token", ("1//0",), r"(?<![\w.])(?<![^\s:]-)(?<![A-Za-z]:)1//0[A-Za-z0-9_-]{30,}"),
    make_rule("google-token", ("4/0A",), r"(?<![\w/.])4/0A[A-Za-z0-9_-]{40,}"),
    key_rule("google-key", "AAAA", r"[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{100,}"),
    make_rule("google-key", ("6L",), r"(?<![A-Za-z0-9_+/-])6L[c-f][A-Za-z0-9_-]{37}(?![A-Za-z0-9_+/=-])"),
    key_rule("google-secret", "GOCSPX-", r"[A-Za-z0-9_-]{28}"),
    make_rule("azure-storage-key", ("AccountKey=",), r"AccountKey=([A-Za-z0-9+/]{86}==)", 1),
    make_rule("azure-storage-key", ("+ASt",), rf"{_START}[A-Za-z0-9+/]{{76}}\+ASt[A-Za-z0-9+/]{{6}}=="),
    make_rule("azure-shared-key", ("SharedAccessKey=",), r"SharedAccessKey=([A-Za-z0-9+/]{43}=)", 1),
    make_rule("azure-secret", ("Q~",), rf"{BEFORE}[A-Za-z0-9_~.-]{{3}}\dQ~[A-Za-z0-9_~.-]{{31,34}}"),
    make_rule("azure-devops-token", ("AZDO",), rf"{BEFORE}[A-Za-z0-9]{{76}}AZDO[A-Za-z0-9]{{4}}{AFTER}"),
    make_rule("azure-search-key", ("AzSe",), rf"{BEFORE}[A-Za-z0-9]{{42}}AzSe[A-D][A-Za-z0-9]{{5}}{AFTER}"),
    make_rule("azure-function-key", ("AzFu",), rf"{BEFORE}[A-Za-z0-9_-]{{44}}AzFu[A-Za-z0-9_-]{{4,6}}={{0,2}}"),
    make_rule(
        "azure-storage-key",
        ("ccountKey",),
        r"(?i:account_?key)[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}([A-Za-z0-9+/]{86}==)",
        1,
    ),
    make_rule("azure-ai-key", ("JQQJ9",), rf"{BEFORE}[A-Za-z0-9]{{52}}JQQJ9[9D][A-Za-z0-9]{{26}}{AFTER}"),
    make_rule("azure-registry-key", ("+ACR",), rf"{_START}[A-Za-z0-9+/]{{42}}\+ACR[A-Za-z0-9+/]{{6}}(?![A-Za-z0-9])"),
    key_rule("digitalocean-token", "do[opr]_v1_", r"[a-f0-9]{64}", "doo_v1_", "dop_v1_", "dor_v1_"),
    key_rule("alibaba-key-id", "LTAI", rf"{_WITH_DIGIT}[A-Za-z0-9]{{16,20}}"),
    key_rule("tencent-key-id", "AKID", rf"{_WITH_DIGIT}[A-Za-z0-9]{{32}}"),
    key_rule("yandex-key", "AQVN", r"[A-Za-z0-9_-]{35,38}"),
    make_rule("cloudflare-key", ("v1.0-",), rf"{BEFORE}v1\.0-[a-f0-9]{{24}}-[a-f0-9]{{146}}{AFTER}"),
    key_rule("netlify-token", "nf[pcou]_", r"[A-Za-z0-9]{36,}", "nfp_", "nfc_", "nfo_", "nfu_"),
    key_rule("vercel-token", "vc[aikpr]_", r"[A-Za-z0-9]{24,}", "vca_", "vci_", "vck_", "vcp_", "vcr_"),
    key_rule("fly-token", "fm[12][ar]?_", r"[A-Za-z0-9+/=]{60,}", "fm1", "fm2"),
    key_rule("fly-token", "fo1_", r"[A-Za-z0-9_-]{43}"),
    key_rule("render-key", APART + "rnd_", rf"{_WITH_DIGIT}[A-Za-z0-9]{{28,}}", "rnd_"),
    key_rule("heroku-key", "HRKU-", r"[A-Za-z0-9_-]{36,}"),
    key_rule("scalingo-token", "tk-us-", r"[A-Za-z0-9_-]{48}"),
    key_rule("tailscale-key", "tskey-[a-z]{2,12}-", r"[A-Za-z0-9]{6,}-[A-Za-z0-9]{16,}", "tskey-"),
)

_MODELS: Final = (
    key_rule(
        "openai-key", "sk-(?!ant-)(?:proj-|svcacct-|admin-|or-v1-)?", rf"{_WITH_DIGIT}[A-Za-z0-9_-]{{20,}}", "sk-"
    ),
    key_rule("openai-session", APART + "sess-", rf"{_WITH_DIGIT}[A-Za-z0-9]{{40,}}", "sess-"),
    key_rule("anthropic-key", "sk-ant-", r"[A-Za-z0-9_-]{20,}"),
    key_rule("huggingface-token", APART + "hf_", r"[A-Za-z0-9]{30,}", "hf_"),
    key_rule("huggingface-token", "api_org_", r"[A-Za-z0-9]{34}"),
    key_rule("groq-key", "gsk_", r"[A-Za-z0-9]{40,}"),
    key_rule("xai-key", "xai-", r"[A-Za-z0-9]{40,}"),
    key_rule("perplexity-key", "pplx-", r"[A-Za-z0-9]{40,}"),
    key_rule("replicate-token", APART + "r8_", r"[A-Za-z0-9]{30,}", "r8_"),
    key_rule("cerebras-key", "csk-", rf"{_WITH_DIGIT}[a-z0-9]{{40,}}"),
    key_rule("nvidia-key", "nvapi-", r"[A-Za-z0-9_-]{60,}"),
    key_rule("fireworks-key", APART + "fw_", rf"{_WITH_DIGIT}[A-Za-z0-9]{{22,}}", "fw_"),
    key_rule("together-key", "tgp_v1_", r"[A-Za-z0-9_-]{40,}"),
    key_rule("elevenlabs-key", "sk_", r"[a-f0-9]{48}"),
    key_rule("voyage-key", APART + "pa-", rf"{_WITH_DIGIT}[A-Za-z0-9_-]{{43}}", "pa-"),
    key_rule("pinecone-key", "pcsk_", r"[A-Za-z0-9_]{60,}"),
    key_rule("tavily-key", "tvly-(?:dev-|prod-)?", r"[A-Za-z0-9]{32}", "tvly-"),
    key_rule("firecrawl-key", APART + "fc-", r"[a-f0-9]{32}", "fc-"),
    key_rule("e2b-key", "e2b_", r"[a-f0-9]{40}"),
    key_rule("runpod-key", "rpa_", r"[A-Z0-9]{40,}[a-z0-9]{0,8}"),
    key_rule("kaggle-token", "KGAT_", r"[a-f0-9]{32}"),
    key_rule("jina-key", "jina_", r"[A-Za-z0-9_-]{60}"),
    key_rule("cursor-key", APART + "key_", r"[a-f0-9]{64}", "key_"),
    key_rule("apify-token", "apify_api_", r"[A-Za-z0-9]{36}"),
    key_rule("llamacloud-key", "llx-", r"[A-Za-z0-9]{40,}"),
    key_rule("modal-token", APART + "a[ks]-", rf"{_WITH_DIGIT}[A-Za-z0-9]{{22}}", "ak-", "as-"),
    key_rule("langsmith-key", "lsv2_(?:pt|sk)_", r"[a-f0-9]{32}_[a-f0-9]{10}", "lsv2_"),
    key_rule("wandb-key", "wandb_v1_", r"[A-Za-z0-9_]{60,}"),
)

_CODE: Final = (
    key_rule("github-token", "gh[pousr]_", r"[A-Za-z0-9]{36,255}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    key_rule("github-token", "github_pat_", r"[A-Za-z0-9_]{22,255}"),
    key_rule(
        "gitlab-token",
        "gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|soat|agent|oas|ffct|wt)-",
        r"[A-Za-z0-9_.-]{20,}",
        "glpat-",
        "gldt-",
        "glrt-",
        "glrtr-",
        "glcbt-",
        "glptt-",
        "glft-",
        "glimt-",
        "glsoat-",
        "glagent-",
        "gloas-",
        "glffct-",
        "glwt-",
    ),
    key_rule("gitlab-token", "GR1348941", r"[A-Za-z0-9_-]{20}"),
    key_rule("bitbucket-token", "ATBB", r"[A-Za-z0-9_=.-]{24,}"),
    key_rule("atlassian-token", "AT[ACS]TT3", r"[A-Za-z0-9_=-]{60,}", "ATATT3", "ATCTT3", "ATSTT3"),
    key_rule("npm-token", "npm_", r"[A-Za-z0-9]{36}"),
    key_rule("pypi-token", "pypi-", r"[A-Za-z0-9_-]{60,}"),
    key_rule("rubygems-key", "rubygems_", r"[a-f0-9]{48}"),
    key_rule("nuget-key", APART + "oy2", r"[a-z0-9]{43}", "oy2"),
    key_rule("crates-token", APART + "cio", rf"{_WITH_DIGIT}[A-Za-z0-9]{{32}}", "cio"),
    key_rule("clojars-token", "CLOJARS_", r"[a-z0-9]{60}"),
    key_rule("docker-token", "dckr_(?:pat|oat)_", r"[A-Za-z0-9_-]{20,}", "dckr_"),
    key_rule("artifactory-token", "AKCp", r"[A-Za-z0-9]{69}"),
    key_rule("artifactory-token", "cmVmdGtu", r"[A-Za-z0-9]{56}"),
    key_rule("sonar-token", "sq[apu]_", r"[a-f0-9]{40}", "sqa_", "sqp_", "squ_"),
    key_rule("circleci-token", "CCIP(?:AT|RJ)_", r"[A-Za-z0-9]{22}_[a-f0-9]{40}", "CCIP"),
    key_rule(
        "buildkite-token", "bk(?:ua|aj|ct|at|pt)_", r"[A-Za-z0-9]{40,}", "bkua_", "bkaj_", "bkct_", "bkat_", "bkpt_"
    ),
    make_rule(
        "terraform-token", (".atlasv1.",), rf"{BEFORE}[A-Za-z0-9]{{14}}\.atlasv1\.[A-Za-z0-9_=-]{{60,70}}{AFTER}"
    ),
    key_rule("pulumi-token", "pul-", r"[a-f0-9]{40}"),
    key_rule("doppler-token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.", r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}", "dp."),
    key_rule("vault-token", r"hv[sbr]\.", r"[A-Za-z0-9_-]{24,}", "hvs.", "hvb.", "hvr."),
    key_rule("1password-token", "ops_eyJ", r"[A-Za-z0-9+/]{100,}={0,3}"),
    key_rule("1password-key", "A3-", r"[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"),
    key_rule("postman-key", "PMAK-", r"[a-f0-9]{24}-[a-f0-9]{34}"),
    key_rule("readme-key", "rdme_", r"[a-z0-9]{70}"),
    key_rule("prefect-key", "pn[bu]_", r"[A-Za-z0-9]{36}", "pnb_", "pnu_"),
    key_rule("age-key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
)

_DATA: Final = (
    key_rule("databricks-token", "dapi", r"[0-9a-f]{32}(?:-\d)?"),
    key_rule("supabase-token", "sbp_", r"[a-f0-9]{40}"),
    key_rule("supabase-token", "sb_secret_", r"[A-Za-z0-9_-]{20,}"),
    key_rule("planetscale-token", "pscale_(?:tkn|pw|oauth)_", r"[A-Za-z0-9_=.-]{32,}", "pscale_"),
    key_rule("neon-password", "npg_", r"[A-Za-z0-9]{12,}"),
    key_rule("neon-key", "napi_", r"[a-z0-9]{60,}"),
    key_rule("airtable-token", r"pat[A-Za-z0-9]{14}\.", r"[a-f0-9]{64}", "pat"),
    key_rule("grafana-token", "gl(?:sa|c)_", r"[A-Za-z0-9_=+/]{32,}", "glsa_", "glc_"),
    key_rule("sentry-token", "sntry[su]_", r"[A-Za-z0-9_=+/-]{40,}", "sntry"),
    key_rule("newrelic-key", "NRAK-", r"[A-Z0-9]{27}"),
    make_rule("newrelic-key", ("NRAL",), rf"{BEFORE}[a-z0-9]{{36}}NRAL{AFTER}"),
    key_rule("datadog-key", "dd(?:api|app|pat)_", r"[A-Za-z0-9]{30,}", "ddapi_", "ddapp_", "ddpat_"),
    key_rule("newrelic-key", "NRII-", r"[A-Za-z0-9-]{32}"),
    key_rule("honeycomb-key", "hc[abi]ik_", r"[a-z0-9]{58}", "hcaik_", "hcbik_", "hciik_"),
    key_rule("dynatrace-token", r"dt0[a-z]\d{2}\.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}", "dt0"),
    key_rule("posthog-key", "ph[xs]_", r"[A-Za-z0-9]{40,}", "phx_", "phs_"),
    key_rule("launchdarkly-key", "(?:sdk|api|mob)-", _UUID, "sdk-", "api-", "mob-"),
    key_rule("contentful-token", "CFPAT-", r"[A-Za-z0-9_-]{43}"),
    key_rule("mapbox-token", r"sk\.eyJ", r"[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}", "sk.eyJ"),
)

_MONEY: Final = (
    key_rule(
        "stripe-key",
        "[sre]k_(?:live|test|prod)_",
        r"[A-Za-z0-9]{16,}",
        "sk_live_",
        "rk_live_",
        "sk_test_",
        "rk_test_",
        "sk_prod_",
        "rk_prod_",
        "ek_live_",
        "ek_test_",
    ),
    key_rule(
        "stripe-secret",
        "(?:pi|seti|src|cs)_",
        r"[A-Za-z0-9]{10,60}_secret_[A-Za-z0-9]{10,}",
        "pi_",
        "seti_",
        "src_",
        "cs_",
    ),
    key_rule(
        "paddle-key", "pdl_(?:live|sdbx)_apikey_", r"[A-Za-z0-9]{20,}_[A-Za-z0-9]{16,}(?:_[A-Za-z0-9]{3})?", "pdl_"
    ),
    key_rule("polar-token", "polar_[a-z]{2,5}_", r"[A-Za-z0-9]{32,}", "polar_"),
    key_rule("klaviyo-key", "pk_", r"[0-9a-f]{34}"),
    key_rule("wallet-key", "[xyzt]prv", r"[A-Za-z0-9]{100,115}", "xprv", "yprv", "zprv", "tprv"),
    make_rule(
        "wallet-key",
        ("WIF", "wif", "rivate", "RIVATE"),
        r"(?i:wif|private[_ -]?key)[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}"
        r"([5KLc9][1-9A-HJ-NP-Za-km-z]{50,51})(?![A-Za-z0-9+/=])",
        1,
    ),
    key_rule("stripe-secret", "whsec_", r"[A-Za-z0-9+/=]{24,}"),
    key_rule("square-token", "sq0[a-z]{3}-", r"[A-Za-z0-9_-]{22,43}", "sq0"),
    key_rule("square-token", "EAAA[A-Za-z]", r"[A-Za-z0-9_-]{59}", "EAAA"),
    make_rule(
        "paypal-token",
        ("access_token$",),
        rf"{BEFORE}access_token\$(?:production|sandbox)\$[a-z0-9]{{16}}\$[a-f0-9]{{32}}",
    ),
    key_rule("razorpay-key", "rzp_(?:live|test)_", r"[A-Za-z0-9]{14}", "rzp_"),
    key_rule("plaid-token", "access-(?:sandbox|development|production)-", _UUID, "access-"),
    key_rule("shopify-token", "shp(?:at|ca|pa|ss|tka)_", r"[a-fA-F0-9]{32}", "shp"),
    key_rule("easypost-key", "EZ[AT]K", r"[A-Za-z0-9]{54}", "EZAK", "EZTK"),
    key_rule("flutterwave-key", "FLWSECK(?:_TEST)?-", r"[A-Za-z0-9]{32}-X", "FLWSECK"),
    key_rule("duffel-token", "duffel_(?:test|live)_", r"[A-Za-z0-9_-]{43}", "duffel_"),
    key_rule("shippo-token", "shippo_(?:live|test)_", r"[a-f0-9]{40}", "shippo_"),
)

_PEOPLE: Final = (
    key_rule("slack-token", "xox[a-z](?:-\\d)?-", r"(?=[A-Za-z%-]*[0-9])[A-Za-z0-9%+/-]{10,}", "xox"),
    key_rule("slack-token", "xwfp-", r"[A-Za-z0-9-]{20,}"),
    key_rule("slack-token", r"xapp-\d-", r"[A-Za-z0-9-]{10,}", "xapp-"),
    make_rule(
        "slack-webhook",
        ("hooks.slack",),
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{20,})",
        1,
    ),
    make_rule(
        "discord-webhook",
        ("/webhooks/",),
        r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/(\d{15,22}/[A-Za-z0-9_-]{50,})",
        1,
    ),
    make_rule("teams-webhook", ("webhook.office.com",), r"webhook\.office\.com/webhookb2/([A-Za-z0-9@/-]{60,})", 1),
    make_rule(
        "discord-token",
        ("M", "N", "O"),
        r"[MNO](?<![A-Za-z0-9_.].)(?<![^\s:]-.)[A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}(?![A-Za-z0-9])",
    ),
    make_rule("telegram-token", (":AA",), rf"(?:{BEFORE}|(?<=/bot))\d{{8,10}}:AA[A-Za-z0-9_-]{{33}}{AFTER}"),
    key_rule(
        "twilio-key",
        f"{APART}(?:SK|AC)",
        r"[0-9a-f]{32}",
        *(kind + digit for kind in ("AC", "SK") for digit in "0123456789abcdef"),
    ),
    key_rule("sendgrid-key", r"SG\.", r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", "SG."),
    key_rule("mailgun-key", APART + "key-", r"[a-f0-9]{32}", "key-"),
    make_rule("mailchimp-key", ("-us",), rf"{BEFORE}{APART}[a-f0-9]{{32}}-us\d{{1,2}}{AFTER}"),
    key_rule("brevo-key", "x(?:keysib|smtpsib)-", r"[a-f0-9]{64}-[A-Za-z0-9]{16}", "xkeysib-", "xsmtpsib-"),
    make_rule("twitch-token", ("oauth:",), r"\boauth:([a-z0-9]{30})(?![A-Za-z0-9])", 1),
    key_rule("intercom-token", "dG9rO", r"[A-Za-z0-9+/]{40,}={0,2}"),
    key_rule("onesignal-key", "os_v2_(?:app|org)_", r"[a-z0-9]{90,}", "os_v2_"),
    key_rule("instagram-token", "IGQ[VW]", r"[A-Za-z0-9_-]{100,}", "IGQV", "IGQW"),
    make_rule(
        "roblox-cookie",
        ("_|WARNING:-DO-NOT-SHARE",),
        r"_\|WARNING:-DO-NOT-SHARE-THIS[^|]{0,200}\|_([A-Za-z0-9_.-]{40,})",
        1,
    ),
    key_rule("resend-key", APART + "re_", r"[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}", "re_"),
    key_rule("notion-token", "ntn_", r"[A-Za-z0-9]{40,}"),
    key_rule("notion-token", APART + "secret_", rf"{_WITH_DIGIT}[A-Za-z0-9]{{43}}", "secret_"),
    key_rule("linear-key", "lin_(?:api|oauth)_", r"[A-Za-z0-9]{32,}", "lin_"),
    key_rule("figma-token", "fig[dou]r?_", r"[A-Za-z0-9_-]{36,}", "fig"),
    make_rule("asana-token", ("1/1", "2/1"), rf"(?<!\w)[12]/1\d{{15}}(?:/\d{{16}})?:[a-f0-9]{{32}}{AFTER}"),
    key_rule("dropbox-token", r"sl\.", r"(?:u\.)?[A-Za-z0-9_-]{120,}", "sl."),
    key_rule("hubspot-token", "pat-(?:na|eu|ap)\\d-", _UUID, "pat-"),
    key_rule("typeform-token", "tfp_", r"[A-Za-z0-9_.-]{40,}"),
    key_rule("facebook-token", "EAA[A-Z]", r"[A-Za-z0-9]{80,}", "EAA"),
    key_rule("twitter-token", "A{20}", r"[A-Za-z0-9%]{60,}", "AAAAAAAAAAAAAAAAAAAA"),
    key_rule("frameio-token", "fio-u-", r"[A-Za-z0-9_=-]{64}"),
)

PROVIDER_RULES: Final[tuple[SecretRule, ...]] = (*_CLOUDS, *_MODELS, *_CODE, *_DATA, *_MONEY, *_PEOPLE)
"""In the order in which a report names them: clouds, models, code, data, payments, messages and offices."""
