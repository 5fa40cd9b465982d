# What verify-modules.sh and screen-modules.sh share: options, the selection of rows, reading a
# report, comparing it with the table, the tally. Sourced by them, not run.
#
# The caller sets `self` (its own path) and `table`, and calls, in this order:
#   read_options "$@"; list_rows; prepare; then run_gowoa and judge_row for each row; finish.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the callers read these variables

gowoa=${GOWOA:-$(dirname "$self")/../target/release/gowoa}
limit=${LIMIT:-900}
markdown=
keep=
kind_wanted=
times=no
list=no
wanted=()

usage() { sed -n '2,/^set -euo/{/^set -euo/d;s/^# \{0,1\}//;p;}' "$self"; }
die() {
  printf '%s: %s\n' "$(basename "$self" .sh)" "$1" >&2
  exit 2
}

read_options() {
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
}

list_rows() { # with --list, and then it is done
  [[ $list == yes ]] || return 0
  awk -F'\t' '!/^#/ && NF { printf "%-22s %-12s %s\n", $1, $2, $3 }' "${table:?is set by the script}"
  exit 0
}

prepare() {
  local tool name
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
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/gowoa-modules.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  export GOWOA_CACHE=${GOWOA_CACHE:-$scratch/cache}
  # What the caller's shell says about the target or a workspace must not reach the rows.
  unset GOOS GOARCH CGO_ENABLED GOWORK GOARM64
  report=$scratch/report.json
  rows=()
  ok=0
  wrong=0
  skipped=0
}

clean_up() {
  chmod -R u+w "$scratch" 2>/dev/null || true
  rm -rf "$scratch"
}

selected() { # name kind
  case $kind_wanted in
    '' | "$2") ;;
    catalogue) [[ $2 != popular ]] || return 1 ;;
    *) return 1 ;;
  esac
  ((${#wanted[@]} > 0)) || return 0
  local name
  for name in "${wanted[@]}"; do
    [[ $name == "$1" ]] && return 0
  done
  return 1
}

refused() { # the last line of fetch.out that says why, without host names
  grep -hE 'not available|Forbidden|not found|404|no matching versions|requires go|no such host|timeout|error' \
    "$scratch/fetch.out" 2>/dev/null | tail -n 1 |
    sed -E 's#https?://[^ ]*##g; s#[[:space:]]+# #g' | cut -c 1-120
}

skip_row() { # name kind module verdict code
  local why
  why=$(refused)
  printf 'SKIP   %-22s %s not available: %s\n' "$1" "$3" "${why:-no reason given}"
  rows+=("| $1 | $2 | \`$3\` | $4 ($5) | skipped: not available | | | | |")
  skipped=$((skipped + 1))
}

findings() { # severities, as a regular expression
  jq -r --arg severity "^($1)\$" \
    '[.findings[] | select((.severity | test($severity)) and (.waived | not))
      | "\(.check):\(.class // "-"):\(.package // .subject)"] | unique | .[]' "$report" 2>/dev/null ||
    true
}

joined() { paste -sd ' ' - | sed 's/^$/-/'; }
sorted() { tr ' ' '\n' <<<"$1" | LC_ALL=C sort -u | joined; }
stopwatch() { date +%s%N; }
seconds() { awk -v from="$1" -v to="$2" 'BEGIN { printf "%.1f", (to - from) / 1e9 }'; }

# Runs gowoa and reads what it reported: got_code, got_verdict, got_errors, got_warnings,
# count_warnings, count_notes, took.
run_gowoa() { # name directory arguments...
  local name=$1 directory=$2 from to
  shift 2
  rm -f "$report"
  from=$(stopwatch)
  set +e
  (cd "$directory" && timeout -k 10 "$limit" "$gowoa" "$@" --color never --report "json=$report") \
    >"$scratch/text" 2>&1
  got_code=$?
  set -e
  to=$(stopwatch)
  took=$(seconds "$from" "$to")
  got_verdict=$(jq -r '.verdict' "$report" 2>/dev/null || true)
  [[ -n $got_verdict ]] || got_verdict=none
  ((got_code != 124)) || got_verdict=timeout
  got_errors=$(sorted "$(findings error | joined)")
  got_warnings=$(findings warning | joined)
  count_warnings=$(findings warning | grep -c . || true)
  count_notes=$(jq -r '.counts.notes // 0' "$report" 2>/dev/null || true)
  if [[ -n $keep ]]; then
    cp "$scratch/text" "$keep/$name.txt"
    rm -f "$keep/$name.json"
    [[ ! -f $report ]] || cp "$report" "$keep/$name.json"
  fi
}

# Compares what run_gowoa read with the table; wrongs may hold what the caller found before.
judge_row() { # name verdict code errors warm
  local name=$1 verdict=$2 code=$3 errors
  errors=$(sorted "$4")
  [[ $got_verdict == "$verdict" ]] || wrongs+=("verdict $got_verdict, expected $verdict")
  [[ $got_code == "$code" ]] || wrongs+=("exit $got_code, expected $code")
  [[ $got_errors == "$errors" ]] || wrongs+=("errors $got_errors, expected $errors")
  if ((${#wrongs[@]} == 0)); then
    result=ok
    ok=$((ok + 1))
    printf 'ok     %-22s %-10s exit %s, %s warnings, %s notes, %s s%s\n' "$name" "$got_verdict" \
      "$got_code" "$count_warnings" "$count_notes" "$took" "${5:+, warm $5}"
  else
    result="**WRONG**"
    wrong=$((wrong + 1))
    printf 'WRONG  %-22s' "$name"
    printf ' %s;' "${wrongs[@]}"
    printf ' %s s%s\n' "$took" "${5:+, warm $5}"
  fi
  shown=none
  [[ $got_errors == - ]] || shown="\`${got_errors// /\`<br>\`}\`"
}

finish() { # the heading of the Markdown table
  if [[ -n $markdown ]]; then
    {
      echo "$1"
      sed 's/[^|]//g; s/|/|---/g; s/---$//' <<<"$1"
      printf '%s\n' ${rows[@]+"${rows[@]}"}
    } >"$markdown"
  fi
  printf '%d ok, %d wrong, %d skipped\n' "$ok" "$wrong" "$skipped"
  ((ok + wrong + skipped > 0)) || die "no row was selected"
  ((wrong == 0))
}
