#!/usr/bin/env bash
# Counts failed runs of the last LOOKBACK_SECONDS by workflow. Needs: REPOSITORIES, github_token. Writes: failed_runs.json
set -euo pipefail

: "${LOOKBACK_SECONDS:=86400}"
source ./github.sh
since=$(date --utc --date "@$(( $(date +%s) - LOOKBACK_SECONDS ))" +%Y-%m-%dT%H:%M:%SZ)

for repository in "${repositories[@]}"; do
  github "/repos/$repository/actions/runs?status=failure&per_page=100&created=%3E%3D$since${BRANCH:+&branch=$BRANCH}" |
    jq --arg repository "$repository" '
      [ .workflow_runs | group_by(.workflow_id)[]
        | sort_by(.created_at)
        | { repository: $repository, workflow: .[-1].name, failures: length, run_id: .[-1].id, url: .[-1].html_url } ]'
done | jq --slurp 'add // [] | sort_by(-.failures)' > failed_runs.json

echo "Workflows with failed runs since $since: $(jq length failed_runs.json)"
jq -r '.[] | "  \(.repository)  \(.workflow)  \(.failures) failures  \(.url)"' failed_runs.json
