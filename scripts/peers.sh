#!/usr/bin/env bash
# Installs the peers: programs of others that read what gowoa writes, or that check its workflows. Nothing of
# them is shipped, and no test needs them to pass: a test without its peer says that it skips.
#
#   scripts/peers.sh        installs into $GOWOA_PEERS, or target/peers
#
# Each part is pinned (scripts/peers/: requirements.txt with hashes, package-lock.json with hashes; Go modules
# by version, which the checksum database holds), stands on its own, and is skipped with a line when it cannot
# be had. A second run finds the stamps of the first and does nothing.
#
#   $GOWOA_PEERS/bin             what tests call: act, actionlint, zizmor, check-jsonschema, python, sarif, ...
#   $GOWOA_PEERS/node_modules    for NODE_PATH, with .bin/
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/peers-lib.sh
source scripts/peers-lib.sh
mkdir -p "$peers/bin" "$peers/stamps"
peers="$(cd "$peers" && pwd)"
log="$peers/install.log"
: >"$log"

say() { printf 'peers: %s\n' "$*"; }

# part NAME KEY FUNCTION: runs FUNCTION unless the stamp of NAME holds KEY.
part() {
  local name="$1" key="$2" install="$3" stamp="$peers/stamps/$1"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$key" ]; then
    say "$name: there"
    return
  fi
  rm -f "$stamp"
  if "$install" >>"$log" 2>&1; then
    printf '%s\n' "$key" >"$stamp"
    say "$name: installed"
  else
    say "$name: skipped, it cannot be installed here (the end of $log says why)"
    tail -3 "$log" | sed 's/^/peers:   /'
  fi
}

# A function called as a condition runs without `set -e`: the steps are joined by hand.
install_python() {
  rm -rf "$peers/venv" &&
    python3 -m venv "$peers/venv" &&
    "$peers/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
      --only-binary :all: --require-hashes -r scripts/peers/requirements.txt &&
    for tool in zizmor check-jsonschema sarif; do
      ln -sf "../venv/bin/$tool" "$peers/bin/$tool" || return 1
    done &&
    # No link: Python looks for its packages beside the name that it was called by.
    rm -f "$peers/bin/python" &&
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$peers/venv/bin/python" >"$peers/bin/python" &&
    chmod +x "$peers/bin/python"
}

install_node() {
  cp scripts/peers/package.json scripts/peers/package-lock.json "$peers/" &&
    npm ci --prefix "$peers" --ignore-scripts --no-audit --no-fund --loglevel=error &&
    # All that sarif-multitool's install script does; no package's script is run here.
    find "$peers/node_modules/@microsoft" -name Sarif.Multitool -exec chmod +x {} + &&
    ln -sf ../node_modules/.bin/tfx "$peers/bin/tfx" &&
    ln -sf ../node_modules/.bin/sarif-multitool "$peers/bin/sarif-multitool"
}

go_tool() { GOBIN="$peers/bin" GOFLAGS='' GOWORK=off CGO_ENABLED=0 go install "$1"; }
actionlint=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
act=github.com/nektos/act@v0.2.89
install_actionlint() { go_tool "$actionlint"; }
install_act() { go_tool "$act"; }

digest() { cat "$@" | cksum; }

if command -v python3 >/dev/null; then
  part python "$(digest scripts/peers/requirements.txt) $(python3 --version)" install_python
else
  say "python: skipped, there is no python3"
fi
if command -v npm >/dev/null; then
  part node "$(digest scripts/peers/package.json scripts/peers/package-lock.json) $(node --version)" install_node
else
  say "node: skipped, there is no npm"
fi
if command -v go >/dev/null; then
  part actionlint "$actionlint" install_actionlint
  part act "$act" install_act
else
  say "actionlint, act: skipped, there is no go"
fi
