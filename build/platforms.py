"""Which platforms a bundle is for, and its Supports metadata as a list."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from build.model import GenerationRule

_PLATFORMS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_WORDS = {word: platform for platform, words in _PLATFORMS.items() for word in words}
KINDS_OF_KUBERNETES = ("AKS", "EKS", "GKE", "OpenShift")
# What a bundle is for, where it is for several: an orchestrator or a cloud before the things that run there.
_ORDER = ("Kubernetes", "AKS", "EKS", "GKE", "OpenShift", "AWS", "Azure", "GCP")
_CLOUDS = frozenset({"AWS", "Azure", "GCP"})
# What a secret lets a bundle into, by the first word of its name.
_SECRETS = {"kubeconfig": "Kubernetes", "aws": "AWS", "azure": "Azure", "gcp": "GCP", "ops": "GCP"}
_SPLITTERS = frozenset(
    {"kubernetes", "k8s", "aks", "eks", "gke", "openshift", "aws", "azure", "gcp", "linux", "macos", "windows"}
)
_LONGEST_PLATFORM = 40


def support_tags(files: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The items of each file's Supports cells, in order, first spelling kept."""
    items = [item for cells in files for item in _items([cell for cell in cells if cell.strip()])]
    first: dict[str, str] = {}
    for item in items:
        first.setdefault(item.casefold(), item)
    return tuple(first.values())


def _items(cells: list[str]) -> list[str]:
    """Written as cells, with commas, or as one cell of several words: that is a list if two of them are platforms
    (`GKE EKS AKS`), and one is enough where there is no other cell; else it is one name (`GitHub Actions`).
    """
    items: list[str] = []
    for cell in cells:
        for part in cell.split(","):
            words = part.split()
            known = sum(word.lower() in _SPLITTERS for word in words)
            alone = len(cells) == 1 and part == cell
            items += words if known > 1 or (known and alone) else [" ".join(words)]
    return [item for item in items if item]


def platforms(
    name: str, supports: Sequence[str], secrets: Iterable[str], rules: Iterable[GenerationRule]
) -> tuple[str, ...]:
    """The platforms that a bundle's name, Supports or required secrets speak for. A rule only says where the bundle is
    set up (one for Jenkins may look for the cloud's machines), so it decides where these are silent. Where all are, it
    is the first thing supported.
    """
    said = _named(name) | _supported(supports) | {_SECRETS.get(re.split(r"[-_]", s.lower())[0], "") for s in secrets}
    found = (said & set(_WORDS.values())) or _ruled(rules)
    if any(kind in found for kind in KINDS_OF_KUBERNETES):
        found.add("Kubernetes")
    if not found:
        found = {item for item in supports[:1] if len(item) <= _LONGEST_PLATFORM}
    return tuple(sorted(found, key=lambda p: (_ORDER.index(p) if p in _ORDER else len(_ORDER), p)))


def _named(name: str) -> set[str]:
    first, *others = re.split(r"[-_.]", name.lower())
    return {_WORDS.get(first, "")} | {p for word in others if (p := _WORDS.get(word)) in (*_ORDER, "Database")}


def _supported(supports: Iterable[str]) -> set[str]:
    """By whole items; by a word within one only where it is a cloud or Kubernetes: a Key Vault is no Vault."""
    found = set()
    for item in supports:
        words = item.casefold().split()
        found |= {_WORDS.get(item.casefold(), "")} | {p for word in words if (p := _WORDS.get(word)) in _ORDER}
    return found


def _ruled(rules: Iterable[GenerationRule]) -> set[str]:
    words = [word for rule in rules for word in (rule.platform, *(t.split("_", 1)[0] for t in rule.resource_types))]
    return {_WORDS[word.casefold()] for word in words if word.casefold() in _WORDS}


def main_platform(name: str, declared: Iterable[str], found: tuple[str, ...]) -> str | None:
    """The one platform of upstream's field: what the name says, a cloud or Kubernetes before what runs there, else
    the rules' platform, else the first found; of several clouds with nothing to choose between them none.
    """
    named = [p for word in re.split(r"[-_.]", name.lower()) if (p := _WORDS.get(word)) in found]
    ruled = [p for word in declared if (p := _WORDS.get(word.casefold())) in found]
    clouds = _CLOUDS.intersection(found)
    silent = [] if len(clouds) > 1 and "Kubernetes" not in found else found
    for platform in [*(p for p in named if p in _ORDER), *named, *ruled, *silent]:
        return "Kubernetes" if platform in KINDS_OF_KUBERNETES else platform
    return None
