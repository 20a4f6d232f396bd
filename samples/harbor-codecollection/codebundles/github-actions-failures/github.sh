#!/usr/bin/env bash
# Sourced by the other scripts: `github PATH` asks the API and fails on an HTTP error. Needs: github_token.
: "${GITHUB_API_URL:=https://api.github.com}" "${BRANCH:=}"
BRANCH=${BRANCH//\"/}
IFS=, read -r -a repositories <<< "$REPOSITORIES"

github() {
  curl --silent --show-error --fail --location \
    --header "Authorization: Bearer $github_token" --header 'Accept: application/vnd.github+json' "$GITHUB_API_URL$1"
}
