#!/usr/bin/env bash
# Everything that can be checked of what is for Azure Pipelines without an organisation: the template (schema, script,
# pins), the task (schema of task.json, runs against a gowoa of our own making), and the packed extension.
#
# It needs what scripts/peers.sh installs. A part whose tools lack is skipped with a line; GOWOA_PEERS_REQUIRED makes
# that an error.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/peers-lib.sh
source scripts/peers-lib.sh

scripts/azure-pins.sh --check
echo "ok    the pins of the template are those of the action"

if command -v node >/dev/null; then
  node azure/tests/agree.js
else
  skipped "whether the files of the extension agree: there is no node"
fi

if [ -x "$peers/bin/check-jsonschema" ] && [ -x "$peers/bin/python" ]; then
  "$peers/bin/python" scripts/azure/template_test.py "$peers/bin/check-jsonschema"
  "$peers/bin/check-jsonschema" --quiet --regex-variant nonunicode --builtin-schema vendor.gitlab-ci \
    workflows/gitlab/gowoa.gitlab-ci.yml
  echo "ok    the job for GitLab: schema"
else
  skipped "the template: there is no check-jsonschema (scripts/peers.sh)"
fi

if [ -x "$peers/bin/python" ] && command -v shellcheck >/dev/null; then
  "$peers/bin/python" -c '
import sys
from ruamel.yaml import YAML
steps = YAML(typ="safe").load(open("workflows/azure/gowoa.yml"))["steps"]
sys.stdout.write("#!/usr/bin/env bash\n" + next(step["bash"] for step in steps if "bash" in step))
' | shellcheck -
  echo "ok    the script of the template: shellcheck"
else
  skipped "the script of the template: there is no shellcheck"
fi

# The schema is the library's, and not in its package: fetched, or named by a variable.
schema="${GOWOA_TASK_SCHEMA:-$peers/tasks.schema.json}"
if [ ! -f "$schema" ]; then
  curl --fail --silent --location --max-time 30 --output "$schema" \
    https://raw.githubusercontent.com/microsoft/azure-pipelines-task-lib/master/tasks.schema.json 2>/dev/null || true
fi
if [ -f "$schema" ] && "$peers/bin/python" -c 'import jsonschema' 2>/dev/null; then
  # check-jsonschema refuses the schema itself; Draft 4 is what it is written in.
  "$peers/bin/python" - "$schema" <<'PY'
import json, sys
from jsonschema import Draft4Validator
validator = Draft4Validator(json.load(open(sys.argv[1])))
task = json.load(open("azure/task/task.json"))
errors = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(task)]
assert not errors, errors
assert list(validator.iter_errors({**task, "visibility": ["Nowhere"]})), "the schema is not looked at"
PY
  echo "ok    task.json: schema"
else
  skipped "task.json: the schema cannot be had here (GOWOA_TASK_SCHEMA names it)"
fi

if [ -d "$peers/node_modules/azure-pipelines-task-lib" ]; then
  NODE_PATH="$peers/node_modules" node azure/tests/run.js
else
  skipped "the task: there is no azure-pipelines-task-lib (scripts/peers.sh)"
fi

if [ -x "$peers/bin/tfx" ] || command -v tfx >/dev/null; then
  scripts/vsix.sh
  listed="$(python3 -m zipfile -l target/azure/gowoa.vsix)"
  for name in extension.vsixmanifest task/task.json task/index.js task/pins README.md LICENSE.txt \
    task/node_modules/azure-pipelines-task-lib/task.js; do
    grep -qF "$name" <<<"$listed" || { printf 'FAIL  the extension lacks %s\n' "$name"; exit 1; }
  done
  echo "ok    the extension: packed"
else
  skipped "the extension: there is no tfx (scripts/peers.sh)"
fi
