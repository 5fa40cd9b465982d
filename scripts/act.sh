#!/usr/bin/env bash
# Runs the job `cases` of .github/workflows/action.yml on this machine: the action as workflows use it, under act in
# host mode (no containers), with the gowoa of this work tree. Only the branch for Linux and macOS: act says Linux
# for every runner.
#
#   scripts/act.sh [GOWOA]     GOWOA: a built program [default: target/debug/gowoa, which is built]
#
# Skips with a line where act is not installed (scripts/peers.sh), and fails there with GOWOA_PEERS_REQUIRED.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/act-lib.sh
source scripts/act-lib.sh

# `shell: python` wants that name.
mkdir "$scratch/bin"
ln -s "$(command -v python3)" "$scratch/bin/python"
export PATH="$scratch/bin:$PATH"
stand_ins=()
while read -r other; do
  stand_ins+=(--local-repository "$other=$scratch/nothing")
done < <(others .github/workflows/action.yml)

# The work tree is copied by act; what git ignores is not.
"$act" push --workflows .github/workflows/action.yml --job cases \
  --matrix runner:ubuntu-latest --platform ubuntu-latest=-self-hosted \
  --no-cache-server "${stand_ins[@]}" --env "GOWOA_BUILT=$gowoa" \
  "${go_env[@]}" >"$scratch/log" 2>&1 && status=0 || status=$?
cat "$scratch/log"
# Green is not enough: a job that act left out is green too.
if [ "$status" != 0 ] || ! grep -q '6 cases passed' "$scratch/log"; then
  printf 'act: the action did not behave (act ended with %s)\n' "$status"
  exit 1
fi
printf 'act: the action behaved in all cases\n'
