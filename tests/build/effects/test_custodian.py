"""What policies of Cloud Custodian do."""

import pytest

from build.effects.custodian import judge_policy
from tests.support.following import task

FILTERS = "policies:\n  - name: a\n    resource: aws.ec2\n    filters:\n      - type: value\n        key: tag:x\n"


@pytest.mark.parametrize(
    ("actions", "effects"),
    [
        ("", {"reads"}),
        ("    actions:\n      - stop\n", {"changes"}),
        ("    actions: [terminate]\n", {"changes"}),
        ("    actions:\n    - type: notify\n      to: [a]\n", {"changes"}),
        ("    actions:\n      - type: tag\n        tags:\n          - type\n", {"changes"}),
        ("    # actions:\n    #   - stop\n", {"reads"}),
        ("{% if tags %}\n      - tag:y\n{% endif %}\n", {"reads"}),
        ("    actions:\n{% for a in actions %}\n      - {{ a }}\n{% endfor %}\n      - delete\n", {"changes"}),
    ],
)
def test_actions_decide(actions: str, effects: set[str]) -> None:
    assert {verdict.effect for verdict, _ in judge_policy(FILTERS + actions)} == effects


@pytest.mark.parametrize(
    ("name", "command", "effect"),
    [
        ("p.yaml", "custodian run -s out p.yaml", "changes"),
        ("p.yaml", "custodian run --dryrun -s out p.yaml", "reads"),
        ("p.j2", "custodian run -s out ${CURDIR}/p.yaml", "changes"),
        ("q.yaml", "custodian run -s out p.yaml", "unclear"),
    ],
)
def test_a_run_does_what_its_policies_do(name: str, command: str, effect: str) -> None:
    tool = task(f"RW.CLI.Run Cli    cmd={command}", {name: FILTERS + "    actions:\n      - stop\n"})
    assert tool.effect == effect, tool.unclear_because


@pytest.mark.parametrize(
    ("resource", "actions", "needs"),
    [
        ("ec2", "", ["ec2:DescribeInstances"]),
        ("aws.ebs", "[delete]", ["ec2:DescribeVolumes", "ec2:DeleteVolume"]),
        ("security-group", "[mark-for-op]", ["ec2:DescribeSecurityGroups", "ec2:CreateTags"]),
        ("aws.rds", "[stop, untag]", ["rds:DescribeDBInstances", "rds:StopDBInstance", "rds:RemoveTagsFromResource"]),
        ("azure.vm", "", []),
        ("aws.never-heard-of", "[stop]", []),
    ],
)
def test_a_policy_needs_what_its_resource_and_actions_do(resource: str, actions: str, needs: list[str]) -> None:
    text = f"policies:\n  - name: x\n    resource: {resource}\n" + (f"    actions: {actions}\n" if actions else "")
    found = {need.permission for verdict, _ in judge_policy(text) for need in verdict.needs}
    assert sorted(found) == sorted(needs)
