"""The skill of the registry itself: how to find, check and configure a bundle. registry.md has its body."""

from pathlib import Path

from build.catalogue.skill_names import REGISTRY
from build.skills.skill import Skill, make_skill

_BODY = Path(__file__).with_name("registry.md").read_text(encoding="utf-8")
_DESCRIPTION = (
    "Find, check and configure RunWhen Skill Templates (CodeBundles): ready-made automation that troubleshoots and "
    "monitors Kubernetes, AWS, Azure, GCP, databases and other systems. Use it when somebody asks what is wrong with a "
    "cluster, cloud resource or service, wants a health check, runbook or SLI, asks whether automation for something "
    "exists, or what a CodeBundle does, needs, may change and how it is configured."
)
# Stands for the site's address where the build does not know it.
_UNKNOWN = "https://HOST"


def registry_skill(site_url: str) -> Skill:
    """Return it for the registry at `site_url`; without one, its text says what to put in the address's place."""
    site = site_url.rstrip("/")
    body = _BODY.replace("SITE", site or _UNKNOWN)
    if not site:
        body += f"\nPut the address of the registry that this skill comes from in the place of `{_UNKNOWN}`.\n"
    head = {"name": REGISTRY, "description": _DESCRIPTION}
    return make_skill(f"registry/{REGISTRY}", head | ({"metadata": {"page": f"{site}/agents/"}} if site else {}), body)
