#!/usr/bin/env bash
# Measures gowoa against plain `go build` of the same packages, in pairs within one run, since shared machines
# drift: quote the ratios, not the seconds.
#
#   scripts/bench.sh startup               time of `gowoa --version`
#   scripts/bench.sh check DIR [PAIRS]     cold and warm `gowoa check` of a module against `go build`
#   scripts/bench.sh screen DIR [RUNS]     warm `gowoa screen` of a module against its own `go list` and `go build`
#   scripts/bench.sh first-run             the README's first command in a fresh clone with empty caches
#
# GOWOA names the program (default: target/release/gowoa). The baseline of `check` builds what gowoa builds:
# the same commands, and the program that links the libraries, through the overlay that gowoa made.
# Parsing of lists is measured by `cargo bench --bench list`, which functions an exe holds by
# `cargo bench --bench inspect -- EXE`, the linker's graph by `cargo bench --bench linkgraph -- FILE`.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
gowoa=${GOWOA:-$root/target/release/gowoa}
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

now() { date +%s.%N; }
# Seconds that a command takes; its output is thrown away.
seconds() {
  local begin end
  begin=$(now)
  "$@" >/dev/null 2>&1 || true
  end=$(now)
  awk -v a="$begin" -v b="$end" 'BEGIN { printf "%.3f", b - a }'
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }

startup() {
  local runs=50 begin end
  "$gowoa" --version >/dev/null
  begin=$(now)
  for ((i = 0; i < runs; i++)); do "$gowoa" --version >/dev/null; done
  end=$(now)
  awk -v a="$begin" -v b="$end" -v n="$runs" 'BEGIN { printf "start-up: %.1f ms each, %d runs\n", (b - a) * 1000 / n, n }'
}

go_arm64() { env GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go build "$@"; }

check() {
  local dir=$1 pairs=${2:-3} overlay main
  cd "$dir"
  local module
  module=$(go list -m)
  # One run to get the modules, the overlay and a warm page cache.
  GOWOA_CACHE=$work/first GOCACHE=$work/gocache-first "$gowoa" check >/dev/null 2>&1 || true
  overlay=$(find "$work/first" -path '*linkproof/0/overlay.json' | head -n 1)
  local base=(./...)
  if [ -n "$overlay" ]; then
    main=$module/gowoa_linkproof
    base=(-overlay="$overlay" ./... "$main")
  fi
  rm -rf "$work/gocache-first"
  for ((pair = 1; pair <= pairs; pair++)); do
    local a b warm_a warm_b
    mkdir -p "$work/a" "$work/b"
    b=$(GOCACHE=$work/b/gocache seconds go_arm64 -o "$work/b/out/" "${base[@]}")
    a=$(GOCACHE=$work/a/gocache GOWOA_CACHE=$work/a/gowoa seconds "$gowoa" check)
    warm_b=$(GOCACHE=$work/b/gocache seconds go_arm64 -o "$work/b/out/" "${base[@]}")
    warm_a=$(GOCACHE=$work/a/gocache GOWOA_CACHE=$work/a/gowoa seconds "$gowoa" check)
    printf 'pair %d  cold: gowoa %s s, go build %s s, ratio %s;  warm: gowoa %s s, go build %s s, %s s more\n' \
      "$pair" "$a" "$b" "$(ratio "$a" "$b")" "$warm_a" "$warm_b" \
      "$(awk -v a="$warm_a" -v b="$warm_b" 'BEGIN { printf "%.2f", a - b }')"
    rm -rf "$work/a" "$work/b"
  done
}

first_run() {
  git clone --quiet "$root" "$work/clone"
  cd "$work/clone"
  local took
  took=$(CARGO_HOME=$work/cargo CARGO_TARGET_DIR=$work/target GOCACHE=$work/gocache GOWOA_CACHE=$work/gowoa \
    seconds cargo run --release -- check -C testdata/go/sample)
  # A first run that failed early would look fast.
  GOWOA_CACHE=$work/gowoa "$work/target/release/gowoa" check -C testdata/go/sample >/dev/null 2>&1 || {
    printf 'the first README command failed after %s s: no figure\n' "$took"
    exit 1
  }
  printf 'first README command in a fresh clone, empty caches: %s s\n' "$took"
}

# What screening adds to what `go` itself takes, from the report: all without the build, by the slowest `go list`
# (measured while all of them run); then a second run on the same tree. Needs jq.
screen() {
  local dir=$1 runs=${2:-5} run
  shift $(($# < 2 ? $# : 2))
  cd "$dir"
  export GOWOA_CACHE=$work/screen
  "$gowoa" screen "$@" >/dev/null 2>&1 || true
  for ((run = 1; run <= runs; run++)); do
    "$gowoa" screen --no-cache --report "json=$work/report.json" "$@" >/dev/null 2>&1 || true
    jq -r --arg run "$run" '
      def go(name): [.phases[] | select(.name == name) | .go_ms // 0] | add // 0;
      def took(name): [.phases[] | select(.name == name) | .duration_ms] | add // 0;
      (go("build") + go("listing") + took("control") + took("advice") + took("resolve")) as $build
      | "run \($run)  \(.counts.packages) packages: all \(.duration_ms) ms, go list \(go("list")) ms, go build and its like \($build) ms, ratio \(((.duration_ms - $build) / go("list") * 1000 | round) / 1000)"
    ' "$work/report.json"
  done
  for ((run = 1; run <= runs; run++)); do
    "$gowoa" screen --report "json=$work/report.json" "$@" >/dev/null 2>&1 || true
    jq -r --arg run "$run" '
      def go(name): [.phases[] | select(.name == name) | .go_ms // 0] | add // 0;
      "again \($run)  all \(.duration_ms) ms, go list \(go("list")) ms, ratio \((.duration_ms / go("list") * 1000 | round) / 1000), from the cache: \(any(.phases[]; .name == "known"))"
    ' "$work/report.json"
  done
}

case ${1:-} in
  startup) startup ;;
  check) shift; check "$@" ;;
  screen) shift; screen "$@" ;;
  first-run) first_run ;;
  *) sed -n '2,13p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
