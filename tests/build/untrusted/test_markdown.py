import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from build.untrusted import markdown
from build.untrusted.markdown import MAX_CHARACTERS, TAGS, MarkdownError, render_markdown, render_plain

ATTRIBUTES = {
    "a": {"href", "rel"},
    "code": {"class"},
    "ol": {"start"},
    "p": {"class"},
    "td": {"class"},
    "th": {"class"},
    **{f"h{level}": {"id"} for level in (3, 4, 5, 6)},
}
# What a parser or a cleaner may stumble over, put together at random.
MARKS = r"""
<script>alert(1)</script> <img/src=x/onerror=alert(1)> <svg/onload=alert(1)> </article> <!-- --> <style>x{}</style>
[x](javascript:alert(1)) [x](JaVaScRiPt&colon;alert(1)) ![x](data:x,y) [x](//evil.example/x) <javascript:alert(1)>
[x](<y>'z"onclick="w') ![a](b.png) [![a](b.png)](c.md) ```js"onclick="x ``` ~~~ &lt;script&gt; &#60;script&#62;
<![CDATA[x]]> <?php 1. 7) > - ** _ ~~ ` \ [ ] ( ) < > " ' & | # {#id.cls} <a/href='javascript:alert(1)'> <iframe>
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
        assert set(one.attrib) <= ATTRIBUTES.get(one.tag, set())
        assert one.get("id", "readme-").startswith("readme-")
        assert re.fullmatch(r"(language-[\w.+#-]+|right|center)?", one.get("class", ""))
        address = one.get("href", "https:")
        assert address.startswith("#readme-") or urlsplit(address).scheme in {"http", "https", "mailto"}


def test_html_is_shown_as_text() -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rendered("<script>alert(1)</script>")
    assert "&lt;b&gt;" in rendered("Give a <b> name.")


def test_headings_stand_below_the_pages_own() -> None:
    tags = [one.tag for one in elements(rendered("# a\n## b\n### c\n#### d\n##### e\n"))]
    assert tags == ["h3", "h4", "h5", "h6", "h6"]
    assert [one.tag for one in elements(rendered("### a\n# b\n### c\n# d\n"))] == ["h3", "h3", "h4", "h3"]


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
