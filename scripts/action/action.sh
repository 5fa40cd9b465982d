#!/usr/bin/env bash
# The step of action.yml on Linux and macOS: finds a gowoa that may be trusted and starts `gowoa action`, which
# does everything else. action.ps1 is the same for Windows, in the same order.
#
# Inputs come in GOWOA_INPUT_* variables, and no text of theirs is ever part of a command here. Nothing is
# tried that was not asked for: a checksum that does not match ends the step.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
pins="$here/pins"
temp="${RUNNER_TEMP:-${TMPDIR:-/tmp}}"

cr=$'\r' lf=$'\n'

# die TEXT: an annotation, a job summary, and the outputs of "no answer". The order of the replacements matters.
die() {
  local text="$1"
  text="${text//[%]/%25}"
  text="${text//$cr/%0D}"
  text="${text//$lf/%0A}"
  printf '::error title=gowoa::%s\n' "$text"
  set_output result incomplete
  set_output exit-code 2
  # Indented it is code: no text of a user's becomes Markdown or HTML.
  if [ "${GOWOA_INPUT_SUMMARY:-}" = true ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    text="${1//$cr/}"
    printf '\n## gowoa: incomplete\n\nNo report could be made.\n\n    error: %s\n' "${text//$lf/$lf    }" >>"$GITHUB_STEP_SUMMARY"
  fi
  exit 2
}

# set_output NAME VALUE: values with line breaks are refused, so that none becomes an output of its own.
set_output() {
  case "$2" in *"$lf"* | *"$cr"*) return ;; esac
  if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; fi
}

# fenced COMMAND...: runs it; the runner obeys no command in what it prints.
fenced() {
  local word status=0
  word="gowoa-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  printf '::stop-commands::%s\n' "$word"
  "$@" 2>&1 || status=$?
  printf '\n::%s::\n' "$word"
  return "$status"
}

# one_of NAME VALUE WORD...
one_of() {
  local name="$1" value="$2" word
  shift 2
  for word in "$@"; do
    if [ "$value" = "$word" ]; then return; fi
  done
  die "$name: $value cannot be used; write one of: $*"
}

sha256_of() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

# check_sum FILE SHA256 NAME
check_sum() {
  local is
  is="$(sha256_of "$1")"
  if [ "$is" != "$2" ]; then
    die "$3 is not what the action knows: its SHA-256 is $is, expected $2. It was not run. Remove it, or find out who changed it."
  fi
}

# The machine, asked of the system: RUNNER_ARCH is the runner's own, and an emulated shell says what it emulates.
target_of_machine() {
  local system machine
  system="$(uname -s)"
  machine="$(uname -m)"
  case "$system" in
    Linux) system=unknown-linux-musl ;;
    Darwin)
      system=apple-darwin
      # Under Rosetta uname says x86_64.
      if [ "$(sysctl -n hw.optional.arm64 2>/dev/null || true)" = 1 ]; then machine=arm64; fi
      ;;
    *) die "no gowoa is made for $system; use a runner with Linux, macOS or Windows" ;;
  esac
  case "$machine" in
    x86_64 | amd64) target="x86_64-$system" arch=x64 ;;
    aarch64 | arm64) target="aarch64-$system" arch=arm64 ;;
    *) die "no gowoa is made for $machine; use a runner with x64 or ARM64, or install-mode: path" ;;
  esac
}

# Sets repository, version, archive_sum and binary_sum; the sums are empty for a version that is not pinned.
read_pins() {
  local first second third fourth
  repository='' archive_sum='' binary_sum=''
  while read -r first second third fourth || [ -n "$first" ]; do
    case "$first" in
      '' | '#'*) continue ;;
      repository) repository="$second" && continue ;;
    esac
    if [ -z "$version" ]; then version="$first"; fi
    if [ "$first" = "$version" ] && [ "$second" = "$target" ]; then
      archive_sum="$third" binary_sum="$fourth"
    fi
  done <"$pins"
}

# fetch URL FILE, or sets why. A download from elsewhere is held against the same sums, so plain HTTP inside a network
# will do. It ends where nobody answers, where nothing comes for half a minute, and after ten minutes.
fetch() {
  why="$(curl --fail --silent --show-error --location --proto '=https,http' --tlsv1.2 \
    --connect-timeout 20 --speed-limit 1024 --speed-time 30 --max-time 600 \
    --retry 3 --retry-connrefused --retry-max-time 600 --output "$2" -- "$1" 2>&1)" || {
    # The last try is the one to tell.
    why="${why##*"$lf"}"
    return 1
  }
}

# attest FILE: that the release workflow made it. Returns 3 where that cannot be asked.
attest() {
  if ! command -v gh >/dev/null || [ -z "${GITHUB_TOKEN:-}" ]; then return 3; fi
  fenced gh attestation verify "$1" --repo "$repository" \
    --signer-workflow "$repository/.github/workflows/release.yml"
}

# verify_attestation FILE, as the input says; a file that is not pinned needs one.
verify_attestation() {
  local wish="$attestation" status=0
  if [ -z "$archive_sum" ]; then wish=require; fi
  if [ "$wish" = off ]; then return; fi
  attest "$1" || status=$?
  case "$status/$wish" in
    0/*) printf 'gowoa: the attestation of %s was verified\n' "${1##*/}" ;;
    3/auto) printf 'gowoa: the attestation was not asked for (it needs gh and a token); the checksum is pinned\n' ;;
    3/require) die "the attestation of gowoa $version cannot be verified: that needs the gh program and the input token" ;;
    *) die "the attestation of gowoa $version could not be verified; it was not run" ;;
  esac
}

# Sets sum for a release that is not pinned, from its own list; its attestation is what is trusted then.
sum_from_release() {
  local digest name
  fetch "$base/SHA256SUMS" "$work/SHA256SUMS" || die "cannot fetch $base/SHA256SUMS: $why"
  while read -r digest name; do
    # The whole name: a list may also hold names that begin with it.
    if [ "${name#\*}" = "$1" ]; then sum="$digest"; fi
  done <"$work/SHA256SUMS"
  [ -n "$sum" ] || die "$base/SHA256SUMS does not list $1"
}

from_release() {
  local archive cached base work sum why=''
  read_pins
  if [ -z "$version" ]; then
    no_release "no release of gowoa is pinned in this checkout of the action (scripts/action/pins)"
    return
  fi
  case "$version" in *[!0-9A-Za-z.+-]*) die "version: $version is not a version" ;; esac
  if [ -z "$archive_sum" ] && { [ "$attestation" = off ] || [ -n "${GOWOA_INPUT_DOWNLOAD_BASE_URL:-}" ]; }; then
    no_release "gowoa $version for $target is not pinned in this checkout of the action"
    return
  fi
  cached="${RUNNER_TOOL_CACHE:-$temp}/gowoa/$version/$arch"
  binary="$cached/gowoa"
  if [ -n "$binary_sum" ] && [ -f "$binary" ]; then
    check_sum "$binary" "$binary_sum" "$binary"
    origin="tool cache, checksum verified"
    return
  fi
  archive="gowoa-$version-$target.tar.gz"
  base="${GOWOA_INPUT_DOWNLOAD_BASE_URL:-${GITHUB_SERVER_URL:-https://github.com}/$repository/releases/download}"
  base="${base%/}/v$version"
  work="$(mktemp -d "$temp/gowoa-download.XXXXXX")"
  fetch "$base/$archive" "$work/$archive" || {
    no_release "cannot fetch $base/$archive: $why"
    return
  }
  sum="$archive_sum"
  [ -n "$sum" ] || sum_from_release "$archive"
  check_sum "$work/$archive" "$sum" "$base/$archive"
  verify_attestation "$work/$archive"
  tar -xzf "$work/$archive" -C "$work" gowoa || die "$archive holds no gowoa"
  if [ -n "$binary_sum" ]; then check_sum "$work/gowoa" "$binary_sum" "gowoa in $archive"; fi
  origin="$base, checksum verified"
  # What is not pinned cannot be checked when it is taken from the cache again.
  if [ -n "$binary_sum" ] && mkdir -p "$cached" 2>/dev/null &&
    cp "$work/gowoa" "$cached/.gowoa.$$" 2>/dev/null && mv -f "$cached/.gowoa.$$" "$binary"; then
    check_sum "$binary" "$binary_sum" "$binary"
  else
    binary="$work/gowoa"
  fi
}

# no_release WHY: another way, where one was asked for.
no_release() {
  if [ "$fallback" != source ]; then
    die "$1. Use a tag of a release of the action, or build this checkout with install-mode: source (needs Rust), or give a built gowoa with install-mode: path"
  fi
  fenced printf 'gowoa: %s; building from source, as fallback: source says\n' "$1"
  from_source
}

# In the checkout of the action: a .cargo/config.toml or rust-toolchain.toml of the user's has no say.
cargo_build() { (cd "$root" && cargo build --release --locked --bin gowoa --target-dir "$1"); }

# The checkout of the action is the source. What is built lasts for the job: no earlier one can have a hand in it.
from_source() {
  command -v cargo >/dev/null || die "install-mode: source needs Rust (cargo is not on PATH); see https://rustup.rs"
  fenced cargo_build "$temp/gowoa-source" || die "gowoa did not build from source; the log above says why"
  binary="$temp/gowoa-source/release/gowoa" origin="built from the source of the action"
}

from_path() {
  binary="${GOWOA_INPUT_GOWOA_PATH:-}"
  if [ -z "$binary" ]; then die "install-mode: path needs the input gowoa-path"; fi
  if [ ! -f "$binary" ] || [ ! -x "$binary" ]; then die "gowoa-path: $binary is not a program"; fi
  origin="gowoa-path"
}

main() {
  local mode="${GOWOA_INPUT_INSTALL_MODE:-release}"
  version="${GOWOA_INPUT_VERSION:-}"
  fallback="${GOWOA_INPUT_FALLBACK:-none}"
  attestation="${GOWOA_INPUT_VERIFY_ATTESTATION:-auto}"
  one_of install-mode "$mode" release path source
  one_of fallback "$fallback" none source
  one_of verify-attestation "$attestation" auto require off
  target_of_machine
  "from_$mode"
  binary="$(CDPATH="" cd "$(dirname "$binary")" && pwd)/$(basename "$binary")"
  local said
  said="$("$binary" --version 2>/dev/null)" || die "$binary does not run on this machine ($target)"
  case "$said" in "gowoa "*) ;; *) die "$binary is not gowoa" ;; esac
  set_output gowoa-path "$binary"
  set_output version "${said#gowoa }"
  fenced printf '%s (%s)\n' "$said" "$origin"
  exec "$binary" action
}

main
