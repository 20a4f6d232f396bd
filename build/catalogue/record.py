"""The public records of bundles and libraries, as JSON: upstream's fields with their meaning, and ours."""

from collections import Counter
from datetime import datetime
from typing import Any

from build.catalogue.labels import LABELS
from build.catalogue.source_links import Source
from build.model import FILE_OF, Bundle, CatalogueEntry, Library, Value
from build.platforms import main_platform

Record = dict[str, Any]

# What lists and filters need; the client of upstream's list endpoint reads no other field.
_SUMMARY = (
    "id", "name", "slug", "display_name", "title", "url", "description", "author", "support_tags", "tasks", "slis",
    "task_count", "sli_count", "runbook_source_url", "git_updated_at", "ai_enhanced_description", "access_level",
    "access_level_source", "access_level_claimed", "minimum_iam_requirements", "data_classifications", "platform",
    "platforms", "configuration_type", "codecollection",
)  # fmt: skip


def record(entry: CatalogueEntry, site_url: str = "") -> Record:
    """Everything about one bundle, in the order in which it is read. `url` is its page, below `site_url`."""
    bundle, history = entry.bundle, entry.history
    folder, at = f"codebundles/{bundle.name}", Source(entry.collection.git_url, entry.commit)
    runbook = [tool for tool in bundle.tools if tool.kind == "runbook"]
    monitor = [tool for tool in bundle.tools if tool.kind == "monitor"]
    data = Counter(item for tool in bundle.tools for item in tool.data)
    return {
        "id": entry.id,
        "name": bundle.name,
        "slug": bundle.name,
        "display_name": bundle.display_name,
        "title": bundle.title,
        "url": f"{site_url.rstrip('/')}/codebundles/{entry.id}/",
        "description": _description(bundle),
        **_said(bundle, "doc", "author", "access_level", "access_level_source", "access_level_claimed"),
        "platform": main_platform(bundle.name, (r.platform for r in bundle.generation_rules), bundle.platforms),
        **_said(bundle, "platforms", "support_tags"),
        "tasks": [tool.name for tool in runbook],
        "slis": [tool.name for tool in monitor],
        "task_count": len(runbook),
        "sli_count": len(monitor),
        "tools": [
            {**tool.model_dump(mode="json"), "source_url": at.file(f"{folder}/{FILE_OF[tool.kind]}", tool.line)}
            for tool in bundle.tools
        ],
        **_said(bundle, "user_variables", "secrets", "services"),
        "platform_variables": [_said(variable, "name", "used_by") for variable in bundle.platform_variables],
        **_said(bundle, "declared_at_run_time", "sub_metrics"),
        "data_classifications": {
            name: {"label": LABELS["data"].get(name, name.replace("-", " ").title()), "count": count}
            for name, count in sorted(data.items())
        },
        "minimum_iam_requirements": [],
        "ai_enhanced_description": None,
        "ai": None,
        "overridden": [],
        "configuration_type": _configuration_type(entry),
        **_said(bundle, "generation_rules", "templates", "scripts"),
        "skill_template": bundle.skill.model_dump(mode="json") if bundle.skill else None,
        "meta": bundle.meta.model_dump(mode="json") if bundle.meta else None,
        "related": list(entry.related),
        "runbook_path": f"{folder}/runbook.robot" if bundle.has_runbook else None,
        "sli_path": f"{folder}/sli.robot" if bundle.has_monitor else None,
        "runbook_source_url": at.folder(folder),
        "git_updated_at": iso(history.last_date) if history else None,
        "history": history.model_dump(mode="json", exclude={"changelog"}) if history else None,
        "changelog": [change.model_dump(mode="json") for change in history.changelog] if history else [],
        "codecollection": {
            **_said(entry.collection, "name", "slug", "git_url", "git_ref"),
            "commit": entry.commit,
            "commit_date": iso(entry.commit_date),
            "stale": entry.stale,
        },
        "problems": [problem.model_dump(mode="json", exclude={"collection", "bundle"}) for problem in bundle.problems],
        "readme": bundle.readme,
    }  # fmt: skip


def summary(full: Record) -> Record:
    """The fields of a record that lists and filters need."""
    return {name: full[name] for name in _SUMMARY}


def card(full: Record) -> Record:
    """A record as a search result shows it; the search adds score and the tools that matched."""
    return {
        "type": "codebundle",
        "id": full["id"],
        "collection": full["codecollection"]["slug"],
        "slug": full["slug"],
        "display_name": full["title"],
        "description": full["description"],
        "url": full["url"],
        "platforms": full["platforms"],
        "access_level": full["access_level"],
        "access_level_source": full["access_level_source"],
        "access_level_claimed": full["access_level_claimed"],
        "commit": full["codecollection"]["commit"],
        "stale": full["codecollection"]["stale"],
        "tools": [{"kind": tool["kind"], "name": tool["name"], "line": tool["line"]} for tool in full["tools"]],
    }


def library_record(library: Library, at: Source) -> Record:
    """Everything about one keyword library, whose collection is at `at`."""
    return {
        "id": library.id,
        **library.model_dump(mode="json"),
        "source_url": at.file(library.path, library.line),
        "keyword_count": len(library.keywords),
        "keywords": [
            {**keyword.model_dump(mode="json"), "source_url": at.file(keyword.path, keyword.line)}
            for keyword in library.keywords
        ],
    }


def _said(value: Value, *fields: str) -> Record:
    """These of its fields, in this order, as JSON has them."""
    found = value.model_dump(mode="json", include=set(fields))
    return {field: found[field] for field in fields}


def iso(date: datetime) -> str:
    """A date in UTC, to the second."""
    return date.strftime("%Y-%m-%dT%H:%M:%SZ")


def _configuration_type(entry: CatalogueEntry) -> Record:
    rules = entry.bundle.generation_rules
    return {
        "type": "Automatically Discovered" if rules else "Manual",
        "has_generation_rules": bool(rules),
        "platform": LABELS["platform"].get(rules[0].platform, rules[0].platform) if rules else None,
        "resource_types": sorted({resource for rule in rules for resource in rule.resource_types}),
        "match_patterns": [
            match.model_dump(mode="json", include={"type", "pattern", "properties", "mode", "negated"})
            for rule in rules
            for match in rule.match_patterns
        ],
        "templates": [template.name for template in entry.bundle.templates],
        "output_items": sorted({item for rule in rules for item in rule.output_items}),
        "level_of_detail": next((r.level_of_detail for r in reversed(rules) if r.level_of_detail), None),
        "runwhen_directory_path": f"codebundles/{entry.bundle.name}/.runwhen" if rules else None,
    }


def _description(bundle: Bundle) -> str:
    """One paragraph: the robot files' own, else what stands beside them."""
    claimed = [claim.description for claim in (bundle.skill, bundle.meta) if claim]
    text = next(filter(None, [bundle.doc, *claimed]), "")
    return " ".join(text.strip().split("\n\n", 1)[0].split())
