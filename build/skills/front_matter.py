"""The head of a skill's file: YAML that every reader of skills takes, whatever a stranger wrote into its values."""

import json
import re
from collections.abc import Mapping

from build.site.templates import usable
from search_fn.text import visible

# A name and a sentence, and below `metadata` texts by their names.
FrontMatter = Mapping[str, str | Mapping[str, str]]

# Quotation marks of any kind would end ours, angle brackets make tags of the prompts that descriptions are put into,
# and three hyphens end the head for readers who only split the text at them.
_QUOTES = re.compile('["`\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c-\u201f\u2039\u203a\u300c-\u300f\uff02]')
_BRACKETS = str.maketrans("<>", "()")
_HYPHENS = re.compile("-{3,}")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def front_matter(fields: FrontMatter) -> str:
    """Return the head, from the first line of three hyphens to the last one. Equal fields make equal text."""
    lines = []
    for name, value in fields.items():
        if isinstance(value, str):
            lines.append(f"{name}: {_scalar(value)}\n")
        else:
            lines += [f"{name}:\n", *(f"  {key}: {_scalar(text)}\n" for key, text in value.items())]
    return f"---\n{''.join(lines)}---\n"


def plain(text: str, most: int) -> str:
    """Return a stranger's text as words of one line, at most `most` characters: without what ends a quotation, a tag
    or the head.
    """
    words = " ".join(usable(visible(text.replace("\n", " "))).translate(_BRACKETS).split())
    words = _HYPHENS.sub("--", _QUOTES.sub("'", words))
    if len(words) > most:
        words = words[: most - 1].rsplit(" ", 1)[0].rstrip(",.;:- ")[: most - 1] + "…"
    return words


def _scalar(text: str) -> str:
    """Return the text as a JSON string, which is YAML too, with no three hyphens together."""
    quoted = _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))
    return _HYPHENS.sub(lambda match: "\\x2d" * len(match[0]), quoted)
