"""What all templates are rendered with: our own Jinja2 environment, which escapes everything; MkDocs' does not."""

import functools
import json
import re
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from build.catalogue.configuration import is_left
from build.catalogue.labels import LABELS
from build.catalogue.source_links import Source
from build.options import CODE
from build.platforms import KINDS_OF_KUBERNETES
from build.problems import CODES, sentence
from build.site.docstrings import docstring_parts
from build.site.facets import FACETS, FOLDERS, filtered
from build.site.filters import clip, coded, day, file_name, in_text, month, pieces, plural, size, words
from build.site.statistics import HEIGHT, WIDTH, line, ticks

TEMPLATES = CODE / "site_templates" / "pages"

# What neither XML nor MkDocs' reader takes, and lone surrogates, which no file can hold.
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def usable(text: str) -> str:
    """Return the text with a sign in place of each character that a file of the site cannot have."""
    return _UNUSABLE.sub("�", text)


@functools.cache
def environment() -> Environment:
    """Return the one environment."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Else it asks of the file of each template, at each use, whether it is the same.
        auto_reload=False,
    )
    for function in (
        pieces,
        day,
        month,
        plural,
        clip,
        coded,
        docstring_parts,
        file_name,
        in_text,
        words,
        size,
        sentence,
        line,
        ticks,
        data_block,
    ):
        environment.filters[function.__name__] = function
    environment.tests["left"] = is_left
    environment.filters["number"] = "{:,}".format
    environment.globals["KINDS_OF_KUBERNETES"] = KINDS_OF_KUBERNETES
    environment.globals |= {
        "LABELS": LABELS,
        "PROBLEMS": CODES,
        "FACETS": FACETS,
        "FOLDERS": FOLDERS,
        "filtered": filtered,
        "Source": Source,
    }
    environment.globals |= {"WIDTH": WIDTH, "HEIGHT": HEIGHT}
    return environment


def data_block(value: Any) -> Markup:
    """Return JSON for a data block of a page, without anything that is markup, a reference, or changed by the
    shell's parsers.
    """
    text = json.dumps(value, separators=(",", ":"))
    return Markup(re.sub(r"[<>&'`~-]", lambda match: f"\\u{ord(match[0]):04x}", text))  # noqa: S704 - no sign of HTML is left
