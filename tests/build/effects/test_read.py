"""A bundle with what its tools do: effect, permissions, problems."""

import gc

import pytest

from build.effects.ledger import Ledger
from build.effects.read import follow_code, without_effects
from build.effects.robot_tasks import Robot
from tests.support.bundles import SOUND, parse, source
from tests.support.following import bundle_of

DELETE = "    RW.CLI.Run Cli    cmd=kubectl delete pod web -n shop\n"
READ = "    RW.CLI.Run Cli    cmd=kubectl get pods -n shop\n"


def robot(*tasks: tuple[str, str]) -> str:
    return "*** Settings ***\nLibrary    RW.CLI\n*** Tasks ***\n" + "".join(
        f"T{place}\n    [Tags]    {tags}\n{steps}" for place, (tags, steps) in enumerate(tasks)
    )


def test_a_bundle_does_what_its_gravest_tool_does() -> None:
    bundle = bundle_of({"runbook.robot": robot(("a", READ), ("b", DELETE)), "sli.robot": robot(("c", READ))})
    assert [(tool.kind, tool.effect) for tool in bundle.tools] == [
        ("runbook", "reads"),
        ("runbook", "changes"),
        ("monitor", "reads"),
    ]
    assert bundle.effect == "changes"


def test_a_script_that_two_tools_run_writes_its_files_for_both() -> None:
    both = robot(("a", "    RW.CLI.Run Cli    cmd=bash make.sh && bash later.sh\n"))
    make = 'echo "kubectl delete pod web -n shop" > later.sh\n'
    bundle = bundle_of({"runbook.robot": both, "sli.robot": both, "make.sh": make})
    assert [(tool.kind, tool.effect, tool.unclear_because) for tool in bundle.tools] == [
        ("runbook", "changes", ()),
        ("monitor", "changes", ()),
    ]


def test_permissions_are_told_once_with_all_that_they_follow_from() -> None:
    bundle = bundle_of({"runbook.robot": robot(("a", READ), ("b", DELETE)), "sli.robot": robot(("c", READ))})
    found = {(one.platform, one.permission): one for one in bundle.permissions}
    assert {("Kubernetes", "list pods"), ("Kubernetes", "delete pods")} <= found.keys()
    places = {evidence.path for evidence in found["Kubernetes", "list pods"].evidence}
    assert places == {"codebundles/bundle/runbook.robot", "codebundles/bundle/sli.robot"}


@pytest.mark.parametrize(
    ("tags", "steps", "told"),
    [
        ("access:read-only", DELETE, True),
        ("access:read-write", READ, True),
        ("access:read-write", DELETE, False),
        ("access:read-only", READ, False),
        ("other", DELETE, False),
        ("access:read-only", "    RW.CLI.Run Cli    cmd=${COMMAND}\n", False),
    ],
)
def test_a_tag_that_the_code_contradicts_is_a_problem(tags: str, steps: str, told: bool) -> None:
    problems = [
        one for one in bundle_of({"runbook.robot": robot((tags, steps))}).problems if one.code == "access-contradicts"
    ]
    assert bool(problems) == told
    assert all(
        (one.severity, one.line, one.path) == ("warning", 4, "codebundles/bundle/runbook.robot") for one in problems
    )


def test_a_claim_that_the_code_contradicts_is_a_problem() -> None:
    skill = "---\nname: x\ndescription: y\naccess: read-only\n---\n## Access\nread-only\n"
    files = {"runbook.robot": robot(("a", DELETE)), "SKILL-TEMPLATE.md": skill}
    bundle = bundle_of(files)
    told = [one.path for one in bundle.problems if one.code == "access-contradicts"]
    assert told == (["codebundles/bundle/SKILL-TEMPLATE.md"] if bundle.access_level_claimed == "read-only" else [])


def test_a_bundle_whose_code_took_too_much_says_so() -> None:
    files = {"runbook.robot": SOUND}
    bundle = without_effects("c", source(files), parse(files), "it took more than 5 seconds")
    assert [tool.effect for tool in bundle.tools] == ["unclear"]
    assert "5 seconds" in bundle.tools[0].unclear_because[0]
    assert "effects-not-read" in {one.code for one in bundle.problems}


def test_a_key_in_a_command_is_not_shown() -> None:
    steps = "    RW.CLI.Run Cli    cmd=curl -H 'Authorization: token ghp_0123456789abcdefghijABCDEFGHIJ012345' https://api.github.com/x\n"
    (tool,) = bundle_of({"runbook.robot": robot(("a", steps))}).tools
    assert tool.commands
    assert "ghp_0123456789" not in tool.model_dump_json()


def test_what_was_followed_is_let_go_of_without_a_search_for_circles() -> None:
    files = {
        "runbook.robot": robot(("a", "    RW.CLI.Run Bash File    bash_file=run.sh\n")),
        "run.sh": "kubectl get pods",
    }
    gc.collect()
    gc.disable()
    try:
        assert follow_code(source(files), [])
        assert not [one for one in gc.get_objects() if isinstance(one, Ledger | Robot)]
    finally:
        gc.enable()
