"""The files beside a bundle's record."""

import json

import pytest

from build.catalogue.beside import BADGE, CONFIG, POLICY, ROLE, files_beside, permission_files, unread
from build.catalogue.record import record
from build.model import Bundle, Evidence, Permission, Tool
from tests.support.catalogues import HOSTILE, entry, full_bundle


def needing(*permissions: tuple[str, str, str | None], because: tuple[str, ...] = ()) -> Bundle:
    """A bundle that needs these permissions: platform, permission, scope."""
    return Bundle(
        name="pod-bearing",
        tools=(Tool(kind="runbook", name="Look", title="Look", line=3, unclear_because=because),),
        permissions=tuple(
            Permission(
                platform=platform, permission=permission, scope=scope,
                evidence=(Evidence(path="codebundles/pod-bearing/look.sh", line=7, command="kubectl get pods"),),
            )
            for platform, permission, scope in permissions
        ),
    )  # fmt: skip


def test_what_is_needed_on_kubernetes_is_a_role_with_the_lines_that_need_it() -> None:
    made = permission_files(
        record(entry(needing(("Kubernetes", "list pods", "namespaced"), because=("runs what is new",))))
    )
    assert set(made) == {ROLE}
    assert "kind: Role\n" in made[ROLE]
    assert 'resources: ["pods"]' in made[ROLE]
    assert "codebundles/pod-bearing/look.sh:7" in made[ROLE]
    assert "# Not read: runs what is new\n" in made[ROLE]


def test_what_is_needed_on_aws_is_a_policy() -> None:
    made = permission_files(
        record(entry(needing(("AWS", "ec2:DescribeInstances", None), ("AWS", "s3:ListBucket", None))))
    )
    assert set(made) == {POLICY}
    statements = json.loads(made[POLICY])["Statement"]
    assert [one["Action"] for one in statements] == [["ec2:DescribeInstances"], ["s3:ListBucket"]]


@pytest.mark.parametrize(
    "permission", [(), (("Azure", "az vm list", "Microsoft.Compute"),), (("GCP", "x.y.list", None),)]
)
def test_a_file_that_would_say_nothing_is_not_there(permission: tuple[tuple[str, str, str | None], ...]) -> None:
    assert permission_files(record(entry(needing(*permission)))) == {}


def test_beside_every_record_is_its_badge() -> None:
    assert set(files_beside(record(entry(needing())))) == {BADGE}
    assert set(files_beside(record(entry(needing(("Kubernetes", "list pods", "namespaced")))))) == {ROLE, BADGE}


def test_what_could_not_be_read_is_told_once() -> None:
    tools = tuple(
        Tool(kind="runbook", name=name, title=name, line=3, unclear_because=("runs $A", "runs $B")) for name in "ab"
    )
    assert unread(record(entry(Bundle(name="x", tools=tools)))) == ["runs $A", "runs $B"]


def test_a_strangers_text_ends_no_comment() -> None:
    made = permission_files(
        record(entry(needing(("Kubernetes", "list pods", "namespaced"), because=(HOSTILE + "\nkind: X",))))
    )
    assert [line for line in made[ROLE].splitlines() if line.startswith("kind:")] == ["kind: Role"]
    # Whatever it is called, it says something or is not there.
    assert all(permission_files(record(entry(full_bundle("a", HOSTILE, HOSTILE)))).values())


def test_what_can_be_run_has_its_configuration_without_marks() -> None:
    made = files_beside(record(entry(Bundle(name="x", has_runbook=True))))
    assert set(made) == {CONFIG, BADGE}
    assert made[CONFIG].startswith("# harbor/x: made from the defaults of runbook.robot.")
    assert made[CONFIG].isascii() or not any("\ue000" <= sign <= "\uf8ff" for sign in made[CONFIG])
