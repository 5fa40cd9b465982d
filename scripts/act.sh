#!/usr/bin/env bash
# Runs the job `cases` of .github/workflows/action.yml on this machine: the action as workflows use it, under act in
# host mode (no containers), with the gowoa of this work tree. Only the branch for Linux and macOS: act says Linux
# for every runner.
#
#   scripts/act.sh [GOWOA]     GOWOA: a built program [default: target/debug/gowoa, which is built]
#
# Skips with a line where act is not installed (scripts/peers.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

peers="${GOWOA_PEERS:-$PWD/target/peers}"
if [ ! -x "$peers/bin/act" ]; then
  printf 'skipped: act is not installed (scripts/peers.sh)\n'
  exit 0
fi
if [ $# -gt 0 ]; then
  gowoa="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
else
  cargo build --quiet --locked --bin gowoa
  gowoa="$PWD/target/debug/gowoa"
fi

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
# `shell: python` wants that name.
mkdir "$scratch/bin"
ln -s "$(command -v python3)" "$scratch/bin/python"
export PATH="$scratch/bin:$PATH"
# act keeps its caches, the copies of the work tree and its settings below these.
# Go's are the usual ones: asked before.
gocache="$(go env GOCACHE)" goenv="$(go env GOENV)"
export XDG_CACHE_HOME="$scratch/cache" XDG_CONFIG_HOME="$scratch/config"

# act fetches every action of others before a step begins, also for steps that it then leaves out: these are stand-ins.
# (actions/checkout it does itself.)
mkdir "$scratch/nothing"
cat >"$scratch/nothing/action.yml" <<'END'
name: nothing
description: Stands in for an action that is not to be fetched.
runs:
  using: composite
  steps: []
END
others=()
while read -r other; do
  others+=(--local-repository "$other=$scratch/nothing")
done < <(sed -nE 's/^ *- uses: ([^.][^ ]*@[0-9a-f]{40}).*/\1/p' .github/workflows/action.yml | sort -u)

# The work tree is copied by act; what git ignores is not.
"$peers/bin/act" push --workflows .github/workflows/action.yml --job cases \
  --matrix runner:ubuntu-latest --platform ubuntu-latest=-self-hosted \
  --no-cache-server "${others[@]}" --env "GOWOA_BUILT=$gowoa" \
  --env "GOCACHE=$gocache" --env "GOENV=$goenv" >"$scratch/log" 2>&1 && status=0 || status=$?
cat "$scratch/log"
# Green is not enough: a job that act left out is green too.
if [ "$status" != 0 ] || ! grep -q '6 cases passed' "$scratch/log"; then
  printf 'act: the action did not behave (act ended with %s)\n' "$status"
  exit 1
fi
printf 'act: the action behaved in all cases\n'
