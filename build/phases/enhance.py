"""The third phase: a model is asked about bundles, where one is configured."""

from collections.abc import Sequence

from build.enhance.step import Due, due, enhance
from build.model import CatalogueEntry
from build.phases.context import RunContext
from search_fn.provider import Provider


def enhance_bundles(run: RunContext, entries: Sequence[CatalogueEntry], provider: Provider | None) -> None:
    """Ask the model provider about all bundles that are due.

    Args:
        run: The run, which gets the problems and counts.
        entries: The bundles of the catalogue.
        provider: The model provider; None asks nothing.
    """
    if provider:
        ask_about(run, due(entries, run.options, provider.model), provider)


def ask_about(run: RunContext, wanted: Sequence[Due], provider: Provider) -> None:
    """Ask the model provider about bundles, and store its answers.

    Args:
        run: The run, which gets the problems and counts.
        wanted: The bundles that are due.
        provider: The model provider.
    """

    def tell(sentence: str) -> None:
        run.console.print(f"enhance       {sentence}", soft_wrap=True, highlight=False, markup=False)

    with run.phase("enhance") as track:
        problems, run.report.enhanced = enhance(wanted, run.options, provider, track, tell)
    run.problems.extend(problems)
