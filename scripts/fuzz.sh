#!/usr/bin/env bash
# Fuzzes the readers of untrusted bytes. The seeds are the fixtures below testdata/; what the fuzzer adds goes
# to fuzz/corpus/, which is not committed. Needs a nightly toolchain and cargo-fuzz.
#
#   scripts/fuzz.sh                    the targets
#   scripts/fuzz.sh TARGET [SECONDS]   runs one (default: 1200 seconds)
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

# Where the seeds of each target are.
seeds() {
  case $1 in
    image) printf '%s\n' ../testdata/pe ../testdata/pe/code ;;
    calls) printf '%s\n' ../testdata/pe/code ;;
    object) printf '%s\n' ../testdata/coff ../testdata/pe/resources ;;
    functions) printf '%s\n' ../testdata/pe/code ../testdata/pe ;;
    resources) printf '%s\n' ../testdata/pe/resources ;;
    signature) printf '%s\n' ../testdata/pe/signed ;;
    embedded) printf '%s\n' ../testdata/pe/embedded ;;
    linkgraph) printf '%s\n' ../testdata/linkgraph ;;
    package) printf '%s\n' ../testdata/containers ;;
    *) return 1 ;;
  esac
}

if [ $# -eq 0 ]; then
  printf '%s\n' image calls object functions resources signature embedded linkgraph package
  exit
fi
target=$1
seconds=${2:-1200}
mapfile -t dirs < <(seeds "$target")
[ ${#dirs[@]} -gt 0 ] || { printf 'there is no target %s\n' "$target" >&2; exit 2; }
mkdir -p "corpus/$target"
# gowoa promises 2 s and 256 MiB for an input of this size. The time is held to it as it is, though the
# instrumented program is slower than the real one. The memory is held to it in each single allocation
# (-malloc_limit_mb). Resident memory (-rss_limit_mb) includes the corpus and the counters of the fuzzer, and the
# shadow and the quarantine (256 MiB) of the address sanitizer: its limit leaves 768 MiB for those, an estimate.
exec cargo +nightly fuzz run "$target" "corpus/$target" "${dirs[@]}" -- \
  -max_total_time="$seconds" -timeout=2 -malloc_limit_mb=256 -rss_limit_mb=1024 -max_len=65536 \
  -print_final_stats=1
