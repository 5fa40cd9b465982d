#!/usr/bin/env bash
# Asks `gowoa screen --module` about public Go modules and compares with screen-modules.tsv.
#
#   scripts/screen-modules.sh                        every row
#   scripts/screen-modules.sh go-ole-124 grpc        these rows
#   scripts/screen-modules.sh --kind popular         the widely used modules
#   scripts/screen-modules.sh --kind catalogue       the cases that are known to break, and their fixes
#   scripts/screen-modules.sh --markdown FILE        write the results as a Markdown table too
#   scripts/screen-modules.sh --keep DIR             keep the reports and the terminal text in DIR
#   scripts/screen-modules.sh --list                 the names of the rows
#
# Environment: GOWOA is the binary (default target/release/gowoa), LIMIT the seconds a run may
# take (default 900). Needs bash, go and jq, and a Go module proxy. Nothing is fetched into this
# repository: gowoa makes its temporary modules below GOWOA_CACHE, by default a directory that is
# removed at the end.
#
# Columns of the table: name, kind, module@version, packages ("-" asks about the whole module),
# arguments of gowoa screen, verdict, exit code, findings of severity error (check:class:package,
# sorted, complete), warnings and notes that the row is about (the same form; there may be others),
# note. "-" is an empty field. A kind that is a number is the row of the catalogue of known cases.
# What is not expected and not an error is printed below the row, to be looked into by hand.
# A row whose module the proxy refuses is skipped and said so. Exit code 1: a row differs.
set -euo pipefail

self=${BASH_SOURCE[0]}
here=$(cd "$(dirname "$self")" && pwd)
table=$here/screen-modules.tsv
# shellcheck source=scripts/modules-lib.sh
source "$here/modules-lib.sh"
read_options "$@"
[[ $times == no ]] || die "unknown option --times (see --help)"
list_rows
prepare

# Whether the module proxy hands it out; its words are kept for refused().
served() {
  (cd "$scratch" && timeout -k 10 "$limit" go mod download "$1") >"$scratch/fetch.out" 2>&1
}

difference() { # words that the first list has and the second has not
  LC_ALL=C comm -23 <(tr ' ' '\n' <<<"$1" | grep -v '^-$' | LC_ALL=C sort -u) \
    <(tr ' ' '\n' <<<"$2" | LC_ALL=C sort -u) | joined
}

while IFS=$'\t' read -r name kind module packages arguments verdict code errors lesser note; do
  [[ -n $name && $name != \#* ]] || continue
  selected "$name" "$kind" || continue
  [[ $packages != - ]] || packages=
  [[ $arguments != - ]] || arguments=
  if ! served "$module"; then
    skip_row "$name" "$kind" "$module" "$verdict" "$code"
    continue
  fi
  asked=(screen --module "$module")
  for package in $packages; do
    asked+=(--package "$package")
  done
  read -r -a extra <<<"$arguments"
  run_gowoa "$name" "$scratch" "${asked[@]}" ${extra[@]+"${extra[@]}"}
  got_lesser=$(findings 'warning|note' | joined)
  wrongs=()
  missing=$(difference "$lesser" "$got_lesser")
  [[ $missing == - ]] || wrongs+=("no warning or note $missing")
  judge_row "$name" "$verdict" "$code" "$errors" ""
  others=$(difference "$got_warnings" "$lesser")
  [[ $others == - ]] || printf '       %-22s other warnings: %s\n' "" "$others"
  about=
  [[ $lesser == - ]] || about="\`${lesser// /\`<br>\`}\`"
  [[ $note != - ]] || note=
  # In a table the packages stand for themselves, without the module that they begin with.
  short=
  for package in $packages; do
    [[ $package != "${module%@*}" ]] || continue
    short+=" ${package#"${module%@*}/"}"
  done
  called="\`$module\`$short${arguments:+ $arguments}"
  rows+=("| $name | $kind | $called | $verdict ($code) | $got_verdict ($got_code) $result | $shown | ${about:-none} | $count_warnings / $count_notes | $took | $note |")
done <"$table"

finish "| row | kind | module | expected | gowoa says | errors (check:class:package) | warnings and notes it is about | warnings / notes | seconds | note |"
