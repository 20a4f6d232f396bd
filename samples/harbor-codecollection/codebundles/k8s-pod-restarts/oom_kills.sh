#!/usr/bin/env bash
# Lists containers whose last end was an OOM kill, with their memory limit.
# Needs: KUBE_CONTEXT, NAMESPACE. Writes: oom_kills.json
set -euo pipefail

: "${KUBE_CLI:=kubectl}" "${WORKLOAD_FILTER:=}"

"$KUBE_CLI" --context "$KUBE_CONTEXT" --namespace "$NAMESPACE" get pods --output json |
  jq --arg filter "$WORKLOAD_FILTER" '
    [ .items[]
      | select(.metadata.name | startswith($filter))
      | . as $pod
      | .status.containerStatuses[]?
      | . as $status
      | select(.lastState.terminated.reason == "OOMKilled")
      | { pod: $pod.metadata.name, container: .name, restarts: .restartCount,
          memory_limit: (first($pod.spec.containers[] | select(.name == $status.name)).resources.limits.memory // "none"),
          finished_at: .lastState.terminated.finishedAt } ]' > oom_kills.json

echo "Containers killed for memory in namespace $NAMESPACE: $(jq length oom_kills.json)"
jq -r '.[] | "  \(.pod)/\(.container)  limit: \(.memory_limit)  at: \(.finished_at)"' oom_kills.json
