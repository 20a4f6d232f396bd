#!/usr/bin/env bash
# Lists runs that wait longer than MAX_QUEUE_MINUTES. Needs: REPOSITORIES, github_token. Writes: queued_runs.json
set -euo pipefail

: "${MAX_QUEUE_MINUTES:=15}"
source ./github.sh

for repository in "${repositories[@]}"; do
  github "/repos/$repository/actions/runs?status=queued&per_page=100${BRANCH:+&branch=$BRANCH}" |
    jq --arg repository "$repository" --argjson limit "$MAX_QUEUE_MINUTES" '
      [ .workflow_runs[]
        | { repository: $repository, workflow: .name, url: .html_url,
            minutes: ((now - (.created_at | fromdateiso8601)) / 60 | floor) }
        | select(.minutes > $limit) ]'
done | jq --slurp 'add // []' > queued_runs.json

echo "Runs that wait for more than $MAX_QUEUE_MINUTES minutes: $(jq length queued_runs.json)"
jq -r '.[] | "  \(.repository)  \(.workflow)  \(.minutes) minutes  \(.url)"' queued_runs.json
