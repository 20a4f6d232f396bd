"""Of HTML in Markdown only known tags stay tags, with known attributes; all else is text, and nothing is lost."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.untrusted.html_tags import ALLOWED, CHANGED, disarm
from build.untrusted.markdown import PARSER

PIECES = st.sampled_from([
    "<b>", "</b>", "<B >", "<b/>", "<a name=x>", "<a\nhref='y'>", "</a >", "<img src=x onerror=y>", "<!--", "-->",
    "<!-->", "<script>", "</script>", "<br>", "<p", ">", '"', "'", "=", "<svg/onload=x>", "<x-y>", "<?x?>",
    "<![CDATA[", "]]>", "<!DOCTYPE x>", "<details open>", "</details>", "\n", "\n\n", "<p a=\"<script>\">",
    "<p a='>'>", "&lt;", "`", "- ", "<td class=x style=y id=z>", "<title>", "<textarea>", "<plaintext>", "<b\x00>",
    "< b>", "<b a=`x`>", "<b / a>",
])  # fmt: skip
ATTRIBUTES = {"align", "alt", "colspan", "href", "id", "name", "open", "rowspan", "src", "start", "title"}


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []
        self.comments: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.found.append((tag, {name for name, _ in attrs}))

    def handle_comment(self, data) -> None:
        self.comments.append(data)

    def handle_decl(self, decl) -> None:
        self.comments.append(decl)

    def handle_pi(self, data) -> None:
        self.comments.append(data)

    def unknown_decl(self, data) -> None:
        self.comments.append(data)


def html_of(text: str) -> str:
    """What the parser's tokens have of HTML after they are disarmed."""
    tokens = PARSER.parse(text)
    disarm(tokens)
    parts = [token for one in tokens for token in (one, *(one.children or ()))]
    return "\n".join(token.content for token in parts if token.type in ("html_block", "html_inline"))


@given(st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join))
def test_only_known_tags_and_attributes_are_left(text: str) -> None:
    left = html_of(text)
    read = Tags(left)
    assert read.comments == []
    for tag, attributes in read.found:
        assert tag in ALLOWED | CHANGED
        assert attributes <= ATTRIBUTES
    # Whatever else a sign would begin is text.
    assert re.sub(r"</?[a-z0-9]+(?: [a-z]+=\"[^\"<>]*\")*>", "", left).count("<") == 0


@pytest.mark.parametrize("tag", sorted(ALLOWED - {"br", "hr", "wbr"}))
def test_a_pair_of_known_tags_stays(tag: str) -> None:
    assert html_of(f"x <{tag}>y</{tag}>") == f"<{tag}>\n</{tag}>"
    assert html_of(f"x <{tag.upper()} onclick='a' id='b'>y</{tag} >") == f'<{tag} id="b">\n</{tag}>'


@pytest.mark.parametrize("tag", ["b", "code", "details", "div", "h1", "kbd", "pre", "q", "span", "table", "var"])
def test_half_a_pair_within_a_line_is_text(tag: str) -> None:
    assert html_of(f"x <{tag}> y") == html_of(f"x </{tag}> y") == ""


def test_what_one_block_opens_another_may_close() -> None:
    assert html_of("<details>\n\nx\n\ny</details>") == "<details>\n\n</details>"


@pytest.mark.parametrize(
    "tag", ["script", "style", "iframe", "form", "input", "svg", "math", "object", "video", "namespace"]
)
def test_other_tags_begin_no_block(tag: str) -> None:
    tokens = PARSER.parse(f"<{tag}>\n*a*\n")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]


def test_values_of_attributes_cannot_end_them() -> None:
    assert html_of("""x <a title='">' name=&quot;&gt;>y</a>""") == '<a title="&quot;&gt;" name="&quot;&gt;">\n</a>'


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<!-- -->", "<a ", '<a b="', "<a b='\"", "<b>", "</b>", "<b a=c ", "<?", "<!A", "<![CDATA[", "<p", "<a\n"],
)
def test_a_long_text_is_read_in_a_time_that_grows_with_it(piece: str) -> None:
    """If it grew faster, these would not come to an end."""
    html_of(f"<div>{piece * (60_000 // len(piece))}")
