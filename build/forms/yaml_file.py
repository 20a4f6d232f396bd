"""Our own YAML files, changed in place: comments, order and quotes of what stays are kept."""

from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from build.forms.answers import FormError

_WIDTH = 4_096  # columns: a text that was written in one line stays in one


def parse(text: str, what: str) -> CommentedMap:
    """Return the mapping of a file, with its comments, quotes and order.

    Raises:
        FormError: The text is not a mapping; the message calls it `what`.
    """
    try:
        result = _yaml().load(text)
    except YAMLError as error:
        raise FormError(f"{what} cannot be read; this registry's maintainers have to correct it first.") from error
    if result is None:
        return CommentedMap()
    if not isinstance(result, CommentedMap):
        raise FormError(f"{what} is not a mapping; this registry's maintainers have to correct it first.")
    return result


def dump(data: CommentedMap) -> str:
    """Return the file's text."""
    text = StringIO()
    _yaml().dump(data, text)
    return text.getvalue()


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    # Lists are indented as in this repository's own files.
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
