"""The files beside the pages, read by those who read them: parsers of XML, JSON and Markdown."""

import json
import re
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from build.catalogue.catalogue import Catalogue
from build.site.files import site_files
from tests.support.catalogues import HOSTILE, sound, text_everywhere
from tests.support.place import Place


def files(catalogue: Catalogue, site_url: str = "") -> dict[str, str]:
    return dict(site_files(catalogue, {}, site_url))


def links(markdown: str) -> list[str]:
    tokens = MarkdownIt().parse(markdown)
    return [str(one.attrs["href"]) for token in tokens for one in token.children or () if one.type == "link_open"]


def test_equal_catalogues_make_equal_files() -> None:
    assert files(sound()) == files(sound())


def test_a_stranger_makes_no_link_or_heading_in_llms_txt() -> None:
    plain, hostile = files(text_everywhere("plain", "plain")), files(text_everywhere(HOSTILE + "[a](b)", HOSTILE))
    assert len(links(hostile["llms.txt"])) == len(links(plain["llms.txt"])) == 9
    headings = [re.findall(r"^#+ ", made["llms.txt"], re.MULTILINE) for made in (plain, hostile)]
    assert headings[0] == headings[1]


def test_a_large_catalogue_has_a_text_for_each_collection() -> None:
    catalogue = sound()
    many = catalogue._replace(records=[*catalogue.records] * 501)
    made = files(many, "https://r.example")
    assert {path for path in made if path.endswith("llms-full.txt")} == {
        "llms-full.txt", *(f"collections/{slug}/llms-full.txt" for slug in ("harbor", "quay", "adrift")),
    }  # fmt: skip
    assert len(made["llms-full.txt"]) < 2_000
    assert len(made["llms.txt"]) < 3_000


def test_robots_are_led_to_the_sitemap_where_it_has_an_address() -> None:
    assert "Sitemap: https://r.example/sitemap.xml\n" in files(sound(), "https://r.example/")["robots.txt"]
    assert "Sitemap" not in files(sound())["robots.txt"]


def test_whatever_llms_txt_names_is_there(built: Place) -> None:
    site: Path = built.folder / "site"
    found = links((site / "llms.txt").read_text(encoding="utf-8"))
    assert len(found) > 10
    missing = [
        link
        for link in found
        if not (site / link.lstrip("/")).is_file() and not (site / link.lstrip("/") / "index.html").is_file()
    ]
    assert missing == []


def test_the_list_for_scripts_has_every_bundle_with_its_facets(built: Place) -> None:
    listed: dict[str, Any] = json.loads((built.folder / "site" / "codebundles" / "list.json").read_text("utf-8"))
    whole = built.json("codebundles.json")["codebundles"]
    assert [one["id"] for one in listed["codebundles"]] == [one["id"] for one in whole]
    assert listed["build_id"] == built.json("index.json")["build_id"]
    for short, full in zip(listed["codebundles"], whole, strict=True):
        assert short["platforms"] == full["platforms"]
        assert len(short["tools"]) == full["task_count"] + full["sli_count"]
