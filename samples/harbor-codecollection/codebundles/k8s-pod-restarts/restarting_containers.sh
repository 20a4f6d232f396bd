#!/usr/bin/env bash
# Lists containers that restarted at least RESTART_THRESHOLD times.
# Needs: KUBE_CONTEXT, NAMESPACE. Writes: restarting_containers.json
# LOOKBACK_SECONDS, when set, leaves out containers whose last end is longer ago.
set -euo pipefail

: "${KUBE_CLI:=kubectl}" "${WORKLOAD_FILTER:=}" "${RESTART_THRESHOLD:=3}" "${LOOKBACK_SECONDS:=0}"

"$KUBE_CLI" --context "$KUBE_CONTEXT" --namespace "$NAMESPACE" get pods --output json |
  jq --arg filter "$WORKLOAD_FILTER" --argjson threshold "$RESTART_THRESHOLD" --argjson lookback "$LOOKBACK_SECONDS" '
    [ .items[]
      | select(.metadata.name | startswith($filter))
      | .metadata.name as $pod
      | .status.containerStatuses[]?
      | select(.restartCount >= $threshold)
      | { pod: $pod, container: .name, restarts: .restartCount,
          reason: (.state.waiting.reason // .lastState.terminated.reason // "Unknown"),
          exit_code: .lastState.terminated.exitCode,
          finished_at: .lastState.terminated.finishedAt }
      | select($lookback == 0 or (.finished_at != null and (now - (.finished_at | fromdateiso8601)) <= $lookback)) ]
    | sort_by(-.restarts)' > restarting_containers.json

echo "Restarting containers in namespace $NAMESPACE: $(jq length restarting_containers.json)"
jq -r '.[] | "  \(.pod)/\(.container)  restarts: \(.restarts)  reason: \(.reason)  exit code: \(.exit_code // "-")"' restarting_containers.json
