import pytest

from build.effects.programs.gcp import _GCP, needs_of_address
from build.effects.programs.judge import UNKNOWN, judge


def needs(*words: str) -> list[str]:
    return [need.permission for need in judge([word.replace("§", UNKNOWN) for word in words]).needs]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("gcloud compute instances list --project §", ["compute.instances.list"]),
        ("gcloud --project § compute instances describe § --zone §", ["compute.instances.get"]),
        ("gcloud compute instances get-serial-port-output §", ["compute.instances.getSerialPortOutput"]),
        ("gcloud compute instance-groups list", ["compute.instanceGroups.list"]),
        ("gcloud compute instance-groups list-instances § --zone §", ["compute.instanceGroups.get"]),
        ("gcloud compute instance-groups managed describe § § §", ["compute.instanceGroupManagers.get"]),
        ("gcloud compute firewall-rules list", ["compute.firewalls.list"]),
        ("gcloud sql instances list", ["cloudsql.instances.list"]),
        ("gcloud sql instances describe §", ["cloudsql.instances.get"]),
        ("gcloud logging read § --limit 5", ["logging.logEntries.list"]),
        ("gcloud monitoring time-series list", ["monitoring.timeSeries.list"]),
        ("gcloud run services describe §", ["run.services.get"]),
        ("gcloud beta run services list", ["run.services.list"]),
        ("gcloud projects get-iam-policy §", ["resourcemanager.projects.getIamPolicy"]),
        ("gcloud container clusters get-credentials §", ["container.clusters.get"]),
        ("gcloud iam service-accounts keys list", ["iam.serviceAccountKeys.list"]),
        ("gcloud unheard-of things list", ["gcloud unheard-of things list"]),
        ("gcloud auth print-access-token", []),
        ("gcloud config set project x", []),
        ("gcloud §", []),
        ("gsutil -m cp x gs://§", ["storage.objects.create", "storage.objects.get", "storage.objects.list"]),
        ("bq --project_id=§ ls", ["bigquery.datasets.get", "bigquery.tables.list"]),
        ("bq ls -j -a", ["bigquery.jobs.list"]),
    ],
)
def test_permissions(line: str, expected: list[str]) -> None:
    assert needs(*line.split()) == expected


def test_a_query_of_the_jobs_needs_to_see_them() -> None:
    query = "SELECT job_id FROM `§`.`region-us`.INFORMATION_SCHEMA.JOBS_BY_PROJECT"
    assert needs("bq", "query", "--project_id=§", query) == ["bigquery.jobs.create", "bigquery.jobs.listAll"]
    assert needs("bq", "query", "SELECT 1") == ["bigquery.jobs.create"]


@pytest.mark.parametrize("command", _GCP["commands"])
def test_each_command_of_the_table_is_found(command: str) -> None:
    for line in ((command, "§"), ("--project", "§", *command.split()), ("beta", *command.split(), "--zone=§")):
        words = [word for part in line for word in part.split()]
        assert needs("gcloud", *words) == _GCP["commands"][command], line


@pytest.mark.parametrize("groups", [groups for groups in _GCP["services"] if groups != "compute"])
def test_each_group_of_the_table_is_found(groups: str) -> None:
    if f"{groups} describe" not in _GCP["commands"]:
        assert needs("gcloud", *groups.split(), "describe", "§", "--format=json") == [f"{_GCP['services'][groups]}.get"]


@pytest.mark.parametrize("row", _GCP["http"])
def test_addresses(row: dict[str, str]) -> None:
    url = f"https://{row['host']}/v1/projects/{UNKNOWN}/{row['path'].removeprefix('/')}"
    assert needs_of_address(url)
    assert needs_of_address(f"https://example.com/{row['path']}") == ()
