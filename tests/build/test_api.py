"""The static API: which documents there are, and that they agree with each other."""

import json
from typing import Any

import pytest
from catalogues import HARBOR, entry, full_bundle, made_up, sound

from build.api import documents
from build.model import Bundle, Tool


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    """The documents of a small catalogue, read back."""
    return {path: json.loads(text) for path, text in documents(sound(), passages=9).items()}


def test_every_document_of_the_contract_is_there(api: dict[str, Any]) -> None:
    registry = ["collections", "tasks", "stats", "recent-codebundles", "recent-tasks", "tag-icons"]
    assert set(api) == {
        "api/v1/index.json",
        "api/v1/codebundles.json",
        "api/v1/report.json",
        *(f"api/v1/registry/{name}.json" for name in registry),
        *(f"api/v1/registry/collections/{slug}.json" for slug in ("harbor", "quay", "adrift")),
        "api/v1/collections/harbor/codebundles/pod-bearing.json",
        "api/v1/collections/quay/codebundles/quay_ping.json",
    }


def test_the_list_has_a_summary_of_each_record(api: dict[str, Any]) -> None:
    listed = api["api/v1/codebundles.json"]
    assert set(listed) == {"codebundles", "total_count"}
    assert listed["total_count"] == len(listed["codebundles"]) == 2
    for short in listed["codebundles"]:
        full = api[f"api/v1/collections/{short['codecollection']['slug']}/codebundles/{short['slug']}.json"]
        assert {name: full[name] for name in short} == short


def test_the_index_counts_what_is_published(api: dict[str, Any]) -> None:
    index = api["api/v1/index.json"]
    assert set(index) == {"build_id", "updated", "counts", "collections"}
    assert index["build_id"] == api["api/v1/report.json"]["build_id"] == sound().build_id
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
    report = api["api/v1/report.json"]
    assert report["severities"] == {"error": 1, "warning": 1}
    assert report["codes"] == {"rules-odd": 1, "not-fetched": 1}
    assert [problem["collection"] for problem in report["problems"]] == ["harbor", "adrift"]
    assert set(report["problems"][0]) == {
        "collection", "bundle", "path", "line", "code", "severity", "message", "hint",
    }  # fmt: skip


def test_collections_are_described_alike_in_list_and_alone(api: dict[str, Any]) -> None:
    listed = api["api/v1/registry/collections.json"]
    assert [found["slug"] for found in listed] == ["harbor", "quay", "adrift"]
    for found in listed:
        assert api[f"api/v1/registry/collections/{found['slug']}.json"] == found
    assert listed[0]["statistics"] == {"codebundle_count": 1, "total_tasks": 2}
    assert [found["is_active"] for found in listed] == [True, True, False]
    assert [found["last_synced"] for found in listed] == ["2026-03-09T08:00:00Z"] * 2 + [None]


def test_tasks_are_of_both_kinds_and_know_their_bundle(api: dict[str, Any]) -> None:
    tasks = api["api/v1/registry/tasks.json"]
    assert (tasks["total_count"], tasks["codebundles_count"]) == (3, 2)
    assert [(task["id"], task["type"], task["name"]) for task in tasks["tasks"]] == [
        ("harbor/pod-bearing#0", "TaskSet", "Bearing of a pod"),
        ("harbor/pod-bearing#1", "SLI", "Bearing of a pod"),
        ("quay/quay_ping#0", "SLI", "Ping `${HOST}`"),
    ]
    assert tasks["tasks"][2]["runbook_source_url"].endswith("/codebundles/quay_ping/sli.robot#L9")
    assert tasks["tasks"][2]["git_url"] == "https://gitlab.com/o/quay"
    assert tasks["support_tags"] == ["Bearing of a pod"]
    assert api["api/v1/registry/stats.json"] == {"collections": 3, "codebundles": 2, "tasks": 3, "slis": 2}


def test_the_newest_by_own_change_come_first_and_twenty_at_most() -> None:
    tool = Tool(kind="runbook", name="a", title="a", line=1)
    entries = [entry(Bundle(name=f"b{day:02}", tools=(tool, tool)), HARBOR, day=day) for day in range(1, 25)]
    undated = entry(Bundle(name="undated"), history=None)
    made = {path: json.loads(text) for path, text in documents(made_up([*entries, undated]), 0).items()}
    recent = made["api/v1/registry/recent-codebundles.json"]
    assert [found["name"] for found in recent] == [f"b{day:02}" for day in range(24, 4, -1)]
    assert recent[0]["updated_at"] == "2026-02-24T12:00:00Z"
    assert recent[0]["platform"] == "Unknown"
    tasks = made["api/v1/registry/recent-tasks.json"]
    assert [found["codebundle_slug"] for found in tasks] == [f"b{24 - n // 2:02}" for n in range(20)]


def test_no_picture_of_another_host_is_linked(api: dict[str, Any]) -> None:
    assert api["api/v1/registry/tag-icons.json"] == {"icons": {}}


def test_equal_catalogues_make_equal_text() -> None:
    assert documents(sound(), 9) == documents(sound(), 9)


def test_text_is_written_as_it_is_and_without_blanks() -> None:
    bundle = full_bundle("x", 'é "</script>" \u2028', "# é")
    text = documents(made_up([entry(bundle)]), 0)["api/v1/collections/harbor/codebundles/x.json"]
    found = json.loads(text)
    assert found["display_name"] == 'é "</script>" \u2028'
    assert json.dumps(found, ensure_ascii=False, separators=(",", ":")) == text.strip()


def test_an_empty_catalogue_has_its_documents() -> None:
    made = {path: json.loads(text) for path, text in documents(made_up([], []), 0).items()}
    assert made["api/v1/codebundles.json"] == {"codebundles": [], "total_count": 0}
    assert made["api/v1/index.json"]["updated"] is None
    assert made["api/v1/registry/recent-tasks.json"] == []
