import pytest

from build.effects.programs.flux import _SHORT
from build.effects.programs.judge import UNKNOWN, judge


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("flux get kustomizations -n x", ["list kustomizations.kustomize.toolkit.fluxcd.io"]),
        ("flux --context § get hr -A", ["list helmreleases.helm.toolkit.fluxcd.io"]),
        (
            "flux reconcile ks § --with-source",
            [f"{verb} kustomizations.kustomize.toolkit.fluxcd.io" for verb in ("get", "patch")],
        ),
        (
            "flux suspend helmrelease § -n §",
            [f"{verb} helmreleases.helm.toolkit.fluxcd.io" for verb in ("get", "patch")],
        ),
        (
            "flux reconcile source git §",
            [f"{verb} gitrepositories.source.toolkit.fluxcd.io" for verb in ("get", "patch")],
        ),
        ("flux get sources oci", ["list ocirepositories.source.toolkit.fluxcd.io"]),
        ("flux get images policy", ["list imagepolicies.image.toolkit.fluxcd.io"]),
        ("flux create source git x --export", []),
        ("flux get all", []),
        ("flux get §", []),
        ("flux check", []),
        ("flux version", []),
        ("flux", []),
    ],
)
def test_permissions(line: str, expected: list[str]) -> None:
    assert [need.permission for need in judge(line.replace("§", UNKNOWN).split()).needs] == expected


@pytest.mark.parametrize("kind", _SHORT)
def test_each_short_kind_has_a_resource(kind: str) -> None:
    assert judge(["flux", "get", *kind.split()]).needs
