"""What is too long is cut and told, and what is real stays whole."""

from build.model import Bundle, Tool, Variable
from build.parse.limits import MAX_ITEMS, MAX_NAME, MAX_README, MAX_TEXT, MAX_TEXTS, within_limits


def tool(**changed: object) -> Tool:
    return Tool.model_validate({"kind": "runbook", "name": "Look", "title": "Look", "line": 3, **changed})


def test_a_bundle_within_limits_is_itself() -> None:
    bundle = Bundle(
        name="lamp",
        display_name="x" * MAX_NAME,
        doc="x" * MAX_TEXT,
        readme="x" * MAX_README,
        tools=(tool(documentation="x" * 900, tags=("",)),) * MAX_ITEMS,
    )
    assert within_limits(bundle) == (bundle, [])


def test_every_field_and_list_is_cut_and_told_once() -> None:
    variable = Variable(
        name="L" * 400,
        description="x" * 30_000,
        required=True,
        used_by=("runbook",),
        line=1,
        enum=("a" * 30_000, *("b",) * 600),
    )
    bundle = Bundle(
        name="lamp",
        display_name="x" * 100_000,
        author="x" * 301,
        doc="x" * 20_001,
        readme="x" * 200_001,
        support_tags=("t" * 301,),
        tools=(tool(name="x" * 301, tags=("t",) * 501),) * 501,
        user_variables=(variable, variable),
    )
    cut, wrong = within_limits(bundle)
    assert [len(text or "") for text in (cut.display_name, cut.author, cut.doc, cut.readme)] == [
        300,
        300,
        20_000,
        200_000,
    ]
    assert [len(cut.tools), len(cut.tools[0].tags), len(cut.tools[0].name)] == [500, 500, 300]
    assert len(cut.user_variables[1].name) == 300
    assert [len(cut.user_variables[1].enum), len(cut.user_variables[1].enum[0])] == [500, 20_000]
    assert wrong == [
        "more than 300 characters in display_name; the rest is left out",
        "more than 300 characters in author; the rest is left out",
        "more than 20,000 characters in doc; the rest is left out",
        "more than 200,000 characters in readme; the rest is left out",
        "more than 300 characters in support_tags; the rest is left out",
        "more than 500 items in tools; the rest is left out",
        "more than 300 characters in name; the rest is left out",
        "more than 500 items in tags; the rest is left out",
        "more than 20,000 characters in description; the rest is left out",
        "more than 500 items in enum; the rest is left out",
        "more than 20,000 characters in enum; the rest is left out",
    ]
    assert within_limits(cut) == (cut, [])


def test_all_texts_together_are_bounded_and_names_stay() -> None:
    tags = tuple(f"{number:03}{'t' * 250}" for number in range(400))
    tools = tuple(tool(name=f"Look {number}", tags=tags, documentation="x" * 5_000) for number in range(40))
    cut, wrong = within_limits(Bundle(name="lamp", tools=tools, display_name="Lamp", readme="y" * MAX_README))
    assert [one.name for one in cut.tools] == [one.name for one in tools]
    assert sum(len(one.documentation) + sum(map(len, one.tags)) for one in cut.tools) == MAX_TEXTS
    assert (cut.display_name, len(cut.readme or "")) == ("Lamp", MAX_README)
    assert cut.tools[0] == tools[0]
    assert (cut.tools[-1].documentation, cut.tools[-1].tags) == ("", ())
    assert wrong == ["more than 500,000 characters in all; the rest is left out"]
