import pytest

from build.effects.programs.database import _CLIENTS
from build.effects.programs.judge import UNKNOWN, Inner, judge

STATEMENT = "SELECT 1"


@pytest.mark.parametrize("client", _CLIENTS)
def test_a_client_runs_its_statements(client: str) -> None:
    row = _CLIENTS[_CLIENTS[client].get("like", client)]
    verb = [row["verb"]] if "verb" in row else []
    for option in row.get("statement", []):
        for value in row["values"][:4]:
            verdict = judge([client, *verb, value, UNKNOWN, option, STATEMENT])
            assert (verdict.effect, verdict.runs) == ("reads", (Inner("sql", STATEMENT),)), (option, value)
    for option in row.get("file", []):
        assert judge([client, *verb, option, "x.sql"]).effect == "unclear"
        assert judge([client, *verb, option, "-"], STATEMENT).runs == (Inner("sql", STATEMENT),)
    assert judge([client, *verb], STATEMENT).runs == (Inner("sql", STATEMENT),)
    assert judge([client, *verb]).effect == "unclear"
    assert judge([client, "--version"]).effect == "reads"


@pytest.mark.parametrize(
    ("line", "statement"),
    [
        ("psql -U postgres -tAc", STATEMENT),
        ("psql -qAtX -h x -c", STATEMENT),
        ("mysql -uroot -pSECRET -NBe", STATEMENT),
        ("psql postgres://x -c", STATEMENT),
        ("sqlite3 -json x.db", STATEMENT),
        ("clickhouse-client -h x -q", STATEMENT),
    ],
)
def test_options_are_joined(line: str, statement: str) -> None:
    assert judge([*line.split(), statement]).runs == (Inner("sql", statement),)


def test_several_statements_are_all_run() -> None:
    assert judge(["psql", "-c", "a", "-c", "b"]).runs == (Inner("sql", "a"), Inner("sql", "b"))


@pytest.mark.parametrize(
    ("line", "effect"),
    [
        ("redis-cli PING", "reads"),
        ("redis-cli -h § -p 6379 -a § get k", "reads"),
        ("redis-cli -n 2 --raw hgetall k", "reads"),
        ("redis-cli -u § set k v", "changes"),
        ("redis-cli SET § 0", "changes"),
        ("redis-cli config get *", "reads"),
        ("redis-cli CONFIG SET a b", "changes"),
        ("redis-cli cluster info", "reads"),
        ("redis-cli cluster failover", "changes"),
        ("redis-cli --latency -h x", "reads"),
        ("redis-cli --pipe", "changes"),
        ("redis-cli EVAL x 0", "unclear"),
        ("redis-cli FROBNICATE", "unclear"),
        ("redis-cli §", "unclear"),
        ("redis-cli", "unclear"),
        ("redis-cli slowlog get 10", "reads"),
        ("redis-cli slowlog reset", "changes"),
        ("redis-cli sentinel masters", "reads"),
        ("redis-cli sentinel failover x", "changes"),
        ("valkey-cli info", "reads"),
        ("redis-cli acl setuser x", "changes"),
    ],
)
def test_commands_of_redis(line: str, effect: str) -> None:
    assert judge(line.replace("§", UNKNOWN).split()).effect == effect


def test_commands_of_redis_from_stdin() -> None:
    assert judge(["redis-cli", "-h", "x"], "PING\nGET a\n").effect == "reads"
    assert judge(["redis-cli"], "PING\nSET a b\n").effect == "changes"
    assert judge(["redis-cli"], f"PING\n{UNKNOWN}\n").effect == "unclear"
