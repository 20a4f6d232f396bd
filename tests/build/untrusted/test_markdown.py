import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from build.untrusted import markdown
from build.untrusted.markdown import MAX_CHARACTERS, TAGS, MarkdownError, render_markdown, render_plain
from tests.support.place import ROOT

ATTRIBUTES = {
    "a": {"href", "rel"},
    "abbr": {"title"},
    "details": {"open"},
    "input": {"aria-label", "checked", "disabled", "type"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
CLASSES = re.compile(
    r"(language-[\w.+#-]+|right|center|footnotes|task-list-item|task-list-item-checkbox|contains-task-list"
    r"|markdown-alert markdown-alert-[a-z]+|markdown-alert-title)?"
)
# What a parser or a cleaner may stumble over, put together at random.
MARKS = r"""
<script>alert(1)</script> <img/src=x/onerror=alert(1)> <svg/onload=alert(1)> </article> <!-- --> <style>x{}</style>
[x](javascript:alert(1)) [x](JaVaScRiPt&colon;alert(1)) ![x](data:x,y) [x](//evil.example/x) <javascript:alert(1)>
[x](<y>'z"onclick="w') <b <kbd <details open=x ontoggle=alert(1)> </details> <summary> <p align="center" style=x> </p>
<input> <input type=image src=x onerror=alert(1)> <form action=x> <button> <textarea> <a name=x id=y class=z> </a>
<table><tr><td colspan=9> </td> <img src="data:x" srcset=y> <picture><source srcset=x> <font> <u> <math> <template>
<noscript> <base href=x> <b/> <pre> </pre> [^1] [^1]: - [x] [!NOTE] www.x.org http://x.org x@y.org :+1: <h1> </h1> <ol
start=7> <div id=x> <section class="footnotes"> <xmp> ![a](b.png) [![a](b.png)](c.md) ```js"onclick="x ``` ~~~
&lt;script&gt; &#60;script&#62; <![CDATA[x]]> <?php 1. 7) > - ** _ ~~ ` \ [ ] ( ) < > " ' & | # {#id.cls}
<a/href='javascript:alert(1)'> <iframe>
"""
BLOCKS = [
    "# <b>h</b> {onclick=x}\n",
    "    code\n",
    "| a | b |\n|--:|:-:|\n| <i>1</i> | 2 |\n",
    "[x]: vbscript:x\n\n[x]",
]
ODDITIES = ["[x](\x01javascript:alert(1))", "[x](y 'z\" onclick=\"w')", "\x00", "\u2028", "\t", "\n", "\n\n", " "]
DANGERS = st.sampled_from([*MARKS.split(), *BLOCKS, *ODDITIES])


def rendered(text: str) -> str:
    return render_markdown(text, link=lambda href: f"https://host/{href}", image=lambda src: f"https://host/{src}")


def elements(text: str) -> list[html.HtmlElement]:
    return list(html.fragment_fromstring(text, create_parent="div").iterdescendants())


@given(st.lists(DANGERS | st.text(max_size=8), max_size=12).map("".join))
def test_nothing_but_what_is_allowed_comes_out(text: str) -> None:
    for one in elements(rendered(text)):
        assert one.tag in TAGS
        assert set(one.attrib) <= ATTRIBUTES.get(one.tag, set()) | {"class", "id"}
        assert one.get("id", "readme-").startswith("readme-")
        assert CLASSES.fullmatch(one.get("class", ""))
        assert one.tag != "input" or (one.get("type"), one.get("disabled")) == ("checkbox", "")
        address = one.get("href", "https:")
        assert address.startswith("#readme-") or urlsplit(address).scheme in {"http", "https", "mailto"}


@given(st.lists(DANGERS | st.text(max_size=8), max_size=12).map("".join))
def test_no_id_stands_twice(text: str) -> None:
    ids = [one.get("id") for one in elements(rendered(text)) if one.get("id")]
    assert len(ids) == len(set(ids))


def test_html_that_runs_loads_or_is_none_is_shown_as_text() -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rendered("<script>alert(1)</script>")
    assert "&lt;b&gt;" in rendered("Give a <b> name.")
    text = "kubectl -n <namespace> delete <pod> <your name>, `<b>`"
    assert (
        rendered(text)
        == "<p>kubectl -n &lt;namespace&gt; delete &lt;pod&gt; &lt;your name&gt;, <code>&lt;b&gt;</code></p>\n"
    )


def test_headings_stand_below_the_pages_own() -> None:
    tags = [one.tag for one in elements(rendered("# a\n## b\n### c\n#### d\n##### e\n"))]
    assert tags == ["h3", "h4", "h5", "h6", "h6"]
    assert [one.tag for one in elements(rendered("### a\n# b\n### c\n# d\n"))] == ["h3", "h3", "h4", "h3"]


def test_headings_that_are_alike_stay_so_wherever_they_begin() -> None:
    text = "## Overview\n## Setup\n### Deep\n## Usage\n"
    assert [one.tag for one in elements(rendered(text))] == ["h3", "h3", "h4", "h3"]
    for first in range(1, 7):
        for second in range(1, 7):
            tags = [one.tag for one in elements(rendered(f"{'#' * first} a\n{'#' * second} b\n{'#' * first} c\n"))]
            assert tags == ["h3", "h4" if second > first else "h3", "h4" if second < first else "h3"]


def test_no_level_of_headings_is_left_out() -> None:
    assert [one.tag for one in elements(rendered("### a\n##### b\n# c\n### d\n## e\n"))] == [
        "h3",
        "h4",
        "h3",
        "h4",
        "h4",
    ]


def test_a_texts_own_contents_list_works() -> None:
    text = "[one](#set-up-it) [two](#Set-Up-It-1) [none](#elsewhere)\n\n# Set `up`, it!\n\n## Set up it\n"
    found = elements(rendered(text))
    assert [one.get("href") for one in found if one.tag == "a"] == ["#readme-set-up-it", "#readme-set-up-it-1"]
    assert [one.get("id") for one in found if one.get("id")] == ["readme-set-up-it", "readme-set-up-it-1"]
    assert "none" in rendered(text)


def test_ids_take_the_prefix_of_their_text() -> None:
    text = render_markdown("# a\n[a](#a)", link=str, image=str, prefix="runbook-3-", first_heading=5)
    assert '<h5 id="runbook-3-a">' in text
    assert 'href="#runbook-3-a"' in text


def test_relative_links_lead_where_they_are_said_to() -> None:
    text = render_markdown("[a](b.md#L3) [gone](c.md)", link={"b.md#L3": "https://host/b"}.get, image=str)
    assert '<a href="https://host/b" rel="nofollow noopener ugc">a</a>' in text
    assert text.count("<a ") == 1
    assert "gone" in text


@pytest.mark.parametrize(
    "address", ["//host/a", "ftp://host/a", "file:///etc/passwd", "http://[", "?", "data:text/html,a"]
)
def test_other_addresses_are_dropped(address: str) -> None:
    text = render_markdown(f"[words]({address})", link=lambda _: None, image=lambda _: None)
    assert "href" not in text
    assert "words" in text


def test_a_picture_becomes_a_link() -> None:
    assert '<a href="https://host/a.png" rel="nofollow noopener ugc">[image: A ship]</a>' in rendered(
        "![A ship](a.png)"
    )
    assert rendered("[![built](https://host/b.svg)](https://host)").count("<a ") == 1
    assert "[image: no description]" in rendered("![](//host/a.png)")


def test_alignment_is_kept_without_a_style() -> None:
    text = rendered("| a | b | c |\n|--:|:-:|---|\n| 1 | 2 | 3 |\n")
    assert '<td class="right">1</td>' in text
    assert '<td class="center">2</td>' in text
    assert "style" not in text


def test_long_text_is_cut_and_says_so() -> None:
    text = rendered("word " * MAX_CHARACTERS)
    assert len(text) < MAX_CHARACTERS * 1.1
    assert 'class="cut"' in text
    assert 'class="cut"' not in rendered("word")


@pytest.mark.parametrize(
    "text", ["# a\n" * 60, "a | b\n--|--\n" + "c\n" * 60, "[u]: " + "v" * 40 + "\n\n" + "[u] " * 40]
)
def test_html_beyond_the_limit_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered(text)
    monkeypatch.setattr(markdown, "MAX_BYTES", 1_000)
    with pytest.raises(MarkdownError, match=r"its HTML would have \d,\d\d\d bytes \(at most 1,000\)"):
        rendered(text)


def test_what_nests_too_deep_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "PARSER", None)
    with pytest.raises(MarkdownError, match="40 block quotes and lists stand within each other"):
        rendered("> " * 40 + "a")


def test_an_endless_address_is_left_out() -> None:
    assert "<a " in rendered("[words](https://host/" + "a" * 1_900 + ")")
    text = rendered("[words](https://host/" + "a" * 2_000 + ") ![picture](" + "b" * 2_001 + ")")
    assert "<a " not in text
    assert "words" in text
    assert "picture" in text


def test_plain_text_is_escaped_and_cut() -> None:
    assert render_plain('# a <b>\n"c" & [d](e)') == "<pre># a &lt;b&gt;\n&#34;c&#34; &amp; [d](e)</pre>"
    assert render_plain("abcdef", 3).startswith('<pre>abc</pre><p class="cut">')
    assert render_plain("abcdef", 0).startswith('<p class="cut">')
    assert render_plain("") == ""
    assert len(render_plain("a" * 100_000)) < markdown.MAX_PLAIN_CHARACTERS + 100


def hrefs(text: str) -> list[str]:
    return [one.get("href", "") for one in elements(rendered(text)) if one.tag == "a"]


def test_a_list_of_tasks_has_boxes_that_nobody_can_tick() -> None:
    found = elements(rendered("- [ ] a\n- [x] b\n  1. [X] c\n- [y] d\n- [] e\n- f [ ]\n"))
    boxes = [one for one in found if one.tag == "input"]
    assert [("checked" in one.attrib, one.get("aria-label")) for one in boxes] == [
        (False, "to do"), (True, "done"), (True, "done")
    ]  # fmt: skip
    assert all((one.get("type"), one.get("disabled")) == ("checkbox", "") for one in boxes)
    assert "[y] d" in rendered("- [y] d")
    assert "<input" not in rendered("[ ] no list\n\n`- [ ]`\n\n    - [ ] code\n")


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("See https://example.com/a_b.", ["https://example.com/a_b"]),
        ("(https://a.example/x_(y))", ["https://a.example/x_(y)"]),
        ("www.example.com, then", ["http://www.example.com"]),
        ("me@example.com", ["mailto:me@example.com"]),
        ("<https://a.example>", ["https://a.example"]),
        ("README.md and example.com and a:b and ftp://x.org", []),
        ("`https://a.example` and [https://b.example](https://c.example)", ["https://c.example"]),
    ],
)
def test_bare_addresses_are_links(text: str, leads: list[str]) -> None:
    assert hrefs(text) == leads


@pytest.mark.parametrize("kind", ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"])
def test_an_alert_says_its_kind(kind: str) -> None:
    text = rendered(f"> [!{kind}]\n> Be *careful*.\n")
    assert f'<div class="markdown-alert markdown-alert-{kind.lower()}">' in text
    assert f'<p class="markdown-alert-title">{kind.capitalize()}</p>' in text
    assert "<p>Be <em>careful</em>.</p>" in text
    assert "<blockquote>" in rendered(f"> [!{kind}S]\n> text\n")


def test_footnotes_lead_there_and_back() -> None:
    text = "One[^a], two[^b], one again[^a], none[^c].\n\n[^a]: First.\n[^b]: *Second*.\n"
    found = {one.get("id"): one for one in elements(rendered(text)) if one.get("id")}
    links = [one.get("href") for one in elements(rendered(text)) if one.tag == "a"]
    assert all(link[1:] in found for link in links)
    assert len(links) == 6
    assert "none[^c]." in rendered(text)
    assert rendered(text).count("[1]</a>") == 2


def test_emoji_have_their_signs() -> None:
    assert rendered(":warning: :+1: :rocket:, (:x:)") == "<p>⚠️ 👍 🚀, (❌)</p>\n"
    for text in ("`:x:`", "a:x:b", ":no-such-thing:", "10:30:45", "arn:aws:key:x", "::x::"):
        assert text.strip("`") in rendered(text)
    assert ":x:" in rendered("```\n:x:\n```")


def test_comments_are_hidden_but_in_code() -> None:
    for text in ("a\n\n<!-- TODO -->\n\nb", "a <!-- TODO --> b", "a\n\n<!--\nTODO\n\n# TODO\n-->\nb", "a\n\nb <!---->"):
        assert "TODO" not in rendered(text)
        assert "--" not in rendered(text)
        assert "b" in rendered(text)
    for text in ("`<!-- TODO -->`", "```html\n<!-- TODO -->\n```", "    <!-- TODO -->"):
        assert "&lt;!-- TODO --&gt;" in rendered(text)


def test_what_unfolds_has_markdown_in_it() -> None:
    text = "<details>\n<summary>More <b>here</b></summary>\n\nHidden **words**\n\n- a\n\n</details>\n\nafter\n"
    assert [one.tag for one in elements(rendered(text))] == [
        "details", "summary", "b", "p", "strong", "ul", "li", "p"
    ]  # fmt: skip
    assert "<details open" in rendered("<details open>\n<summary>a</summary>\nb</details>")


@pytest.mark.parametrize(
    "text",
    ["<kbd>Ctrl</kbd>", "H<sub>2</sub>O", "x<sup>2</sup>", "<b>a</b> <i>b</i> <em>c</em> <strong>d</strong>",
     "<del>a</del> <ins>b</ins> <mark>c</mark> <small>d</small>", "<code>a</code> <samp>b</samp> <var>c</var>",
     "a<br>b"],
)  # fmt: skip
def test_html_within_a_line_is_kept(text: str) -> None:
    assert rendered(text) == f"<p>{text}</p>\n"


def test_html_in_blocks_is_kept() -> None:
    tags = {one.tag for one in elements(rendered(
        "<h2>a</h2>\n\n<ul><li>b</li></ul>\n\n<dl><dt>c</dt><dd>d</dd></dl>\n\n<hr>\n\n<pre>e\n\nf</pre>\n\n"
        "<blockquote>g</blockquote>\n\n<table><tr><th>h</th><td colspan=2>i<br/>j</td></tr></table>\n"
    ))}  # fmt: skip
    assert tags >= {"h3", "ul", "li", "dl", "dt", "dd", "hr", "pre", "blockquote", "table", "th", "td", "br"}


@pytest.mark.parametrize(
    "text",
    [
        '<p align="center"><img src="docs/a.png" alt="Arch"/></p>',
        '<div align=center>\n<img width="40%" alt="Arch" src=docs/a.png>\n</div>',
        '<p align="center">\n<picture><source srcset="b.png">\n<img alt="Arch" src="docs/a.png">\n</picture></p>',
    ],
)
def test_a_picture_in_html_is_a_link_like_all(text: str) -> None:
    found = elements(rendered(text))
    assert [(one.tag, one.get("class")) for one in found] == [(found[0].tag, "center"), ("a", None)]
    assert (found[1].get("href"), found[1].text) == ("https://host/docs/a.png", "[image: Arch]")


def test_a_picture_within_a_link_is_its_words() -> None:
    text = '<a href="https://a.example"><img src="https://b.example/x.svg" alt="built"></a>'
    assert hrefs(text) == ["https://a.example"]
    assert "[image: built]</a>" in rendered(text)
    assert hrefs('<img src="javascript:alert(1)"> <img src="data:image/png,x" alt="y"> <img alt="z">') == []


@pytest.mark.parametrize(
    ("heading", "link"),
    [
        ("Überblick", "überblick"), ("Überblick", "%C3%BCberblick"), ("日本", "日本"), ("日本", "%E6%97%A5%E6%9C%AC"),
        ("हिन्दी भाषा", "हिन्दी-भाषा"), ("ภาษาไทย", "ภาษาไทย"), ("Ελληνικά!", "ελληνικά"), ("Привет, мир", "привет-мир"),
        ("Cafe\u0301", "caf%C3%A9"), ("العربية", "العربية"), (":rocket: Go", "rocket-go"), ("🚀 Go", "-go"),
        ("`code` & more", "code--more"), ("a_b", "a_b"), ("A <kbd>b</kbd>", "a-b"), ("[x](y)", "x"),
        ("Set up", "Set-Up"), ("Set up", "user-content-set-up"), ("*Set* up", "set-up"),
    ],
)  # fmt: skip
def test_a_link_finds_its_heading_in_any_script(heading: str, link: str) -> None:
    (found, target) = elements(rendered(f"[a](#{link})\n\n## {heading}\n"))[1:3]
    assert found.get("href") == "#" + str(target.get("id"))


@pytest.mark.parametrize(
    "anchor",
    ['<a name="custom"></a>', '<a id="custom"></a>', '<a name="custom">', '<a name="custom"/>',
     '<span id=custom></span>', '<div id="custom">\n</div>', '<h2 id="custom">Own</h2>',
     "<a name='Custom'></a>", '<p id="custom">a</p>',
     '- <a id="custom">item</a>', '## <a name="custom"></a> Heading'],
)  # fmt: skip
def test_a_link_finds_what_html_names(anchor: str) -> None:
    found = elements(rendered(f"[a](#custom)\n\n{anchor}\n\ntext\n"))
    (link,) = (one.get("href") for one in found if one.get("href"))
    assert link[1:] in [one.get("id") for one in found]


def test_front_matter_is_a_table() -> None:
    text = rendered("---\ntitle: Hello <b>\ntags: [a, b]\n---\n\n# Text\n")
    assert "<th>title</th><th>tags</th>" in text
    assert "<td>Hello &lt;b&gt;</td><td>a, b</td>" in text
    assert '<h3 id="readme-text">Text</h3>' in text
    assert rendered("---\nno mapping\n---\n").startswith("<hr>")


@pytest.mark.parametrize(
    "text",
    ["<div>\n" * 40, "<b>\n\n" * 40, "<table><tr><td>" * 31, "<b>\n\n" * 20 + "x\n\n" * 3_000],
)  # fmt: skip
def test_html_that_nests_too_deep_is_refused(text: str) -> None:
    with pytest.raises(MarkdownError, match="HTML tags"):
        rendered(text)


@pytest.mark.parametrize(
    "text",
    ['<a name="x">\n\ntext\n\n' * 200, "<p>a\n\n" * 200, "<ul>\n" + "<li>a\n" * 200 + "</ul>",
     "<details>\n\na\n\n</details>\n\n" * 200,
     "a <b> c\n\n" * 200, "<br>\n\n<hr>\n\n" * 100, "`<div>` " * 100, "<b/>" * 100],
)  # fmt: skip
def test_much_html_that_does_not_nest_is_shown(text: str) -> None:
    assert rendered(text)


def test_the_same_text_is_the_same_html() -> None:
    """Also in another process, whose sets have another order."""
    text = "- [x] a\n\n<a id=b name=c href=https://d.example>e</a>\n\n<td colspan=2 rowspan=3 align=center>\n"
    program = (
        "from build.untrusted.markdown import render_markdown\n"
        f"print(render_markdown({text!r}, link=str, image=str), end='')"
    )
    made = {
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True).stdout
        for _ in range(3)
    }
    assert made == {render_markdown(text, link=str, image=str)}


@pytest.mark.parametrize(
    "text",
    [
        "Checks pods (all of them), 3 times: it's \"done\"", "Two lines\nof one paragraph", "A ${NAME} - and 50% more?",
        "a. b", "Under\nline =", "Ends. ", "Under\n===", "A\n- list", "www.example.com it is", "See http://example.com",
        "An:emoji: in it", "a:b", "Is\n1. it", "x  \nbroken", "mailto:a", "A\n\nB",
    ],
)  # fmt: skip
def test_plain_words_are_what_the_parser_would_make_of_them(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = rendered(text)
    monkeypatch.setattr(markdown, "_WORDS", re.compile("(?!)"))
    assert shown == rendered(text)
