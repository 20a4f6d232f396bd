#!/usr/bin/env bash
# Names the failed job and step of the latest failed run of each workflow. Needs: REPOSITORIES, github_token.
set -euo pipefail

source ./github.sh
bash ./failed_runs.sh > /dev/null

while IFS=$'\t' read -r repository workflow run; do
  echo "$repository  $workflow"
  github "/repos/$repository/actions/runs/$run/jobs?per_page=100" |
    jq -r '.jobs[] | select(.conclusion == "failure") | .name as $job
      | .steps[] | select(.conclusion == "failure") | "  job \($job), step \(.number): \(.name)"'
done < <(jq -r '.[] | [.repository, .workflow, .run_id] | @tsv' failed_runs.json)
