import pytest

from build.effects.programs.sql import _SQL, judge_sql, tables_of
from build.effects.programs.verdict import UNKNOWN

# What may stand around a statement without changing what it does.
AROUND = [
    "{}",
    "  {};",
    "-- DROP TABLE x\n{}",
    "/* DELETE FROM x */ {};\n",
    "SET search_path = x; {}",
    "{} -- UPDATE x SET y = 1",
]


@pytest.mark.parametrize("verb", _SQL["reads"])
def test_a_verb_that_reads(verb: str) -> None:
    assert judge_sql(f"{verb.replace('*', '')} x".lower()).effect == "reads"


@pytest.mark.parametrize("verb", _SQL["changes"])
def test_a_verb_that_changes(verb: str) -> None:
    for around in AROUND:
        assert judge_sql(around.format(f"{verb.replace('*', '')} x y")).effect == "changes"


@pytest.mark.parametrize("verb", _SQL["unclear"])
def test_a_verb_that_calls_what_is_written_elsewhere(verb: str) -> None:
    assert judge_sql(f"{verb} x").effect == "unclear"


@pytest.mark.parametrize("name", _SQL["functions"])
def test_a_function_that_changes(name: str) -> None:
    assert judge_sql("select a, NAME(pid) from pg_stat_activity".replace("NAME", name)).effect == "changes"
    assert judge_sql(f"select '{name}(' as text").effect == "reads"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "select count(*) from x where y = 'DELETE FROM z; DROP TABLE w'",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "(SELECT 1) UNION (SELECT 2)",
        "EXPLAIN (ANALYZE, BUFFERS) SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
        "EXPLAIN DELETE FROM_X",
        "SHOW ALL",
        "SHOW search_path; SELECT 1;",
        "BEGIN; SELECT 1; COMMIT;",
        "COPY (SELECT 1) TO STDOUT WITH CSV",
        "COPY x TO '/dev/stdout'",
        "SELECT a INTO @b FROM c",
        "\\dt",
        "\\x\nSELECT 1;",
        "\\copy (select 1) to 'x.csv'",
        ".tables",
        ".mode csv\nselect 1;",
        "PRAGMA table_info(x)",
        "SELECT § FROM § WHERE §",
        "SELECT * FROM `§.dataset.table` LIMIT §",
        "SELECT update_time FROM t FOR UPDATE",
        "SELECT * FROM deletes",
        "SELECT 'it''s'; SELECT \"drop table\" FROM x",
        "DESCRIBE KEYSPACES",
        "USE x\nGO\nSELECT 1\nGO",
        "MATCH (n) RETURN n",
        "SELECT replace(a, 'x', 'y') FROM b",
        "SELECT TIMESTAMP_TRUNC(x, DAY), SUM(y) FROM z GROUP BY 1",
        "",
        "   ;;",
        "-- nothing",
        "EXEC sp_who2",
        "SELECT @@VERSION",
        "# comment\nSELECT 1",
    ],
)
def test_reads(text: str) -> None:
    assert judge_sql(text.replace("§", UNKNOWN)).effect == "reads"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1; DELETE FROM x",
        "WITH a AS (DELETE FROM b RETURNING *) SELECT * FROM a",
        "EXPLAIN ANALYZE DELETE FROM x",
        "EXPLAIN (ANALYZE) UPDATE x SET y = 1",
        "COPY x FROM STDIN",
        "\\copy x from 'y.csv'",
        "SELECT a INTO b FROM c",
        "SELECT * INTO #temp FROM x",
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        "PRAGMA journal_mode = WAL",
        "IF EXISTS (SELECT 1) DROP TABLE x",
        "set global max_connections = 1",
        "CREATE OR REPLACE VIEW x AS SELECT 1",
        "INSERT INTO § VALUES (§)",
        "MATCH (n) SET n.a = 1",
        "MATCH (n) DETACH DELETE n",
        "insert into x\nselect 1",
        "VACUUM",
        "/* x */TRUNCATE x",
        "select 1;\n\nkill 42",
        ".import x y",
        "DECLARE @x INT; UPDATE t SET a = 1 WHERE b = @x",
        "FLUSH TABLES",
        "SELECT\npg_reload_conf()",
    ],
)
def test_changes(text: str) -> None:
    assert judge_sql(text.replace("§", UNKNOWN)).effect == "changes"


@pytest.mark.parametrize(
    "text",
    [
        UNKNOWN,
        f"{UNKNOWN}; SELECT 1",
        f"SELECT 1; {UNKNOWN}",
        "CALL x()",
        "\\i x.sql",
        "\\! rm x",
        "FROBNICATE x",
        "DO $$ x $$",
        "SELECT 'a' \\gexec\n\\gexec",
    ],
)
def test_what_cannot_be_decided_says_why(text: str) -> None:
    verdict = judge_sql(text)
    assert verdict.effect == "unclear"
    assert verdict.because


@pytest.mark.parametrize(
    "unit",
    [
        "/*",
        "'",
        '"',
        "--",
        "(",
        "select ",
        "with ",
        "from ",
        "`",
        ";",
        "\\",
        "update x ",
        "a.",
        "$$",
        UNKNOWN,
        "explain analyze ",
    ],
)
def test_a_long_hostile_text_is_read(unit: str) -> None:
    """A way of reading that goes back for each quote or comment would never end here."""
    text = unit * (150_000 // len(unit))
    assert judge_sql(text).effect in ("reads", "changes", "unclear")
    assert len(tables_of(text)) < len(text)


def test_a_text_that_is_too_long_is_unclear() -> None:
    assert judge_sql("SELECT 1; " * 30_000).effect == "unclear"


def test_tables() -> None:
    text = "SELECT * FROM `p.region-us`.INFORMATION_SCHEMA.JOBS_BY_PROJECT j JOIN other.t ON 1"
    assert tables_of(text) == ["p.region-us.information_schema.jobs_by_project", "other.t"]
