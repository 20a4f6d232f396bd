"""What somebody wrote into an issue form: the form's fields, and the answers in the body that GitHub makes of them.

A body is a stranger's text: answers are data, bounded in size, and one whose headings do not fit the form is refused.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from build.untrusted import safe_yaml
from search_fn.text import count_unseen

MAX_CHARACTERS = 65_536  # characters: GitHub takes no longer body
_NOTHING = ("", "_No response_")
_UNCHOSEN = "None"  # of a dropdown
_ASKING = ("input", "textarea", "dropdown", "checkboxes")


class FormError(Exception):
    """A form that cannot become a proposal; the message is a sentence for the person who filled it in."""


class Field(NamedTuple):
    """A field of a form: `options` are those of a dropdown, `required` those of checkboxes that must be ticked."""

    name: str
    label: str
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


class Form(NamedTuple):
    """An issue form: the label by which its issues are known, and its fields in their order."""

    label: str
    fields: tuple[Field, ...]

    def label_of(self, name: str) -> str:
        """Return what a field is called."""
        return next((field.label for field in self.fields if field.name == name), name)


def read_form(text: str) -> Form:
    """Parse a form of .github/ISSUE_TEMPLATE.

    Raises:
        ValueError: The text is not an issue form with one label.
    """
    try:
        data = safe_yaml.load(text)
        if not isinstance(data, dict):
            raise TypeError("no mapping")
        (label,) = data["labels"]
        fields = tuple(_field(part) for part in data["body"] if part["type"] in _ASKING)
    except (safe_yaml.SafeYamlError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"it is not an issue form with one label ({error})") from error
    return Form(str(label), fields)


def _field(part: Mapping[str, object]) -> Field:
    attributes = part["attributes"]
    if not isinstance(attributes, dict):
        raise TypeError("a field without attributes")
    options = attributes.get("options", [])
    names = tuple(str(one["label"] if isinstance(one, dict) else one) for one in options)
    ticked = tuple(str(one["label"]) for one in options if isinstance(one, dict) and one.get("required"))
    return Field(str(part["id"]), str(attributes["label"]), names if part["type"] == "dropdown" else (), ticked)


def read_answers(form: Form, body: str) -> dict[str, str]:
    """Return the answers by the names of their fields, without those that are empty.

    Raises:
        FormError: The body is too long, is not of this form, has hidden characters, or an option that there is not.
    """
    if len(body) > MAX_CHARACTERS:
        raise FormError(f"The form has more than {MAX_CHARACTERS:,} characters; say it shorter.")
    body = body.replace("\r\n", "\n")
    if count_unseen(body):
        raise FormError("The form has invisible or control characters; type the text anew.")
    labels = {field.label: field for field in form.fields}
    result: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in body.split("\n"):
        heading = line.removeprefix("### ").strip() if line.startswith("### ") else None
        if heading in labels:
            if heading in result:
                raise FormError(f"The heading “{heading}” occurs twice; write no line of an answer with ### before it.")
            lines = result.setdefault(heading, [])
        else:
            lines.append(line)
    if missing := [label for label in labels if label not in result]:
        raise FormError(f"The form has no field “{missing[0]}” any more; open a new issue with the form.")
    answers = {}
    for label, text in result.items():
        field, answer = labels[label], "\n".join(text).strip()
        if answer not in _NOTHING and not (field.options and answer == _UNCHOSEN):
            answers[field.name] = answer
        _check(field, answers.get(field.name, ""))
    return answers


def _check(field: Field, answer: str) -> None:
    ticked = {box[2] for box in re.finditer(r"^- \[([xX])\] (.*)$", answer, re.MULTILINE)}
    if left := [label for label in field.required if label not in ticked]:
        raise FormError(f"“{field.label}”: “{left[0]}” is not ticked.")
    if field.options and answer and answer not in field.options:
        raise FormError(f"“{field.label}” is none of {', '.join(field.options)}.")


def lines_of(answer: str) -> list[str]:
    """Return the lines of an answer that has one item a line, without the marks of a list."""
    result = (re.sub(r"^[-*]\s+", "", line.strip()) for line in answer.split("\n"))
    return [line for line in result if line]
