#!/usr/bin/env bash
# Runs SQL_FILE and prints its rows as a JSON array. Needs: DB_HOST, DB_USER, postgres_password.
set -euo pipefail

: "${DB_PORT:=5432}" "${DB_NAME:=postgres}" "${SSL_MODE:=require}" "${MAX_TRANSACTION_MINUTES:=10}"
export PGHOST=$DB_HOST PGPORT=$DB_PORT PGDATABASE=${DB_NAME//\"/} PGUSER=$DB_USER PGPASSWORD=$postgres_password
export PGSSLMODE=$SSL_MODE PGCONNECT_TIMEOUT=10
if [[ -f ./postgres_ca_certificate ]]; then
  export PGSSLROOTCERT=./postgres_ca_certificate
fi

psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --set minutes="$MAX_TRANSACTION_MINUTES" --file "$SQL_FILE"
