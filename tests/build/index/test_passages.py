"""What of a bundle is searched: passages that name the bundle, and columns of bounded length."""

from typing import Any

from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import record
from build.index.passages import Passage, passages, text_columns
from build.model import Bundle, Secret, Tool, Variable
from search_fn.search.weights import TEXT_WEIGHTS
from tests.support.catalogues import entry, full_bundle

README = """\
# Lamps

Short.

## How it works

It looks at each lamp of a post in turn, and says which of them are dark and since when.

```sh
# not a heading, and not for a search: lamp --all --verbose --with-a-long-line
```

## Needs

A ladder long enough for the tallest post of the street, and a lamp that is known to work.
"""


def lamp(**changes: Any) -> CodeBundleRecord:
    bundle = Bundle(
        name="lamp-post_check",
        display_name="Lamp Check",
        doc="Looks at lamps.",
        support_tags=("Street", "Light"),
        platforms=("Linux",),
        tools=(
            Tool(
                kind="runbook", name="n", title="Look at `${LAMP}` now", documentation="Looks.", line=1,
                tags=("lamp", "access:read-only", "data:config", "${LAMP}"),
            ),
            Tool(kind="monitor", name="m", title="Count", line=2),
        ),
        user_variables=(
            Variable(name="LAMP_ID", description="Which lamp", required=True, used_by=("runbook",), line=1),
        ),
        secrets=(Secret(name="ladder", used_by=("runbook",)),),
        scripts=("look_up.sh",),
        readme=README,
    )  # fmt: skip
    return record(entry(bundle.model_copy(update=changes)))


def test_a_bundle_has_a_head_its_tools_its_needs_and_its_readme() -> None:
    made = passages(lamp())
    assert [(passage.part, passage.item) for passage in made] == [
        ("head", -1), ("tool", 0), ("tool", 1), ("needs", -1), ("readme", -1), ("readme", -1),
    ]  # fmt: skip
    assert [passage.text for passage in made[:4]] == [
        "Lamp Check\nlamp post check\nLooks at lamps.\nStreet, Light",
        "Lamp Check: Look at now\nLooks.\nlamp",
        "Lamp Check: Count",
        "Lamp Check needs\nLAMP ID: Which lamp\nladder",
    ]
    # Each names the bundle, for which alone it would be found otherwise.
    assert all(passage.text.startswith("Lamp Check") for passage in made)


def test_of_a_readme_come_sections_without_code() -> None:
    sections = [passage.text for passage in passages(lamp()) if passage.part == "readme"]
    assert [text.split("\n")[1].split()[0] for text in sections] == ["How", "Needs"]
    assert not any("verbose" in text for text in sections)


def test_a_bundle_that_says_nothing_has_its_head() -> None:
    assert passages(record(entry(Bundle(name="bare_one"), history=None))) == [Passage("head", -1, "Bare One\nbare one")]


def test_long_texts_are_cut() -> None:
    made = passages(lamp(doc="x" * 5_000, readme="\n".join(f"# H{n}\n{'word ' * 500}" for n in range(9))))
    assert max(len(passage.text) for passage in made) == 1_200
    assert sum(passage.part == "readme" for passage in made) == 4
    columns = text_columns(lamp(doc="x" * 90_000, readme="y" * 90_000), "z" * 90_000)
    assert max(map(len, columns.values())) == 50_000


def test_equal_texts_have_equal_keys() -> None:
    first, second = passages(lamp()), passages(lamp(scripts=()))
    assert [passage.key for passage in first] == [passage.key for passage in second]
    assert len({passage.key for passage in first}) == len(first)
    assert passages(lamp(doc="Other"))[0].key != first[0].key


def test_the_columns_are_those_that_the_search_weighs() -> None:
    columns = text_columns(lamp(), "    Import Secret    oil")
    assert set(columns) == set(TEXT_WEIGHTS)
    assert columns["title"] == "Lamp Check lamp post check"
    assert columns["tools"] == "Look at now\nCount"
    assert columns["about"] == "Looks at lamps.\nLooks."
    assert columns["needs"] == "LAMP ID: Which lamp\nladder\nlook up sh"
    assert columns["readme"] == README
    assert columns["code"] == "    Import Secret    oil"
    # What it needs is found by a compound alone: of the other words the code has enough.
    needing = lamp().model_copy(update={"minimum_iam_requirements": ("list pods", "ec2:DescribeInstances")})
    assert text_columns(needing, "code")["code"] == "describeinstances\ncode"
    assert [one.text for one in passages(needing)] == [one.text for one in passages(lamp())]
    assert set(columns["labels"].split()) == {"Linux", "Street", "Light", "lamp", "Harbor"}


def test_equal_records_have_equal_columns() -> None:
    made = record(entry(full_bundle("a", "Words", "# Words")))
    assert text_columns(made, "x") == text_columns(record(entry(full_bundle("a", "Words", "# Words"))), "x")


def test_an_open_fence_hides_the_rest_of_a_readme() -> None:
    hidden = "This long line stands behind a fence that nobody closed again.\n"
    found = passages(lamp(readme=f"```\n~~~\n## Heading\n{hidden}"))
    assert [passage.part for passage in found] == ["head", "tool", "tool", "needs"]


def test_the_order_of_labels_does_not_change_with_the_hash_seed() -> None:
    tags = tuple(f"tag-{number}" for number in range(30))
    labels = text_columns(lamp(tools=(Tool(kind="runbook", name="n", title="n", line=1, tags=tags),)), "")[
        "labels"
    ].split()
    assert [label for label in labels if label.startswith("tag-")] == sorted(tags)
