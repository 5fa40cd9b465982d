#!/usr/bin/env bash
# Packs the task extension for Azure Pipelines into target/azure/gowoa.vsix.
#
# It needs npm and tfx (of scripts/peers.sh, or on PATH). The packages of the task are those of its lock file; the
# table of what may be run is scripts/action/pins, copied at this point and nowhere else.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/peers-lib.sh
source scripts/peers-lib.sh
tfx="$peers/bin/tfx"
[ -x "$tfx" ] || tfx="$(command -v tfx)" || {
  echo "vsix: there is no tfx; run scripts/peers.sh" >&2
  exit 2
}
stage="$PWD/target/azure/stage"
rm -rf "$stage"
mkdir -p "$stage/task"
cp azure/vss-extension.json azure/README.md "$stage/"
cp azure/task/{index.js,task.json,package.json,package-lock.json} "$stage/task/"
cp scripts/action/pins "$stage/task/pins"
{
  cat LICENSE-MIT
  printf '\n--- or, at your option ---\n\n'
  cat LICENSE-APACHE
} >"$stage/LICENSE.txt"
npm ci --prefix "$stage/task" --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
"$tfx" extension create --no-color --root "$stage" --manifest-globs vss-extension.json \
  --output-path "$PWD/target/azure/gowoa.vsix" --json >/dev/null
printf 'vsix: target/azure/gowoa.vsix, %s bytes\n' "$(wc -c <target/azure/gowoa.vsix)"
