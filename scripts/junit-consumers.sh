#!/usr/bin/env bash
# Installs what reads JUnit files elsewhere, for tests/formats/junit.rs: the parsers of two GitHub actions, bundled from their
# sources as they are, and the two schemas. Nothing of them is shipped or committed. Beside scripts/peers.sh, because it
# needs github.com.
#
#   scripts/junit-consumers.sh     installs into $GOWOA_PEERS/junit, or target/peers/junit
#
# GOWOA_GIT names another place of the repositories, with OWNER and NAME in it; the commits are pinned below.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/peers-lib.sh
source scripts/peers-lib.sh
peers="$peers/junit"
place="${GOWOA_GIT:-https://github.com/OWNER/NAME}"
mkdir -p "$peers"
peers="$(cd "$peers" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# take OWNER NAME COMMIT PATH...: these files of the repository, into $work/NAME.
take() {
  local url="${place//OWNER/$1}" directory="$work/$2" commit="$3"
  url="${url//NAME/$2}"
  shift 3
  git init --quiet "$directory"
  git -C "$directory" fetch --quiet --depth 1 "$url" "$commit"
  git -C "$directory" checkout --quiet "$commit" -- "$@"
}

take mikepenz action-junit-report 305cd1f47a0fbd606dfeacc59048ea5595ea0a96 src
take dorny test-reporter 29672c52a8220c09bd9f79b5b6cf6315f1763996 src
xsd=src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
take jenkinsci xunit-plugin 8c515de2804b3fd591a3b0f1ff8908a1b1a41887 "$xsd"
take windyroad JUnit-Schema cfa434d4b8e102a8f55b8727b552a0063ee9044e JUnit.xsd
cp "$work/xunit-plugin/$xsd" "$work/JUnit-Schema/JUnit.xsd" "$peers/"

cp scripts/peers/junit/* "$work/"
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error
mv "$work/action-junit-report" "$work/mikepenz"
mv "$work/test-reporter" "$work/dorny"
# The bundles are modules; what they bundle asks for `require`.
(cd "$work" && node_modules/.bin/esbuild mikepenz.ts dorny.ts --bundle --platform=node --format=esm \
  --target=node20 --log-level=warning --out-extension:.js=.mjs --outdir="$peers" \
  --banner:js="import{createRequire}from'module';const require=createRequire(import.meta.url);")
echo "junit: installed into $peers"
