"""The registry's own skill names tools and files that there are."""

import re
from pathlib import Path

from build.skills.registry_skill import registry_skill
from search_fn.tools.registry import TOOLS
from tests.support.place import Place

ROOT = "https://r.example"


def test_it_names_tools_and_arguments_that_there_are() -> None:
    text = registry_skill(ROOT).text
    named = set(re.findall(r"`((?:find|get|list|search|request|check)_\w+)`", text))
    assert {"find_codebundle", "get_codebundle_details"} <= named <= set(TOOLS)
    arguments = TOOLS["find_codebundle"].arguments.model_fields
    assert {"query", "platform", "access"} <= set(arguments)


def test_whatever_files_it_names_are_there(built: Place) -> None:
    site: Path = built.folder / "site"
    addresses = re.findall(rf"{ROOT}(/[^`\s?]*)`", registry_skill(ROOT).text)
    bundle = next((site / "api/v1/collections").glob("*/codebundles/*.json"))
    for address in addresses:
        path = address.replace("COLLECTION", bundle.parent.parent.name).replace("BUNDLE", bundle.stem)
        assert (site / path.lstrip("/")).is_file(), address
    assert len(addresses) >= 5


def test_without_an_address_it_says_what_to_put_there() -> None:
    skill = registry_skill("")
    assert "Put the address of the registry" in skill.text
    assert "HOST" not in registry_skill(f"{ROOT}/below/").text
    assert f"{ROOT}/below/llms.txt" in registry_skill(f"{ROOT}/below/").text
    assert "metadata" not in skill.head
