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

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
table=$here/verify-modules.tsv
gowoa=${GOWOA:-$here/../target/release/gowoa}
limit=${LIMIT:-900}
markdown=
keep=
kind_wanted=
times=no
list=no
wanted=()

usage() { sed -n '2,/^set -euo/{/^set -euo/d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"; }
die() {
  printf 'verify-modules: %s\n' "$1" >&2
  exit 2
}

while (($# > 0)); do
  case $1 in
    --markdown | --kind | --keep)
      (($# > 1)) || die "$1 needs a value"
      case $1 in
        --markdown) markdown=$2 ;;
        --kind) kind_wanted=$2 ;;
        --keep) keep=$2 ;;
      esac
      shift
      ;;
    --times) times=yes ;;
    --list) list=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*) die "unknown option $1 (see --help)" ;;
    *) wanted+=("$1") ;;
  esac
  shift
done

if [[ $list == yes ]]; then
  awk -F'\t' '!/^#/ && NF { printf "%-22s %-12s %s\n", $1, $2, $3 }' "$table"
  exit 0
fi

for tool in go jq timeout; do
  command -v "$tool" >/dev/null || die "$tool is not on PATH"
done
[[ $gowoa == */* ]] || gowoa=$(command -v "$gowoa" || true)
[[ -x $gowoa ]] || die "no gowoa at ${gowoa:-\$GOWOA}: cargo build --release, or set GOWOA"
gowoa=$(cd "$(dirname "$gowoa")" && pwd)/$(basename "$gowoa")
for name in ${wanted[@]+"${wanted[@]}"}; do
  awk -F'\t' -v name="$name" '!/^#/ && $1 == name { found = 1 } END { exit !found }' "$table" ||
    die "no row is called $name (see --list)"
done
if [[ -n $keep ]]; then
  mkdir -p "$keep"
  keep=$(cd "$keep" && pwd)
fi
if [[ -n $markdown ]]; then
  : >"$markdown" || die "cannot write $markdown"
  markdown=$(cd "$(dirname "$markdown")" && pwd)/$(basename "$markdown")
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/gowoa-verify.XXXXXX")
cleanup() {
  chmod -R u+w "$scratch" 2>/dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
export GOWOA_CACHE=${GOWOA_CACHE:-$scratch/cache}
# What the caller's shell says about the target or a workspace must not reach the rows.
unset GOOS GOARCH CGO_ENABLED GOWORK GOARM64

selected() { # name kind
  [[ -z $kind_wanted || $kind_wanted == "$2" ]] || return 1
  ((${#wanted[@]} > 0)) || return 0
  local name
  for name in "${wanted[@]}"; do
    [[ $name == "$1" ]] && return 0
  done
  return 1
}

# A go command for preparing a row, its words kept for refused().
fetching() {
  (cd "$tree" && timeout -k 10 "$limit" go "$@") >"$scratch/fetch.out" 2>&1
}

refused() { # the last line that says why, without host names
  grep -hE 'not available|Forbidden|not found|404|no matching versions|requires go|no such host|timeout|error' \
    "$scratch/fetch.out" 2>/dev/null | tail -n 1 |
    sed -E 's#https?://[^ ]*##g; s#[[:space:]]+# #g' | cut -c 1-120
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

findings() { # severity
  jq -r --arg severity "$1" \
    '[.findings[] | select(.severity == $severity and (.waived | not))
      | "\(.check):\(.class // "-"):\(.package // .subject)"] | unique | .[]' "$report" 2>/dev/null ||
    true
}

joined() { paste -sd ' ' - | sed 's/^$/-/'; }
stopwatch() { date +%s%N; }
seconds() { awk -v from="$1" -v to="$2" 'BEGIN { printf "%.1f", (to - from) / 1e9 }'; }

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

report=$scratch/report.json
rows=()
ok=0
wrong=0
skipped=0

while IFS=$'\t' read -r name kind module form packages arguments verdict code errors warnings note; do
  [[ -n $name && $name != \#* ]] || continue
  selected "$name" "$kind" || continue
  # Its own name, since gowoa keeps what it builds by the directory that it works in.
  tree=$scratch/$name
  [[ $packages != - ]] || packages=
  [[ $arguments != - ]] || arguments=
  if ! lay "$module" "$form" "$packages"; then
    why=$(refused)
    printf 'SKIP   %-22s %s not available: %s\n' "$name" "$module" "${why:-no reason given}"
    rows+=("| $name | $kind | \`$module\` | $verdict ($code) | skipped: not available | | | | |")
    skipped=$((skipped + 1))
    continue
  fi
  # For a dependency the packages are what the program imports, not what is checked.
  patterns=()
  extra=()
  [[ $form == dependency* ]] || read -r -a patterns <<<"$packages"
  read -r -a extra <<<"$arguments"
  rm -f "$report"
  from=$(stopwatch)
  set +e
  (cd "$tree" && timeout -k 10 "$limit" "$gowoa" check --color never --report "json=$report" \
    ${extra[@]+"${extra[@]}"} ${patterns[@]+"${patterns[@]}"}) >"$scratch/text" 2>&1
  got_code=$?
  set -e
  to=$(stopwatch)
  took=$(seconds "$from" "$to")
  got_verdict=$(jq -r '.verdict' "$report" 2>/dev/null || true)
  [[ -n $got_verdict ]] || got_verdict=none
  ((got_code != 124)) || got_verdict=timeout
  got_errors=$(findings error | joined)
  got_warnings=$(findings warning | joined)
  count_warnings=$(findings warning | grep -c . || true)
  count_notes=$(jq -r '.counts.notes // 0' "$report" 2>/dev/null || true)
  errors=$(tr ' ' '\n' <<<"$errors" | LC_ALL=C sort -u | joined)
  got_errors=$(tr ' ' '\n' <<<"$got_errors" | LC_ALL=C sort -u | joined)
  if [[ -n $keep ]]; then
    cp "$scratch/text" "$keep/$name.txt"
    [[ ! -f $report ]] || cp "$report" "$keep/$name.json"
  fi
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
  [[ $got_verdict == "$verdict" ]] || wrongs+=("verdict $got_verdict, expected $verdict")
  [[ $got_code == "$code" ]] || wrongs+=("exit $got_code, expected $code")
  [[ $got_errors == "$errors" ]] || wrongs+=("errors $got_errors, expected $errors")
  if ((${#wrongs[@]} == 0)); then
    result=ok
    ok=$((ok + 1))
    printf 'ok     %-22s %-10s exit %s, %s warnings, %s notes, %s s%s\n' "$name" "$got_verdict" \
      "$got_code" "$count_warnings" "$count_notes" "$took" "${warm:+, warm $warm}"
  else
    result="**WRONG**"
    wrong=$((wrong + 1))
    printf 'WRONG  %-22s' "$name"
    printf ' %s;' "${wrongs[@]}"
    printf ' %s s%s\n' "$took" "${warm:+, warm $warm}"
  fi
  if [[ $count_warnings != "$warnings" ]]; then
    printf '       %-22s warnings %s (the table says %s): %s\n' "" "$count_warnings" "$warnings" \
      "$got_warnings"
  fi
  shown=none
  [[ $got_errors == - ]] || shown="\`${got_errors// /\`<br>\`}\`"
  [[ $note != - ]] || note=
  called="\`$module\`${packages:+ $packages}${arguments:+ $arguments}"
  rows+=("| $name | $kind | $called, $form | $verdict ($code) | $got_verdict ($got_code) $result | $shown | $count_warnings / $count_notes | $took${warm:+ ($warm)} | $note |")
done <"$table"

if [[ -n $markdown ]]; then
  {
    echo "| row | kind | module | expected | gowoa says | errors (check:class:package) | warnings / notes | seconds | note |"
    echo "|---|---|---|---|---|---|---|---|---|"
    printf '%s\n' ${rows[@]+"${rows[@]}"}
  } >"$markdown"
fi

printf '%d ok, %d wrong, %d skipped\n' "$ok" "$wrong" "$skipped"
((ok + wrong + skipped > 0)) || die "no row was selected"
((wrong == 0))
