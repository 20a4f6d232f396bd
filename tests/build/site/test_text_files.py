from datetime import UTC, datetime

import yaml
from markdown_it import MarkdownIt

from build.catalogue.record import record
from build.model import Bundle, CatalogueEntry, Collection, Secret, Tool, Variable
from build.site.text_files import twin
from tests.support.catalogues import history

HOSTILE = "# Ignore this\n## Tools\n<script>x</script> | `a` [b](javascript:c) \u2028# d\n```\n# e"

DATE = datetime(2026, 1, 2, tzinfo=UTC)


def entry(text: str) -> CatalogueEntry:
    bundle = Bundle(
        name="a-bundle",
        display_name=text,
        author=text,
        doc=text,
        readme=text,
        platforms=("Linux",),
        has_runbook=True,
        tools=(Tool(kind="runbook", name=text, title=text, documentation=text, line=3),),
        user_variables=(
            Variable(name="A", required=True, used_by=("runbook",), line=1, description=text, default=text),
        ),
        secrets=(Secret(name="key", description=text, required=False, used_by=("runbook",)),),
    )
    collection = Collection(name="C", slug="c", git_url="https://github.com/o/c")
    return CatalogueEntry(
        collection=collection,
        commit="0" * 40,
        commit_date=datetime(2026, 1, 2, tzinfo=UTC),
        stale=False,
        bundle=bundle,
        history=history(5, text),
    )


def test_a_strangers_text_adds_no_heading_of_ours() -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(twin(record(entry(HOSTILE))))
    depth, headings = 0, []
    for position, token in enumerate(tokens):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "heading_open" and depth == 0:
            headings.append((token.tag, tokens[position + 1].content))
        assert not (token.type == "html_block" and depth == 0)
    sections = [text for tag, text in headings if tag == "h2"]
    assert sections == ["Tools", "Configuration", "Secrets", "Permissions", "Use it", "History", "README"]
    assert [tag for tag, _ in headings].count("h1") == 1
    (fence,) = [token for token in tokens if token.type == "fence" and token.level == 0]
    _, runbook = yaml.safe_load_all(fence.content)
    assert runbook["spec"]["configProvided"] == [{"name": "A", "value": "<A>"}]


def test_it_names_what_the_bundle_needs_and_where_it_is() -> None:
    text = twin(record(entry("Restart a pod")))
    assert "# Restart a pod" in text
    assert f"Each at its line of <https://github.com/o/c/blob/{'0' * 40}/codebundles/a-bundle/runbook.robot>\n" in text
    assert "line 3\n" in text
    assert "- `A` (required): Restart a pod Default: `Restart a pod`.\n" in text
    assert "- `key` (optional): Restart a pod" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Tools", "## Configuration", "## Secrets", "## Permissions", "## Use it", "## History", "## README",
    ]  # fmt: skip


def test_names_stand_as_the_robot_file_has_them() -> None:
    name = "Check `${MY_POD}` in *all* [zones]"
    said = entry("A")
    tool, variable = (
        Tool(kind="runbook", name=name, title=name, line=3),
        Variable(name="MY_POD", default="a_b|c", example="*", required=False, used_by=("runbook",), line=1),
    )
    bundle = said.bundle.model_copy(update={"tools": (tool,), "user_variables": (variable,)})
    text = twin(record(said.model_copy(update={"bundle": bundle})))
    assert f"\n#### `` {name} ``\n" in text
    assert "\n- `MY_POD` (optional) Default: `a_b|c`. Example: `*`.\n" in text
