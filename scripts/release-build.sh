#!/usr/bin/env bash
# Builds gowoa for a target on a machine of its kind, tries it, and packs it: dist/gowoa-VERSION-TARGET.tar.gz.
# release-build.ps1 is the same for Windows.
#
#   scripts/release-build.sh TARGET VERSION
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf 'release-build: %s\n' "$*" >&2; exit 2; }

[ $# = 2 ] || die "usage: scripts/release-build.sh TARGET VERSION"
target="$1" version="$2"
name="gowoa-$version-$target"

if command -v rustup >/dev/null; then rustup target add "$target"; fi
cargo build --release --locked --bin gowoa --target "$target"
program="${CARGO_TARGET_DIR:-target}/$target/release/gowoa"
said="$("$program" --version)"
[ "$said" = "gowoa $version" ] || die "the tag says $version, the program $said: set the version in Cargo.toml"
"$program" check -C testdata/go/sample

rm -rf "dist/$name"
mkdir -p "dist/$name"
cp "$program" README.md LICENSE-MIT LICENSE-APACHE "dist/$name/"
# No directory inside, and nothing of this machine: the action takes `gowoa` out by its name.
(cd "dist/$name" && tar -cf - gowoa README.md LICENSE-MIT LICENSE-APACHE | gzip -n -9 >"../$name.tar.gz")
rm -rf "dist/$name"
printf 'release-build: dist/%s.tar.gz\n' "$name"
