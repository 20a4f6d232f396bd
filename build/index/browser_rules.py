"""The constants of the search, for the scripts that do the same in a browser: each stands once, in `search_fn`."""

from collections.abc import Iterable

from search_fn.query import actions, languages, marks, pagers, platforms, read, synonyms, values, words
from search_fn.search import ranking, reasons

WORD_UNIT = 256
"""What a word's integer weight is divided by. The heaviest of 30,000 bundles is below 256."""
VECTOR_UNIT = 127
"""What the integers of a passage's vector are divided by."""

# The static encoder's cosines are higher than MiniLM's, of texts that have nothing in common, too: of 165 queries with
# an answer 2 % are doubted so, of 34 without one 76 % (docs/decisions/0017-browser.md).
CONFIDENT, MATCH_THRESHOLD, FULL_TRUST = 0.55, 0.5, 0.8
# So its scores are, too.
STRONG, PARTIAL = 0.75, 0.45


def rules() -> dict[str, object]:
    """Return the constants by the names that assets/browser/ reads."""
    return {
        "word_unit": WORD_UNIT,
        "vector_unit": VECTOR_UNIT,
        "max_query": ranking.MAX_QUERY,
        "hint_weight": ranking.HINT_WEIGHT,
        **{
            name: round(float(value), 6)
            for name, value in (
                ("changes_penalty", ranking.CHANGES_PENALTY),
                ("looks_penalty", ranking.LOOKS_PENALTY),
                ("quoted_penalty", ranking.QUOTED_PENALTY),
            )
        },
        "cosine_floor": ranking.COSINE_FLOOR,
        "match_threshold": MATCH_THRESHOLD,
        "tool_margin": ranking.TOOL_MARGIN,
        "shown_tools": ranking.SHOWN_TOOLS,
        "nearest": ranking.NEAREST,
        "confident": CONFIDENT,
        "full_trust": FULL_TRUST,
        "least_ceiling": ranking.LEAST_CEILING,
        "reasons": {
            "strong": STRONG,
            "partial": PARTIAL,
            "said": reasons.SAID,
            "about": reasons.ABOUT,
            "of_name": reasons.OF_NAME,
            "synonym": reasons.SYNONYM,
            "little_else": reasons.LITTLE_ELSE,
            "most": reasons.MOST_REASONS,
            "most_words": reasons.MOST_WORDS,
            "longest": reasons.LONGEST,
        },
        "longest_word": words.LONGEST_WORD,
        "stop_words": sorted(words.STOP_WORDS),
        "before_states": sorted(read.BEFORE_STATES),
        "synonyms": [[" ".join(phrase) for phrase in line] for line in synonyms.LINES if line],
        "makers": values.MAKERS,
        "noise": pagers.NOISE.pattern,
        "name_label": pagers.NAME_LABEL.pattern,
        "english": languages.ENGLISH,
        "grammar": sorted(languages.GRAMMAR),
        "marks": {
            "unwanted": marks.UNWANTED.pattern,
            "states": sorted(marks.STATES),
            "command": marks.COMMAND.pattern,
            "shortest": marks.SHORTEST,
            "quoted": marks.QUOTED.pattern,
            "most_quotes": marks.MOST_QUOTES,
            "most_words": marks.MOST_WORDS_BESIDE_A_QUOTED_WORD,
        },
        "actions": {
            "actions": sorted(actions.ACTIONS),
            "before": sorted(actions.BEFORE),
            "who": sorted(actions.WHO),
            "few_words": actions.FEW_WORDS,
        },
        "platforms": {
            "families": platforms.FAMILIES,
            "members": _listed(platforms.MEMBERS),
            "clouds": sorted(platforms.CLOUDS),
            # Python's flags ASCII and IGNORECASE are what a browser has with `i` and without `u`.
            "not": platforms.NOT.pattern,
            "only": platforms.ONLY.pattern,
            "name": platforms.NAME.pattern,
            "wrong_cloud": platforms.WRONG_CLOUD,
        },
    }


def _listed(members: dict[str, set[str]]) -> dict[str, Iterable[str]]:
    return {name: sorted(own) for name, own in members.items()}
