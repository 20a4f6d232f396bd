#!/usr/bin/env bash
# Prints the mean number of waiting messages in the first and in the last third of GROWTH_WINDOW as JSON.
# Needs: AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, SERVICEBUS_NAMESPACE, AZURE_KEY_FILE.
set -euo pipefail

: "${GROWTH_WINDOW:=1h}"
source ./azure_login.sh

id="/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$AZURE_RESOURCE_GROUP"
id+="/providers/Microsoft.ServiceBus/namespaces/$SERVICEBUS_NAMESPACE"
az monitor metrics list --resource "$id" --metric ActiveMessages --aggregation Average \
  --interval PT5M --offset "$GROWTH_WINDOW" --output json |
  jq '[ .value[0].timeseries[0].data[]?.average | select(. != null) ] as $points
      | ($points | length / 3 | ceil) as $third
      | if $third == 0 then { early: 0, late: 0 }
        else { early: ($points[:$third] | add / length), late: ($points[-$third:] | add / length) } end'
