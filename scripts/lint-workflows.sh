#!/usr/bin/env bash
# Lints action.yml, the workflows of this repository and those to copy, and the scripts of the action. The linters are
# peers (scripts/peers.sh); one that is not there is named as skipped, and with GOWOA_PEERS_REQUIRED it is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/peers-lib.sh
source scripts/peers-lib.sh
failed=0

run() {
  local tool="$1"
  shift
  if [ -x "$peers/bin/$tool" ]; then
    printf '%s\n' "$tool $*"
    "$peers/bin/$tool" "$@" || failed=1
  else
    skipped "$tool is not installed (scripts/peers.sh)"
  fi
}

mapfile -t own < <(find .github/workflows -name '*.yml' | sort)
# Those of other systems lie beside them and have no runs-on.
mapfile -t copies < <(grep -rlE '^ +runs-on:' workflows --include='*.yml' 2>/dev/null | sort || true)

run check-jsonschema --builtin-schema vendor.github-actions action.yml
run check-jsonschema --builtin-schema vendor.github-workflows "${own[@]}" "${copies[@]}"
run actionlint "${own[@]}" "${copies[@]}"
run zizmor --offline --no-progress --persona auditor --config .github/zizmor.yml action.yml "${own[@]}" "${copies[@]}"
if command -v shellcheck >/dev/null; then
  shellcheck scripts/action/action.sh || failed=1
else
  skipped "shellcheck is not installed"
fi
exit "$failed"
