"""The template of workflows/azure: its parameters filled in, held against the schema, and its script run.

    template_test.py CHECK_JSONSCHEMA

It needs ruamel.yaml, which comes with check-jsonschema. scripts/azure.sh calls it.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

from ruamel.yaml import YAML

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "workflows/azure/gowoa.yml"
PIPELINE = ROOT / "workflows/azure/azure-pipelines.yml"
yaml = YAML(typ="safe")

FAKE = """#!/bin/sh
printf '%s\\n' "$@" >"$FAKE_ARGUMENTS"
for word in "$@"; do case "$word" in --report-dir=*) reports="${word#--report-dir=}" ;; esac; done
if [ "$FAKE_REPORTS" = yes ]; then mkdir -p "$reports" && echo '{}' >"$reports/report.sarif"; fi
exit "$FAKE_CODE"
"""


def steps(**given):
    """The steps of the template with these parameters."""
    template = yaml.load(TEMPLATE)
    declared = {one["name"]: one.get("default", "") for one in template["parameters"]}
    assert not set(given) - set(declared), f"no such parameters: {set(given) - set(declared)}"
    values = {**declared, **given}

    def fill(node):
        if isinstance(node, dict):
            assert not any("${{" in key for key in node), "an expression as a key: no schema knows it"
            return {key: fill(value) for key, value in node.items()}
        if isinstance(node, list):
            return [fill(value) for value in node]
        if isinstance(node, str):
            return re.sub(r"\$\{\{ parameters\.(\w+) \}\}", lambda found: str(values[found[1]]), node)
        return node

    return fill(template["steps"])


def scripts_have_no_expressions():
    for step in yaml.load(TEMPLATE)["steps"]:
        for kind in ("bash", "powershell"):
            assert "${{" not in step.get(kind, ""), "inputs go through the environment"


def schema(check_jsonschema):
    """The pipeline with the steps in place of the template."""
    pipeline = yaml.load(PIPELINE)
    whole = []
    for step in pipeline["steps"]:
        whole.extend(steps(**step["parameters"]) if "template" in step else [step])
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "azure-pipelines.yml"

        def valid(steps):
            with file.open("w") as out:
                yaml.dump({**pipeline, "steps": steps}, out)
            command = [check_jsonschema, "--regex-variant", "nonunicode", "--builtin-schema", "vendor.azure-pipelines", str(file)]
            return subprocess.run(command, capture_output=True, text=True)

        said = valid(whole)
        assert said.returncode == 0, said.stdout + said.stderr
        wrong = [dict(step) for step in whole]
        for step in wrong:
            if step.get("task") == "PublishTestResults@2":
                step["inputs"] = {**step["inputs"], "noSuchInput": "x"}
        assert valid(wrong).returncode != 0, "the schema is not looked at"
        for file in (TEMPLATE, PIPELINE):
            assert file.read_text().isascii(), f"{file} is not plain text"


def run(directory, code=0, reports="yes", tools=None, **given):
    """Runs the script for Linux and macOS; its exit code, its words, and what gowoa was given."""
    step = next(step for step in steps(**given) if "bash" in step)
    directory.mkdir(parents=True)
    kept = directory / "arguments"
    env = {key: value.replace("$(Agent.TempDirectory)", str(directory)) for key, value in step["env"].items()}
    env |= {
        "PATH": os.environ["PATH"],
        "AGENT_TEMPDIRECTORY": str(directory),
        "AGENT_TOOLSDIRECTORY": str(tools or directory / "tools"),
        "FAKE_ARGUMENTS": str(kept),
        "FAKE_CODE": str(code),
        "FAKE_REPORTS": reports,
    }
    said = subprocess.run(["bash", "-c", step["bash"]], env=env, capture_output=True, text=True, cwd=directory)
    words = kept.read_text()[:-1].split("\n") if kept.exists() else None
    return said.returncode, said.stdout + said.stderr, words


def runs(directory):
    binary = directory / "gowoa"
    binary.write_text(FAKE)
    binary.chmod(0o755)
    hostile = ["./cmd/b; echo pwned $(id)", "`id`", "\"quoted\" 'words'", "a\\", "-flag", "*", " leading", "##vso[x]"]
    code, out, words = run(
        directory / "hostile", gowoaPath=str(binary), mode="inspect", files="\r\n\n".join(hostile), failOn="note; id"
    )
    assert code == 0, out
    assert words[-len(hostile) - 1 :] == ["--", *hostile], words
    assert "--fail-on=note; id" in words and words[0] == "inspect" and "--annotations=azure" in words
    logs = list((directory / "hostile").glob("gowoa-reports/gowoa/CodeAnalysisLogs/gowoa-*.sarif"))
    assert len(logs) == 1, logs
    for number, (ended, reports, expected) in enumerate([(1, "yes", 1), (2, "no", 2), (0, "no", 2), (101, "no", 101)]):
        code, out, _ = run(directory / f"code{number}", ended, reports, gowoaPath=str(binary))
        assert code == expected, f"{ended} {reports}: {code}, {out}"
    code, out, words = run(directory / "none", pins="")
    assert code == 2 and words is None and "is pinned in this template" in out, out
    assert shown(out) == "", "without reports nothing is published"
    report_dirs(directory, binary)
    releases(directory, binary)


def shown(out):
    """What the steps that publish find in their variable."""
    return re.findall(r"##vso\[task\.setvariable variable=gowoa\.shown\](.*)", out)[-1]


def report_dirs(directory, binary):
    """Where the reports go, what is left alone there, and when they are published."""
    own = directory / "own"
    kept = own / "one" / "mine.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    (own / "one/report.sarif").write_text("old")
    given = {"gowoaPath": str(binary), "name": "one", "reportDir": str(own)}
    code, out, words = run(directory / "first", reports="no", code=2, **given)
    assert code == 2 and kept.exists() and not (own / "one/report.sarif").exists(), out
    assert shown(out) == "", out
    code, out, words = run(
        directory / "second", mode="inspect", files="dist", expect="windows/arm64", **given
    )
    assert code == 0 and shown(out) == "one" and f"--report-dir={own}/one" in words, out
    assert "--expect=windows/arm64" in words and "--all-modules" not in words, words
    code, out, words = run(directory / "third", mode="check", allModules="true", **given)
    assert code == 0 and "--all-modules" in words, words
    publishing = [step for step in steps(**given) if "task" in step]
    assert len(publishing) == 3, publishing
    for step in publishing:
        assert step["condition"].startswith("and(always(), eq(variables['gowoa.shown'], 'one')"), step
        assert f"{own}/one" in str(step["inputs"]), step


def parameters_and_inputs_agree():
    """What the task takes, the template takes too, and the other way round, but for what each has of its own."""
    template = {one["name"] for one in yaml.load(TEMPLATE)["parameters"]}
    task = {one["name"] for one in json.loads((ROOT / "azure/task/task.json").read_text())["inputs"]}
    assert template - task == {"name", "publishArtifacts", "pins"}, template - task
    assert task - template == {"publish"}, task - template


def releases(directory, binary):
    if sys.platform != "linux":
        return
    machine = {"x86_64": "x86_64", "aarch64": "aarch64"}[os.uname().machine]
    target = f"{machine}-unknown-linux-musl"
    mirror = directory / "mirror/v1.2.3"
    mirror.mkdir(parents=True)
    archive = mirror / f"gowoa-1.2.3-{target}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(binary, "gowoa")
    digest = lambda file: hashlib.sha256(file.read_bytes()).hexdigest()
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", directory / "mirror"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        port = re.search(r"port (\d+)", server.stdout.readline())[1]
        tools = directory / "tools"
        table = f"repository o/n\n1.2.3 {target} %s %s\n1.2.2 {target} 0 0\n"
        pins = table % (digest(archive), digest(binary))
        given = {"downloadBaseUrl": f"http://127.0.0.1:{port}/"}
        for number in range(2):
            code, out, _ = run(directory / f"fetch{number}", tools=tools, pins=pins, **given)
            assert code == 0, out
            # The second time it is taken from where it was kept.
            archive.rename(archive.with_suffix(".gone")) if number == 0 else None
        archive.with_suffix(".gone").rename(archive)
        with (tools / f"gowoa/1.2.3/{target}/gowoa").open("a") as kept:
            kept.write("# changed\n")
        code, out, words = run(directory / "changed", tools=tools, pins=pins, **given)
        assert code == 2 and words is None, "a changed program was run"
        for number, wrong in enumerate([("0" * 64, digest(binary)), (digest(archive), "0" * 64)]):
            code, out, words = run(directory / f"wrong{number}", pins=table % wrong, **given)
            assert code == 2 and words is None and "is not the pinned one" in out, out
    finally:
        server.terminate()
        server.wait()
    code, out, words = run(directory / "nobody", pins=pins, **given)
    assert code == 2 and words is None, out
    assert re.search(r"##vso\[task.logissue type=error\]gowoa: cannot fetch http.*gz: curl: \(7\)", out), out


def main():
    scripts_have_no_expressions()
    parameters_and_inputs_agree()
    schema(sys.argv[1])
    with tempfile.TemporaryDirectory() as directory:
        runs(pathlib.Path(directory))
    print("ok    the template: schema, inputs, exit codes, pins")


main()
