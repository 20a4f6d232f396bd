"""What a run over hostile bundles publishes: no text of theirs is markup, hides or is a key. All files of the site are
looked at by suffix, so that those to come are, too.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from lxml import etree
from markdown_it import MarkdownIt

from tests.support.hostile_bundles import MARK, key
from tests.support.hostile_lies import IN_COMMITTED_FILES, IN_DECLARATIONS, IN_NAMES, IN_PROSE
from tests.support.hostile_run import SITE_URL, HostileRun, strings, unseen

pytestmark = pytest.mark.slow

ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "cite", "background"}
# The theme's script tag, the redirects' and ours: nothing else may run.
SCRIPTS = re.compile(r"(?:/|(?:\.\./)*)assets/[\w./-]+\.js")
# What third-party text may become, see build/untrusted/markdown.py.
FOREIGN = {"script", "style", "iframe", "object", "embed", "base", "math", "img", "video", "audio", "applet", "frame"}


def elements(run: HostileRun) -> Iterator[tuple[str, Any]]:
    for path, page in run.pages.items():
        for element in page.iter():
            if isinstance(element.tag, str):
                yield path, element


def test_there_is_much_to_look_at(hostile: HostileRun) -> None:
    assert len(hostile.pages) > 100
    assert {Path(path).suffix for path in hostile.texts if not path.startswith("table")} >= {
        ".html",
        ".json",
        ".md",
        ".xml",
    }
    # Hostile text is on the pages, as text.
    shown = hostile.pages["site/codebundles/hostile/markup-everywhere/index.html"].text_content()
    assert shown.count(f"<{MARK} id={MARK}") > 20


def test_pages_have_no_script_but_the_sites_own(hostile: HostileRun) -> None:
    wrong = []
    for path, element in elements(hostile):
        if element.tag == "script":
            own = SCRIPTS.fullmatch(element.get("src", "")) and not (element.text or "").strip()
            # No browser runs the theme's settings.
            settings = element.get("type") == "application/json" and MARK not in element.text
            # Nor what search engines are told, in which no text can be markup.
            told = element.get("type") == "application/ld+json" and "<" not in element.text
            if not (own or settings or told):
                wrong.append((path, etree.tostring(element)[:200]))
    assert wrong == []


def test_no_element_and_no_attribute_is_of_hostile_making(hostile: HostileRun) -> None:
    wrong = []
    for path, element in elements(hostile):
        attributes = dict(element.attrib)
        named = MARK in element.tag or any(MARK in name or name.lower().startswith("on") for name in attributes)
        classes = (attributes.get("class") or "").split()
        if (
            named
            or MARK in classes
            or attributes.get("id") == MARK
            or {"style", "srcdoc", "http-equiv-x"} & set(attributes)
        ):
            wrong.append((path, element.tag, attributes))
        if element.tag in FOREIGN - {"script"}:
            wrong.append((path, element.tag, attributes))
    assert wrong == []


def test_no_address_runs_or_loads_from_elsewhere(hostile: HostileRun) -> None:
    wrong = []
    for path, element in elements(hostile):
        for name in ADDRESSES & set(element.attrib):
            address = element.get(name)
            try:
                parts = urlsplit(address)
            except ValueError:
                wrong.append((path, element.tag, address))
                continue
            favicon = element.tag == "link" and element.get("rel") == "icon" and address == "data:,"
            itself = element.get("rel") in ("canonical", "alternate") and address.startswith(f"{SITE_URL}/")
            link = element.tag == "a" and parts.scheme in ("", "http", "https", "mailto")
            # The page's own: a client installs the function's address with them.
            link = link or (path == "site/agents/index.html" and element.get("class") == "install")
            inside = not parts.scheme and not parts.netloc and not address.startswith(("//", "\\"))
            if not (favicon or itself or link or inside) or (element.tag == "a" and not parts.scheme and parts.netloc):
                wrong.append((path, element.tag, address))
    assert wrong == []


def test_no_page_is_refreshed_but_the_redirects_to_their_bundle(hostile: HostileRun) -> None:
    for _, element in elements(hostile):
        what = (element.get("http-equiv") or "").lower()
        if element.tag == "meta" and what and what != "content-security-policy":
            assert what == "refresh"
            # Within the site, whatever the old address was.
            to = r"(?:\.\./)+(?:[\w.%-]+/)*"
            assert re.fullmatch(f"0; url={to}", element.get("content"))


def test_every_page_has_the_policy_and_no_text_is_in_it(hostile: HostileRun) -> None:
    for path, page in hostile.pages.items():
        policies = [m.get("content") for m in page.iter("meta") if m.get("http-equiv") == "Content-Security-Policy"]
        refreshed = any(m.get("http-equiv") == "refresh" for m in page.iter("meta"))
        assert refreshed or len(policies) == 1, path
        assert not any("unsafe" in policy or MARK in policy for policy in policies)


def test_ids_on_a_page_are_of_one_element_each(hostile: HostileRun) -> None:
    """A second one would lead links and scripts astray."""
    for path, page in hostile.pages.items():
        twice = [name for name, count in Counter(e.get("id") for e in page.iter() if e.get("id")).items() if count > 1]
        assert twice == [], path


def test_the_frame_of_each_page_is_ours(hostile: HostileRun) -> None:
    """Text that closes elements or comments of the page around it would move it out of its article."""
    for path, page in hostile.pages.items():
        if any(m.get("http-equiv") == "refresh" for m in page.iter("meta")):
            continue
        # The pages of alerts are light: what they say stands in their main part.
        around = ".//main" if path.startswith("site/alerts/") else ".//article"
        article = page.find(around)
        assert article is not None, path
        assert len(page.findall(around)) == len(page.findall(".//body")) == 1
        outside = page.text_content().replace(article.text_content(), "")
        assert f"<{MARK}" not in outside.replace(page.findtext(".//title"), ""), path
        assert [c for c in page.iter(etree.Comment) if MARK in c.text] == []


def test_json_is_read_and_has_no_half_characters(hostile: HostileRun) -> None:
    for path, content in hostile.files.items():
        if path.endswith(".json"):
            for text in strings(json.loads(content, parse_constant=pytest.fail)):
                text.encode("utf-8")


def test_xml_is_read(hostile: HostileRun) -> None:
    for path, content in hostile.files.items():
        if path.endswith(".xml"):
            tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
            assert not [e for e in tree.iter() if isinstance(e.tag, str) and MARK in e.tag]


# Words that stand beside characters which are spelled as references or escapes in a repository.
SPELLED = ("entityescape", "yamlescape")


def texts_of(run: HostileRun, path: str) -> Iterator[str]:
    """The texts of a file, references and escapes read as the program of its reader does."""
    if path.endswith(".json") or path.startswith("table "):
        yield from strings(json.loads(run.texts[path]))
    elif path.endswith(".html"):
        for element in run.pages[path].iter():
            yield from (element.text or "", element.tail or "", *element.attrib.values())
    else:
        yield from run.texts[path].splitlines(keepends=True)


def hiding(run: HostileRun) -> Iterator[tuple[str, str]]:
    """Every text with characters in it that nobody sees, by its file."""
    for path in run.texts:
        for text in texts_of(run, path):
            if unseen(text):
                yield path, text


def test_no_hidden_character_is_published(hostile: HostileRun) -> None:
    assert [(path, text) for path, text in hiding(hostile) if not any(word in text for word in SPELLED)] == []


@pytest.mark.parametrize("word", SPELLED)
def test_no_hidden_character_is_published_that_was_spelled_out(hostile: HostileRun, word: str) -> None:
    assert [(path, text) for path, text in hiding(hostile) if word in text] == []


def test_no_line_of_a_text_is_a_command_to_a_runner(hostile: HostileRun) -> None:
    """Of texts that are printed as they are: in a quotation or within JSON it is at no line's start."""
    for path, text in hostile.texts.items():
        if Path(path).suffix in (".json", ".txt", ".xml", ".md"):
            assert not [line for line in text.splitlines() if line.startswith("::")], path


def everywhere(run: HostileRun) -> dict[str, bytes]:
    """All that leaves the run: files, the index's rows, both outputs, the summary for the job."""
    said = {"stdout": run.stdout, "stderr": run.stderr, "summary": (run.folder / "summary.md").read_bytes()}
    rows = {path: text.encode() for path, text in run.texts.items() if path.startswith("table ")}
    return {**run.files, **rows, **said}


def test_the_search_for_keys_would_find_one(hostile: HostileRun) -> None:
    places = {path for path, content in everywhere(hostile).items() if b"Lantern Oil Level" in content}
    assert {"table bundles", "table bundle_files", "site/codebundles/hostile/sound-one/index.md"} <= places


def leaked(run: HostileRun, place: str) -> list[str]:
    secret = key(place).encode()
    return [path for path, content in everywhere(run).items() if secret in content]


@pytest.mark.parametrize("place", [*IN_DECLARATIONS, *IN_COMMITTED_FILES])
def test_a_key_in_a_declaration_or_a_file_is_nowhere(hostile: HostileRun, place: str) -> None:
    assert leaked(hostile, place) == []


@pytest.mark.parametrize("place", [*IN_PROSE, *IN_NAMES])
def test_a_key_in_prose_or_a_name_is_nowhere(hostile: HostileRun, place: str) -> None:
    assert leaked(hostile, place) == []


def test_twins_quote_what_a_repository_says(hostile: HostileRun) -> None:
    """No line of theirs can pass for one of ours: a heading, a list, a rule, a table's row."""
    ours = re.compile(
        r"#{1,3} .*|#### (`+)(?!`).*[^`]\1(?!`)"
        r"|Access: [a-z-]+(, [a-z ,]+)?|No variable has to be set\.|None that its code shows\."
        r"|- \d+ commits? from [\d-]+ to [\d-]+, the last of its own on [\d-]+"
        r"|- (Id|Access|Platforms|Author|Source|Collection|Configuration): .*|- .*: .*|\|.*\|"
        r"|- For each .*| {2,}- .*"
        r"|- (?P<name>`+)(?!`).*[^`](?P=name)(?!`) \([a-z]+( [a-z]+)*(, [\d,]+ bytes)?(, not stored: [a-z-]+)?\)"
        r"|(Shown as .*\. )?(Access (read-(only|write)|unknown), )?((reads|changes|unclear), )?(line \d+|(line \d+: )?<https://github\.com/example-org/[^<>\s]*>)"
        r"|Each at its line of <https://github\.com/example-org/[^<>\s]*>"
        r"|(> ?.*)|- \d{4}-\d\d-\d\d( .*)?|"
    )
    for path, text in hostile.texts.items():
        if path.endswith("/index.md"):
            # The block that says how to use it is YAML to its end; a second one would be theirs.
            text = re.sub(r"(?ms)^## Use it\n\nAs a file: <[^<>\s]*>\n\n```yaml\n.*?^```\n", "", text, count=1)
            assert [line for line in text.split("\n") if not ours.fullmatch(line)] == [], path
            spans = re.compile(r"#+ (`+)(?!`).*[^`]\1(?!`)")
            headings = [line for line in text.split("\n") if line.startswith("#") and not spans.fullmatch(line)]
            assert [line for line in headings if re.search(r"(?<!\\)[<\[`]", line)] == [], path


def test_skills_quote_what_a_repository_says(hostile: HostileRun) -> None:
    """Front matter has our fields alone, and the body our headings, lists and links: all else is code or quoted."""
    ours = re.compile(
        r"Skill Template|When to use it|Runbook tools, run on demand|Monitor tools, run on a schedule|What it needs"
        r"|Configuration|Permissions|How to run it on RunWhen|The author's own"
    )
    blocks = {"heading", "paragraph", "bullet_list", "ordered_list", "list_item", "inline", "fence"}
    inlines = {"text", "text_special", "code_inline", "softbreak", "link_open", "link_close"}
    skills = {
        path: text
        for path, text in hostile.texts.items()
        if path.endswith("/SKILL.md") and "/codecollection-" not in path
    }
    assert len(skills) > 10
    for path, text in skills.items():
        head, body = text.removeprefix("---\n").split("\n---\n", 1)
        fields = yaml.safe_load(head)
        assert [fields["name"], *fields][:4] == [path.split("/")[-2], "name", "description", "metadata"], path
        assert len(fields) == 3
        tokens = MarkdownIt("commonmark", {"html": True}).parse(body)
        assert {token.type.removesuffix("_open").removesuffix("_close") for token in tokens} <= blocks, path
        for before, token in pairwise(tokens):
            children = token.children or []
            assert {child.type for child in children} <= inlines, path
            if before.type == "heading_open":
                words = " ".join(child.content.strip() for child in children if child.type == "text")
                assert ours.fullmatch(words.strip()), (path, words)
            for child in children:
                address = str(child.attrs.get("href", SITE_URL))
                assert address.startswith((SITE_URL, "https://github.com/example-org/")), (path, address)
