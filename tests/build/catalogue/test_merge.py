"""What a model and people wrote, in the record and on the page."""

from lxml import html

from build.catalogue.merge import enrich
from build.catalogue.models import AiPermission, AiText, AiTool, CodeBundleRecord
from build.catalogue.record import record
from build.config.overrides import Override
from build.index.passages import passages
from build.model import Bundle
from build.site.text_files import twin
from search_fn.tools.details import details_of
from search_fn.tools.details_text import details
from tests.support.catalogues import as_json, entry, full_bundle, made_up, pages_of, written

FULL = record(entry(full_bundle("pod-bearing", "Words", "# Words")))
BARE = record(entry(Bundle(name="lamp_post")))


def test_the_record_says_what_a_model_wrote_beside_what_the_author_did() -> None:
    made = enrich(FULL, written("said"), None)
    assert made.ai
    assert (made.description, made.ai_enhanced_description) == ("Words", "said")
    # What the code needs: a model's guess stays in `ai`.
    assert made.minimum_iam_requirements == ("Words",)
    assert set(AiText.model_fields) == {
        "model", "date", "description", "use_cases", "questions", "symptoms", "aliases", "alerts", "errors",
        "access_level", "access_reason", "iam_requirements", "tools", "limitations",
    }  # fmt: skip
    assert made.ai.tools == {"said": AiTool(purpose="said", function="said", requirements=("said",))}
    assert made.ai.iam_requirements == (AiPermission(platform="AWS", requirement="said", evidence="said"),)
    assert enrich(FULL, None, None) == FULL


def test_a_models_access_level_stays_its_guess() -> None:
    assert enrich(FULL, written("x"), None).access_level == "read-write"
    made = enrich(BARE, written("x"), None)
    assert made.ai
    assert (made.access_level, made.access_level_source, made.access_level_claimed) == ("unknown", None, None)
    assert made.ai.access_level == "read-only"


def test_what_people_decide_leaves_no_claim() -> None:
    made = enrich(
        BARE.model_copy(update={"access_level_claimed": "read-only"}), None, Override(access_level="read-write")
    )
    assert (made.access_level, made.access_level_claimed) == ("read-write", None)


def test_people_win_field_by_field() -> None:
    override = Override(description="Ours.", access_level="read-write", platforms=["Azure"], symptoms=["sinking"])
    made = enrich(BARE, written("said"), override)
    assert made.overridden == ("access_level", "description", "platforms", "symptoms")
    assert (made.description, made.ai_enhanced_description) == ("Ours.", "Ours.")
    assert (made.access_level, made.access_level_source) == ("read-write", "override")
    assert (made.platforms, made.platform) == (("Azure",), "Azure")
    assert made.ai is not None
    assert (made.ai.symptoms, made.ai.questions) == (("sinking",), ("said",))
    assert any("sinking" in passage.text for passage in passages(made))
    assert any("Ours." in passage.text for passage in passages(made))


def test_without_a_model_people_can_still_say_how_a_bundle_is_found() -> None:
    made = enrich(BARE, None, Override(aliases=["lantern"], iam_requirements=["pods:list"]))
    assert made.ai is not None
    assert (made.ai.model, made.ai.aliases) == (None, ("lantern",))
    assert made.minimum_iam_requirements == ("pods:list",)
    assert any("lantern" in passage.text for passage in passages(made))
    assert enrich(BARE, None, Override(description="Ours.")).ai is None


def page(made: CodeBundleRecord) -> html.HtmlElement:
    pages = pages_of(made_up([entry(Bundle(name="lamp_post"))])._replace(records=[made]))
    return html.fromstring(pages[f"codebundles/{made.id}/index.md"].partition("\n---\n")[2])


def test_the_page_marks_a_models_words_and_leaves_no_empty_boxes() -> None:
    made = enrich(FULL, written("said by the model"), None)
    shown = page(made)
    (block,) = shown.xpath('//section[@aria-labelledby="ai"]')
    assert "Written by an AI model (said by the model, 9 Mar 2026)" in " ".join(block.text_content().split())
    assert shown.xpath('//p[@class="lead"]')[0].text_content().strip() == "Words"
    assert "said by the model" in shown.xpath('//section[@aria-labelledby="permissions"]')[0].text_content()
    assert "In the words of the model" in twin(made)
    assert not page(FULL).xpath('//section[@aria-labelledby="ai"]')
    for section in ("ai", "permissions"):
        assert not page(BARE).xpath(f'//section[@aria-labelledby="{section}"]')
    assert "model" not in twin(FULL).lower()


def test_the_page_says_of_a_tool_what_the_model_says_it_is_for() -> None:
    shown = page(enrich(FULL, written("Words"), None))
    assert len(shown.xpath('//p[@class="said"]')) == 2
    assert "In the model's words: Words Words" in twin(enrich(FULL, written("Words"), None))


def test_an_access_level_of_a_model_is_shown_as_its_guess() -> None:
    shown = page(enrich(BARE, written("x"), None))
    assert {chip.text for chip in shown.find_class("access")} == {"Access unknown"}
    assert "A model guesses read-only (x)." in shown.xpath("//aside")[0].text_content()


def test_a_claim_is_shown_beside_the_unknown_level() -> None:
    claiming = BARE.model_copy(update={"access_level_claimed": "read-only"})
    shown = page(claiming)
    assert {chip.text for chip in shown.find_class("access")} == {"Access unknown"}
    said = "unknown, claimed to be read-only"
    assert "SKILL-TEMPLATE.md claims read-only, which nothing checks" in shown.xpath("//aside")[0].text_content()
    assert f"\nAccess: {said}\n" in twin(claiming)
    assert f"Access: {said}\n" in agents_text(claiming)


def test_what_people_wrote_is_shown_as_such() -> None:
    shown = page(enrich(BARE, written("x"), Override(description="Ours.", iam_requirements=["pods:list"])))
    text = " ".join(shown.text_content().split())
    assert "Ours. (described by this registry's maintainers)" in text
    assert "Listed by this registry's maintainers" in text
    assert "By this registry's maintainers: description and iam requirements" in text
    alone = page(enrich(BARE, None, Override(aliases=["lantern"])))
    assert "Written by this registry's maintainers" in " ".join(alone.text_content().split())


def test_agents_are_told_a_models_words_as_such_and_no_access_level_of_it() -> None:
    made = enrich(BARE, written("a [link](x)"), None)
    text = agents_text(made)
    assert text.startswith("Access: unknown\n")
    assert "In the words of the model `a [link](x)`, 2026-03-09, not of the author:" in text
    assert r"- Its guess of permissions: a \[link\](x)" in text
    assert "In the words" not in agents_text(FULL)


def test_agents_are_told_what_people_decided_beside_what_the_code_shows() -> None:
    made = enrich(FULL, written("x"), Override(description="Ours.", iam_requirements=["pods:list"]))
    told = details_of(as_json(made), {})
    assert (told["description"], told["doc"], told["minimum_iam_requirements"]) == ("Ours.", "Words", ["pods:list"])
    text = agents_text(made)
    assert "> Ours.\n- In the author's words:\n  > Words\n" in text
    assert "- By this registry's maintainers: `pods:list`\n" in text
    assert {"doc", "minimum_iam_requirements", "ai_enhanced_description"} & details_of(
        as_json(FULL), {}
    ).keys() == set()


def agents_text(record: CodeBundleRecord) -> str:
    return details({"codebundle": details_of(as_json(record), {}), "notice": "", "notes": []})
