# shellcheck shell=bash
# Where the peers of scripts/peers.sh are, and what a script does that lacks one. Sourced, at the root of the repository.

# Used by who sources this.
# shellcheck disable=SC2034
peers="${GOWOA_PEERS:-$PWD/target/peers}"

# skipped WHY: says that something was not looked at. Where the peers have to be there it is an error, which ends the
# script: a machine without them would be green.
skipped() {
  printf 'skipped: %s\n' "$*"
  if [ -n "${GOWOA_PEERS_REQUIRED:-}" ]; then
    printf 'GOWOA_PEERS_REQUIRED is set, so that is an error\n' >&2
    exit 1
  fi
}
