#!/usr/bin/env bash
# Puts the table of scripts/action/pins into workflows/azure/gowoa.yml, so that one table says what may be run.
#
#   scripts/azure-pins.sh           writes it; scripts/release-pins.sh does so after it has written the table
#   scripts/azure-pins.sh --check   fails where the template has another one
set -euo pipefail
cd "$(dirname "$0")/.."

template=workflows/azure/gowoa.yml pins=scripts/action/pins
new="$(mktemp)"
trap 'rm -f "$new"' EXIT

# shellcheck source=scripts/pins-lib.sh
source scripts/pins-lib.sh
table="$(pins_rows "$pins")"
if [ -z "$table" ]; then
  block="    default: ''"
else
  block="    default: |"$'\n'"$(printf '%s\n' "$table" | sed 's/^/      /')"
fi
BLOCK="$block" awk '
  /# pins end/ { inside = 0 }
  !inside { print }
  /# pins begin/ { inside = 1; print ENVIRON["BLOCK"] }
' "$template" >"$new"

if [ "${1:-}" = --check ]; then
  cmp -s "$new" "$template" || {
    printf 'azure-pins: %s has other pins than %s; run scripts/azure-pins.sh\n' "$template" "$pins" >&2
    exit 1
  }
else
  cat "$new" >"$template"
fi
