"""A bundle's badge for READMEs: access and what it rests on, its release, its problems, as a picture of its own."""

from xml.sax.saxutils import escape

from build.catalogue.labels import LABELS
from build.catalogue.models import CodeBundleRecord

_HEIGHT, _MARGIN, _BASELINE = 20, 7, 14
# Width of a letter of 11 pixels of a sans-serif face, on average; texts are stretched to it, so that none runs over.
_LETTER = 6.4
_MAX_LETTERS = 40
_HEAD, _PLAIN, _OLD, _BAD = "#24292f", "#57606a", "#8a4600", "#a40e26"
_LEVELS = {"read-only": "#116329", "read-write": "#8a4600", "unknown": "#57606a"}


def badge(record: CodeBundleRecord) -> str:
    """Return an SVG picture that loads nothing, whose title says what it shows."""
    parts = _parts(record)
    said = escape(", ".join(text for text, _ in parts))
    boxes, at = [], 0
    for text, colour in parts:
        width = round(len(text) * _LETTER) + 2 * _MARGIN
        boxes.append(
            f'<rect x="{at}" width="{width}" height="{_HEIGHT}" fill="{colour}"/>'
            f'<text x="{at + _MARGIN}" y="{_BASELINE}" textLength="{width - 2 * _MARGIN}">{escape(text)}</text>'
        )
        at += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{at}" height="{_HEIGHT}" viewBox="0 0 {at} {_HEIGHT}" '
        f'role="img" aria-labelledby="title"><title id="title">{said}</title>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">' + "".join(boxes) + "</g></svg>\n"
    )


def _parts(record: CodeBundleRecord) -> list[tuple[str, str]]:
    """Return what stands in each of its boxes, and the colour of the box."""
    level = LABELS["access"][record.access_level].lower()
    source = record.access_level_source
    rests = f", {LABELS['access_source'][source].lower()}" if source else ""
    grave = sum(problem.severity != "note" for problem in record.problems)
    problems = f"{grave} problem{'' if grave == 1 else 's'}" if grave else "no problems"
    release = f"release {_shown(record.release)}" if record.release else "not released"
    return [
        ("Skill Template", _HEAD),
        *([("deprecated", _BAD)] if record.deprecated else []),
        (f"{level}{rests}", _LEVELS[record.access_level]),
        (release, _PLAIN),
        (problems, _OLD if grave else _PLAIN),
    ]


def _shown(tag: str) -> str:
    """Return a tag's name as a line that XML can hold."""
    text = "".join(character if character.isprintable() else "\ufffd" for character in tag)
    return text if len(text) <= _MAX_LETTERS else f"{text[: _MAX_LETTERS - 1]}\u2026"
