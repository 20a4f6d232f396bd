"""Which platforms a bundle is for, and its Supports metadata as a list."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from build.model import GenerationRule

_TABLE: dict[str, dict[str, list[str]]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
KINDS_OF_KUBERNETES = ("AKS", "EKS", "GKE", "OpenShift")
# What a bundle is for, where it is for several: an orchestrator or a cloud before the things that run there.
_ORDER = ("Kubernetes", "AKS", "EKS", "GKE", "OpenShift", "AWS", "Azure", "GCP")
_CLOUDS = frozenset({"AWS", "Azure", "GCP"})
# Which say how a bundle works rather than what for.
_GENERIC = frozenset({"Database", "HTTP", "Linux", "Windows", "macOS"})
# Where rules find what they hang a bundle on that is for something else: each workspace has a cluster, and is one.
_BORROWED = frozenset({"Kubernetes", "RunWhen"})
# The platform that a secret opens, by the first word of the secret's name.
_SECRETS = {"kubeconfig": "Kubernetes", "aws": "AWS", "azure": "Azure", "gcp": "GCP", "ops": "GCP"}
_SPLITTERS = frozenset(
    {"kubernetes", "k8s", "aks", "eks", "gke", "openshift", "aws", "azure", "gcp", "linux", "macos", "windows"}
)
_LONGEST_PLATFORM = 40
_LONGEST_NAME = 3
# Items. They bound the work, since each product is looked for in each item of Supports.
_MAX_PRODUCTS, _MAX_SUPPORTS = 10, 500
_NO_NAME = frozenset("_${}<>%=")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


def _folded(text: str) -> str:
    """Return a platform's name without case, spaces and punctuation, so that its spellings are equal."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


_WORDS: dict[str, frozenset[str]] = {}
for _platform, _words in _TABLE["words"].items():
    for _word in _words:
        _WORDS[_word] = _WORDS.get(_word, frozenset()) | {_platform}
_KNOWN = frozenset(_TABLE["words"]) | frozenset(_TABLE["spellings"])
_SPELLINGS = {_folded(word): name for name, words in _TABLE["spellings"].items() for word in (name, *words)}


def is_known_platform(name: str) -> bool:
    """Return whether the name is one of ours, and no repository's own word."""
    return name in _KNOWN


def support_tags(files: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the distinct items of the files' Supports cells in order, each in the spelling that comes first."""
    items = [item for cells in files for item in _items([cell for cell in cells if cell.strip()])]
    first: dict[str, str] = {}
    for item in items:
        first.setdefault(item.casefold(), item)
    return tuple(first.values())


def _items(cells: list[str]) -> list[str]:
    """Return the items of Supports cells.

    Items are separated by cells or commas. One cell of several words is a list if two of the words are platforms (`GKE
    EKS AKS`), or one where there is no other cell; else it is one name (`GitHub Actions`).
    """
    return [item for cell in cells for part in cell.split(",") for item in _parts(part, alone=cells == [part])]


def _parts(part: str, *, alone: bool) -> list[str]:
    words = part.split()
    known = sum(word.lower() in _SPLITTERS for word in words)
    return words if known > 1 or (known and alone) else [" ".join(words)] if words else []


def unseparated(cells: Iterable[str]) -> list[tuple[str, int]]:
    """Return the cells of Supports that may be read otherwise than they are meant, and as how many items they are read:
    several words without a comma that are no name.
    """
    filled = [cell for cell in cells if cell.strip()]
    result = []
    for cell in filled:
        items = _parts(cell, alone=len(filled) == 1)
        words = cell.split()
        odd = len(words) > _LONGEST_NAME or not _NO_NAME.isdisjoint(cell) or (len(filled) == 1 and not _is_name(cell))
        if "," not in cell and len(words) > 1 and (odd or len(items) > 1):
            result.append((" ".join(words), len(items)))
    return result


def _is_name(item: str) -> bool:
    """Return whether an item may be a product's name: one word, or a few that all begin with a capital."""
    words = item.split()
    if not words or len(item) > _LONGEST_PLATFORM or not _NO_NAME.isdisjoint(item):
        return False
    return len(words) == 1 or (len(words) <= _LONGEST_NAME and not any(word[0].islower() for word in words))


def platforms(
    name: str, supports: Sequence[str], secrets: Iterable[str], rules: Iterable[GenerationRule]
) -> tuple[str, ...]:
    """Return the platforms of a bundle, in the table's order, then other products.

    Its name, Supports and required secrets decide. A rule only says where the bundle is set up (one for Jenkins may
    look for the cloud's machines), so it decides where these are silent; the rule of a product's own platform adds
    that.

    Args:
        name: The folder's name.
        supports: The items of Supports; the first may be a product that the table does not have.
        secrets: The names of required secrets.
        rules: The bundle's generation rules.
    """
    rules, supports = list(rules), supports[:_MAX_SUPPORTS]
    written = _named(name) | _supported(supports)
    own = {_spelled(word, supports) for word in _unknown(rules)}
    result = written | own | {_SECRETS[word] for s in secrets if (word := re.split(r"[-_]", s.lower())[0]) in _SECRETS}
    product = _product(name, supports, own)
    if product and written.isdisjoint(_ORDER):
        result.add(product)
    if not result:
        result = _ruled(rules)
    elif result == {product}:
        result |= _ruled(rules) - _BORROWED
    if any(kind in result for kind in KINDS_OF_KUBERNETES):
        result.add("Kubernetes")
    return tuple(sorted(result, key=lambda p: (_ORDER.index(p) if p in _ORDER else len(_ORDER), p)))


def _of(word: str) -> frozenset[str]:
    return _WORDS.get(word.casefold(), frozenset())


def _named(name: str) -> set[str]:
    first, *others = re.split(r"[-_.]", name)
    return {*_of(first), *(p for word in others for p in _of(word) if p in (*_ORDER, "Database"))}


def _supported(supports: Iterable[str]) -> set[str]:
    """Return the platforms that Supports names.

    A whole item counts. A word within one counts only where it is a cloud or Kubernetes (a Key Vault is no Vault), or
    the name of a database before that of its edition.
    """
    result: set[str] = set()
    for item in supports:
        words = item.split()
        result |= _of(item) | {p for word in words for p in _of(word) if p in _ORDER} | (_of(words[0]) & {"Database"})
    return result


def _product(name: str, supports: Sequence[str], own: Iterable[str]) -> str | None:
    """Return the product that Supports begins with, or that it shares with the bundle's name or rules.

    Args:
        name: The folder's name.
        supports: The items of Supports.
        own: Platforms that only the bundle's rules name.

    Returns:
        The product's name; None where it is a platform of the table, or the item is a sentence.
    """
    shared = {_folded(re.split(r"[-_.]", name)[0]), *map(_folded, own)} - {""}
    for position, item in enumerate(supports):
        words = item.split()
        maker = _of(words[0]) - _GENERIC
        if _of(item) or (maker and position):
            continue
        if maker:
            return min(maker)
        common = _folded(item) in shared or _folded(words[0]) in shared
        if _is_name(item) and (common or not position):
            return _spelled(item, supports)
        if common:
            return _spelled(words[0], supports)
        if not position and len(words) == 2 and len(item) <= _LONGEST_PLATFORM and _NO_NAME.isdisjoint(item):
            return _spelled(item, supports)
    return None


def _spelled(product: str, supports: Iterable[str]) -> str:
    """Return a product as it is spelled everywhere: as in the table, as a word of Supports, or with a capital."""
    for item in (product, *supports):
        name = _SPELLINGS.get(_folded(item))
        # `Microsoft` beside `MS-Teams`.
        if name and (item == product or name.casefold().startswith(f"{product.casefold()} ")):
            return name
    words = (word for item in supports for word in item.split() if word.casefold() == product.casefold())
    product = next(words, product)
    return product.capitalize() if product.isascii() and product.isalpha() and product.islower() else product


def _unknown(rules: Iterable[GenerationRule]) -> list[str]:
    """Return the platforms of rules that the table does not have, sorted: a discovery of a product's own names the
    product.
    """
    named = {platform for rule in rules for platform in (rule.platform, *(r.platform for r in rule.resources))}
    return sorted(platform for platform in named if not _of(platform) and _PLAIN.fullmatch(platform))[:_MAX_PRODUCTS]


def _ruled(rules: Iterable[GenerationRule]) -> set[str]:
    words = {
        word
        for rule in rules
        for word in (
            rule.platform,
            *(resource.platform for resource in rule.resources),
            *(name.split("_", 1)[0] for name in rule.resource_types),
        )
    }
    return set().union(*map(_of, words))


def main_platform(name: str, declared: Iterable[str], result: tuple[str, ...]) -> str | None:
    """Return the one platform of upstream's field.

    The first that the name says counts, a cloud or Kubernetes before what runs there, else the first that the rules
    say, else the first of all.

    Args:
        name: The folder's name.
        declared: Platforms of the bundle's rules.
        result: All platforms of the bundle.

    Returns:
        One of `result`, None where several clouds have equal claims. Kinds of Kubernetes count as Kubernetes.
    """
    words = [(_of(word), _folded(word)) for word in re.split(r"[-_.]", name)]
    named = [p for known, word in words for p in result if p in known or _folded(p) == word]
    ruled = [p for word in declared for p in result if p in _of(word) or _folded(p) == _folded(word)]
    clouds = _CLOUDS.intersection(result)
    silent = [] if len(clouds) > 1 and "Kubernetes" not in result else result
    for platform in [
        *(p for p in named if p in _ORDER), *(p for p in named if p not in _GENERIC), *named, *ruled, *silent,
    ]:  # fmt: skip
        return "Kubernetes" if platform in KINDS_OF_KUBERNETES else platform
    return None
