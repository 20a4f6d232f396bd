"""What of a bundle is searched: the texts whose words are weighed, and the passages that are encoded."""

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from build.catalogue.models import CodeBundleRecord, ToolRecord
from build.model import Secret, Variable
from search_fn.query.words import compounds

# The encoder reads 256 tokens, some 1,200 characters; what is beyond is lost to it anyway.
_PASSAGE_CHARACTERS = 1_200
_README_PASSAGES = 4
_COLUMN_CHARACTERS = 50_000
_SECTION_CHARACTERS = 40
_HEADING = re.compile(r"#{1,6}\s")


class Passage(NamedTuple):
    """A text to encode. `item` is the position of the record's tool or the page's section, -1 for the other parts."""

    part: str
    item: int
    text: str

    @property
    def key(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:32]


def passages(record: CodeBundleRecord) -> list[Passage]:
    """Return the passages of a bundle, each with its name: head, tools, needs, README sections, a model's texts."""
    title = record.title
    found = [Passage("head", -1, _join(title, _words(record.name), record.doc, ", ".join(record.support_tags)))]
    for position, tool in enumerate(record.tools):
        text = _join(f"{title}: {_plain(tool.title)}", tool.documentation, ", ".join(_own_tags(tool)))
        found.append(Passage("tool", position, text))
    needs = "\n".join(_needs(record))
    if needs:
        found.append(Passage("needs", -1, _join(f"{title} needs", needs)))
    for section in _sections(record.readme)[:_README_PASSAGES]:
        found.append(Passage("readme", -1, _join(title, section)))
    found += [Passage("ai", -1, _join(title, *said)) for said in _ai_parts(record) if any(said)]
    return [passage._replace(text=passage.text[:_PASSAGE_CHARACTERS]) for passage in found]


def text_columns(record: CodeBundleRecord, code: str) -> dict[str, str]:
    """Return the texts of a bundle and of its robot files, `code`, by the names in TEXT_WEIGHTS."""
    tools = record.tools
    columns = {
        "title": f"{record.title} {_words(record.name)}",
        "tools": "\n".join(_plain(tool.title) for tool in tools),
        "about": _join(record.doc, *(tool.documentation for tool in tools)),
        "labels": " ".join(
            [
                *record.platforms,
                *record.support_tags,
                *record.configuration_type.resource_types,
                *sorted({tag for tool in tools for tag in _own_tags(tool)}),
                record.codecollection.name,
            ]
        ),
        "needs": "\n".join([*_needs(record), *(_words(script) for script in record.scripts)]),
        "names": " ".join(_names(record)),
        "readme": record.readme or "",
        "code": _with_needs(record, code),
        "ai": "\n".join(text for said in _ai_parts(record) for text in said),
    }
    return {name: text[:_COLUMN_CHARACTERS] for name, text in columns.items()}


def _ai_parts(record: CodeBundleRecord) -> list[list[str]]:
    """Return what a model wrote, as passages: by the sentence they would find no more, with four times the vectors."""
    ai = record.ai
    if ai is None:
        return [[record.ai_enhanced_description]] if record.ai_enhanced_description else []
    description = ai.description or record.ai_enhanced_description
    about = [text for text in [description, *ai.use_cases, ", ".join(ai.aliases)] if text]
    return [list(ai.questions), list(ai.symptoms), about, list(map(_divided, ai.alerts)), list(ai.errors)]


def _divided(alert: str) -> str:
    """Return an alert's name as it is spelled, and in words: `KubeJobFailed kube job failed`."""
    divided = [" ".join(parts) for whole, parts in compounds(alert) if len(parts) > 1]
    return " ".join([alert, *divided])


def _with_needs(record: CodeBundleRecord, code: str) -> str:
    """Return the code with the compounds of what it needs, such as `DescribeInstances`: their parts stand in the code
    anyway, and would count for more than they are worth.
    """
    needed = (compounds(need) for need in record.minimum_iam_requirements)
    new = dict.fromkeys(whole for own in needed for whole, parts in own if len(parts) > 1)
    return "\n".join(filter(None, [" ".join(new), code]))


def _inputs(record: CodeBundleRecord) -> list[Variable | Secret]:
    return [*record.user_variables, *record.secrets]


def _needs(record: CodeBundleRecord) -> Iterator[str]:
    for item in _inputs(record):
        yield f"{_words(item.name)}: {item.description or ''}".strip(": ")


def _names(record: CodeBundleRecord) -> list[str]:
    """Return the names of a bundle's things, each run together: `DEPLOYMENT_NAME` means neither of its words."""
    items = [item.name for item in _inputs(record)]
    named = [*items, *record.scripts, *record.configuration_type.resource_types]
    return ["".join(words) for words in map(str.split, map(_words, named)) if len(words) > 1]


def _own_tags(tool: ToolRecord) -> list[str]:
    """Tags that say something of the tool: neither templates nor access and data classes, which are filters."""
    return sorted(tag for tag in tool.tags if "${" not in tag and not tag.lower().startswith(("access:", "data:")))


def _sections(readme: str | None) -> list[str]:
    """Return the README cut at its headings, without code blocks; sections of a few words are left out."""
    sections: list[list[str]] = [[]]
    fence = ""
    for line in (readme or "").splitlines():
        mark = line.lstrip()[:3]
        if mark in ("```", "~~~") and fence in ("", mark):
            fence = "" if fence else mark
        elif not fence and _HEADING.match(line):
            sections.append([line.lstrip("# ")])
        elif not fence:
            sections[-1].append(line)
    texts = (" ".join(" ".join(section).split()) for section in sections)
    return [text for text in texts if len(text) > _SECTION_CHARACTERS]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[`\"'“”]|\$\{[^}]*\}", " ", text).split())


def _words(name: str) -> str:
    """Return a name as words: `k8s-pod_restarts` to `k8s pod restarts`."""
    return " ".join(re.split(r"[-_./\s]+", name)).strip()


def _join(*parts: str | None) -> str:
    return "\n".join(part.strip() for part in parts if part and part.strip())
