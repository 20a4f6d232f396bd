"""What a bundle's page shows of its record."""

import pytest

from build.catalogue.models import CodeBundleRecord, ToolRecord
from build.model import Bundle
from build.site.bundle_page import tool_anchors, tracker
from search_fn.issues.github import REPOSITORY
from search_fn.issues.request import issues_address
from tests.support.catalogues import (
    COMMIT,
    entry,
    made_up,
    pages_of,
    sound,
)
from tests.support.page_parts import body, texts


def test_a_bundles_page_says_what_it_does_needs_and_may_touch() -> None:
    page = body(pages_of(sound()), "codebundles/harbor/pod-bearing/index.md")
    assert texts(page, "//h1") == ["Bearing of a pod"]
    assert texts(page, "//h2") == [
        "Configure", "Tools", "Permissions", "Add to my agent", "At run time", "Discovery",
        "README", "Files", "History", "Related", "Problems found", "Something wrong?",
    ]  # fmt: skip
    assert page.xpath('//header//span[contains(@class, "access")]')[0].text == "Read-write"
    assert {"1 runbook", "1 monitor"} <= set(texts(page, "//aside//a"))
    assert "5 Feb 2026" in texts(page, "//aside//time")
    tool = page.xpath('//h4[@id="runbook-12"]/..')[0]
    line = tool.xpath('.//a[@class="line"]')[0]
    assert line.get("href") == f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/pod-bearing/runbook.robot#L12"
    assert tool.xpath('.//a[@href="#var-PLACE"]')
    assert tool.xpath('.//a[@class="link"]/@href') == [f"#{tool.get('id')}"]
    assert page.xpath('//*[@id="var-PLACE"]//option/text()')
    assert texts(page, '//section[@aria-labelledby="related"]//li/a') == ["Quay Ping"]
    sweep, own = page.xpath('//section[@aria-labelledby="history"]//li')
    assert (sweep.get("class"), own.get("class")) == ("sweep", None)
    assert own.xpath(".//a/@href") == [f"https://github.com/o/harbor/commit/{'c' * 40}"]
    assert "rules-odd" in page.xpath('//section[@aria-labelledby="problems"]')[0].text_content()


@pytest.mark.parametrize("site", ["", "https://r.example/below"])
def test_a_bundles_page_has_the_line_that_installs_its_skill(site: str) -> None:
    catalogue = sound()
    records = [one.model_copy(update={"url": site + one.url}) for one in catalogue.records]
    page = body(pages_of(catalogue._replace(records=records)), "codebundles/quay/quay_ping/index.md")
    (part,) = page.xpath('//section[@aria-labelledby="agent"]')
    # Where the build was told of no address, the page puts its own there.
    assert part.xpath("@data-own") == ([] if site else ["../../../"])
    assert part.xpath(".//pre/text()") == [f"npx skills add {site or 'https://HOST'}/codebundles/quay/quay_ping/"]
    assert part.xpath(".//p/a/@href")[0] == "../../../.well-known/agent-skills/quay-ping/SKILL.md"
    assert part.xpath(".//button/@data-copy-from") == part.xpath(".//pre/@id")


def test_a_bundles_page_leaves_out_what_it_has_not() -> None:
    page = body(pages_of(sound()), "codebundles/quay/quay_ping/index.md")
    assert texts(page, "//h2") == ["Configure", "Tools", "Add to my agent", "Files", "History", "Something wrong?"]
    assert texts(page, "//h3") == ["To fill in", "Monitor 1 tool, run on a schedule"]
    assert texts(page, '//h4[@id="monitor-9"]') == ["Ping HOST"]
    assert texts(page, '//h4[@id="monitor-9"]//var') == ["HOST"]
    assert texts(page, '//p[@class="notice"]')
    assert "No tool has an access tag" in page.xpath("//aside")[0].text_content()


def test_a_bundle_without_history_or_tools_has_a_page() -> None:
    bare = entry(Bundle(name="bare"), history=None)
    page = body(pages_of(made_up([bare])), "codebundles/harbor/bare/index.md")
    assert texts(page, "//h1") == ["Bare"]
    assert "Toolsnone" in page.xpath("//aside")[0].text_content()


def test_a_read_me_leads_to_the_commit_that_is_shown() -> None:
    page = body(pages_of(sound()), "codebundles/harbor/pod-bearing/index.md")
    links = {a.text: a.get("href") for a in page.xpath('//section[@aria-labelledby="readme"]/div//a')}
    assert links == {
        "Use": "#readme-use",
        "Chart": f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/chart/README.md",
    }


def record(**changes: object) -> CodeBundleRecord:
    return sound().records[0].model_copy(update=changes)


def named(*names: tuple[str, str]) -> list[ToolRecord]:
    blank = sound().records[0].tools[0]
    return [blank.model_copy(update={"kind": kind, "name": name}) for kind, name in names]


def test_a_tool_is_found_by_its_name_wherever_its_line_goes() -> None:
    tools = named(
        ("runbook", "Check `${POD}` in ${NAMESPACE}"), ("runbook", "check POD, in NAMESPACE!"), ("runbook", "健康"),
        ("monitor", "Check `${POD}` in ${NAMESPACE}"), ("monitor", "${X}" * 80),
    )  # fmt: skip
    anchors = tool_anchors(tools)
    first, second, unreadable, monitor, long = anchors
    assert (first, second) == ("task-check-pod-in-namespace", "task-check-pod-in-namespace~2")
    assert (unreadable, monitor) == ("task-runbook", "sli-check-pod-in-namespace")
    assert len(long) < 80
    assert len(set(anchors)) == len(anchors)
    moved = [tool.model_copy(update={"line": tool.line + 7}) for tool in tools]
    assert tool_anchors(moved) == anchors


@pytest.mark.parametrize(
    ("address", "new"),
    [
        ("https://github.com/o/harbor.git", "https://github.com/o/harbor/issues/new?title="),
        ("https://gitlab.com/g/o/harbor/", "https://gitlab.com/g/o/harbor/-/issues/new?issue%5Btitle%5D="),
        ("https://git.example/o/harbor", None),
    ],
)
def test_what_is_wrong_is_told_where_the_host_has_issues(address: str, new: str | None) -> None:
    own = record()
    own = own.model_copy(update={"codecollection": own.codecollection.model_copy(update={"git_url": address})})
    assert tracker(own) == (f"{new}{own.slug}%3A+" if new else None)
    catalogue = sound()
    page = body(pages_of(catalogue._replace(records=[own])), f"codebundles/{own.id}/index.md")
    links = page.xpath('//section[@aria-labelledby="wrong"]//p/a/@href')
    assert links[0] == (tracker(own) or address)
    assert links[1] == f"{issues_address(REPOSITORY)}/new?title={own.id}%3A%20"


def test_who_and_what_a_bundle_is_of_are_links() -> None:
    own = record(author="Ada", platforms=("Kubernetes", "AKS", "AWS"))
    page = body(pages_of(sound()._replace(records=[own])), f"codebundles/{own.id}/index.md")
    assert page.xpath('//aside//a[text()="Ada"]/@href') == ["../../../codebundles/?author=Ada"]
    chips = {a.text: a.get("href") for a in page.xpath('//p[@class="chips"]//span[@class="platform"]//a')}
    assert chips == {name: f"../../../codebundles/?platform={name}" for name in own.platforms}


def test_the_headings_of_a_read_me_begin_below_that_of_its_section() -> None:
    made = entry(Bundle(name="lamp", readme="# Lamp\n\n## Use\n\n### Light `<h4>`\n"))
    page = body(pages_of(made_up([made])), "codebundles/harbor/lamp/index.md")
    (prose,) = page.xpath('//section[@aria-labelledby="readme"]/div')
    assert [(one.tag, one.text_content()) for one in prose] == [("h3", "Use"), ("h4", "Light <h4>")]


def test_a_read_me_does_not_repeat_its_title_unless_it_leads_there() -> None:
    for text, kept in (
        ("# Lamp\n\nIt shines.\n", False),
        ("# Lamp\n\nSee [above](#lamp).\n", True),
        ("## Use\n\na\n", True),
    ):
        made = entry(Bundle(name="lamp", readme=text))
        page = body(pages_of(made_up([made])), "codebundles/harbor/lamp/index.md")
        assert bool(texts(page, '//section[@aria-labelledby="readme"]//div/*[self::h3 or self::h4]')) is kept
