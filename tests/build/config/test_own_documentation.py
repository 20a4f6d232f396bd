"""The registry's own documents as they are searched: where each part stands on the site, and in which words."""

from pathlib import Path

from lxml import html

from build.config.own_documentation import own_documentation
from tests.support.place import ROOT, Place

TEXT = """# A title with `code`

About it, with [a link](other.md) and **weight**.

| a | b |
|---|---|
| c | d |

## Lint: check it

Run `lint`.

```sh
# no heading
```

## Lint, check it

> Quoted.
"""


def test_a_document_is_cut_at_its_headings_and_reads_as_words(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "index.md").write_text(TEXT, encoding="utf-8")
    (page,) = own_documentation(tmp_path, "https://registry.example/")
    assert (page.id, page.url) == ("registry/deep-index", "https://registry.example/docs/deep/")
    assert (page.name, page.description) == ("A title with code", "About it, with a link and weight. a b c d")
    assert [(one.heading, one.anchor, one.text) for one in page.sections] == [
        ("Lint: check it", "lint-check-it", "Run lint. # no heading"),
        ("Lint, check it", "lint-check-it_1", "Quoted."),
    ]


def test_every_part_is_where_the_site_has_it(built: Place) -> None:
    pages = own_documentation(ROOT / "docs", "")
    assert len(pages) > 20
    for page in pages:
        assert page.url
        document = html.parse(built.folder / "site" / page.url.strip("/") / "index.html").getroot()
        assert " ".join(document.xpath("string(//h1)").replace("¶", "").split()) == page.name
        there = set(document.xpath("//*[self::h2 or self::h3 or self::h4]/@id"))
        assert {one.anchor for one in page.sections} <= there, page.id
