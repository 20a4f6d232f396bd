"""Platform words in a query: a wish ("on azure"), a condition ("gcp only") or an exclusion ("not aws")."""

import re
from collections.abc import Collection
from typing import NamedTuple

# A word of a query, and the family of platforms that it speaks of. Services are those of one cloud only.
FAMILIES = {
    "aws": "aws", "amazon": "aws", "eks": "aws", "ec2": "aws", "s3": "aws", "rds": "aws", "sqs": "aws",
    "cloudwatch": "aws", "cloudtrail": "aws", "cloudformation": "aws", "ebs": "aws", "ecs": "aws", "ecr": "aws",
    "fargate": "aws", "dynamodb": "aws", "elasticache": "aws", "assumerole": "aws", "lambda": "aws",
    "azure": "azure", "aks": "azure", "cosmosdb": "azure", "entra": "azure", "vmss": "azure",
    "gcp": "gcp", "gcloud": "gcp", "google": "gcp", "gke": "gcp", "bigquery": "gcp", "spanner": "gcp", "apigee": "gcp",
    "gcs": "gcp", "pubsub": "gcp", "cloudsql": "gcp",
    "kubernetes": "kubernetes", "k8s": "kubernetes", "kube": "kubernetes", "openshift": "kubernetes",
}  # fmt: skip
# A bundle's platform, folded, and the families that it belongs to.
MEMBERS = {
    "aws": {"aws"}, "azure": {"azure"}, "gcp": {"gcp"}, "kubernetes": {"kubernetes"}, "openshift": {"kubernetes"},
    "eks": {"aws", "kubernetes"}, "aks": {"azure", "kubernetes"}, "gke": {"gcp", "kubernetes"},
}  # fmt: skip
CLOUDS = frozenset({"aws", "azure", "gcp"})
_NAMED = "|".join(sorted(FAMILIES))
# What may stand between the little word and the name, or between the names of a list. Each has a greatest number, and
# blanks come one at a time: without, a text of nothing but names or blanks takes a time that grows with its square.
_BETWEEN = r"(?: (?:on|in|for|from|of|at|with|the|our|my|any|microsoft|google)){0,8}[ :,-]{1,40}"
_LIST = rf"(?:{_NAMED})\b(?:(?: ?, ?| )(?:(?:and|or|nor) )?(?:{_NAMED})\b){{0,15}}"
NOT = re.compile(
    rf"\b(?:not|non|except|excluding|without|(?:other|rather) than|instead of|outside(?: of)?){_BETWEEN}({_LIST})",
    re.ASCII | re.IGNORECASE,
)
ONLY = re.compile(
    rf"\b(?:only|just|exclusively){_BETWEEN}({_LIST})|\b({_LIST})(?: cloud)?[ ,-]{{1,40}}(?:only|exclusively)\b",
    re.ASCII | re.IGNORECASE,
)
NAME = re.compile(rf"\b(?:{_NAMED})\b", re.ASCII | re.IGNORECASE)

WRONG_CLOUD = 0.7
"""What a bundle of another cloud than the wished one keeps of its score."""


class Wish(NamedTuple):
    """What a query says of platforms; `text` is the query without the names that it excludes."""

    text: str
    named: frozenset[str] = frozenset()
    only: bool = False
    excluded: frozenset[str] = frozenset()

    def weight(self, platforms: Collection[str]) -> float:
        """Return what the score of a bundle for these folded platforms is multiplied by; 0 when it is excluded."""
        mine = frozenset().union(*(MEMBERS.get(platform, ()) for platform in platforms))
        clouds = mine & CLOUDS
        # A bundle for several clouds serves whoever excludes one of them.
        if "kubernetes" in mine & self.excluded or (clouds and clouds <= self.excluded):
            return 0.0
        if not self.named or mine & self.named:
            return 1.0
        if self.only:
            return 0.0
        return WRONG_CLOUD if clouds and self.named & CLOUDS else 1.0


def read_platforms(query: str) -> Wish:
    """Return what a query says of platforms. Takes a time that grows with its length alone."""
    query = " ".join(query.split())
    excluded = frozenset().union(*(_families(match.group(1)) for match in NOT.finditer(query)))
    text = " ".join(NOT.sub(" ", query).split())
    conditions = [match.group(1) or match.group(2) for match in ONLY.finditer(text)]
    only = frozenset().union(*map(_families, conditions)) - excluded
    return Wish(text, only or _families(text) - excluded, bool(only), excluded)


def is_platform(word: str) -> bool:
    """Return whether a word is the name of a platform."""
    return word.lower() in FAMILIES


def without_platforms(text: str) -> str:
    """Return a text without the names of platforms."""
    return NAME.sub(" ", text)


def _families(text: str) -> frozenset[str]:
    return frozenset(FAMILIES[name.lower()] for name in NAME.findall(text))
