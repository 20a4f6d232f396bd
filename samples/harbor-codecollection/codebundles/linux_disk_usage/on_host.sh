#!/usr/bin/env bash
# Sourced by the other scripts: `on_host COMMAND` runs a command on HOST over SSH.
on_host() {
  local options=(-i "$SSH_KEY_FILE" -p "$SSH_PORT" -o BatchMode=yes -o ConnectTimeout=10)
  chmod 600 "$SSH_KEY_FILE"
  if [[ -f ./ssh_known_hosts ]]; then
    options+=(-o UserKnownHostsFile=./ssh_known_hosts -o StrictHostKeyChecking=yes)
  else
    options+=(-o StrictHostKeyChecking=accept-new)
  fi
  ssh "${options[@]}" "$SSH_USER@$HOST" "$1"
}
