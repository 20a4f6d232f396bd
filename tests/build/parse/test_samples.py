"""The sample collections, from folder through git and parser, against a count that was made by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from build.config.collections import read_collections
from build.enhance.prompt import content_of
from build.enhance.store import load
from build.environment import git_environment
from build.fetch.collections import Fetched, fetch
from build.model import Bundle, CatalogueEntry
from build.parse_cache import parser

ROOT = Path(__file__).resolve().parents[3]
TRUTH: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("samples_truth.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Fetched, list[Bundle]]]:
    """Each sample collection as it was fetched, and its bundles as they were parsed."""
    cache = tmp_path_factory.mktemp("samples")
    collections, problems = read_collections(ROOT / "samples" / "collections.yaml", allow_local=True)
    assert problems == []
    with git_environment(allow_local=True):
        found = fetch(collections, cache)
        parsed = []
        with parser(cache, 2) as reader:
            for item in found:
                assert item.commit is not None, item.problems
                parsed.append((item, reader.parse(item.collection, item.bundles).bundles))
    return parsed


@pytest.fixture(scope="module")
def bundles(fetched: list[tuple[Fetched, list[Bundle]]]) -> dict[str, Bundle]:
    return {f"{item.collection.slug}/{bundle.name}": bundle for item, parsed in fetched for bundle in parsed}


def facts(bundle: Bundle) -> dict[str, Any]:
    """What the truth counts, as the parser found it."""
    return {
        "runbook": [tool.name for tool in bundle.tools if tool.kind == "runbook"],
        "monitor": [tool.name for tool in bundle.tools if tool.kind == "monitor"],
        "access": [tool.access for tool in bundle.tools],
        "access_level": bundle.access_level,
        "raises_issues": sum(tool.raises_issues for tool in bundle.tools),
        "variables": [variable.name for variable in bundle.user_variables],
        "required": [variable.name for variable in bundle.user_variables if variable.required],
        "empty_default": [variable.name for variable in bundle.user_variables if variable.default == ""],
        "sensitive": [variable.name for variable in bundle.user_variables if variable.sensitive],
        "enums": {variable.name: list(variable.enum) for variable in bundle.user_variables if variable.enum},
        "secrets": [secret.name for secret in bundle.secrets],
        "optional_secrets": [secret.name for secret in bundle.secrets if not secret.required],
        "services": [service.name for service in bundle.services],
        "platform_variables": [variable.name for variable in bundle.platform_variables],
        "sub_metrics": list(bundle.sub_metrics),
        "supports": list(bundle.support_tags),
        "rules": len(bundle.generation_rules),
        "templates": len(bundle.templates),
        "scripts": len(bundle.scripts),
    }


def test_no_bundle_is_lost_and_none_invented(bundles: dict[str, Bundle]) -> None:
    assert set(bundles) == set(TRUTH)
    assert len(bundles) >= 13


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_a_bundle_is_what_was_counted(name: str, bundles: dict[str, Bundle]) -> None:
    found = facts(bundles[name])
    assert {key: found[key] for key in TRUTH[name]} == TRUTH[name]


def test_every_kind_of_fact_is_counted_for_every_bundle() -> None:
    always = {"runbook", "monitor", "variables", "secrets", "sub_metrics", "required", "access_level", "supports"}
    assert all(always <= set(truth) for truth in TRUTH.values())


def test_the_samples_are_sound(fetched: list[tuple[Fetched, list[Bundle]]]) -> None:
    """Errors would teach authors wrong; what is told is told on purpose."""
    for item, parsed in fetched:
        told = [*item.problems, *item.refused, *(problem for bundle in parsed for problem in bundle.problems)]
        assert [problem for problem in told if problem.severity == "error"] == []


def test_the_samples_use_each_kind_of_library(fetched: list[tuple[Fetched, list[Bundle]]]) -> None:
    item, parsed = next((item, parsed) for item, parsed in fetched if item.collection.slug.startswith("harbor"))
    names = {one.name for bundle in parsed for one in bundle.imports}
    assert {"Harbor.durations", "Harbor.Prices", "Harbor/scripts.resource"} <= names
    assert [file.path.rpartition("/")[2] for file in item.libraries] == [
        "Prices.py", "__init__.py", "durations.py", "scripts.resource",
    ]  # fmt: skip


def test_the_folder_without_robot_files_is_named(fetched: list[tuple[Fetched, list[Bundle]]]) -> None:
    left_out = [problem for item, _ in fetched for problem in item.refused]
    assert [(p.code, p.bundle) for p in left_out] == [("no-robot-file", "shared-objectives")]


def test_the_recorded_answers_are_of_the_samples_as_they_are(fetched: list[tuple[Fetched, list[Bundle]]]) -> None:
    """Or else the demo would not show them: samples/README.md says how to check them anew."""
    folder, shown = ROOT / "samples" / "enhancements", []
    for item, bundles in fetched:
        for source, bundle in zip(item.bundles, bundles, strict=True):
            entry = CatalogueEntry(
                collection=item.collection,
                commit=source.commit,
                commit_date=source.commit_date,
                stale=False,
                bundle=bundle,
                history=None,
                files=source.files,
            )
            kept, problems = load(folder, entry)
            assert problems == []
            if kept:
                assert kept.content == content_of(entry), entry.id
                shown.append(entry.id)
    assert len(shown) == len(list(folder.glob("*/*.json"))) == 3
