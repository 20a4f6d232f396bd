"""Whatever well-formed HTML comes in: its ids are of one element each, and its links lead where they are said to."""

import pytest
from lxml import html

from build.untrusted.html_pieces import arrange


def arranged(text: str, first_heading: int = 3) -> html.HtmlElement:
    made = arrange(
        text, link=lambda href: f"https://host/{href}", image=lambda src: f"https://raw/{src}",
        first_heading=first_heading, prefix="x-",
    )  # fmt: skip
    return html.fragment_fromstring(made, create_parent="div")


def ids(text: str) -> list[str]:
    return [one.get("id") for one in arranged(text).iterdescendants() if one.get("id")]


def test_the_first_that_has_a_name_keeps_it() -> None:
    assert ids("<h1>A</h1><h2>A</h2><h3>a-1</h3><h4>A</h4>") == ["x-a", "x-a-1", "x-a-1-1", "x-a-2"]
    assert ids('<a name="a"></a><a id="a"></a><p id="A">b</p><h1>B</h1>') == ["x-a", "x-b"]
    assert ids('<p id="a">b</p><h1>A</h1><a name="x-a"></a>') == ["x-a", "x-x-a"]


def test_two_names_of_one_element_both_lead_to_it() -> None:
    found = arranged('<a href="#b">1</a><a href="#c">2</a><a href="#d">3</a><p id="b" name="c">d</p>')
    assert [one.get("href") for one in found.iter("a")] == ["#x-b", "#x-b"]
    found = arranged('<a href="#own">1</a><a href="#title">2</a><h1 id="own">Title</h1>')
    assert [one.get("href") for one in found.iter("a")] == ["#x-title", "#x-title"]


@pytest.mark.parametrize("name", ["a b", 'a"b', "<", "a" * 201, ""])
def test_a_name_that_no_address_has_is_none(name: str) -> None:
    element = html.Element("p")
    element.set("id", name)
    assert ids(html.tostring(element, encoding="unicode")) == []


def test_no_attribute_stays_but_ours() -> None:
    found = arranged(
        '<p align="CENTER" style="a" onclick="b" title="c">d</p><td colspan="100" rowspan="2"></td><ol start="x"></ol>'
    )
    assert {one.tag: dict(one.attrib) for one in found} == {"p": {"class": "center"}, "td": {"rowspan": "2"}, "ol": {}}


def test_elements_without_use_leave_their_content() -> None:
    assert html.tostring(arranged("<p><span>a</span><a>b</a><a href='//c'>d</a></p>")) == b"<div><p>abd</p></div>"


def test_a_heading_has_its_level_and_no_more_than_six() -> None:
    found = arranged("<h4>a</h4><h5>b</h5><h6>c</h6><h1>d</h1><h6>e</h6>", first_heading=5)
    assert [one.tag for one in found] == ["h5", "h6", "h6", "h5", "h6"]


@pytest.mark.parametrize(
    "address", ["javascript:a", " java\nscript:a", "\tjavascript:a", "data:a", "vbscript:a", "//a", ""]
)
def test_an_address_that_runs_is_dropped_wherever_it_stands(address: str) -> None:
    found = arranged(f'<a href="{address}">a</a><img src="{address}" alt="b"><p>c</p>')
    assert [one.tag for one in found] == ["p"]
    assert found.text_content() == "a[image: b]c"
