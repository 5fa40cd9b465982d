# shellcheck shell=bash
# What the scripts that start act share. Sourced, at the root of the repository, with the arguments of the script: the
# program to run, if any. Sets act, gowoa and scratch, which is removed at the end; ends the script where act lacks.

# shellcheck source=scripts/peers-lib.sh
source scripts/peers-lib.sh
act="$peers/bin/act"
if [ ! -x "$act" ]; then
  skipped "act is not installed (scripts/peers.sh)"
  exit 0
fi
if [ $# -gt 0 ]; then
  gowoa="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
else
  cargo build --quiet --locked --bin gowoa
  # shellcheck disable=SC2034
  gowoa="$PWD/target/debug/gowoa"
fi

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
# act keeps its caches, the copies of the work tree and its settings below these. Go's are the usual ones: asked before.
# shellcheck disable=SC2034
go_env=(--env "GOCACHE=$(go env GOCACHE)" --env "GOENV=$(go env GOENV)")
export XDG_CACHE_HOME="$scratch/cache" XDG_CONFIG_HOME="$scratch/config"

# act fetches every action of others before a step begins, also for steps that it then leaves out: this stands in for
# them. (actions/checkout it does itself.)
mkdir "$scratch/nothing"
cat >"$scratch/nothing/action.yml" <<'END'
name: nothing
description: Stands in for an action that is not to be fetched.
runs:
  using: composite
  steps:
    - run: 'true'
      shell: bash
END

# others WORKFLOW: the actions that it uses and that are pinned to a commit, one a line.
others() { sed -nE 's/^ *- uses: ([^.][^ ]*@[0-9a-f]{40}).*/\1/p' "$1" | sort -u; }
