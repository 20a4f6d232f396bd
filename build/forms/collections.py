"""What a form asks of collections.yaml: a new collection, another value of one, or one fewer."""

import re
from collections.abc import Mapping

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from build.forms.answers import Form, FormError
from build.forms.yaml_file import dump, parse

FILE = "collections.yaml"
# Fields of the forms that are keys of the file, in its order.
_KEYS = ("name", "slug", "git_url", "git_ref", "owner", "owner_email", "maintained_by", "description", "visibility",
         "image_registry", "default_ref")  # fmt: skip
_LONGEST = 1_000
_EMAIL = re.compile(r"[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,190}")
REMOVE = "Remove it from the catalogue"


def add_collection(text: str, form: Form, answers: Mapping[str, str]) -> tuple[str, str]:
    """Return the file with one collection more, and the collection's slug.

    Args:
        text: The text of collections.yaml.
        form: The form, for its labels.
        answers: What was filled in, by the names of fields.

    Raises:
        FormError: The collection cannot be added.
    """
    data, entries = _entries(text)
    entry = {name: value for name in _KEYS if (value := _line(form, answers, name))}
    address = entry.get("git_url", "").removesuffix("/").removesuffix(".git")
    entry["git_url"] = address
    entry.setdefault("slug", re.sub(r"[^a-z0-9._-]+", "-", address.rpartition("/")[2].lower()).strip("-._"))
    for other in entries:
        if str(other.get("git_url", "")).casefold() == address.casefold():
            raise FormError(f"“{form.label_of('git_url')}”: it is catalogued already, as {other.get('slug')}.")
    entries.append(CommentedMap((name, entry[name]) for name in _KEYS if name in entry))
    _with_images(entries[-1])
    return dump(data), entry["slug"]


def change_collection(text: str, form: Form, answers: Mapping[str, str]) -> tuple[str, str]:
    """Return the file with other values of one collection, or without it, and the collection's slug.

    Args:
        text: The text of collections.yaml.
        form: The form, for its labels.
        answers: What was filled in, by the names of fields.

    Raises:
        FormError: There is no such collection, or the form asks for no change.
    """
    data, entries = _entries(text)
    slug = answers.get("slug", "")
    place = next((place for place, entry in enumerate(entries) if entry.get("slug") == slug), None)
    if place is None:
        there = ", ".join(str(entry.get("slug")) for entry in entries)
        raise FormError(f"“{form.label_of('slug')}”: there is no such collection; there are {there}.")
    if answers.get("removal") == REMOVE:
        if len(entries) == 1:
            raise FormError("It is the only collection, and a catalogue has one at least.")
        del entries[place]
        return dump(data), slug
    wanted = {name: value for name in _KEYS if name != "slug" and (value := _line(form, answers, name))}
    if not wanted:
        raise FormError("Nothing is to be changed; fill in a field, or say that it is to be removed.")
    for name, value in wanted.items():
        entries[place][name] = value
    _with_images(entries[place])
    return dump(data), slug


def _with_images(entry: CommentedMap) -> None:
    if entry.get("image_registry"):
        entry.setdefault("image_source", "oci")


def _entries(text: str) -> tuple[CommentedMap, CommentedSeq]:
    data = parse(text, FILE)
    entries = data.get("codecollections")
    if not isinstance(entries, CommentedSeq) or not all(isinstance(entry, CommentedMap) for entry in entries):
        raise FormError(f"{FILE} has no list of collections; this registry's maintainers have to correct it first.")
    return data, entries


def _line(form: Form, answers: Mapping[str, str], name: str) -> str:
    """Return an answer as one line: only of a description do several make one."""
    answer = answers.get(name, "")
    if name == "description":
        answer = " ".join(answer.split())
    if "\n" in answer:
        raise FormError(f"“{form.label_of(name)}” has several lines; write one.")
    if len(answer) > _LONGEST:
        raise FormError(f"“{form.label_of(name)}” has more than {_LONGEST:,} characters; say it shorter.")
    if name == "owner_email" and answer and not _EMAIL.fullmatch(answer):
        raise FormError(f"“{form.label_of(name)}” is not an e-mail address; write one such as team@example.org.")
    return answer
