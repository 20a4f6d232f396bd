#!/usr/bin/env bash
# Prints waiting messages and dead letters of every queue as JSON.
# Needs: AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, SERVICEBUS_NAMESPACE, AZURE_KEY_FILE.
set -euo pipefail

: "${QUEUE_FILTER:=}"
source ./azure_login.sh

az servicebus queue list --resource-group "$AZURE_RESOURCE_GROUP" --namespace-name "$SERVICEBUS_NAMESPACE" --output json |
  jq --arg filter "$QUEUE_FILTER" '
    [ .[]
      | select(.name | startswith($filter))
      | { queue: .name, active: .countDetails.activeMessageCount, dead_letters: .countDetails.deadLetterMessageCount } ]'
