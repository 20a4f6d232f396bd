"""Which living bundles are named where one was removed."""

from build.releases.models import CollectionReleases, Removed
from build.releases.nearest import with_nearest
from tests.support.releases import releases_of


def test_the_likest_come_first_and_the_unlike_are_not_named() -> None:
    own = releases_of("harbor/pod-bearing")
    (gone,) = own.removed
    gone = gone.model_copy(
        update={"id": "harbor/k8s-flux-suspend", "title": "Suspend Flux", "platforms": ("Kubernetes",), "tools": ()}
    )
    living = {
        "quay/k8s-flux-suspend-namespace": ("Flux Suspend Namespace", "Kubernetes"),
        "harbor/k8s-flux-health": ("Flux Health", "Kubernetes"),
        "harbor/aws-cost": ("AWS Cost", "AWS"),
        **{f"harbor/azure-{number}": ("Azure Things", "Azure") for number in range(20)},
    }
    found = removed_of(with_nearest({"harbor": own.model_copy(update={"removed": (gone,)})}, living)["harbor"])
    assert found.nearest == ("quay/k8s-flux-suspend-namespace", "harbor/k8s-flux-health")
    assert removed_of(with_nearest({"harbor": own}, {})["harbor"]).nearest == ()


def removed_of(own: CollectionReleases) -> Removed:
    (found,) = own.removed
    return found
