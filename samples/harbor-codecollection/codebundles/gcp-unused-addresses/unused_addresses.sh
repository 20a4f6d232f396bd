#!/usr/bin/env bash
# Lists static external addresses that nothing uses. Needs: GCP_PROJECT_ID, GCP_KEY_FILE. Writes: unused_addresses.json
set -euo pipefail

: "${REGIONS:=}" "${MIN_IDLE_DAYS:=7}"
regions=${REGIONS//\'/}

gcloud auth activate-service-account --quiet --key-file "$GCP_KEY_FILE"
gcloud compute addresses list --project "$GCP_PROJECT_ID" \
  --filter 'status=RESERVED AND addressType=EXTERNAL' --format json |
  jq --arg regions "$regions" --argjson days "$MIN_IDLE_DAYS" '
    ($regions | split(",")) as $wanted
    | [ .[]
        | { name, address, region: ((.region // "global") | split("/")[-1]),
            age_days: ((now - (.creationTimestamp | sub("\\.[0-9]+"; "") | strptime("%Y-%m-%dT%H:%M:%S%z") | mktime)) / 86400 | floor) }
        | select($wanted == [] or (.region | IN($wanted[])))
        | select(.age_days >= $days) ]
    | sort_by(-.age_days)' > unused_addresses.json

echo "Unused addresses in project $GCP_PROJECT_ID: $(jq length unused_addresses.json)"
jq -r '.[] | "  \(.name)  \(.address)  \(.region)  reserved for \(.age_days) days"' unused_addresses.json
