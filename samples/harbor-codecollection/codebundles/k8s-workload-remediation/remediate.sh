#!/usr/bin/env bash
# One action on one workload. Needs: ACTION, WORKLOAD, KUBE_CONTEXT, NAMESPACE.
# An action that changes something only shows its command while DRY_RUN is true.
set -euo pipefail

: "${KUBE_CLI:=kubectl}" "${DRY_RUN:=true}" "${ROLLOUT_TIMEOUT:=120s}"
client=("$KUBE_CLI" --context "$KUBE_CONTEXT" --namespace "$NAMESPACE")

change() {
  if [[ $DRY_RUN != false ]]; then
    echo "dry run, would run: $*"
    return
  fi
  "$@"
  "${client[@]}" rollout status "$WORKLOAD" --timeout "$ROLLOUT_TIMEOUT"
}

case $ACTION in
  history)
    "${client[@]}" rollout history "$WORKLOAD"
    "${client[@]}" rollout status "$WORKLOAD" --watch=false
    ;;
  autoscalers)
    "${client[@]}" get horizontalpodautoscalers --output jsonpath='{.items[*].spec.scaleTargetRef.name}'
    ;;
  restart) change "${client[@]}" rollout restart "$WORKLOAD" ;;
  undo) change "${client[@]}" rollout undo "$WORKLOAD" ;;
  scale) change "${client[@]}" scale "$WORKLOAD" --replicas "$TARGET_REPLICAS" ;;
  *)
    echo "unknown action: $ACTION" >&2
    exit 2
    ;;
esac
