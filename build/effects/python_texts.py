"""What methods and templates of Python's strings give."""

from collections.abc import Callable, Mapping, Sequence

from build.effects.python_values import Known, Many, texts_of
from build.effects.text import NOTHING_KNOWN, UNKNOWN, Text, Texts, concatenate, either, fixed, names_of

KEEPS_TEXT = frozenset(
    {"strip", "rstrip", "lstrip", "lower", "upper", "title", "encode", "decode", "expandtabs", "dedent", "splitlines"}
)
"""Methods whose value says what the text says."""


def call_on_text(owner: Texts, name: str, arguments: Sequence[Known], options: Mapping[str, Known]) -> Known:
    """Return the value of a method of a text.

    Args:
        owner: The text.
        name: The method.
        arguments: Positional arguments.
        options: Named ones.
    """
    if name in KEEPS_TEXT:
        changes: dict[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "strip": str.strip}
        change = changes.get(name, str)
        return tuple(Text(change(one.text), one.names, one.whole) for one in owner)
    if name == "join" and arguments:
        items = arguments[0]
        parts: list[Texts] = []
        for place, item in enumerate(items.items if isinstance(items, Many) else [NOTHING_KNOWN]):
            parts += ([owner] if place else []) + [texts_of(item)]
        return concatenate(parts) if parts else fixed("")
    if name == "format":
        result = []
        for one in owner:
            text, names = one.text, one.names
            for place, value in enumerate(arguments):
                filled = texts_of(value)[0]
                text, names = (
                    text.replace("{}", filled.text, 1).replace(f"{{{place}}}", filled.text),
                    names | filled.names,
                )
            for key, value in options.items():
                filled = texts_of(value)[0]
                text, names = text.replace(f"{{{key}}}", filled.text), names | filled.names
            result.append(Text(text[:200_000], names))
        return tuple(result)
    if name == "split":
        one = owner[0]
        separator = texts_of(arguments[0])[0].text if arguments else None
        words = one.text.split(separator or None)
        return Many([(Text(word, one.names),) for word in words[:200]])
    if name == "replace" and len(arguments) > 1:
        before, after = texts_of(arguments[0])[0], texts_of(arguments[1])[0]
        if before.text and UNKNOWN not in before.text:
            return tuple(
                Text(one.text.replace(before.text, after.text)[:200_000], one.names | after.names) for one in owner
            )
    return (Text(UNKNOWN, names_of(owner)),)


def fill_template(template: Texts, right: Known) -> Texts:
    """Return the value of `template % right`, `%s` being filled one after the other."""
    values = list(right.items) if isinstance(right, Many) else [right]
    result = []
    for one in template:
        parts = one.text.split("%s")
        texts: list[Texts] = [fixed(parts[0])]
        for place, part in enumerate(parts[1:]):
            texts += [texts_of(values[place]) if place < len(values) else NOTHING_KNOWN, fixed(part)]
        result.append(concatenate(texts))
    return either(*result)
