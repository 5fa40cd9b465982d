#!/usr/bin/env bash
# Writes scripts/action/pins from the files of a release, so that the action runs these and no others.
#
#   scripts/release-pins.sh DIST VERSION OWNER/NAME
#
# DIST holds an archive for every target and SHA256SUMS. What is already in the table stays below the new
# version, for the input `version` of the action. docs/release.md says when this is run.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/pins-lib.sh
source scripts/pins-lib.sh

die() { printf 'release-pins: %s\n' "$*" >&2; exit 2; }

[ $# = 3 ] || die "usage: scripts/release-pins.sh DIST VERSION OWNER/NAME"
dist="$1" version="$2" repository="$3"
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.-]+)?$ ]] || die "$version is not a version"
[[ "$repository" =~ ^[0-9A-Za-z_.-]+/[0-9A-Za-z_.-]+$ ]] || die "$repository is not OWNER/NAME"
[ -f "$dist/SHA256SUMS" ] || die "$dist holds no SHA256SUMS"

pins="${GOWOA_PINS_FILE:-scripts/action/pins}"
new="$pins.new"
trap 'rm -f "$new"' EXIT
sum() { sha256sum | cut -d ' ' -f 1; }

{
  grep '^#' "$pins"
  printf 'repository %s\n' "$repository"
  for target in {x86_64,aarch64}-{unknown-linux-musl,apple-darwin,pc-windows-msvc}; do
    case "$target" in
      *windows*) archive="gowoa-$version-$target.zip" unpack=(unzip -p "$dist/$archive" gowoa.exe) ;;
      *) archive="gowoa-$version-$target.tar.gz" unpack=(tar -xzOf "$dist/$archive" gowoa) ;;
    esac
    [ -f "$dist/$archive" ] || die "$dist holds no $archive"
    of_archive="$(sum <"$dist/$archive")"
    # The whole line: a list may also hold names that begin with this one.
    grep -qxF "$of_archive  $archive" "$dist/SHA256SUMS" || die "SHA256SUMS does not agree with $archive"
    of_binary="$("${unpack[@]}" | sum)" || die "$archive holds no gowoa"
    printf '%s %s %s %s\n' "$version" "$target" "$of_archive" "$of_binary"
  done
  pins_rows "$pins" | awk -v version="$version" '$1 != "repository" && $1 != version'
} >"$new"
mv -f "$new" "$pins"
# The template for Azure Pipelines carries the same table.
[ -n "${GOWOA_PINS_FILE:-}" ] || scripts/azure-pins.sh
printf 'release-pins: %s pins gowoa %s for 6 targets\n' "$pins" "$version"
