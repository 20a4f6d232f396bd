"""Turns an issue form into a proposal: the files that it would change, and the text of a pull request or a comment.

The issue's text is hostile: it is judged as data, and no word of it goes into a shell, a branch's name, a pull
request's text, or a comment outside a block of code.
"""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from build.config.collections import read_collections
from build.errors import UsageError
from build.forms.answers import Form, FormError, read_answers, read_form
from build.forms.collections import add_collection, change_collection
from build.forms.overrides import WITHDRAW, bundle_of, override
from build.model import Collection
from build.storage import write_whole
from search_fn.text import visible

State = Literal["proposed", "refused", "none"]
FORMS = Path(".github") / "ISSUE_TEMPLATE"
_ADD, _CHANGE, _CORRECT = LABELS = ("add-a-collection", "change-a-collection", "correct-a-codebundle")
_LONGEST_REFUSAL = 1_000
_WRONG_KEY = re.compile(r".*?:[0-9]+: key '([a-z_]+)': (.*)", re.DOTALL)


class _Issue(NamedTuple):
    number: int
    labels: frozenset[str]
    body: str


class _Proposal(NamedTuple):
    title: str
    look_at: str


def propose_form(event: Path, collections: Path, enhancements: Path, output: Path, *, allow_local: bool) -> State:
    """Change the files that an issue's form asks for, and write the answer to it into `output`.

    Args:
        event: GitHub's event of an issue (GITHUB_EVENT_PATH).
        collections: collections.yaml; overrides/ and .github/ISSUE_TEMPLATE/ lie beside it.
        enhancements: Texts that a model wrote.
        output: A folder that gets `title` and `body.md` of a pull request, or `comment.md` of a refusal.
        allow_local: Permit paths on this machine as clone_url in the file that is there.

    Returns:
        Whether there is something to propose, a refusal, or neither: the issue is of none of these forms.

    Raises:
        UsageError: The event is none of an issue, or the registry's own files are wrong.
    """
    issue = _issue(event)
    labels = issue.labels.intersection(LABELS)
    if not labels:
        return "none"
    output.mkdir(parents=True, exist_ok=True)
    try:
        if len(labels) > 1:
            raise FormError(f"The issue has the labels of several forms ({', '.join(sorted(labels))}); leave one.")
        (label,) = labels
        form = _form(collections.parent / FORMS, label)
        answers = read_answers(form, issue.body)
        if label == _CORRECT:
            proposal = _correct(form, answers, collections, enhancements, allow_local=allow_local)
        else:
            proposal = _catalogue(form, answers, collections, allow_local=allow_local)
    except FormError as error:
        write_whole(output / "comment.md", _refusal(str(error)))
        return "refused"
    write_whole(output / "title", f"{proposal.title}\n")
    write_whole(
        output / "body.md",
        f"Proposed by the form of #{issue.number}, which anybody may fill in: read it like any other change. "
        f"{proposal.look_at}\n\nCloses #{issue.number}\n",
    )
    return "proposed"


def _catalogue(form: Form, answers: Mapping[str, str], file: Path, *, allow_local: bool) -> _Proposal:
    text = _text(file)
    before = read_collections(file, allow_local=allow_local)[0]
    adding = form.label == _ADD
    changed, slug = (add_collection if adding else change_collection)(text, form, answers)
    after = _check_collections(changed, file, form, allow_local=allow_local)
    others = [[one for one in known if one.slug != slug] for known in (before, after)]
    if others[0] != others[1] or len(after) - len(before) not in ((1,) if adding else (0, -1)):
        raise FormError(f"The change would touch other collections than {slug}; tell this registry's maintainers.")
    if before == after:
        raise FormError("Nothing is to be changed: the catalogue says all this already.")
    write_whole(file, changed)
    if adding:
        return _Proposal(
            f"Add the collection {slug}",
            "The next run fetches the repository, which has to be one that this registry may publish.",
        )
    removed = len(after) < len(before)
    return _Proposal(
        f"{'Remove' if removed else 'Change'} the collection {slug}",
        "Its pages and records go with the next run, which may have to be told `accept-shrink`."
        if removed
        else "See that who asks for it may speak for the collection.",
    )


def _check_collections(text: str, file: Path, form: Form, *, allow_local: bool) -> list[Collection]:
    """Return the collections of a text as if it were the file.

    Raises:
        FormError: A value is wrong.
    """
    # In the file's folder, from which paths are relative.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, suffix=".yaml") as new:
        new.write(text)
        new.flush()
        try:
            return read_collections(Path(new.name), allow_local=allow_local)[0]
        except UsageError as error:
            match = _WRONG_KEY.fullmatch(str(error))
            if not match:
                raise FormError("The file would no longer be readable; tell this registry's maintainers.") from error
            raise FormError(f"“{form.label_of(match[1])}” {match[2]}") from error


def _correct(
    form: Form, answers: Mapping[str, str], collections: Path, enhancements: Path, *, allow_local: bool
) -> _Proposal:
    slugs = {one.slug for one in read_collections(collections, allow_local=allow_local)[0]}
    name = bundle_of(form, answers, slugs)
    file = collections.parent / "overrides" / f"{name}.yaml"
    before = _text(file) if file.exists() else ""
    after = override(before, form, answers)
    written = enhancements / f"{name}.json"
    withdrawn = answers.get("written") == WITHDRAW
    if withdrawn and not written.is_file():
        raise FormError(f"“{form.label_of('written')}”: a model wrote nothing of {name} that is kept here.")
    if not withdrawn and after in (None, before):
        raise FormError("Nothing is to be changed; fill in a field, or say that what a model wrote is to go.")
    if after is not None:
        write_whole(file, after)
    if withdrawn:
        written.unlink()
    return _Proposal(
        f"Correct {name}",
        "Its words are shown as this registry's own. A CodeBundle that does not exist is told by the next run.",
    )


def _issue(event: Path) -> _Issue:
    try:
        result = json.loads(event.read_text(encoding="utf-8"))["issue"]
        labels = frozenset(str(label["name"]) for label in result["labels"])
        return _Issue(int(result["number"]), labels, result["body"] or "")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{event} is no event of an issue; give the file that GITHUB_EVENT_PATH names.") from error


def _form(folder: Path, label: str) -> Form:
    for file in sorted(folder.glob("*.yml")):
        if file.name == "config.yml":
            continue
        try:
            form = read_form(_text(file))
        except ValueError as error:
            raise UsageError(f"{file}: {error}; correct it there.") from error
        if form.label == label:
            return form
    raise UsageError(f"{folder} has no form with the label {label}; copy it from the registry's repository.")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read ({error}); correct that, and run again.") from error


def _refusal(reason: str) -> str:
    # A block of code, in which nobody is mentioned and nothing is a link.
    shown = " ".join(visible(reason).split())[:_LONGEST_REFUSAL]
    return (
        "This form cannot become a pull request yet:\n\n"
        f"    {shown}\n\n"
        "Edit the text of the issue; it is read again then.\n"
    )
