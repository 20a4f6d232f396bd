"""One line of truth for a bundle, and the commands and permissions behind it."""

from typing import Any, Literal

import pytest
from lxml import html

from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import record
from build.model import (
    Access,
    AccessLevel,
    Bundle,
    Effect,
    Evidence,
    ExecutedCommand,
    Permission,
    Secret,
    Tool,
    Variable,
)
from build.site.access import by_platform, shown_commands, stated_of, truth
from build.site.text_files import twin
from tests.support.catalogues import entry, made_up, pages_of

PATH = "codebundles/lamp/delete_pods.sh"


def command(
    text: str = "kubectl delete pod x", effect: Effect = "changes", line: int = 15, **more: str
) -> ExecutedCommand:
    return ExecutedCommand(command=text, effect=effect, path=PATH, line=line, **more)


def tool(
    effect: Effect, *commands: ExecutedCommand, because: tuple[str, ...] = (), access: Access | None = None
) -> Tool:
    return Tool(
        kind="runbook", name="Look", title="Look", line=3, effect=effect, commands=commands, unclear_because=because,
        access=access,
    )  # fmt: skip


def made(
    level: AccessLevel,
    source: Literal["verified", "declared", "override"] | None,
    *tools: Tool,
    permissions: tuple[Permission, ...] = (),
    **more: Any,
) -> CodeBundleRecord:
    effects = [one.effect for one in tools]
    effect: Effect = next((one for one in ("changes", "unclear", "reads") if one in effects), "unclear")
    bundle = Bundle(
        name="lamp", has_runbook=True, tools=tools, effect=effect, permissions=permissions, access_level=level,
        access_level_source=source if source != "override" else None, **more,
    )  # fmt: skip
    return record(entry(bundle)).model_copy(update={"access_level_source": source})


def allowed(permission: str, one: ExecutedCommand, platform: str = "Kubernetes") -> Permission:
    evidence = (Evidence(path=one.path, line=one.line, command=one.command),)
    return Permission(platform=platform, permission=permission, scope="namespaced", evidence=evidence)


CHANGING = made("read-write", "verified", tool("changes", command(), command(line=17)), permissions=(
    allowed("get pods", command()), allowed("delete pods", command()),
))  # fmt: skip
VERIFIED = made("read-only", "verified", tool("reads", command("kubectl get pods", "reads")))
UNCLEAR = made("unknown", None, tool("unclear", because=("runs the command of the variable X", "runs $Y")))
DECLARED = made("read-only", "declared", tool("unclear", because=("runs $Y",), access="read-only"))
SAID = {
    "changes": (CHANGING, "Changes things: deletes pods (delete_pods.sh:15) and 1 more"),
    "reads": (VERIFIED, "Verified: only reads."),
    "unclear": (UNCLEAR, "Not decided from its code: it runs the command of the variable X and 1 more"),
    "declared": (DECLARED, "Not decided from its code: it runs $Y. Its tags say read-only, which nothing verifies."),
    "unknown": (made("unknown", None), "Access unknown: it has no tools."),
}


def page(of: CodeBundleRecord) -> html.HtmlElement:
    pages = pages_of(made_up([entry(Bundle(name="lamp"))])._replace(records=[of]))
    return html.fromstring(pages[f"codebundles/{of.id}/index.md"].partition("\n---\n")[2])


@pytest.mark.parametrize("mark", SAID)
def test_the_page_begins_with_what_is_known_of_what_it_does(mark: str) -> None:
    of, line = SAID[mark]
    (shown,) = page(of).find_class("truth")
    assert shown.get("class") == f"truth {mark}"
    assert " ".join(shown.text_content().split()) == line


def test_the_line_leads_to_the_line_of_code_at_the_commit() -> None:
    (shown,) = page(CHANGING).find_class("truth")
    assert shown.xpath(".//a/@href")[0] == CHANGING.tools[0].commands[0].source_url
    assert shown.xpath(".//a/@href")[0].endswith("/codebundles/lamp/delete_pods.sh#L15")


@pytest.mark.parametrize(
    ("permission", "words"),
    [
        ("patch deployments.apps", "changes deployments"),
        ("create pods/exec", "runs commands in pods"),
        ("update deployments/scale", "updates deployments/scale"),
        ("get pods", ""),
    ],
)
def test_what_changes_is_told_in_words_where_a_permission_tells_it_and_else_by_the_command(
    permission: str, words: str
) -> None:
    one = command("kubectl do-it", condition="if $X")
    said = truth(made("read-write", "verified", tool("changes", one), permissions=(allowed(permission, one),)))
    assert (said.what, said.code) == (words, "" if words else "kubectl do-it")
    assert said.command is not None
    assert said.command.condition == "if $X"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kubectl delete --context $CONTEXT $pod_name -n $NAMESPACE", "deletes pods"),
        ("kubectl delete ${POD} -n $NAMESPACE", "deletes pods"),
        ("oc delete $deployment_names", "deletes deployments"),
        ("kubectl delete $resource -n $namespace", ""),
        ("kubectl get $pod_name", ""),
    ],
)
def test_a_deletion_whose_kind_is_in_a_variable_is_told_by_its_name(text: str, words: str) -> None:
    assert truth(made("read-write", "verified", tool("changes", command(text)))).what == words


def test_what_people_decided_and_what_tags_say_against_the_code_is_told() -> None:
    decided = made("read-only", "override", tool("changes", command("psql")))
    assert truth(decided).words == "Read-only, as this registry's maintainers decided. Changes things:"
    tagged = made("read-write", "declared", tool("reads", access="read-write"))
    assert truth(tagged).words == "Declared read-write by its tags; its code only reads."


def test_why_nothing_is_decided_is_told_in_plain_words_and_the_rest_is_where_the_line_leads() -> None:
    inside = "runs `kubectl exec … -n … -- …`, a program that is found as it runs"
    of = made("read-only", "declared", tool("unclear", because=(inside, "runs $Y"), access="read-only"),
              permissions=(allowed("get pods", command("kubectl get pod x", "reads")),))  # fmt: skip
    shown = page(of)
    (line,) = shown.find_class("truth")
    assert "it runs a program inside a pod, and which one is known only at run time" in line.text_content()
    (target,) = line.xpath(".//a[starts-with(text(), 'and 1 more')]/@href")
    (place,) = shown.xpath(f'//*[@id="{target[1:]}"]')
    assert "runs $Y" in place.text_content()
    # What tags alone say has not the colour of what the code shows.
    (mark,) = shown.xpath('//p[@class="tool-facts"]/span[contains(@class, "access")]')
    assert mark.get("class") == "access unknown"
    assert mark.text_content() == "Tagged read-only, not verified"


def test_what_it_needs_begins_with_what_somebody_has_to_have() -> None:
    of = made(
        "read-only", "verified", tool("reads", command("kubectl get pods", "reads")),
        permissions=tuple(allowed(f"get {one}", command("kubectl get pods", "reads")) for one in "abcdef"),
        secrets=(Secret(name="kubeconfig", required=True, used_by=("runbook",)),),
        user_variables=(Variable(name="PLACE", default=None, required=True, used_by=("runbook",), line=3),),
    )  # fmt: skip
    shown = page(of)
    (needs,) = shown.find_class("needs")
    words = "Needs secret kubeconfig; variable PLACE; on Kubernetes: get a, get b, get c, get d and 2 more"
    assert " ".join(needs.text_content().split()) == words
    # One way of counting: the tab, the card and the list.
    (tab,) = shown.xpath('//nav[@class="jump"]//a[@href="#permissions"]/b')
    (card,) = shown.xpath('//dl//a[@href="#permissions"]')
    assert (tab.text_content(), card.text_content()) == ("6", "6")


def test_reading_inside_a_pod_says_why_it_needs_to_enter_it() -> None:
    entering = command("kubectl exec web -- psql -c 'select 1'", "reads")
    of = made("read-only", "verified", tool("reads", entering), permissions=(allowed("create pods/exec", entering),))
    assert truth(of).after == " It needs create pods/exec because it runs commands inside pods, and these only read."


def test_of_many_commands_the_page_has_some_and_says_how_many_more() -> None:
    many = [command(line=line) for line in range(1, 60)]
    of = made("read-write", "verified", *(tool("changes", *many) for _ in range(4)))
    for shown in shown_commands(of.tools):
        assert (len(shown.commands), shown.more, shown.changing) == (10, 49, 59)
    assert sum(len(shown.commands) for shown in shown_commands(of.tools * 20)) <= 4 * 20 * 3
    text = page(of).xpath('//details[@class="commands"]')[0].text_content()
    assert "Changes things: 59 commands" in " ".join(text.split())
    assert "and 49 more" in text


def test_each_tool_has_its_commands_folded_with_what_they_depend_on() -> None:
    one = command(condition="if $DRY_RUN != false (DRY_RUN is 'true' by default)")
    (folded,) = page(made("read-write", "verified", tool("changes", one))).xpath('//li//details[@class="commands"]')
    assert folded.get("open") is None
    text = " ".join(folded.text_content().split())
    assert "changes kubectl delete pod x delete_pods.sh:15 if $DRY_RUN != false (DRY_RUN is 'true' by default)" in text


def test_the_permissions_have_their_files_and_the_code_that_shows_each() -> None:
    shown = page(CHANGING)
    (section,) = shown.xpath('//section[@aria-labelledby="permissions"]')
    assert 'resources: ["pods"]' in section.xpath(".//pre")[0].text_content()
    (link,) = section.xpath(".//a[@download]/@href")
    assert link == "../../../api/v1/collections/harbor/codebundles/lamp/kubernetes-role.yaml"
    items = [" ".join(item.text_content().split()) for item in section.xpath(".//li")]
    assert items == ["delete pods namespaced delete_pods.sh:15", "get pods namespaced delete_pods.sh:15"] or items == [
        "get pods namespaced delete_pods.sh:15", "delete pods namespaced delete_pods.sh:15",
    ]  # fmt: skip
    assert not page(VERIFIED).xpath('//section[@aria-labelledby="permissions"]')


def test_what_could_not_be_read_is_told_with_the_permissions_and_in_the_twin() -> None:
    of = made("unknown", None, tool("unclear", because=("runs $Y",)), permissions=(allowed("get pods", command()),))
    (section,) = page(of).xpath('//section[@aria-labelledby="permissions"]')
    assert "Not read, so more may be needed: runs $Y." in " ".join(section.text_content().split())
    text = twin(of)
    assert "- Not read, so more may be needed: `runs $Y`\n" in text
    assert "\n## Permissions\n" in text
    assert "- Kubernetes: `get pods` (namespaced): `delete_pods.sh:15`\n" in text
    assert "/api/v1/collections/harbor/codebundles/lamp/kubernetes-role.yaml>" in text


@pytest.mark.parametrize("of", [of for of, _ in SAID.values()], ids=list(SAID))
def test_the_twin_has_the_level_first_and_what_it_rests_on(of: CodeBundleRecord) -> None:
    text = twin(of)
    assert f"\nAccess: {stated_of(of)}\n" in text
    assert stated_of(of).split(",")[0] == of.access_level
    assert all(f"`{one.name}`\n\nAccess {one.access}, {one.effect}, line {one.line}\n" in text for one in of.tools)


def test_permissions_stand_by_their_platform() -> None:
    one = command()
    of = made(
        "unknown", None, permissions=(allowed("x", one, "GCP"), allowed("y", one, "Azure"), allowed("z", one, "GCP"))
    )
    found = by_platform(of.permissions)
    assert {name: [need.permission for need in own] for name, own in found.items()} == {
        "GCP": ["x", "z"],
        "Azure": ["y"],
    }
