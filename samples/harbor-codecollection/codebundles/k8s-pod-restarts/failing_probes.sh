#!/usr/bin/env bash
# Counts failed probes by pod and kind of probe from the events of a namespace.
# Needs: KUBE_CONTEXT, NAMESPACE. Writes: failing_probes.json
set -euo pipefail

: "${KUBE_CLI:=kubectl}" "${WORKLOAD_FILTER:=}"

"$KUBE_CLI" --context "$KUBE_CONTEXT" --namespace "$NAMESPACE" get events \
  --field-selector reason=Unhealthy,involvedObject.kind=Pod --output json |
  jq --arg filter "$WORKLOAD_FILTER" '
    [ .items[]
      | select(.involvedObject.name | startswith($filter))
      | { pod: .involvedObject.name, probe: (.message | split(" ")[0]), count: (.count // 1), message } ]
    | group_by([.pod, .probe])
    | map({ pod: .[0].pod, probe: .[0].probe, count: (map(.count) | add), message: .[-1].message })
    | sort_by(-.count)' > failing_probes.json

echo "Failing probes in namespace $NAMESPACE: $(jq length failing_probes.json)"
jq -r '.[] | "  \(.pod)  \(.probe)  \(.count) times  \(.message)"' failing_probes.json
