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
