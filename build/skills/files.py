"""All skills of a catalogue, and the files in which a site has them: https://agentskills.io, discovery 0.2.0."""

from collections.abc import Iterable, Iterator, Mapping

from build.catalogue.catalogue import Catalogue
from build.catalogue.skill_names import skill_names
from build.skills.bundle_skill import bundle_skill
from build.skills.registry_skill import registry_skill
from build.skills.skill import FILE, Skill
from build.storage import canonical

FOLDER = ".well-known/agent-skills"
_INDEX = f"{FOLDER}/index.json"
_SCHEMA = "https://schemas.agentskills.io/discovery/0.2.0/schema.json"


def all_skills(catalogue: Catalogue, written: Mapping[str, Mapping[str, str]], site_url: str) -> dict[str, Skill]:
    """Return the skills of a catalogue by the ids of their bundles, in the order of their lists: first that of the
    registry, by "", then those of bundles by collection and id.

    Args:
        catalogue: What is published.
        written: What authors wrote for agents, by the bundles' ids and path.
        site_url: The site's own address, empty where it is not known.
    """
    names = skill_names((facts.slug for facts in catalogue.collections), catalogue.records)
    skills = {"": registry_skill(site_url)}
    for own in catalogue.by_collection(catalogue.records).values():
        for record in own:
            skills[record.id] = bundle_skill(record, names[record.id], written.get(record.id, {}))
    return skills


def skill_files(skills: Mapping[str, Skill]) -> Iterator[tuple[str, str]]:
    """Yield each file's path below the site and its text: skills, their index, and an index of one skill below each
    bundle's page, so that the page's own address is enough for an installer.
    """
    yield _INDEX, index(skills.values(), "")
    for bundle, skill in skills.items():
        yield f"{FOLDER}/{skill.name}/{FILE}", skill.text
        if bundle:
            page = f"codebundles/{bundle}"
            up = "../" * f"{page}/{FOLDER}".count("/")
            yield f"{page}/{_INDEX}", index([skill], f"../{up}{FOLDER}/")


def index(skills: Iterable[Skill], root: str) -> str:
    """Return an index of skills, whose addresses begin with `root` below the index's own folder."""
    return canonical({"$schema": _SCHEMA, "skills": list(_listed(skills, root))})


def _listed(skills: Iterable[Skill], root: str) -> Iterator[dict[str, str]]:
    for skill in skills:
        yield {
            "name": skill.name,
            "type": "skill-md",
            "description": str(skill.head["description"]),
            "url": f"{root}{skill.name}/{FILE}",
            "digest": skill.digest,
        }
