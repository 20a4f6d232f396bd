"""Tools' answers as Markdown."""

import pytest

from search_fn.tools.markdown import address, request


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/b-c/", "<https://a.example/b-c/>"),
        ("https://a.example/<b> \\\n(c)ä", "<https://a.example/b(c)>"),
        ("", "none"),
        (None, "none"),
    ],
)
def test_an_address_cannot_end_its_brackets(url: str | None, shown: str) -> None:
    assert address(url) == shown


def test_a_request_says_whether_anything_was_sent() -> None:
    data = {
        "url": "https://g.example/new",
        "submitted": False,
        "similar": ["a/b"],
        "requests": [],
        "notes": [],
        "notice": "Data.",
    }
    said = request(data)
    assert said.startswith(
        "Nothing was sent. A person can read, change and submit the request here:\n\n<https://g.example/new>"
    )
    assert "CodeBundles that come near it:\n- `a/b`" in said
    sent = request({**data, "submitted": True, "similar": []})
    assert sent == "The request is open:\n\n<https://g.example/new>\n"
