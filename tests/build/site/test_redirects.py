"""Where old addresses lead: names that bundles had, and those of the registries before this one."""

from build.releases.models import Moved
from build.site.redirects import redirects
from tests.support.catalogues import sound
from tests.support.releases import GONE, OLD, releases_of

_NEW = "codebundles/harbor/pod-bearing"


def test_every_old_address_of_a_bundle_leads_to_its_page() -> None:
    found = redirects(sound()._replace(releases={"harbor": releases_of("harbor/pod-bearing")}))
    for name in ("pod-bearing", "pod-old"):
        for old in ("collections/harbor/codebundles/{}", "CodeCollection/harbor/{}", "CodeCollection/harbor/{}/tasks"):
            assert found[old.format(name)] == _NEW
    assert found[f"codebundles/{OLD}"] == _NEW
    assert found["CodeCollection/harbor/gone/health"] == f"codebundles/{GONE}"
    # Its page is at its own address.
    assert f"codebundles/{GONE}" not in found
    assert found["collections/quay/codebundles/quay-ping"] == "codebundles/quay/quay_ping"
    assert found["collections/harbor/versions/1.1"] == "collections/harbor/releases/1.1"
    assert found["CodeCollection/harbor"] == "collections/harbor"
    assert found["all-tasks"] == "tools"


def test_a_monitor_has_no_page_of_tasks() -> None:
    found = redirects(sound())
    assert "CodeCollection/quay/quay_ping/tasks" not in found
    assert found["CodeCollection/quay/quay_ping/health"] == "codebundles/quay/quay_ping"


def test_the_living_bundle_wins_and_no_odd_name_becomes_a_path() -> None:
    own = releases_of("harbor/pod-bearing")
    moved = Moved(to="quay/quay_ping", commit="e" * 40, date="2026-02-01T08:00:00Z", subject="x")
    odd = own.model_copy(update={"moved": {"harbor/pod-bearing": moved, "harbor/..": moved, "harbor/a/b": moved}})
    found = redirects(sound()._replace(releases={"harbor": odd}))
    assert found["collections/harbor/codebundles/pod-bearing"] == _NEW
    assert not any(".." in old or "a/b" in old for old in found)
    assert _NEW not in found
