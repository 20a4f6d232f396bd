"""The static API: which documents there are, and that they agree with each other."""

import json
from typing import Any

import pytest

from build.catalogue.catalogue import Catalogue
from build.model import Bundle, Tool
from build.site.api import bundle_documents, documents, page_documents
from build.site.api_page import OpenApi
from tests.support.catalogues import COMMIT, HARBOR, entry, full_bundle, made_up, sound
from tests.support.releases import releases_of

OPENAPI: OpenApi = {"info": {"title": "T"}, "paths": {}}


def texts(catalogue: Catalogue) -> dict[str, str]:
    return documents(catalogue, 9, OPENAPI) | dict(bundle_documents(catalogue)) | page_documents(catalogue)


def read(catalogue: Catalogue) -> dict[str, Any]:
    return {path: json.loads(text) for path, text in texts(catalogue).items()}


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    """The documents of a small catalogue, read back."""
    return read(sound())


def test_every_document_of_the_contract_is_there(api: dict[str, Any]) -> None:
    registry = ["collections", "tasks", "stats", "recent-codebundles", "recent-tasks", "support-tags", "tag-icons"]
    assert set(api) == {
        "index",
        "alerts",
        "codebundles",
        "documentation",
        "libraries",
        "libraries/harbor/Compass.Needle",
        "report",
        "openapi",
        *(f"registry/{name}" for name in registry),
        *(f"registry/collections/{slug}" for slug in ("harbor", "quay", "adrift")),
        *(f"registry/collections/{slug}/versions" for slug in ("harbor", "quay", "adrift")),
        "registry/collections-with-versions",
        "changes",
        "moved",
        "called-libraries",
        "removed",
        "collections/harbor/codebundles/pod-bearing",
        "collections/quay/codebundles/quay_ping",
    }


def test_the_list_has_a_summary_of_each_record(api: dict[str, Any]) -> None:
    listed = api["codebundles"]
    assert set(listed) == {"codebundles", "total_count"}
    assert listed["total_count"] == len(listed["codebundles"]) == 2
    for short in listed["codebundles"]:
        full = api[f"collections/{short['codecollection']['slug']}/codebundles/{short['slug']}"]
        assert {name: full[name] for name in short} == short


def test_a_library_has_its_keywords_and_the_list_a_summary(api: dict[str, Any]) -> None:
    full = api["libraries/harbor/Compass.Needle"]
    (short,) = api["libraries"]["libraries"]
    assert {name: full[name] for name in short} == short
    assert (short["id"], short["keyword_count"], short["used_by"]) == ("harbor/Compass.Needle", 2, 1)
    at = f"https://github.com/o/harbor/blob/{COMMIT}"
    assert short["source_url"] == f"{at}/libraries/Compass/__init__.py"
    first = full["keywords"][0]
    assert (first["source_url"], first["arguments"]) == (f"{at}/libraries/Compass.Needle#L7", ["Compass.Needle"])
    assert first["examples"][0]["source_url"] == f"{at}/codebundles/pod-bearing/runbook.robot#L12"


def test_the_index_counts_what_is_published(api: dict[str, Any]) -> None:
    index = api["index"]
    assert set(index) == {"build_id", "updated", "counts", "collections"}
    assert index["build_id"] == api["report"]["build_id"] == sound().build_id
    assert index["updated"] == "2026-03-09T08:00:00Z"
    assert index["counts"] == {
        "collections": 3, "bundles": 2, "tools": 3, "runbook_tools": 1, "monitor_tools": 2, "passages": 9,
    }  # fmt: skip
    assert [(c["slug"], c["state"], c["commit"] is None) for c in index["collections"]] == [
        ("harbor", "current", False),
        ("quay", "stale", False),
        ("adrift", "unavailable", True),
    ]


def test_the_report_counts_its_problems(api: dict[str, Any]) -> None:
    report = api["report"]
    assert report["severities"] == {"error": 1, "warning": 1}
    assert report["codes"] == {"rules-odd": 1, "not-fetched": 1}
    assert [problem["collection"] for problem in report["problems"]] == ["harbor", "adrift"]
    assert set(report["problems"][0]) == {
        "collection", "bundle", "path", "line", "code", "severity", "message", "hint",
    }  # fmt: skip


def test_a_collection_alone_tells_its_releases() -> None:
    made = documents(sound()._replace(releases={"harbor": releases_of("harbor/pod-bearing")}), 0, OPENAPI)
    told = json.loads(made["registry/collections/harbor"])["releases"]
    assert [one["name"] for one in told] == ["2.0", "1.1", "1.0"]
    assert told[-1] == {
        "name": "1.0",
        "commit": "f" * 40,
        "date": "2025-12-01T08:00:00Z",
        "url": f"https://github.com/o/harbor/tree/{'f' * 40}/",
    }


def test_collections_are_described_alike_in_list_and_alone(api: dict[str, Any]) -> None:
    listed = api["registry/collections"]
    assert [found["slug"] for found in listed] == ["harbor", "quay", "adrift"]
    for found in listed:
        assert api[f"registry/collections/{found['slug']}"] == {**found, "releases": []}
    assert listed[0]["statistics"] == {"codebundle_count": 1, "total_tasks": 2}
    assert [found["is_active"] for found in listed] == [True, True, False]
    assert [found["last_synced"] for found in listed] == ["2026-03-09T08:00:00Z"] * 2 + [None]


def test_tasks_are_of_both_kinds_and_know_their_bundle(api: dict[str, Any]) -> None:
    tasks = api["registry/tasks"]
    assert (tasks["total_count"], tasks["codebundles_count"]) == (3, 2)
    assert [(task["id"], task["type"], task["name"]) for task in tasks["tasks"]] == [
        ("harbor/pod-bearing#0", "TaskSet", "Bearing of a pod"),
        ("harbor/pod-bearing#1", "SLI", "Bearing of a pod"),
        ("quay/quay_ping#0", "SLI", "Ping `${HOST}`"),
    ]
    assert tasks["tasks"][2]["runbook_source_url"].endswith("/codebundles/quay_ping/sli.robot#L9")
    assert tasks["tasks"][2]["git_url"] == "https://gitlab.com/o/quay"
    assert tasks["support_tags"] == ["Bearing of a pod"]
    assert api["registry/stats"] == {"collections": 3, "codebundles": 2, "tasks": 3, "slis": 2}


def test_the_newest_by_own_change_come_first_and_twenty_at_most() -> None:
    tool = Tool(kind="runbook", name="a", title="a", line=1)
    entries = [entry(Bundle(name=f"b{day:02}", tools=(tool, tool)), HARBOR, day=day) for day in range(1, 25)]
    undated = entry(Bundle(name="undated"), history=None)
    made = read(made_up([*entries, undated]))
    recent = made["registry/recent-codebundles"]
    assert [found["name"] for found in recent] == [f"b{day:02}" for day in range(24, 4, -1)]
    assert recent[0]["updated_at"] == "2026-02-24T12:00:00Z"
    assert recent[0]["platform"] == "Unknown"
    tasks = made["registry/recent-tasks"]
    assert [found["codebundle_slug"] for found in tasks] == [f"b{24 - n // 2:02}" for n in range(20)]


def test_no_picture_of_another_host_is_linked(api: dict[str, Any]) -> None:
    assert api["registry/tag-icons"] == {"icons": {}}


def test_equal_catalogues_make_equal_text() -> None:
    assert texts(sound()) == texts(sound())


def test_text_is_written_as_it_is_and_without_blanks() -> None:
    bundle = full_bundle("x", 'é "</script>" \u2028', "# é")
    text = texts(made_up([entry(bundle)]))["collections/harbor/codebundles/x"]
    found = json.loads(text)
    assert found["display_name"] == 'é "</script>" \u2028'
    assert json.dumps(found, ensure_ascii=False, separators=(",", ":")) == text.strip()


def test_an_empty_catalogue_has_its_documents() -> None:
    made = read(made_up([], []))
    assert made["codebundles"] == {"codebundles": [], "total_count": 0}
    assert made["index"]["updated"] is None
    assert made["registry/recent-tasks"] == []
