"""The files of skills, as an installer reads them: https://github.com/cloudflare/agent-skills-discovery-rfc."""

import hashlib
import json
import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from build.catalogue.skill_names import REGISTRY
from build.skills.files import all_skills, skill_files
from search_fn.index.open import open_index
from tests.support.catalogues import sound, text_everywhere
from tests.support.made_up import settings_for
from tests.support.place import Place

SITE = "https://r.example/below"
INDEX = ".well-known/agent-skills/index.json"
SCHEMA = "https://schemas.agentskills.io/discovery/0.2.0/schema.json"


def files(site: str = SITE) -> dict[str, str]:
    return dict(skill_files(all_skills(sound(), {}, site)))


def entries(made: dict[str, str], path: str) -> list[dict[str, Any]]:
    found = json.loads(made[path])
    assert found["$schema"] == SCHEMA
    assert set(found) == {"$schema", "skills"}
    skills: list[dict[str, Any]] = found["skills"]
    return skills


def test_the_index_names_each_skill_with_the_digest_of_its_file() -> None:
    made = files()
    found = entries(made, INDEX)
    assert [one["name"] for one in found] == [REGISTRY, "pod-bearing", "quay-ping"]
    for one in found:
        assert set(one) == {"name", "type", "description", "url", "digest"}
        assert one["type"] == "skill-md"
        assert 0 < len(one["description"]) <= 1_024
        text = made[urljoin(f"{SITE}/{INDEX}", one["url"]).removeprefix(f"{SITE}/")]
        assert one["digest"] == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        assert text.startswith(f'---\nname: "{one["name"]}"\n')


def test_each_page_has_an_index_of_its_own_skill() -> None:
    made = files()
    for bundle, name in (("harbor/pod-bearing", "pod-bearing"), ("quay/quay_ping", "quay-ping")):
        path = f"codebundles/{bundle}/{INDEX}"
        (one,) = entries(made, path)
        (listed,) = [each for each in entries(made, INDEX) if each["name"] == name]
        assert {**one, "url": ""} == {**listed, "url": ""}
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), one["url"]))
        assert target == f".well-known/agent-skills/{name}/SKILL.md"
        assert target in made
        assert urljoin(f"{SITE}/{path}", one["url"]) == f"{SITE}/{target}"


def test_addresses_are_the_same_wherever_the_site_lies() -> None:
    here, there = files(""), files()
    assert set(here) == set(there)
    assert [one["url"] for one in entries(here, INDEX)] == [one["url"] for one in entries(there, INDEX)]


def test_equal_catalogues_make_equal_bytes_and_a_strangers_text_no_other_file() -> None:
    assert files() == files()
    plain, hostile = (
        set(dict(skill_files(all_skills(text_everywhere(text, text), {}, SITE)))) for text in ("a", '"}],../')
    )
    assert plain == hostile


def test_a_built_site_has_the_very_bytes(built: Place) -> None:
    """Nothing between the build and a reader drops a folder that begins with a dot, or writes other line ends."""
    site: Path = built.folder / "site"
    found = json.loads((site / INDEX).read_bytes())["skills"]
    bundles = json.loads((site / "api/v1/codebundles.json").read_bytes())["total_count"]
    assert len(found) == bundles + 1 > 1
    for one in found:
        raw = (site / INDEX).with_name(one["name"]).joinpath("SKILL.md").read_bytes()
        assert one["digest"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"
    index = open_index(settings_for(built.folder / "index"))
    rows = {uri: index.skill_column([place], "text")[0] for uri, place in index.skills.items()}
    assert [uri.split("/")[-2] for uri in rows] == [one["name"] for one in found]
    digests = [f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" for text in rows.values()]
    assert digests == [one["digest"] for one in found]
