"""A bundle's badge for READMEs: its access and the source of that, its release and problems, as an SVG picture."""

from xml.sax.saxutils import escape

from build.catalogue.labels import LABELS
from build.catalogue.models import CodeBundleRecord

# Pixels: height of the badge, space beside each text, the texts' baseline from the top.
_HEIGHT, _MARGIN, _BASELINE = 20, 7, 14
# Pixels: the average width of a letter of a sans-serif face at 11 pixels. Texts are stretched to it, so that none is
# wider than its box.
_LETTER = 6.4
# Letters of a tag's name that are shown.
_MAX_LETTERS = 40
_HEAD, _PLAIN, _OLD, _BAD = "#24292f", "#57606a", "#8a4600", "#a40e26"
_LEVELS = {"read-only": "#116329", "read-write": "#8a4600", "unknown": "#57606a"}


def badge(record: CodeBundleRecord) -> str:
    """Return a bundle's badge: an SVG picture that loads nothing, with its texts as its title."""
    parts = _parts(record)
    title = escape(", ".join(text for text, _ in parts))
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
        f'role="img" aria-labelledby="title"><title id="title">{title}</title>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">' + "".join(boxes) + "</g></svg>\n"
    )


def _parts(record: CodeBundleRecord) -> list[tuple[str, str]]:
    """Return the text and the colour of each box."""
    level = LABELS["access"][record.access_level].lower()
    source = record.access_level_source
    basis = f", {LABELS['access_source'][source].lower()}" if source else ""
    serious = sum(problem.severity != "note" for problem in record.problems)
    problems = f"{serious} problem{'' if serious == 1 else 's'}" if serious else "no problems"
    release = f"release {_printable(record.release)}" if record.release else "not released"
    return [
        ("Skill Template", _HEAD),
        *([("deprecated", _BAD)] if record.deprecated else []),
        (f"{level}{basis}", _LEVELS[record.access_level]),
        (release, _PLAIN),
        (problems, _OLD if serious else _PLAIN),
    ]


def _printable(tag: str) -> str:
    """Return a tag's name with characters that XML cannot hold replaced, cut to _MAX_LETTERS."""
    text = "".join(character if character.isprintable() else "\ufffd" for character in tag)
    return text if len(text) <= _MAX_LETTERS else f"{text[: _MAX_LETTERS - 1]}\u2026"
