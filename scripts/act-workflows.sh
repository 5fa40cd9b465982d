#!/usr/bin/env bash
# Runs workflows/github/simplest.yml, byte for byte as people copy it, on this machine: in a small project of its own, under
# act in host mode (no containers), with this work tree as the action and the gowoa that was built here.
# A project that builds for windows/arm64 has to pass, and one that does not has to fail.
#
#   scripts/act-workflows.sh [GOWOA]     GOWOA: a built program [default: target/debug/gowoa, which is built]
#
# Skips with a line where act is not installed (scripts/peers.sh), and fails there with GOWOA_PEERS_REQUIRED.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/act-lib.sh
source scripts/act-lib.sh

# The action, but for where gowoa comes from: there is no release to fetch.
mkdir -p "$scratch/action/scripts"
cp -r scripts/action "$scratch/action/scripts/"
sed -e "s|^    default: 'release'|    default: 'path'|" \
  -e "/^  gowoa-path:/,/default:/s|default: ''|default: '$gowoa'|" action.yml >"$scratch/action/action.yml"

workflow="$PWD/workflows/github/simplest.yml"
stand_ins=()
while read -r used; do
  case "$used" in
    OWNER/*) stand_ins+=(--local-repository "$used=$scratch/action") ;;
    actions/checkout@*) ;;
    *) stand_ins+=(--local-repository "$used=$scratch/nothing") ;;
  esac
done < <(others "$workflow")

# project NAME SOURCE: a repository that uses the workflow. One file of it is for amd64 alone.
project() {
  mkdir -p "$scratch/$1/.github/workflows"
  cp "$workflow" "$scratch/$1/.github/workflows/"
  printf 'module example.com/%s\n\ngo 1.24\n' "$1" >"$scratch/$1/go.mod"
  printf '%s' "$2" >"$scratch/$1/main.go"
  printf 'package main\n\nconst word = "amd64"\n' >"$scratch/$1/word_amd64.go"
  git -C "$scratch/$1" init --quiet --initial-branch main
  git -C "$scratch/$1" add .
  git -C "$scratch/$1" -c user.name=x -c user.email=x@example.com commit --quiet --message x
}

# run NAME: the exit code of act; the log is in $scratch/NAME.log.
run() {
  (cd "$scratch/$1" && "$act" push --platform ubuntu-latest=-self-hosted --no-cache-server "${stand_ins[@]}" \
    --env "GOWOA_CACHE=$scratch/gowoa-cache" "${go_env[@]}") >"$scratch/$1.log" 2>&1
}

project good $'package main\n\nfunc main() { println("hello") }\n'
project broken $'package main\n\nfunc main() { println(word) }\n'
failed=0
run good || failed=1
# Green is not enough: a job that was left out is green too.
grep -q '::set-output:: result=pass' "$scratch/good.log" || failed=1
if run broken; then failed=1; fi
grep -q '::set-output:: result=fail' "$scratch/broken.log" || failed=1
grep -q 'undefined: word' "$scratch/broken.log" || failed=1
if [ "$failed" != 0 ]; then
  cat "$scratch/good.log" "$scratch/broken.log"
  printf 'act: the workflow did not behave\n'
  exit 1
fi
printf 'act: the simplest workflow passes a project that builds and fails one that does not\n'
