"""The public record: every field of the contract, of the right kind, and null where nothing is declared."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from build.catalogue.models import Card, CodeBundleRecord, Summary
from build.catalogue.record import iso, record
from build.model import Bundle, GenerationRule, MatchPattern, Template, Tool, Value, Variable
from build.storage import canonical
from tests.support.catalogues import COMMIT, HARBOR, QUAY, entry, full_bundle

# What callers of the system before this one read; a change here is a change for every client.
UPSTREAM = {
    "name", "slug", "display_name", "description", "doc", "readme", "author", "support_tags", "tasks", "slis",
    "task_count", "sli_count", "runbook_path", "sli_path", "runbook_source_url", "git_updated_at",
    "ai_enhanced_description", "access_level", "minimum_iam_requirements", "data_classifications", "platform",
    "configuration_type", "codecollection", "user_variables",
}  # fmt: skip
FULL = record(entry(full_bundle("pod-bearing", "Words", "# Words")), "https://x.example/sub/").model_copy(
    update={"related": ("quay/ping",)}
)
BARE = record(entry(Bundle(name="lamp_post"), history=None))


def as_json(value: Value) -> Any:
    return json.loads(canonical(value))


@pytest.mark.parametrize("made", [FULL, BARE], ids=["full", "bare"])
def test_its_json_has_upstreams_fields_and_reads_back_as_the_same(made: CodeBundleRecord) -> None:
    written = as_json(made)
    assert written.keys() >= UPSTREAM
    assert list(written) == list(CodeBundleRecord.model_fields)
    assert CodeBundleRecord.model_validate_json(canonical(made)) == made


def test_a_tools_json_has_what_was_parsed_and_its_address() -> None:
    assert list(as_json(FULL)["tools"][0]) == [*Tool.model_fields, "source_url"]
    assert list(as_json(FULL)["user_variables"][0]) == list(Variable.model_fields)


def test_the_full_one_has_something_of_everything() -> None:
    """Or else the test above would have looked at empty lists."""
    empty = {name for name, value in as_json(FULL).items() if value in (None, [], {}, "")}
    # A level that tags declare leaves no claim.
    assert empty == {"access_level_claimed", "minimum_iam_requirements", "ai_enhanced_description", "ai", "overridden"}


def test_what_is_not_declared_is_null_and_not_made_up() -> None:
    for name in ("display_name", "author", "doc", "readme", "platform", "runbook_path", "sli_path", "git_updated_at"):
        assert getattr(BARE, name) is None
    assert (BARE.title, BARE.description, BARE.access_level) == ("Lamp Post", "", "unknown")
    assert (BARE.history, BARE.access_level_source, BARE.ai) == (None, None, None)
    assert as_json(BARE)["configuration_type"] == {
        "type": "Manual",
        "has_generation_rules": False,
        "platform": None,
        "resource_types": [],
        "match_patterns": [],
        "templates": [],
        "output_items": [],
        "level_of_detail": None,
        "runwhen_directory_path": None,
    }


def test_names_slugs_and_addresses_are_the_folder_s() -> None:
    assert (BARE.id, BARE.name, BARE.slug) == ("harbor/lamp_post", "lamp_post", "lamp_post")
    assert BARE.url == "/codebundles/harbor/lamp_post/"
    assert FULL.url == "https://x.example/sub/codebundles/harbor/pod-bearing/"


def test_sources_are_linked_at_the_commit() -> None:
    base = f"https://github.com/o/harbor/{{}}/{COMMIT}/codebundles/pod-bearing"
    assert FULL.runbook_source_url == base.format("tree")
    assert [tool.source_url for tool in FULL.tools] == [
        f"{base.format('blob')}/runbook.robot#L12",
        f"{base.format('blob')}/sli.robot#L7",
    ]
    assert FULL.runbook_path == "codebundles/pod-bearing/runbook.robot"
    assert FULL.sli_path == "codebundles/pod-bearing/sli.robot"
    assert as_json(FULL)["codecollection"] == {
        "name": "Harbor",
        "slug": "harbor",
        "git_url": "https://github.com/o/harbor.git",
        "git_ref": "main",
        "commit": COMMIT,
        "commit_date": "2026-03-09T08:00:00Z",
        "stale": False,
    }


def test_tasks_and_slis_are_names_by_kind() -> None:
    tools = (
        Tool(kind="runbook", name="${A}", title="A", line=1),
        Tool(kind="monitor", name="m", title="m", line=1),
        Tool(kind="runbook", name="b", title="b", line=2),
    )
    made = record(entry(Bundle(name="x", tools=tools)))
    assert (made.tasks, made.slis) == (("${A}", "b"), ("m",))
    assert (made.task_count, made.sli_count, len(made.tools)) == (2, 1, 3)


def test_the_description_is_the_first_paragraph_on_one_line() -> None:
    made = record(entry(Bundle(name="x", doc="\n First\n  line.\n\nSecond paragraph.\n")))
    assert made.description == "First line."
    assert made.doc == "\n First\n  line.\n\nSecond paragraph.\n"


def test_classes_of_data_are_counted_and_named() -> None:
    tools = tuple(
        Tool(kind="runbook", name=str(n), title="t", line=1, data=data)
        for n, data in enumerate([("config", "own-kind"), ("config",), ()])
    )
    assert as_json(record(entry(Bundle(name="x", tools=tools))))["data_classifications"] == {
        "config": {"label": "Configuration", "count": 2},
        "own-kind": {"label": "Own Kind", "count": 1},
    }


def test_discovery_is_summed_up_from_all_rules() -> None:
    pattern = MatchPattern(type="pattern", pattern="x", properties=("name",), mode="exact", resource_type="variables")
    rules = (
        GenerationRule(
            path="a", platform="gcp", resource_types=("z", "a"), match_patterns=(pattern,), output_items=("sli", "slx"),
            level_of_detail="basic",
        ),
        GenerationRule(
            path="b", platform="aws", resource_types=("a", "m"), output_items=("runbook",), level_of_detail="detailed",
        ),
        GenerationRule(path="c", platform="aws"),
    )  # fmt: skip
    made = record(
        entry(Bundle(name="x", generation_rules=rules, templates=(Template(name="a.yaml"), Template(name="b.yaml"))))
    )
    assert as_json(made)["configuration_type"] == {
        "type": "Automatically Discovered",
        "has_generation_rules": True,
        "platform": "GCP",
        "resource_types": ["a", "m", "z"],
        "match_patterns": [
            {"type": "pattern", "pattern": "x", "properties": ["name"], "mode": "exact", "negated": False}
        ],
        "templates": ["a.yaml", "b.yaml"],
        "output_items": ["runbook", "sli", "slx"],
        "level_of_detail": "detailed",
        "runwhen_directory_path": "codebundles/x/.runwhen",
    }
    assert [rule.path for rule in made.generation_rules] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("platform", "title"),
    [("kubernetes", "Kubernetes"), ("gcp", "GCP"), ("azure_devops", "Azure DevOps"), ("aws", "AWS"), ("ours", "ours")],
)
def test_platforms_have_names_for_people(platform: str, title: str) -> None:
    made = record(entry(Bundle(name="x", generation_rules=(GenerationRule(path="a", platform=platform),))))
    assert made.configuration_type.platform == title


def test_dates_are_in_utc_to_the_second() -> None:
    assert FULL.git_updated_at == FULL.history.last_date == "2026-03-05T12:00:00Z"
    assert FULL.history.first_date == "2025-01-02T00:00:00Z"
    assert FULL.history.last_own_date == "2026-02-05T12:00:00Z"
    assert iso(datetime(1970, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)) == "1970-01-01T00:00:00Z"


def test_a_stale_collection_says_so() -> None:
    assert record(entry(Bundle(name="x"), QUAY, stale=True)).codecollection.stale is True


def test_equal_entries_make_equal_json() -> None:
    again = record(entry(full_bundle("pod-bearing", "Words", "# Words")), "https://x.example/sub/")
    assert canonical(again) == canonical(FULL.model_copy(update={"related": ()}))


def test_a_summary_is_a_part_of_the_record() -> None:
    short = as_json(Summary.of(FULL))
    assert {name: as_json(FULL)[name] for name in short} == short
    # What the client of the list endpoint reads.
    assert {
        "name", "slug", "display_name", "description", "author", "support_tags", "tasks", "slis", "task_count",
        "sli_count", "runbook_source_url", "git_updated_at", "ai_enhanced_description", "access_level",
        "minimum_iam_requirements", "data_classifications", "platform", "configuration_type", "codecollection",
    } <= set(short)  # fmt: skip
    assert not {"readme", "tools", "user_variables", "problems"} & set(short)


def test_a_card_is_what_a_result_shows() -> None:
    assert as_json(Card.of(BARE)) == {
        "type": "codebundle",
        "id": "harbor/lamp_post",
        "collection": HARBOR.slug,
        "slug": "lamp_post",
        "display_name": "Lamp Post",
        "description": "",
        "url": "/codebundles/harbor/lamp_post/",
        "platforms": [],
        "access_level": "unknown",
        "access_level_source": None,
        "access_level_claimed": None,
        "commit": COMMIT,
        "stale": False,
        "tools": [],
    }
    assert as_json(Card.of(FULL))["tools"] == [
        {"kind": "runbook", "name": "Words", "line": 12},
        {"kind": "monitor", "name": "Words", "line": 7},
    ]
