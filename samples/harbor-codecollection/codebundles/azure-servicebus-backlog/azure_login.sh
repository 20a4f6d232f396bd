#!/usr/bin/env bash
# Sourced by the other scripts: signs in with the service principal in AZURE_KEY_FILE.
az login --service-principal --output none \
  --username "$(jq -r .clientId "$AZURE_KEY_FILE")" \
  --password "$(jq -r .clientSecret "$AZURE_KEY_FILE")" \
  --tenant "$(jq -r .tenantId "$AZURE_KEY_FILE")"
az account set --subscription "$AZURE_SUBSCRIPTION_ID"
