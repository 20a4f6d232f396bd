import pytest

from build.effects.programs.judge import UNKNOWN, judge
from build.effects.programs.mongo import _MONGO, judge_script


@pytest.mark.parametrize("name", _MONGO["changes"])
def test_a_method_that_changes(name: str) -> None:
    call = f"{name}({{}})" if "." in name else f"db.users.{name}({{}})"
    assert judge_script(f"db.hello(); {call}").effect == "changes"


@pytest.mark.parametrize("name", _MONGO["reads"])
def test_a_method_that_reads(name: str) -> None:
    call = f"{name}()" if "." in name else f"db.getCollection('x').{name}({{}})"
    assert judge_script(f"printjson({call})").effect == "reads"


@pytest.mark.parametrize("name", _MONGO["command_reads"])
def test_a_command_that_reads(name: str) -> None:
    assert judge_script(f"db.adminCommand({{ {name}: 1 }})").effect == "reads"
    assert judge_script(f"db.runCommand('{name}')").effect == "reads"


@pytest.mark.parametrize(
    ("script", "effect"),
    [
        ("db.adminCommand({shutdown: 1})", "changes"),
        ("db.runCommand({collMod: 'x'})", "changes"),
        ("db.x.aggregate([{$out: 'y'}])", "changes"),
        ("db.x.aggregate([{$match: {}}])", "reads"),
        ("show dbs", "reads"),
        ("rs.status().ok", "reads"),
        (UNKNOWN, "unclear"),
        ("x = 1", "unclear"),
        (f"db.runCommand({{{UNKNOWN}: 1}})", "unclear"),
        ("", "unclear"),
        ("(" * 100_000, "unclear"),
    ],
)
def test_scripts(script: str, effect: str) -> None:
    assert judge_script(script).effect == effect


def test_the_shells_options() -> None:
    assert judge(["mongosh", f"mongodb://{UNKNOWN}", "--quiet", "--eval", "db.hello()"]).effect == "reads"
    assert judge(["mongo", "--host", UNKNOWN, "-u", "x", "--eval=db.x.drop()"]).effect == "changes"
    assert judge(["mongosh", "x.js"]).effect == "unclear"
    assert judge(["mongosh"], "db.hello()").effect == "reads"
    assert judge(["mongosh", "--version"]).effect == "reads"
