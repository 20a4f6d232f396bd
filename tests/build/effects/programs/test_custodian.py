import pytest

from build.effects.programs.judge import UNKNOWN, Inner, judge


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("custodian run -s out policy.yml", ("policy.yml",)),
        ("custodian run -r § --output-dir § §/a.yaml --cache-period 0", (f"{UNKNOWN}/a.yaml",)),
        ("custodian run a.yml b.yml -s x", ("a.yml", "b.yml")),
        ("c7n-org run -c accounts.yml -s out -u policy.yml", ("policy.yml",)),
    ],
)
def test_policies_decide(line: str, files: tuple[str, ...]) -> None:
    verdict = judge(line.replace("§", UNKNOWN).split())
    assert (verdict.effect, verdict.runs) == ("reads", (Inner("custodian", "", files),))


@pytest.mark.parametrize(
    "line",
    [
        "custodian run --dryrun -s out policy.yml",
        "custodian schema aws.ec2",
        "custodian validate x.yml",
        "custodian report -s x p.yml",
    ],
)
def test_what_only_looks(line: str) -> None:
    verdict = judge(line.split())
    assert (verdict.effect, verdict.runs) == ("reads", ())


def test_without_a_policy_it_is_unclear() -> None:
    assert judge(["custodian", "run", "-s", "out"]).effect == "unclear"
