"""What a form says of a bundle instead of what is shown: its file below overrides/."""

import re
from collections.abc import Collection, Mapping

from pydantic import ValidationError

from build.config.overrides import Override
from build.forms.answers import Form, FormError, lines_of
from build.forms.yaml_file import dump, parse

_BUNDLE = re.compile(r"([a-z0-9][a-z0-9._-]{0,63})/([A-Za-z0-9_][A-Za-z0-9._-]{0,99})")
_TEXTS = ("description", "access_level")
_LISTS = ("platforms", "aliases", "symptoms", "questions", "iam_requirements")
_DEPRECATED = {"deprecated_reason": "reason", "deprecated_instead": "instead", "deprecated_since": "since"}
WITHDRAW = "Remove it; the model is asked anew"


def bundle_of(form: Form, answers: Mapping[str, str], slugs: Collection[str]) -> str:
    """Return the id of the bundle, which is a path below overrides/ without its ending.

    Args:
        form: The form, for its labels.
        answers: What was filled in, by the names of fields.
        slugs: The catalogued collections.

    Raises:
        FormError: The answer is not the id of a bundle of a catalogued collection.
    """
    label = form.label_of("bundle")
    match = _BUNDLE.fullmatch(answers.get("bundle", ""))
    if not match or match[2].endswith("."):
        raise FormError(f"“{label}” is not the id of a CodeBundle; write COLLECTION/CODEBUNDLE, as its page has it.")
    if match[1] not in slugs:
        raise FormError(f"“{label}”: there is no collection {match[1]}; there are {', '.join(sorted(slugs))}.")
    return match[0]


def override(text: str, form: Form, answers: Mapping[str, str]) -> str | None:
    """Return the override file with the form's values, whose other keys stay; None where the form has no values.

    Args:
        text: The file as it is; "" where there is none.
        form: The form, for its labels.
        answers: What was filled in, by the names of fields.

    Raises:
        FormError: A value is not one that its key takes.
    """
    values: dict[str, object] = {name: answers[name] for name in _TEXTS if name in answers}
    if "description" in answers:
        values["description"] = " ".join(answers["description"].split())
    values |= {name: lines_of(answers[name]) for name in _LISTS if name in answers}
    deprecated = {key: " ".join(answers[name].split()) for name, key in _DEPRECATED.items() if name in answers}
    if deprecated:
        values["deprecated"] = deprecated
    for name, value in values.items():
        try:
            Override.model_validate({name: value})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            part = next((str(one) for one in first["loc"][1:] if f"deprecated_{one}" in _DEPRECATED), "")
            label = form.label_of(f"deprecated_{part}" if part else name)
            raise FormError(f"“{label}” cannot be taken: {first['msg']}.") from error
    if not values:
        return None
    data = parse(text, "The file with the earlier values")
    for name, value in values.items():
        data[name] = value
    return dump(data)
