#!/usr/bin/env bash
# Runs gowoa on public Go modules and compares its verdicts with verify-modules.tsv.
#
#   scripts/verify-modules.sh                        every row
#   scripts/verify-modules.sh fzf go-ole             these rows
#   scripts/verify-modules.sh --kind library         the rows of one kind
#   scripts/verify-modules.sh --markdown FILE        write the results as a Markdown table too
#   scripts/verify-modules.sh --times                time a second run against the same plain go build
#   scripts/verify-modules.sh --keep DIR             keep the reports and the terminal text in DIR
#   scripts/verify-modules.sh --list                 the names of the rows
#
# Environment: GOWOA is the binary (default target/release/gowoa), LIMIT the seconds a run may
# take (default 900). Needs bash, go and jq, and a Go module proxy. Each module is fetched with
# `go mod download` and copied to a temporary directory that is removed at the end: nothing that is
# fetched reaches this repository.
#
# Columns of the table: name, kind, module@version, form, packages, arguments of gowoa check,
# verdict, exit code, error findings (check:class:package, sorted), number of warnings, note.
# "-" is an empty field. form is "source" (the module's own tree) or "dependency" (a program that
# imports the packages; PACKAGE:Name also refers to that name), then steps joined with "+":
# tidy (go mod tidy), get=MODULE@VERSION, nowork (GOWORK=off).
# A row whose module the proxy refuses is skipped and said so. Exit code 1: a row differs.
set -euo pipefail

self=${BASH_SOURCE[0]}
here=$(cd "$(dirname "$self")" && pwd)
table=$here/verify-modules.tsv
# shellcheck source=scripts/modules-lib.sh
source "$here/modules-lib.sh"
read_options "$@"
list_rows
prepare

# A go command for preparing a row, its words kept for refused().
fetching() {
  (cd "$tree" && timeout -k 10 "$limit" go "$@") >"$scratch/fetch.out" 2>&1
}

# Lays the tree of a row; fails when the proxy does not hand it out.
lay() { # module@version form packages
  local module=$1 form=$2 packages=$3 step dir package alias index=0
  rm -rf "$tree"
  mkdir -p "$tree"
  case ${form%%+*} in
    source)
      (cd "$scratch" && timeout -k 10 "$limit" go mod download -json "$module") \
        >"$scratch/fetch.out" 2>&1 || return 1
      dir=$(jq -r '.Dir // empty' "$scratch/fetch.out")
      [[ -d $dir ]] || return 1
      cp -R "$dir/." "$tree/"
      chmod -R u+w "$tree"
      [[ -f $tree/go.mod ]] || fetching mod init "${module%@*}" || return 1
      ;;
    dependency)
      {
        printf 'package main\n\nimport (\n'
        for package in $packages; do
          alias=_
          [[ $package != *:* ]] || alias=p$index
          printf '\t%s "%s"\n' "$alias" "${package%:*}"
          index=$((index + 1))
        done
        printf ')\n\n'
        index=0
        for package in $packages; do
          [[ $package != *:* ]] || printf 'var _ = p%d.%s\n' "$index" "${package##*:}"
          index=$((index + 1))
        done
        printf '\nfunc main() {}\n'
      } >"$tree/main.go"
      fetching mod init example.com/verify || return 1
      for package in $packages; do
        fetching get "${package%:*}@${module##*@}" || return 1
      done
      ;;
    *) die "unknown form $form" ;;
  esac
  while [[ $form == *+* ]]; do
    form=${form#*+}
    step=${form%%+*}
    case $step in
      tidy) fetching mod tidy || return 1 ;;
      get=*) fetching get "${step#get=}" || return 1 ;;
      nowork) rm -f "$tree/go.work" "$tree/go.work.sum" ;;
      *) die "unknown step $step" ;;
    esac
  done
}

# The same work with plain go, twice; the time of the second run. Without a command `go build -o`
# into a directory refuses, and there is nothing to link.
plain_build() { # patterns...
  local from to bin=$scratch/plain
  (($# > 0)) || set -- ./...
  mkdir -p "$bin"
  for _ in first second; do
    from=$(stopwatch)
    (cd "$tree" && export GOOS=windows GOARCH=arm64 CGO_ENABLED=0 &&
      if [[ -n $(go list -e -f '{{if eq .Name "main"}}command{{end}}' "$@" 2>/dev/null) ]]; then
        timeout -k 10 "$limit" go build -o "$bin/" "$@"
      else
        timeout -k 10 "$limit" go build "$@"
      fi) >/dev/null 2>&1 || true
    to=$(stopwatch)
  done
  rm -rf "$bin"
  seconds "$from" "$to"
}

while IFS=$'\t' read -r name kind module form packages arguments verdict code errors warnings note; do
  [[ -n $name && $name != \#* ]] || continue
  selected "$name" "$kind" || continue
  # Its own name, since gowoa keeps what it builds by the directory that it works in.
  tree=$scratch/$name
  [[ $packages != - ]] || packages=
  [[ $arguments != - ]] || arguments=
  if ! lay "$module" "$form" "$packages"; then
    skip_row "$name" "$kind" "$module" "$verdict" "$code"
    continue
  fi
  # For a dependency the packages are what the program imports, not what is checked.
  patterns=()
  extra=()
  [[ $form == dependency* ]] || read -r -a patterns <<<"$packages"
  read -r -a extra <<<"$arguments"
  run_gowoa "$name" "$tree" check ${extra[@]+"${extra[@]}"} ${patterns[@]+"${patterns[@]}"}
  warm=
  if [[ $times == yes ]]; then
    plain=$(plain_build ${patterns[@]+"${patterns[@]}"})
    from=$(stopwatch)
    (cd "$tree" && timeout -k 10 "$limit" "$gowoa" check ${extra[@]+"${extra[@]}"} \
      ${patterns[@]+"${patterns[@]}"}) >/dev/null 2>&1 || true
    to=$(stopwatch)
    warm="$(seconds "$from" "$to") / $plain"
  fi

  chmod -R u+w "$tree"
  rm -rf "$tree"

  wrongs=()
  judge_row "$name" "$verdict" "$code" "$errors" "$warm"
  if [[ $count_warnings != "$warnings" ]]; then
    printf '       %-22s warnings %s (the table says %s): %s\n' "" "$count_warnings" "$warnings" \
      "$got_warnings"
  fi
  [[ $note != - ]] || note=
  called="\`$module\`${packages:+ $packages}${arguments:+ $arguments}"
  rows+=("| $name | $kind | $called, $form | $verdict ($code) | $got_verdict ($got_code) $result | $shown | $count_warnings / $count_notes | $took${warm:+ ($warm)} | $note |")
done <"$table"

finish "| row | kind | module | expected | gowoa says | errors (check:class:package) | warnings / notes | seconds | note |"
