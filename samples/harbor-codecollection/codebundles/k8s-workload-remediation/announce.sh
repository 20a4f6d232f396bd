#!/usr/bin/env bash
# Posts one line to the change log. Needs: change_webhook_url, CHANGE_TICKET, WORKLOAD, NAMESPACE.
set -euo pipefail

jq --null-input --arg ticket "$CHANGE_TICKET" --arg workload "$WORKLOAD" --arg namespace "$NAMESPACE" --arg dry_run "$DRY_RUN" \
  '{ ticket: $ticket, text: "\($workload) in \($namespace) was remediated", dry_run: ($dry_run == "true") }' |
  curl --silent --show-error --fail --header 'Content-Type: application/json' --data @- "$change_webhook_url"
echo "Announced for ticket $CHANGE_TICKET"
