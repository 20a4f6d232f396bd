"""Which platforms a bundle is for, and its Supports metadata as a list. Pure tables and rules."""

import re
from collections.abc import Iterable

# A word of a name, of Supports or of a rule, folded, and the platform that it stands for.
_WORDS = {
    "kubernetes": "Kubernetes", "k8s": "Kubernetes", "kubectl": "Kubernetes",
    "aks": "AKS", "eks": "EKS", "gke": "GKE", "openshift": "OpenShift",
    "aws": "AWS", "cloudwatch": "AWS", "ec2": "AWS", "elasticache": "AWS",
    "azure": "Azure", "azuredevops": "Azure", "azuremonitor": "Azure", "azure_devops": "Azure",
    "gcp": "GCP", "gmp": "GCP", "gcloud": "GCP", "apigee": "GCP",
    "linux": "Linux", "macos": "macOS", "windows": "Windows", "bash": "Linux",
    "github": "GitHub", "gh": "GitHub", "gitlab": "GitLab", "jira": "Jira", "slack": "Slack",
    "database": "Database", "sql": "Database", "postgres": "Database", "postgresql": "Database",
    "mysql": "Database", "mongodb": "Database", "redis": "Database", "cloudsql": "Database", "cosmosdb": "Database",
    "jenkins": "Jenkins", "prometheus": "Prometheus", "grafana": "Grafana", "datadog": "Datadog",
    "terraform": "Terraform", "vault": "Vault", "http": "HTTP", "curl": "HTTP", "rest": "HTTP", "web": "HTTP",
    "runwhen": "RunWhen", "rw": "RunWhen",
}  # fmt: skip
_KINDS_OF_KUBERNETES = ("AKS", "EKS", "GKE", "OpenShift")
# What a bundle is for, where it is for several: an orchestrator or a cloud before the things that run there.
_ORDER = ("Kubernetes", "AKS", "EKS", "GKE", "OpenShift", "AWS", "Azure", "GCP")
_SPLITTERS = frozenset(
    {"kubernetes", "aks", "eks", "gke", "openshift", "aws", "azure", "gcp", "linux", "macos", "windows"}
)


def support_tags(files: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The items of each file's Supports cells, in order, first spelling kept."""
    items = [item for cells in files for item in _items([cell for cell in cells if cell.strip()])]
    first: dict[str, str] = {}
    for item in items:
        first.setdefault(item.casefold(), item)
    return tuple(first.values())


def _items(cells: list[str]) -> list[str]:
    """Written as cells, with commas, or as one cell of several words: that is a list only if one of them is a
    platform (`GKE EKS AKS`), else one name (`GitHub Actions`).
    """
    items: list[str] = []
    for cell in cells:
        parts = cell.split(",")
        words = cell.split()
        if len(parts) == 1 and len(cells) == 1 and not _SPLITTERS.isdisjoint(map(str.lower, words)):
            parts = words
        items += [" ".join(part.split()) for part in parts]
    return [item for item in items if item]


def platforms(
    name: str, supports: Iterable[str], declared: Iterable[str], resource_types: Iterable[str]
) -> tuple[str, ...]:
    """Every platform that the bundle's name, Supports, rules' platform or their resource types speak for."""
    folded_name = re.split(r"[-_.]", name.lower())
    words = [folded_name[0]]
    words += [word for word in folded_name[1:] if _WORDS.get(word) in _ORDER]
    words += [item.casefold() for item in supports]
    words += [word for item in supports for word in item.casefold().split()]
    words += [platform.casefold() for platform in declared]
    words += [resource.split("_", 1)[0].casefold() for resource in resource_types if "_" in resource]
    found = list(dict.fromkeys(_WORDS[word] for word in words if word in _WORDS))
    if "Kubernetes" not in found and any(kind in found for kind in _KINDS_OF_KUBERNETES):
        found.append("Kubernetes")
    return tuple(sorted(found, key=lambda p: (_ORDER.index(p) if p in _ORDER else len(_ORDER), p)))


def main_platform(name: str, declared: Iterable[str], found: tuple[str, ...]) -> str | None:
    """The one platform of upstream's field: the name's, else the rules', else the first found."""
    for word in [re.split(r"[-_.]", name.lower())[0], *(platform.casefold() for platform in declared)]:
        platform = _WORDS.get(word)
        if platform in found:
            return "Kubernetes" if platform in _KINDS_OF_KUBERNETES else platform
    return found[0] if found else None
