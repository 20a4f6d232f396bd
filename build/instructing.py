"""Words in a bundle's files that are meant for a model rather than for people. Pure."""

import re
from collections.abc import Iterator, Mapping

# What injections say in common, in the languages seen in them. Few on purpose: what they make a model write is bounded
# by a schema and checked; this only tells a person where to look.
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\s+(?:(?:all|any|the|your|these|those|of)\s+){0,3}"
    r"(?:previous|prior|above|earlier|preceding|system)\s+(?:instruction|prompt|rule|message|context|direction)"
    r"|\b(?:you\s+are|act\s+as)\s+(?:now\s+)?(?:an?|the)\s+(?:\w+\s+){0,2}(?:assistant|language\s+model|AI|LLM)\b"
    r"|\b(?:reveal|print|repeat|show)\s+(?:me\s+)?(?:your|the)\s+(?:system\s+prompt|instructions)"
    r"|\b(?:note|message|instructions?|attention)\s+(?:to|for)\s+(?:the\s+|any\s+|all\s+)?"
    r"(?:AI|LLM|language\s+model|assistant)s?\b"
    r"|<\|(?:im_start|im_end|system|endoftext)\|>|\[/?INST\]|<</?SYS>>"
    r"|\bignorier\w*\s+(?:\w+\s+){0,3}(?:Anweisung|Anleitung|Regel|Vorgabe)"
    r"|\bignor(?:e|ez|er|a|ar|en|em)\s+(?:\w+\s+){0,3}(?:consignes|instrucciones|instruções|istruzioni"
    r"|instructions\s+pr[ée]c[ée]dentes)"
    r"|игнориру\w*\s+(?:\w+\s+){0,3}(?:инструкци|указани)"
    r"|(?:忽略|无视|忽視|無視).{0,12}(?:指令|指示|说明|提示)|(?:指示|命令).{0,6}無視",
    re.IGNORECASE,
)


def instructing(texts: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Yield the path, line (1-based) and words of the first such place in each text."""
    for path, text in texts.items():
        found = _ORDER.search(text)
        if found:
            yield path, text.count("\n", 0, found.start()) + 1, " ".join(found[0].split())
