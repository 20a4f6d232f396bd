import json
import re

import kubernetes_validate
import pytest
import yaml

from build.effects.policies import Evidence, Permission, aws_policy, kubernetes_role


def permission(platform: str, name: str, scope: str | None = None, *places: tuple[str, int]) -> Permission:
    evidence = [Evidence(path=path, line=line, command="kubectl …") for path, line in places or [("run.sh", 3)]]
    return Permission(platform=platform, permission=name, scope=scope, evidence=evidence)


def role(*permissions: Permission, name: str = "rw-cli/k8s-pods", unread: tuple[str, ...] = ()) -> str:
    text = kubernetes_role(permissions, name, unread)
    assert text is not None
    return text


def kubernetes(name: str, scope: str = "namespaced", *places: tuple[str, int]) -> Permission:
    return permission("Kubernetes", name, scope, *places)


@pytest.mark.parametrize(
    ("permissions", "kind"),
    [
        ([("get pods", "namespaced")], "Role"),
        ([("get pods", "namespaced"), ("create pods/exec", "namespaced")], "Role"),
        ([("patch deployments.apps/scale", "namespaced"), ("update deployments.apps", "namespaced")], "Role"),
        ([("list pods", "cluster")], "ClusterRole"),
        ([("get nodes", "namespaced")], "ClusterRole"),
        ([("get pods", "namespaced"), ("get nodes", "cluster"), ("get /healthz", "cluster")], "ClusterRole"),
        ([("get kustomizations.kustomize.toolkit.fluxcd.io", "namespaced")], "Role"),
    ],
)  # fmt: skip
def test_a_role_is_valid_and_grants_exactly_what_is_needed(permissions: list[tuple[str, str]], kind: str) -> None:
    made = yaml.safe_load(role(*(kubernetes(*one) for one in permissions)))
    assert made["kind"] == kind
    kubernetes_validate.validate(made, "1.37", strict=True)
    granted = {
        (f"{verb} {resource}.{group}" if group and "/" not in resource else f"{verb} {resource}", group)
        for rule in made["rules"]
        for group in rule.get("apiGroups", [""])
        for resource in rule.get("resources", rule.get("nonResourceURLs", []))
        for verb in rule["verbs"]
    }
    # A subresource stands behind its group: deployments.apps/scale.
    wanted = {re.sub(r"(\w+)\.([\w.]+)/(\w+)", r"\1/\3", name) for name, _ in permissions}
    assert {name for name, _ in granted} == wanted


def test_a_rule_names_the_lines_it_follows_from() -> None:
    text = role(
        kubernetes("get pods", "namespaced", ("codebundles/x/a.sh", 3), ("codebundles/x/b.sh", 14)),
        kubernetes("delete pods", "namespaced", ("codebundles/x/c.sh", 7)),
    )
    comment, *rule = text[text.index("rules:") :].splitlines()[1:]
    assert comment == "  # codebundles/x/a.sh:3, codebundles/x/b.sh:14, codebundles/x/c.sh:7"
    assert rule == ['  - apiGroups: [""]', '    resources: ["pods"]', '    verbs: ["get", "delete"]']


@pytest.mark.parametrize(
    ("command", "permission", "verbs"),
    [
        ("kubectl rollout status deploy/x", "get deployments.apps", ["get", "list", "watch"]),
        ("kubectl get deploy x", "get deployments.apps", ["get"]),
        ("kubectl apply -f -", "create jobs.batch", ["create", "patch"]),
        ("kubectl create -f -", "create jobs.batch", ["create"]),
    ],
)
def test_a_role_has_what_the_client_sends_besides(command: str, permission: str, verbs: list[str]) -> None:
    needed = kubernetes(permission)
    needed["evidence"] = [Evidence(path="x.sh", line=1, command=command)]
    assert yaml.safe_load(role(needed))["rules"][0]["verbs"] == verbs


def test_many_lines_are_counted() -> None:
    text = role(kubernetes("get pods", "namespaced", *(("run.sh", number) for number in range(1, 41))))
    assert "run.sh:6 and 34 more\n" in text


def test_resources_of_one_group_with_the_same_verbs_are_one_rule() -> None:
    made = yaml.safe_load(
        role(
            *(kubernetes(f"{verb} {kind}.apps") for verb in ("list", "get") for kind in ("deployments", "statefulsets"))
        )
    )
    assert made["rules"] == [
        {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets"], "verbs": ["get", "list"]}
    ]  # fmt: skip


def test_what_was_not_read_is_said() -> None:
    text = role(kubernetes("get pods"), unread=("runs the command of the variable CMD", "runs x"))
    assert "# Not read: runs the command of the variable CMD\n# Not read: runs x\n" in text


def test_a_rule_of_a_namespace_in_a_cluster_role_is_marked() -> None:
    text = role(kubernetes("delete pods"), kubernetes("list nodes", "cluster"))
    assert "# of a namespace; run.sh:3\n" in text
    assert text.count("of a namespace;") == 1


@pytest.mark.parametrize("hostile", ["x\nrules: []", "x\u2028y", "a: b #c", "\x1b[31m", "'\"\\", "${IFS}", "…" * 400])
def test_hostile_text_stays_in_its_place(hostile: str) -> None:
    expected = yaml.safe_load(role(kubernetes("get pods"), kubernetes("get x")))
    text = role(
        kubernetes("get pods", "namespaced", (hostile, 1)), kubernetes("get x"), name=hostile, unread=(hostile,)
    )
    made = yaml.safe_load(text)
    assert made["rules"] == sorted(expected["rules"], key=str) or made["rules"][0]["verbs"] == ["get"]
    assert set(made) == {"apiVersion", "kind", "metadata", "rules"}
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", made["metadata"]["name"])
    kubernetes_validate.validate(made, "1.37", strict=True)
    odd = f"get {hostile}"
    assert isinstance(yaml.safe_load(role(kubernetes(odd)))["rules"][0]["verbs"], list)


def test_without_permissions_there_is_no_file() -> None:
    others = [permission("AWS", "ec2:DescribeInstances"), permission("Azure", "az vm list", "Microsoft.Compute")]
    assert kubernetes_role(others, "x") is None
    assert aws_policy([kubernetes("get pods")]) is None


def test_a_policy_has_a_statement_for_each_service() -> None:
    actions = [
        "s3:GetObject",
        "ec2:DescribeInstances",
        "elasticloadbalancing:DescribeTags",
        "s3:GetObject",
        "aws-portal:ViewBilling",
        "ec2:DescribeVpcs",
    ]
    policy = json.loads(aws_policy([permission("AWS", action) for action in actions]) or "")
    assert policy["Version"] == "2012-10-17"
    assert [one["Action"] for one in policy["Statement"]] == [
        ["aws-portal:ViewBilling"], ["ec2:DescribeInstances", "ec2:DescribeVpcs"],
        ["elasticloadbalancing:DescribeTags"], ["s3:GetObject"],
    ]  # fmt: skip
    check_policy(policy)


def test_the_order_of_permissions_does_not_matter() -> None:
    needed = [permission("AWS", action) for action in ("s3:GetObject", "ec2:DescribeVpcs", "iam:ListRoles")]
    assert aws_policy(needed) == aws_policy(reversed(needed))
    kinds = [kubernetes(name) for name in ("get pods", "list services", "patch deployments.apps")]
    assert kubernetes_role(kinds, "x") == kubernetes_role(reversed(kinds), "x")


def check_policy(policy: dict[str, object]) -> None:
    """Hold a policy against IAM's grammar."""
    assert set(policy) == {"Version", "Statement"}
    statements = policy["Statement"]
    assert isinstance(statements, list)
    ids = [one["Sid"] for one in statements]
    assert len(set(ids)) == len(ids)
    for one in statements:
        assert set(one) == {"Sid", "Effect", "Action", "Resource"}
        assert re.fullmatch(r"[A-Za-z0-9]+", one["Sid"])
        assert (one["Effect"], one["Resource"]) == ("Allow", "*")
        for action in one["Action"]:
            assert re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+", action)
