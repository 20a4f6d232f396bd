"""Addresses in answers are whole, or of what there is."""

from typing import Any

import pytest

from search_fn.tools.addresses import with_addresses

BUNDLE = {"id": "a/b", "access_level": "unknown", "url": "/codebundles/a/b/", "record_url": "/api/v1/b.json"}
PAGE = {"id": "RW.CLI", "type": "library", "url": "/libraries/a/RW.CLI/"}
HTTPS = {"url": "https://a.example/x", "git_url": "https://a.example/y", "text": "/x"}


@pytest.mark.parametrize(
    ("root", "bundle", "page"),
    [
        (
            "https://r.example",
            {"url": "https://r.example/codebundles/a/b/", "record_url": "https://r.example/api/v1/b.json"},
            {"url": "https://r.example/libraries/a/RW.CLI/"},
        ),
        # Over stdio nobody knows of a site: the client can read the resource.
        ("", {"url": "codebundle://a/b", "record_url": None}, {}),
    ],
)
def test_paths_become_addresses(root: str, bundle: dict[str, Any], page: dict[str, Any]) -> None:
    found = with_addresses({"one": BUNDLE, "results": [PAGE, HTTPS, {"url": None}]}, root)
    assert found == {"one": BUNDLE | bundle, "results": [PAGE | page, HTTPS, {"url": None}]}
