import pytest

from build.effects.programs.http import _HTTP, judge_http
from build.effects.programs.judge import UNKNOWN, judge

SQL = '{"query": "%s", "useLegacySql": false}'


@pytest.mark.parametrize("method", _HTTP["reading_methods"])
def test_a_method_that_reads(method: str) -> None:
    assert judge_http(method.lower(), f"https://x/{UNKNOWN}").effect == "reads"


@pytest.mark.parametrize("method", [method for method in _HTTP["changing_methods"] if method != "POST"])
def test_a_method_that_changes(method: str) -> None:
    for url in ("https://x/y/_search", UNKNOWN, "https://x/graphql"):
        assert judge_http(method, url, "SELECT 1").effect == "changes"


@pytest.mark.parametrize("word", _HTTP["last_words"])
def test_a_post_to_an_address_that_only_asks(word: str) -> None:
    body = '{"query": "query { x }"}' if word == "graphql" else '{"a": 1}'
    for url in (
        f"https://api.made-up.io/v3/{word}",
        f"{UNKNOWN}/things/{word}?page={UNKNOWN}",
        f"https://x/{word.upper()}/",
    ):
        assert judge_http("POST", url, body).effect == "reads", url


@pytest.mark.parametrize("path", _HTTP["paths"])
def test_a_post_below_a_path_that_only_asks(path: str) -> None:
    assert judge_http("POST", f"https://made-up{path}{'x' if path.endswith('/') else ''}", "{}").effect == "reads"


@pytest.mark.parametrize("name", _HTTP["custom_methods"])
def test_custom_methods_that_only_ask(name: str) -> None:
    assert (
        judge_http(
            "post", f"https://x.googleapis.com/v1/projects/{UNKNOWN}/things:{name.replace('*', 'Unheard')}"
        ).effect
        == "reads"
    )


@pytest.mark.parametrize(
    "url",
    [
        f"https://hooks.slack.com/services/{UNKNOWN}",
        "https://api.github.com/repos/a/b/issues",
        f"{UNKNOWN}/developers/x/apps",
        "https://events.pagerduty.com/v2/enqueue",
        "http://jenkins/job/x/build",
        "https://x/api/v1/silences",
        "https://x/searches",
        "https://x/tokens",
        "https://x/api/v1/users",
        "https://x/items:batchDelete",
        "https://x.googleapis.com/v1/p:undelete",
        "https://management.azure.com/subscriptions/x/providers/Microsoft.Web/sites/y/restart",
        "https://x/-/reload",
        "https://api.datadoghq.com/api/v1/series",
        "https://x/loki/api/v1/push",
        "https://vault/v1/auth/approle/role/x",
        "https://slack.com/api/chat.postMessage",
        "https://x/organizations/y/deployments",
        "https://x/research",
    ],
)
def test_any_other_post_changes(url: str) -> None:
    assert judge_http("POST", url, UNKNOWN).effect == "changes"


@pytest.mark.parametrize(
    ("url", "effect"),
    [
        (UNKNOWN, "unclear"),
        (f"https://{UNKNOWN}", "unclear"),
        ("${URL}", "unclear"),
        ("${webhook_url}", "changes"),
        ("$SLACK_WEBHOOK", "changes"),
        ("${AUTH_URL}", "reads"),
        ("${PROMETHEUS_HOST}", "reads"),
        ("${base}/${TOKEN_PATH}", "reads"),
    ],
)
def test_a_post_to_a_variable(url: str, effect: str) -> None:
    assert judge_http("POST", url, UNKNOWN).effect == effect


@pytest.mark.parametrize(
    ("body", "effect"),
    [
        ("grant_type=client_credentials&client_id=x", "reads"),
        ("query=up", "reads"),
        ('{"query": {"match_all": {}}}', "reads"),
        ('{"text": "x"}', "changes"),
        ("payload={}", "changes"),
        ('{"channel": "#x", "text": "y"}', "changes"),
        (None, "unclear"),
        ("SELECT count() FROM x", "reads"),
        ("INSERT INTO x VALUES (1)", "changes"),
    ],
)
def test_a_body_decides_where_the_address_does_not(body: str | None, effect: str) -> None:
    assert judge_http("POST", UNKNOWN, body).effect == effect


@pytest.mark.parametrize(
    ("body", "effect"),
    [
        ('{"query": "query { viewer { login } }"}', "reads"),
        ('{"query": "{ repository { id } }"}', "reads"),
        ("query=query Q { x }", "reads"),
        ('{"query": "mutation { x }"}', "changes"),
        ('{"query": "mutation M($a: B) { x }"}', "changes"),
        (None, "unclear"),
        (UNKNOWN, "unclear"),
    ],
)
def test_graphql_is_read(body: str | None, effect: str) -> None:
    assert judge_http("POST", "https://api.github.com/graphql", body).effect == effect


@pytest.mark.parametrize(
    ("statement", "effect"),
    [("SELECT 1", "reads"), ("DELETE FROM x WHERE TRUE", "changes"), (UNKNOWN, "unclear"), ("CALL x()", "unclear")],
)
def test_sql_in_a_body_decides(statement: str, effect: str) -> None:
    url = f"https://bigquery.googleapis.com/bigquery/v2/projects/{UNKNOWN}/queries"
    assert judge_http("POST", url, SQL % statement).effect == effect
    escaped = (SQL % statement).replace('"', '\\"')
    assert judge_http("POST", f"https://{UNKNOWN}/api/2.0/sql/statements", escaped).effect == effect


@pytest.mark.parametrize(
    ("line", "method"),
    [
        ("curl https://x", "GET"),
        ("curl -d a=b https://x", "POST"),
        ("curl -sSd a=b https://x", "POST"),
        ("curl -G -d a=b https://x", "GET"),
        ("curl -X DELETE https://x", "DELETE"),
        ("curl -XPUT https://x", "PUT"),
        ("curl --request=PATCH https://x", "PATCH"),
        ("curl -I https://x", "GET"),
        ("curl -F a=@b https://x", "POST"),
        ("curl -T f https://x", "PUT"),
        ("curl -kLsX POST https://x", "POST"),
        ("curl --json {} https://x", "POST"),
        ("curl -o x -w %{http_code} -H a:b -u c:d https://x", "GET"),
        ("curl -X GET -d {} https://x", "GET"),
        ("curl --url https://x --data-raw {}", "POST"),
        ("wget https://x", "GET"),
        ("wget -qO- https://x", "GET"),
        ("wget --post-data=a https://x", "POST"),
        ("wget --method DELETE https://x", "DELETE"),
        ("http https://x", "GET"),
        ("http https://x a=b", "POST"),
        ("http DELETE https://x", "DELETE"),
        ("http https://x q==1", "GET"),
        ("xh PUT https://x a=b", "PUT"),
        ("gh api repos/a/b", "GET"),
        ("gh api repos/a/b -f c=d", "POST"),
        ("gh api -X DELETE repos/a/b", "DELETE"),
        ("gh api --method=PATCH repos/a/b -F c=d", "PATCH"),
        ("glab api projects/1", "GET"),
        ("az rest --url https://x", "GET"),
        ("az rest --method delete --url https://x", "DELETE"),
        ("az rest -u https://x -m PUT --body {}", "PUT"),
    ],
)
def test_the_method_of_a_command(line: str, method: str) -> None:
    assert judge(line.split()).effect == ("reads" if method == "GET" else "changes")


def test_a_method_that_is_not_known_is_unclear() -> None:
    assert judge(["curl", "-X", UNKNOWN, "https://x/_search"]).effect == "unclear"
    assert judge_http(f"P{UNKNOWN}", "https://x").effect == "unclear"
    assert judge_http("FROB", "https://x").effect == "unclear"


def test_words_that_are_not_known_may_be_options() -> None:
    assert judge(["curl", "-sS", UNKNOWN, "https://x/y"]).effect == "reads"
    assert judge(["curl", "-X", "POST", UNKNOWN, "https://x/y", "-d", UNKNOWN]).effect == "changes"
    assert judge(["curl", "-X", "POST", UNKNOWN, UNKNOWN]).effect == "unclear"


def test_one_address_of_several_that_changes_is_enough() -> None:
    assert judge(["curl", "-X", "POST", "https://x/_search", "https://x/items"]).effect == "changes"


def test_addresses_of_google_have_permissions() -> None:
    url = f"https://monitoring.googleapis.com/v3/projects/{UNKNOWN}/timeSeries?filter=x"
    assert [need.permission for need in judge(["curl", "-s", url]).needs] == ["monitoring.timeSeries.list"]
