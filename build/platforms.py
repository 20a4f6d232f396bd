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
# What a secret lets a bundle into, by the first word of its name.
_SECRETS = {"kubeconfig": "Kubernetes", "aws": "AWS", "azure": "Azure", "gcp": "GCP", "ops": "GCP"}
_SPLITTERS = frozenset(
    {"kubernetes", "k8s", "aks", "eks", "gke", "openshift", "aws", "azure", "gcp", "linux", "macos", "windows"}
)
_LONGEST_PLATFORM = 40
_LONGEST_NAME = 3
# More than one bundle can be for; each product is looked for in each item of Supports.
_MAX_PRODUCTS, _MAX_SUPPORTS = 10, 500
_NO_NAME = frozenset("_${}<>%=")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


def _folded(text: str) -> str:
    """A name by which its spellings are the same."""
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
    found = []
    for cell in filled:
        items = _parts(cell, alone=len(filled) == 1)
        words = cell.split()
        odd = len(words) > _LONGEST_NAME or not _NO_NAME.isdisjoint(cell) or (len(filled) == 1 and not _is_name(cell))
        if "," not in cell and len(words) > 1 and (odd or len(items) > 1):
            found.append((" ".join(words), len(items)))
    return found


def _is_name(item: str) -> bool:
    """Whether an item may be a product's name: one word, or few that are all written like names."""
    words = item.split()
    if not words or len(item) > _LONGEST_PLATFORM or not _NO_NAME.isdisjoint(item):
        return False
    return len(words) == 1 or (len(words) <= _LONGEST_NAME and not any(word[0].islower() for word in words))


def platforms(
    name: str, supports: Sequence[str], secrets: Iterable[str], rules: Iterable[GenerationRule]
) -> tuple[str, ...]:
    """The platforms that a bundle's name, Supports or required secrets speak for, and the product that Supports begins
    with, which no table can know. A rule only says where the bundle is set up (one for Jenkins may look for the
    cloud's machines), so it decides where these are silent; a product's own rule adds it.
    """
    rules, supports = list(rules), supports[:_MAX_SUPPORTS]
    written = _named(name) | _supported(supports)
    own = {_spelled(word, supports) for word in _unknown(rules)}
    found = written | own | {_SECRETS[word] for s in secrets if (word := re.split(r"[-_]", s.lower())[0]) in _SECRETS}
    product = _product(name, supports, own)
    if product and written.isdisjoint(_ORDER):
        found.add(product)
    if not found:
        found = _ruled(rules)
    elif found == {product}:
        found |= _ruled(rules) - _BORROWED
    if any(kind in found for kind in KINDS_OF_KUBERNETES):
        found.add("Kubernetes")
    return tuple(sorted(found, key=lambda p: (_ORDER.index(p) if p in _ORDER else len(_ORDER), p)))


def _of(word: str) -> frozenset[str]:
    return _WORDS.get(word.casefold(), frozenset())


def _named(name: str) -> set[str]:
    first, *others = re.split(r"[-_.]", name)
    return {*_of(first), *(p for word in others for p in _of(word) if p in (*_ORDER, "Database"))}


def _supported(supports: Iterable[str]) -> set[str]:
    """By whole items; by a word within one only where it is a cloud or Kubernetes, a Key Vault being no Vault, or a
    database's name before that of its edition.
    """
    found: set[str] = set()
    for item in supports:
        words = item.split()
        found |= _of(item) | {p for word in words for p in _of(word) if p in _ORDER} | (_of(words[0]) & {"Database"})
    return found


def _product(name: str, supports: Sequence[str], own: Iterable[str]) -> str | None:
    """The product that Supports begins with, or that it has in common with the bundle's name or rules (`own`); None
    where that is a platform of the table, or a sentence.
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
    """A product as it is spelled everywhere: as the table has it, as a word of Supports is, or with a capital."""
    for item in (product, *supports):
        name = _SPELLINGS.get(_folded(item))
        # `Microsoft` beside `MS-Teams`.
        if name and (item == product or name.casefold().startswith(f"{product.casefold()} ")):
            return name
    words = (word for item in supports for word in item.split() if word.casefold() == product.casefold())
    product = next(words, product)
    return product.capitalize() if product.isascii() and product.isalpha() and product.islower() else product


def _unknown(rules: Iterable[GenerationRule]) -> list[str]:
    """The platforms of rules that no table knows: who discovers what is a product's own means the product."""
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


def main_platform(name: str, declared: Iterable[str], found: tuple[str, ...]) -> str | None:
    """The one platform of upstream's field: what the name says, a cloud or Kubernetes before what runs there, else
    the rules' platform, else the first found; of several clouds with nothing to choose between them none.
    """
    words = [(_of(word), _folded(word)) for word in re.split(r"[-_.]", name)]
    named = [p for known, word in words for p in found if p in known or _folded(p) == word]
    ruled = [p for word in declared for p in found if p in _of(word) or _folded(p) == _folded(word)]
    clouds = _CLOUDS.intersection(found)
    silent = [] if len(clouds) > 1 and "Kubernetes" not in found else found
    for platform in [
        *(p for p in named if p in _ORDER), *(p for p in named if p not in _GENERIC), *named, *ruled, *silent,
    ]:  # fmt: skip
        return "Kubernetes" if platform in KINDS_OF_KUBERNETES else platform
    return None
