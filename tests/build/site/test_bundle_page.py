"""What a bundle's page shows of its record."""

import pytest

from build.model import Bundle
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
        "Tools", "Permissions", "Configuration", "Secrets", "Use it", "Add to my agent", "At run time", "Discovery",
        "README", "Files", "History", "Related", "Problems found",
    ]  # fmt: skip
    assert page.xpath('//aside//span[contains(@class, "access")]')[0].text == "Read-write"
    assert {"1 runbook tool", "1 monitor tool"} <= set(texts(page, "//aside//a"))
    assert "5 Feb 2026" in texts(page, "//aside//time")
    line = page.xpath('//li[@id="runbook-12"]//a[@class="line"]')[0]
    assert line.get("href") == f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/pod-bearing/runbook.robot#L12"
    assert page.xpath('//li[@id="runbook-12"]//a[@href="#var-PLACE"]')
    assert "One of Bearing of a pod, b" in " ".join(texts(page, '//tr[@id="var-PLACE"]'))
    assert texts(page, '//section[@aria-labelledby="related"]//a') == ["Quay Ping"]
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
    assert texts(page, "//h2") == ["Tools", "Use it", "Add to my agent", "History"]
    assert texts(page, "//h3") == ["Monitor 1 tool, run on a schedule"]
    assert texts(page, '//li[@id="monitor-9"]//h4') == ["Ping HOST"]
    assert texts(page, '//li[@id="monitor-9"]//var') == ["HOST"]
    assert texts(page, '//p[@class="notice"]')
    assert "no tool has an access tag" in page.xpath("//aside")[0].text_content()


def test_a_bundle_without_history_or_tools_has_a_page() -> None:
    bare = entry(Bundle(name="bare"), history=None)
    page = body(pages_of(made_up([bare])), "codebundles/harbor/bare/index.md")
    assert texts(page, "//h1") == ["Bare"]
    assert "no tools" in page.xpath("//aside")[0].text_content()


def test_a_read_me_leads_to_the_commit_that_is_shown() -> None:
    page = body(pages_of(sound()), "codebundles/harbor/pod-bearing/index.md")
    links = {a.text: a.get("href") for a in page.xpath('//section[@aria-labelledby="readme"]//a')}
    assert links == {
        "Use": "#readme-use",
        "Chart": f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/chart/README.md",
    }
