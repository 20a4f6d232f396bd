#!/usr/bin/env bash
# Posts what is new in a feed of the CodeCollection registry to a Slack channel (or to any other webhook that takes {"text": …}).
# Run it from cron; it needs bash, curl and jq.
#
#   REGISTRY=https://registry.runwhen.com SLACK_WEBHOOK_URL=https://hooks.slack.com/services/… slack.sh
#
# FEED is the feed that you follow, STATE the file in which it remembers what was told. The first run tells nothing: it
# remembers what there is.
set -euo pipefail

registry=${REGISTRY:?set REGISTRY to the address of the registry}
webhook=${SLACK_WEBHOOK_URL:?set SLACK_WEBHOOK_URL to the address of the webhook}
feed=${FEED:-feeds/breaking.json}
state=${STATE:-$HOME/.skill-templates-told}

items=$(curl -fsSL --retry 3 "${registry%/}/$feed" | jq -c '.items | reverse | .[]')
if [[ ! -e $state ]]; then
  if [[ -n $items ]]; then jq -r '.id' <<< "$items"; fi > "$state"
  echo "The first run: $(wc -l < "$state") entries are remembered, none is told."
  exit
fi
while IFS= read -r item; do
  if [[ -z $item ]]; then continue; fi
  id=$(jq -r '.id' <<< "$item")
  if grep -qxF -- "$id" "$state"; then continue; fi
  # What a feed quotes is text: Slack's own signs are escaped, as it asks for.
  jq '
    def plain: gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;") | gsub("`"; "\u0027");
    {text: ("*" + (.title | plain | gsub("\\*"; "")) + "*\n```" + (.content_text[:2500] | plain) + "```\n" + (.url | plain))}
  ' <<< "$item" | curl -fsSL --retry 3 -o /dev/null -H "Content-Type: application/json" -d @- "$webhook"
  printf '%s\n' "$id" >> "$state"
done <<< "$items"
