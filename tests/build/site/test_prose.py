"""What a page's Markdown becomes, whatever the texts are: HTML within limits, or plain text with a reason."""

import re

import pytest

from build.catalogue.source_links import Source
from build.site import prose
from build.site.prose import Prose, Rendered, bundle_prose, fit, render_texts
from build.untrusted.markdown import MarkdownError, render_markdown
from build.untrusted.nesting import MAX_DEPTH

DEEP = "> " * (MAX_DEPTH + 1) + "deep <b>"


def text(name: str, markdown: str) -> Prose:
    return Prose(name=name, markdown=markdown, path="README.md")


def shown(texts: list[Prose]) -> Rendered:
    return render_texts(texts, Source("https://github.com/o/r", "1"), "codebundles/x")


def size(page: Rendered) -> int:
    return sum(len(html.encode()) for html in page.html.values())


@pytest.mark.parametrize(
    ("markdown", "address"),
    [
        ("[a](run.sh#L3-L9)", "blob/1/codebundles/x/run.sh#L3-L9"),
        ("[a](run.sh#L3-9)", "blob/1/codebundles/x/run.sh#L3-L9"),
        ("[a](run.sh#L3)", "blob/1/codebundles/x/run.sh#L3"),
        ("[a](run.sh?raw=1#top)", "blob/1/codebundles/x/run.sh"),
        ("[a](docs/x.md#install)", "blob/1/codebundles/x/docs/x.md#install"),
        ("[a](../b/README.md#set-up)", "blob/1/codebundles/b/README.md#set-up"),
        ("[a](../b/#set-up)", "blob/1/codebundles/b#set-up"),
        ("[a](../b#set-up)", "blob/1/codebundles/b#set-up"),
        ("[a](x.md#日本)", "blob/1/codebundles/x/x.md#%E6%97%A5%E6%9C%AC"),
        ("[a](x.md#%E6%97%A5)", "blob/1/codebundles/x/x.md#%E6%97%A5"),
        ("[a](x.md#)", "blob/1/codebundles/x/x.md"),
        ("![a](x.png#L3)", "raw/1/codebundles/x/x.png"),
        ('<a href="x.md#b c">a</a>', "blob/1/codebundles/x/x.md#b%20c"),
        ('<img src="a b.png" alt="a">', "raw/1/codebundles/x/a%20b.png"),
        ("[a](/libraries/a%20b.py)", "blob/1/libraries/a%20b.py"),
        ("[a](../../README.md)", "blob/1/README.md"),
        ("![a](a/../b.png)", "raw/1/codebundles/x/b.png"),
        ("[a](../../../b)", None),
        ("[a](/../b)", None),
        ("[a](%2e%2e/%2e%2e/%2e%2e/b)", None),
        ("[a](?q)", None),
    ],
)
def test_relative_addresses_stay_within_the_repository(markdown: str, address: str | None) -> None:
    html = shown([text("readme", markdown)]).html["readme"]
    assert re.findall(r'href="([^"]*)"', html) == ([f"https://github.com/o/r/{address}"] if address else [])


@pytest.mark.parametrize(
    ("host", "given", "leads"),
    [
        ("gitlab.com", "#L3-5", "-/blob/1/codebundles/x/runbook.robot#L3-5"),
        ("gitlab.com", "#L3-L5", "-/blob/1/codebundles/x/runbook.robot#L3-5"),
        ("bitbucket.org", "#L3-L5", "src/1/codebundles/x/runbook.robot#lines-3:5"),
    ],
)
def test_lines_are_led_to_as_each_host_says_it(host: str, given: str, leads: str) -> None:
    at = Source(f"https://{host}/o/r", "1")
    page = render_texts([text("readme", f"[a](runbook.robot{given})")], at, "codebundles/x")
    assert f'href="https://{host}/o/r/{leads}"' in page.html["readme"]


def test_a_plain_text_is_shown_as_it_is_written() -> None:
    (readme,) = bundle_prose("Title\n=====\n\n.. note:: <b>\n", [], "README.rst")
    page = shown([readme])
    assert page.html["readme"] == "<pre>Title\n=====\n\n.. note:: &lt;b&gt;\n</pre>"
    assert (readme.path, page.plain) == ("README.rst", {})
    for name in ("README.md", "readme.markdown", None):
        assert not bundle_prose("a", [], name)[0].plain


def test_each_text_is_rendered_with_ids_of_its_own() -> None:
    page = shown([text("readme", "# Use\n[use](#use)"), text("runbook-3", "# Use\n[use](#use)")])
    assert (page.refused, page.failed) == ({}, {})
    for name, html in page.html.items():
        assert re.findall(r'(?:id="|href="#)([^"]*)', html) == [f"{name}-use"] * 2


def test_a_bundles_texts_are_its_readme_and_what_its_tools_say() -> None:
    texts = bundle_prose("# a", [("runbook", 3, "*b*"), ("monitor", 5, ""), ("monitor", 9, "c")])
    assert [(one.name, one.markdown, one.first_heading, one.path, one.line) for one in texts] == [
        ("readme", "# a", 3, "README.md", None),
        ("runbook-3", "*b*", 5, "runbook.robot", 3),
        ("monitor-9", "c", 5, "sli.robot", 9),
    ]
    assert bundle_prose(None, []) == []


def test_a_refused_text_is_shown_as_it_is_and_costs_no_other() -> None:
    page = shown([text("readme", "*sound*"), text("runbook-1", DEEP), text("runbook-2", "*sound*")])
    assert page.html["readme"] == page.html["runbook-2"] == "<p><em>sound</em></p>\n"
    assert page.html["runbook-1"] == f"<pre>{'&gt; ' * (MAX_DEPTH + 1)}deep &lt;b&gt;</pre>"
    assert list(page.refused) == ["runbook-1"]
    assert page.failed == {}


def test_a_page_has_room_for_so_much_and_the_first_texts_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose, "MAX_PAGE_BYTES", 1_000)
    texts = [text("readme", "*a* " * 50), *(text(f"runbook-{n}", "*b* & " * 30) for n in range(40))]
    page = shown(texts)
    assert page.html["readme"].startswith("<p><em>a</em>")
    assert "readme" not in page.refused
    assert set(page.refused) == {f"runbook-{n}" for n in range(40)}
    assert "no room" in page.refused["runbook-0"]
    assert list(page.html) == [one.name for one in texts]
    # Each of the others has at least the sentence that it is cut.
    assert page.html["runbook-39"] == '<p class="cut">The text goes on; this page has its first part alone.</p>'
    assert size(page) < 1_000 + 40 * 100


def test_what_has_no_room_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose, "MAX_PAGE_BYTES", 100)
    parsed = []

    def render_and_note(markdown: str, **how) -> str:
        parsed.append(markdown)
        return render_markdown(markdown, **how)

    monkeypatch.setattr(prose, "render_markdown", render_and_note)
    shown([text(str(number), f"{number} " * 40) for number in range(5)])
    assert len(parsed) == 2


def test_plain_text_never_takes_more_than_the_page_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose, "MAX_PAGE_BYTES", 500)
    for character in ("&", '"', "\N{GRINNING FACE}", "<", "a"):
        texts = [text(str(number), character * 300) for number in range(4)]
        page = fit(texts, {one.name: MarkdownError("it nests") for one in texts})
        assert size(page) < 500 + 4 * 100
        assert page.refused == dict.fromkeys("0123", "it nests")


def test_what_failed_is_told_apart_from_what_is_refused() -> None:
    texts = [text("a", "a"), text("b", "b"), text("c", "c")]
    page = fit(texts, {"a": "<p>a</p>", "b": MarkdownError("it nests")}, {"c": "it took more than 5 seconds"})
    assert page.html == {"a": "<p>a</p>", "b": "<pre>b</pre>", "c": "<pre>c</pre>"}
    assert (page.refused, page.failed) == ({"b": "it nests"}, {"c": "it took more than 5 seconds"})
    assert page.plain == {"b": "it nests", "c": "it took more than 5 seconds"}
