"""The public record: every field of the contract, of the right kind, and null where nothing is declared."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from build.catalogue.record import card, iso, record, summary
from build.model import Bundle, GenerationRule, MatchPattern, Template, Tool
from build.storage import canonical
from tests.support.catalogues import COMMIT, HARBOR, QUAY, entry, full_bundle

TEXT = (str,)
TEXT_OR_NULL = (str, type(None))
# As published; a change here is a change for every client.
FIELDS: dict[str, tuple[type, ...]] = {
    "id": TEXT,
    "name": TEXT,
    "slug": TEXT,
    "display_name": TEXT_OR_NULL,
    "title": TEXT,
    "url": TEXT,
    "description": TEXT,
    "doc": TEXT_OR_NULL,
    "author": TEXT_OR_NULL,
    "access_level": TEXT,
    "access_level_source": TEXT_OR_NULL,
    "access_level_claimed": TEXT_OR_NULL,
    "platform": TEXT_OR_NULL,
    "platforms": (list,),
    "support_tags": (list,),
    "tasks": (list,),
    "slis": (list,),
    "task_count": (int,),
    "sli_count": (int,),
    "tools": (list,),
    "user_variables": (list,),
    "secrets": (list,),
    "services": (list,),
    "platform_variables": (list,),
    "declared_at_run_time": (list,),
    "sub_metrics": (list,),
    "data_classifications": (dict,),
    "minimum_iam_requirements": (list,),
    "ai_enhanced_description": TEXT_OR_NULL,
    "ai": (dict, type(None)),
    "overridden": (list,),
    "configuration_type": (dict,),
    "generation_rules": (list,),
    "templates": (list,),
    "scripts": (list,),
    "skill_template": (dict, type(None)),
    "meta": (dict, type(None)),
    "related": (list,),
    "runbook_path": TEXT_OR_NULL,
    "sli_path": TEXT_OR_NULL,
    "runbook_source_url": TEXT,
    "git_updated_at": TEXT_OR_NULL,
    "history": (dict, type(None)),
    "changelog": (list,),
    "codecollection": (dict,),
    "problems": (list,),
    "readme": TEXT_OR_NULL,
}
PARTS: dict[str, dict[str, tuple[type, ...]]] = {
    "tools": {
        "kind": TEXT, "name": TEXT, "title": TEXT, "documentation": TEXT, "tags": (list,), "access": TEXT_OR_NULL,
        "data": (list,), "line": (int,), "source_url": TEXT, "variables": (list,), "scripts": (list,),
        "raises_issues": (bool,),
    },
    "user_variables": {
        "name": TEXT, "type": TEXT_OR_NULL, "description": TEXT_OR_NULL, "pattern": TEXT_OR_NULL,
        "example": TEXT_OR_NULL, "default": TEXT_OR_NULL, "enum": (list,), "required": (bool,),
        "alternatives": (list,), "used_by": (list,), "line": (int,), "sensitive": (bool,),
    },
    "secrets": {
        "name": TEXT, "description": TEXT_OR_NULL, "required": (bool,), "alternatives": (list,), "used_by": (list,),
    },
    "services": {
        "name": TEXT, "description": TEXT_OR_NULL, "default": TEXT_OR_NULL, "example": TEXT_OR_NULL, "used_by": (list,),
    },
    "declared_at_run_time": {"declares": TEXT, "name": TEXT, "kind": TEXT, "line": (int,)},
    "platform_variables": {"name": TEXT, "used_by": (list,)},
    "problems": {
        "path": TEXT_OR_NULL, "line": (int, type(None)), "code": TEXT, "severity": TEXT, "message": TEXT, "hint": TEXT,
    },
    "configuration_type": {
        "type": TEXT, "has_generation_rules": (bool,), "platform": TEXT_OR_NULL, "resource_types": (list,),
        "match_patterns": (list,), "templates": (list,), "output_items": (list,), "level_of_detail": TEXT_OR_NULL,
        "runwhen_directory_path": TEXT_OR_NULL,
    },
    "history": {
        "first_commit": TEXT, "first_date": TEXT, "last_commit": TEXT, "last_date": TEXT, "last_own_date": TEXT,
        "commits": (int,), "authors": (list,),
    },
    "changelog": {"commit": TEXT, "date": TEXT, "subject": TEXT, "sweep": (bool,)},
    "templates": {"name": TEXT, "kind": TEXT_OR_NULL, "robot_file": TEXT_OR_NULL},
    "codecollection": {
        "name": TEXT, "slug": TEXT, "git_url": TEXT, "git_ref": TEXT, "commit": TEXT,
        "commit_date": TEXT_OR_NULL, "stale": (bool,),
    },
}  # fmt: skip
FULL = record(entry(full_bundle("pod-bearing", "Words", "# Words"), related=("quay/ping",)), "https://x.example/sub/")
BARE = record(entry(Bundle(name="lamp_post"), history=None))


def is_of(value: Any, kinds: tuple[type, ...]) -> bool:
    return type(value) in kinds


@pytest.mark.parametrize("made", [FULL, BARE], ids=["full", "bare"])
def test_every_field_of_the_contract_is_there_and_of_its_kind(made: dict[str, Any]) -> None:
    assert set(made) == set(FIELDS)
    assert {name: type(value) for name, value in made.items() if not is_of(value, FIELDS[name])} == {}
    for name, part in PARTS.items():
        values = made[name] if isinstance(made[name], list) else [made[name]]
        for value in values:
            if value is not None:
                assert set(value) == set(part), name
                assert {key: type(v) for key, v in value.items() if not is_of(v, part[key])} == {}, name


def test_the_full_one_has_something_of_everything() -> None:
    """Or else the test above would have looked at empty lists."""
    empty = {name for name, value in FULL.items() if value in (None, [], {}, "")}
    # A level that tags declare leaves no claim.
    assert empty == {"access_level_claimed", "minimum_iam_requirements", "ai_enhanced_description", "ai", "overridden"}


def test_what_is_not_declared_is_null_and_not_made_up() -> None:
    for name in ("display_name", "author", "doc", "readme", "platform", "runbook_path", "sli_path", "git_updated_at"):
        assert BARE[name] is None
    assert (BARE["title"], BARE["description"], BARE["access_level"]) == ("Lamp Post", "", "unknown")
    assert (BARE["history"], BARE["access_level_source"], BARE["ai"]) == (None, None, None)
    assert BARE["configuration_type"] == {
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
    assert (BARE["id"], BARE["name"], BARE["slug"]) == ("harbor/lamp_post", "lamp_post", "lamp_post")
    assert BARE["url"] == "/codebundles/harbor/lamp_post/"
    assert FULL["url"] == "https://x.example/sub/codebundles/harbor/pod-bearing/"


def test_sources_are_linked_at_the_commit() -> None:
    base = f"https://github.com/o/harbor/{{}}/{COMMIT}/codebundles/pod-bearing"
    assert FULL["runbook_source_url"] == base.format("tree")
    assert [tool["source_url"] for tool in FULL["tools"]] == [
        f"{base.format('blob')}/runbook.robot#L12",
        f"{base.format('blob')}/sli.robot#L7",
    ]
    assert FULL["runbook_path"] == "codebundles/pod-bearing/runbook.robot"
    assert FULL["sli_path"] == "codebundles/pod-bearing/sli.robot"
    assert FULL["codecollection"] == {
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
    assert (made["tasks"], made["slis"]) == (["${A}", "b"], ["m"])
    assert (made["task_count"], made["sli_count"], len(made["tools"])) == (2, 1, 3)


def test_the_description_is_the_first_paragraph_on_one_line() -> None:
    made = record(entry(Bundle(name="x", doc="\n First\n  line.\n\nSecond paragraph.\n")))
    assert made["description"] == "First line."
    assert made["doc"] == "\n First\n  line.\n\nSecond paragraph.\n"


def test_classes_of_data_are_counted_and_named() -> None:
    tools = tuple(
        Tool(kind="runbook", name=str(n), title="t", line=1, data=data)
        for n, data in enumerate([("config", "own-kind"), ("config",), ()])
    )
    assert record(entry(Bundle(name="x", tools=tools)))["data_classifications"] == {
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
    assert made["configuration_type"] == {
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
    assert [rule["path"] for rule in made["generation_rules"]] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("platform", "title"),
    [("kubernetes", "Kubernetes"), ("gcp", "GCP"), ("azure_devops", "Azure DevOps"), ("aws", "AWS"), ("ours", "ours")],
)
def test_platforms_have_names_for_people(platform: str, title: str) -> None:
    made = record(entry(Bundle(name="x", generation_rules=(GenerationRule(path="a", platform=platform),))))
    assert made["configuration_type"]["platform"] == title


def test_dates_are_in_utc_to_the_second() -> None:
    assert FULL["git_updated_at"] == FULL["history"]["last_date"] == "2026-03-05T12:00:00Z"
    assert FULL["history"]["first_date"] == "2025-01-02T00:00:00Z"
    assert FULL["history"]["last_own_date"] == "2026-02-05T12:00:00Z"
    assert iso(datetime(1970, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)) == "1970-01-01T00:00:00Z"


def test_a_stale_collection_says_so() -> None:
    assert record(entry(Bundle(name="x"), QUAY, stale=True))["codecollection"]["stale"] is True


def test_equal_entries_make_equal_json_that_reads_back() -> None:
    again = record(
        entry(full_bundle("pod-bearing", "Words", "# Words"), related=("quay/ping",)), "https://x.example/sub/"
    )
    assert canonical(again) == canonical(FULL)
    assert json.loads(canonical(FULL)) == FULL
    assert list(json.loads(canonical(FULL))) == list(FULL)


def test_a_summary_is_a_part_of_the_record() -> None:
    short = summary(FULL)
    assert {name: FULL[name] for name in short} == short
    # What the client of the list endpoint reads.
    assert {
        "name", "slug", "display_name", "description", "author", "support_tags", "tasks", "slis", "task_count",
        "sli_count", "runbook_source_url", "git_updated_at", "ai_enhanced_description", "access_level",
        "minimum_iam_requirements", "data_classifications", "platform", "configuration_type", "codecollection",
    } <= set(short)  # fmt: skip
    assert not {"readme", "tools", "user_variables", "problems"} & set(short)


def test_a_card_is_what_a_result_shows() -> None:
    assert card(BARE) == {
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
    assert card(FULL)["tools"] == [
        {"kind": "runbook", "name": "Words", "line": 12},
        {"kind": "monitor", "name": "Words", "line": 7},
    ]
