"""Keys that open nothing, made when a test asks for them: no file holds one. A kind is named as the rules of gitleaks
name it (https://github.com/gitleaks/gitleaks, config/gitleaks.toml), where it has the kind.
"""

import random
import string
from collections.abc import Callable, Iterator

_LOWER, _UPPER, _DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
_HEX = "0123456789abcdef"
_WORD = _LOWER + _UPPER + _DIGITS
_BASE64 = _WORD + "+/"
_URL = _WORD + "_-"

Make = Callable[[str, int], str]


def keys(seed: int) -> dict[str, str]:
    """Return one of each kind, another with each seed."""
    chance = random.Random(seed)

    def some(letters: str, count: int) -> str:
        # All that is random in a key is: at least half of its letters differ.
        while True:
            made = "".join(chance.choices(letters, k=count))
            if len(set(made[-16:])) >= min(8, count // 2):
                return made

    def uuid() -> str:
        return "-".join(some(_HEX, count) for count in (8, 4, 4, 4, 12))

    def jwt() -> str:
        return f"ey{'J'}{some(_URL, 30)}.ey{'J'}{some(_URL, 60)}.{some(_URL, 43)}"

    return dict(_tokens(some)) | dict(_named(some)) | {
        "heroku-api-key": f"HEROKU_API_KEY={uuid()}",
        "jwt": jwt(),
        "jwt-in-a-header": f"Authorization: Bearer {jwt()}",
        "microsoft-teams-webhook": f"https://some.webhook.office.com/webhookb2/{uuid()}@{uuid()}/IncomingWebhook/"
        f"{some(_HEX, 32)}/{uuid()}",
        "npm-uuid": f"//registry.example/:_authToken={uuid()}",
        "opsgenie": f"Authorization: GenieKey {uuid()}",
        "private-key": f"-----BEGIN {'PRIVATE'} KEY-----\n{some(_BASE64, 64)}\n{some(_BASE64, 64)}\n-----END",
        "private-key-openssh": f"-----BEGIN OPENSSH {'PRIVATE'} KEY-----\n{some(_BASE64, 70)}\n",
        "private-key-pgp": f"-----BEGIN PGP {'PRIVATE'} KEY BLOCK-----\n\n{some(_BASE64, 64)}\n",
        "private-key-json": f'"private_key": "-----BEGIN {"PRIVATE"} KEY-----\\n{some(_BASE64, 64)}\\n',
        "password-in-an-address": f"postgres://admin:{some(_WORD, 14)}@",
        "password-with-an-at": f"https://admin:{some(_WORD, 8)}@{some(_WORD, 8)}@",
    }  # fmt: skip


def _tokens(some: Make) -> Iterator[tuple[str, str]]:
    """Yield the kinds that their own letters tell."""
    yield "age-secret-key", "AGE-SECRET-" + "KEY-1" + some(_UPPER + _DIGITS, 58)
    yield "airtable-personal-access-token", "pat" + some(_WORD, 14) + "." + some(_HEX, 64)
    yield "alibaba-access-key-id", "LTAI" + some(_WORD, 20)
    yield "anthropic-api-key", "sk-" + "ant-api03-" + some(_URL, 93) + "AA"
    yield "artifactory-api-key", "AKC" + "p" + some(_WORD, 69)
    yield "atlassian-api-token", "ATA" + "TT3" + some(_URL, 186)
    yield "atlassian-bitbucket", "ATB" + "B" + some(_WORD, 32)
    for kind in ("AKIA", "ASIA", "ABIA", "ACCA", "A3TX"):
        yield f"aws-access-token-{kind}", kind + some(_UPPER + "234567", 16)
    yield "azure-ad-client-secret", some(_WORD, 3) + "8Q" + "~" + some(_URL, 34)
    yield "azure-storage", "Account" + "Key=" + some(_BASE64, 86) + "=="
    yield "azure-shared-access-signature", "sig=" + some(_WORD, 43) + "%3D"
    yield "cloudflare-origin-ca-key", "v1.0-" + some(_HEX, 24) + "-" + some(_HEX, 146)
    yield "circleci", "CCI" + "PAT_" + some(_WORD, 22) + "_" + some(_HEX, 40)
    yield "clojars-api-token", "CLO" + "JARS_" + some(_LOWER + _DIGITS, 60)
    yield "databricks-api-token", "dap" + "i" + some(_HEX, 32)
    for kind in ("dop", "doo", "dor"):
        yield f"digitalocean-{kind}", kind + "_v1_" + some(_HEX, 64)
    yield "discord-bot", "M" + some(_DIGITS, 3) + some(_WORD, 20) + "." + some(_URL, 6) + "." + some(_URL, 27)
    yield "discord-webhook", "https://discord" + ".com/api/webhooks/" + some(_DIGITS, 18) + "/" + some(_URL, 68)
    yield "docker-hub", "dckr" + "_pat_" + some(_URL, 27)
    yield "doppler-api-token", "dp" + ".pt." + some(_WORD, 43)
    yield "doppler-service-token", "dp" + ".st.prd." + some(_WORD, 43)
    yield "dynatrace-api-token", "dt0" + "c01." + some(_UPPER + _DIGITS, 24) + "." + some(_UPPER + _DIGITS, 64)
    yield "flyio-access-token", "fo" + "1_" + some(_URL, 43)
    yield "gcp-api-key", "AI" + "za" + some(_URL, 35)
    yield "google-oauth-client-secret", "GOC" + "SPX-" + some(_URL, 28)
    yield "google-oauth-access-token", "ya" + "29." + some(_URL, 60)
    for kind in ("ghp", "gho", "ghu", "ghs", "ghr"):
        yield f"github-{kind}", kind + "_" + some(_WORD, 36)
    yield "github-fine-grained-pat", "github" + "_pat_" + some(_WORD + "_", 82)
    for kind in ("glpat", "gldt", "glrt", "glptt", "glft", "glimt", "glagent", "glsoat", "gloas", "glffct", "glcbt"):
        yield f"gitlab-{kind}", kind + "-" + some(_URL, 25)
    yield "gitlab-pat-routable", "glpat" + "-" + some(_URL, 27) + ".01." + some(_LOWER + _DIGITS, 9)
    yield "gitlab-rrt", "GR" + "1348941" + some(_URL, 20)
    yield "grafana-api-key", "eyJ" + "rIjoi" + some(_WORD, 90)
    yield "grafana-cloud-api-token", "gl" + "c_" + some(_BASE64, 60) + "="
    yield "grafana-service-account-token", "gl" + "sa_" + some(_WORD, 32) + "_" + some(_HEX, 8)
    yield "hashicorp-tf-api-token", some(_WORD, 14) + ".atlas" + "v1." + some(_URL, 67)
    yield "heroku-api-key-v2", "HRK" + "U-AA" + some(_URL, 58)
    yield "huggingface-access-token", "h" + "f_" + some(_WORD, 34)
    yield "huggingface-organization-api-token", "api" + "_org_" + some(_WORD, 34)
    yield "infracost-api-token", "ic" + "o-" + some(_WORD, 32)
    yield "linear-api-key", "lin" + "_api_" + some(_WORD, 40)
    yield "mailchimp-api-key", some(_HEX, 32) + "-us" + "12"
    yield "mailgun-private-api-token", "ke" + "y-" + some(_HEX, 32)
    yield "mailgun-signing-key", some(_HEX, 32) + "-" + some(_HEX, 8) + "-" + some(_HEX, 8)
    yield "new-relic-user-api-key", "NR" + "AK-" + some(_UPPER + _DIGITS, 27)
    yield "new-relic-license", some(_LOWER + _DIGITS, 36) + "NR" + "AL"
    yield "notion-api-token", "nt" + "n_" + some(_DIGITS, 11) + some(_WORD, 35)
    yield "notion-of-old", "secre" + "t_" + some(_WORD, 43)
    yield "npm-access-token", "np" + "m_" + some(_WORD, 36)
    yield "openai-api-key", "sk-" + some(_WORD, 20) + "T3Blbk" + "FJ" + some(_WORD, 20)
    yield "openai-project", "sk-" + "proj-" + some(_URL, 100)
    yield "openshift-user-token", "sha" + "256~" + some(_URL, 43)
    yield "pagerduty-user", "u" + "+" + some(_URL, 18)
    yield "perplexity-api-key", "pp" + "lx-" + some(_WORD, 48)
    yield "planetscale-api-token", "psc" + "ale_tkn_" + some(_WORD, 43)
    yield "postman-api-token", "PM" + "AK-" + some(_HEX, 24) + "-" + some(_HEX, 34)
    yield "prefect-api-token", "pn" + "u_" + some(_LOWER + _DIGITS, 36)
    yield "pulumi-api-token", "pu" + "l-" + some(_HEX, 40)
    yield "pypi-upload-token", "py" + "pi-AgEIcHlwaS5vcmc" + some(_URL, 80)
    yield "replicate", "r8" + "_" + some(_WORD, 37)
    yield "rubygems-api-token", "ruby" + "gems_" + some(_HEX, 48)
    yield "sendgrid-api-token", "S" + "G." + some(_URL, 22) + "." + some(_URL, 43)
    yield "sentry-org-token", "sn" + "trys_" + some(_BASE64, 90)
    yield "sentry-user-token", "sn" + "tryu_" + some(_HEX, 64)
    for kind in ("at", "ca", "pa", "ss"):
        yield f"shopify-shp{kind}", "sh" + "p" + kind + "_" + some(_HEX, 32)
    yield (
        "slack-app-token",
        "xa" + "pp-1-A" + some(_UPPER + _DIGITS, 10) + "-" + some(_DIGITS, 13) + "-" + some(_HEX, 64),
    )
    yield "slack-bot-token", "xo" + "xb-" + some(_DIGITS, 12) + "-" + some(_DIGITS, 12) + "-" + some(_WORD, 24)
    yield "slack-user-token", "xo" + "xp-" + some(_DIGITS, 12) + "-" + some(_DIGITS, 12) + "-" + some(_HEX, 32)
    hook = "https://hooks." + "slack.com/"
    yield "slack-webhook-url", f"{hook}services/T{some(_UPPER, 10)}/B{some(_UPPER, 10)}/{some(_WORD, 24)}"
    yield (
        "slack-workflow",
        f"{hook}workflows/T{some(_UPPER, 10)}/A{some(_UPPER, 10)}/{some(_DIGITS, 18)}/{some(_WORD, 24)}",
    )
    yield "sonar-api-token", "sq" + "p_" + some(_HEX, 40)
    yield "sourcegraph-access-token", "sg" + "p_" + some(_HEX, 40)
    yield "square-access-token", "sq" + "0atp-" + some(_URL, 22)
    yield "square-of-now", "EA" + "AA" + some(_URL, 60)
    yield "square-secret", "sq" + "0csp-" + some(_URL, 43)
    yield "stripe-access-token", "sk" + "_live_" + some(_WORD, 24)
    yield "stripe-restricted", "rk" + "_test_" + some(_WORD, 99)
    yield "stripe-webhook", "wh" + "sec_" + some(_WORD, 32)
    yield "supabase", "sb" + "p_" + some(_HEX, 40)
    yield "figma", "fig" + "d_" + some(_URL, 40)
    yield "tailscale", "ts" + "key-auth-" + some(_WORD, 12) + "-" + some(_WORD, 32)
    yield "telegram-bot-api-token", some(_DIGITS, 10) + ":A" + "A" + some(_URL, 33)
    yield "twilio-api-key", "S" + "K" + some(_HEX, 32)
    yield "typeform-api-token", "tf" + "p_" + some(_URL, 59)
    yield "vault-service-token", "hv" + "s." + some(_URL, 95)
    yield "vault-batch-token", "hv" + "b." + some(_URL, 140)
    yield "vault-of-old", "s" + ".a1B" + some(_WORD, 21)


def _named(some: Make) -> Iterator[tuple[str, str]]:
    """Yield the kinds that only their names tell, each with a name as it stands in another language."""
    yield "aws-secret-key", "AWS_SECRET_" + "ACCESS_KEY=" + some(_BASE64, 40)
    yield "aws-secret-key-json", '"aws_secret_' + 'access_key": "' + some(_BASE64, 40)
    yield "aws-secret-key-robot", "${AWS_SECRET_" + "ACCESS_KEY}    " + some(_BASE64, 40)
    yield "azure-storage-key", "AZURE_STORAGE_" + "KEY='" + some(_BASE64, 86) + "=="
    yield "cloudflare-api-key", "CLOUDFLARE_API_" + "TOKEN: " + some(_URL, 40)
    yield "cloudflare-global-api-key", "X-Auth-" + "Key: " + some(_HEX, 37)
    yield "datadog-access-token", "DD_API_" + "KEY=" + some(_HEX, 32)
    yield "datadog-application-key", "DD-APPLICATION-" + "KEY: " + some(_HEX, 40)
    yield "datadog-yaml", "datadog_api_" + 'key: "' + some(_HEX, 32)
    yield "okta-access-token", "Authorization: SS" + "WS 00" + some(_URL, 40)
    yield "bearer-header", "Authorization: " + "Bearer " + "a1B" + some(_WORD, 37)
    yield "basic-header", "-H 'Authorization: " + "Basic " + "a1B" + some(_WORD, 37) + "=="
    yield "pagerduty-header", "Authorization: Token " + "token=" + some(_WORD, 20)
    yield "pagerduty-routing-key", '"routing_' + 'key": "' + some(_HEX, 32)
    yield "twilio-auth-token", "export TWILIO_AUTH_" + "TOKEN=" + some(_HEX, 32)
    yield "cloudflare-global", "cloudflare_global_" + 'api_key = "' + some(_HEX, 37)
    yield "okta-client-secret", "OKTA_CLIENT_" + "SECRET=" + some(_URL, 40)
    yield "pagerduty-api-key", "PAGERDUTY_API_" + "KEY: " + some(_URL, 20)
    yield "vercel", "VERCEL_" + "TOKEN=" + some(_WORD, 24)
    yield "redis-without-a-user", "redis://" + ":" + some(_WORD, 12) + "@"
    yield "snyk-api-token", "SNYK_" + "TOKEN=" + "-".join(some(_HEX, count) for count in (8, 4, 4, 4, 12))
