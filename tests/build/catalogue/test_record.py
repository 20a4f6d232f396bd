"""The public record: every field of the contract, of the right kind, and null where nothing is declared."""

from datetime import UTC, datetime

import pytest

from build.catalogue.record import record
from build.fetch.history import iso
from build.model import Bundle, GenerationRule, MatchPattern, Template, Tool, Variable
from build.releases.models import Since
from build.storage import canonical
from tests.support.catalogues import COMMIT, QUAY, as_json, entry, full_bundle

FULL = record(entry(full_bundle("pod-bearing", "Words", "# Words")), "https://x.example/sub/").model_copy(
    update={"related": ("quay/ping",)}
)
BARE = record(entry(Bundle(name="lamp_post"), history=None))


def test_the_full_one_has_something_of_everything() -> None:
    """Or else the test above would have looked at empty lists."""
    empty = {name for name, value in as_json(FULL).items() if value in (None, [], {}, "")}
    # A level that tags declare leaves no claim, and no tag has it.
    assert empty == {"access_level_claimed", "ai_enhanced_description", "ai", "overridden", "since", "release"}


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
    (command,) = FULL.tools[0].commands
    assert command.source_url == f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/Words#L4"
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
    assert FULL.history
    assert FULL.git_updated_at == FULL.history.last_date == "2026-03-05T12:00:00Z"
    assert FULL.history.first_date == "2025-01-02T00:00:00Z"
    assert FULL.history.last_own_date == "2026-02-05T12:00:00Z"
    assert iso(datetime(1970, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)) == "1970-01-01T00:00:00Z"


def test_a_stale_collection_says_so() -> None:
    assert record(entry(Bundle(name="x"), QUAY, stale=True)).codecollection.stale is True


def test_equal_entries_make_equal_json() -> None:
    again = record(entry(full_bundle("pod-bearing", "Words", "# Words")), "https://x.example/sub/")
    assert canonical(again) == canonical(FULL.model_copy(update={"related": ()}))


def test_the_first_tags_that_have_a_bundle_its_tools_and_variables_are_told() -> None:
    tool = Tool(kind="runbook", name="Look", title="Look", line=3)
    variable = Variable(name="NAMESPACE", required=True, used_by=("runbook",), line=9)
    bundle = Bundle(name="lamp", tools=(tool, tool.model_copy(update={"kind": "monitor"})), user_variables=(variable,))
    since = Since(bundle="v1", tools={"runbook": {"Look": "v2"}}, variables={"NAMESPACE": "v3"})
    found = record(entry(bundle), since=since)
    assert (found.since, found.user_variables[0].since) == ("v1", "v3")
    assert [one.since for one in found.tools] == ["v2", None]
