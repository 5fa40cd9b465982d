'use strict';
// The task: finds a gowoa that may be trusted, starts it once, and hands its reports to the run. The verdict is the
// exit code of gowoa, and a pass needs a report that says so. No text from outside becomes part of a command: every argument is one word.

const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const tl = require('azure-pipelines-task-lib/task');

/** Exit codes of gowoa. */
const PASS = 0;
const FINDINGS = 1;

/** What a line of the input `name` holds: one word each, empty lines left out. */
function lines(name) {
  const text = tl.getInput(name) || '';
  return text.split('\n').map((line) => line.replace(/\r$/, '')).filter((line) => line.trim() !== '');
}

/** Whether the machine is an ARM64 one. Node may be emulated and told otherwise, so one word for it is enough. */
function isArm64() {
  if (process.arch === 'arm64') return true;
  if (process.platform === 'win32') {
    const names = ['PROCESSOR_ARCHITEW6432', 'PROCESSOR_ARCHITECTURE', 'AGENT_OSARCHITECTURE'];
    const words = names.map((name) => (process.env[name] || '').toUpperCase());
    return words.includes('ARM64') || (process.env.PROCESSOR_IDENTIFIER || '').startsWith('ARM');
  }
  if (process.platform === 'darwin') {
    // Under Rosetta everything else says x64.
    const said = tl.execSync('sysctl', ['-n', 'hw.optional.arm64'], { silent: true });
    return said.code === 0 && said.stdout.trim() === '1';
  }
  return false;
}

/** The target that gowoa is made for on this machine. */
function targetOfMachine() {
  const systems = { win32: 'pc-windows-msvc', linux: 'unknown-linux-musl', darwin: 'apple-darwin' };
  const system = systems[process.platform];
  const machine = isArm64() ? 'aarch64' : { x64: 'x86_64' }[process.arch];
  if (!system || !machine) {
    throw new Error(`no gowoa is made for ${process.platform} on ${process.arch}; use the input gowoaPath`);
  }
  return `${machine}-${system}`;
}

/**
 * What the table pins for the target: `repository OWNER/NAME` and `VERSION TARGET SHA256-OF-ARCHIVE
 * SHA256-OF-BINARY`. Without a version, the first one of the table.
 */
function readPins(text, version, target) {
  const found = { repository: '', version, archive: '', binary: '' };
  for (const line of text.split('\n')) {
    const [first, second, third, fourth] = line.trim().split(/\s+/);
    if (!first || first.startsWith('#')) continue;
    if (first === 'repository') {
      found.repository = second;
      continue;
    }
    if (!found.version) found.version = first;
    if (first === found.version && second === target) Object.assign(found, { archive: third, binary: fourth });
  }
  if (!found.binary) {
    const which = found.version || 'release';
    throw new Error(`no gowoa ${which} for ${target} is pinned in this version of the task; use the input gowoaPath`);
  }
  return found;
}

/** Ends the task where a file is not the one that is pinned. */
function checkSum(file, expected) {
  const is = crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  if (is !== expected) {
    throw new Error(`${file} is not the pinned one: its SHA-256 is ${is}, expected ${expected}. It was not run.`);
  }
}

/** Runs a program of the system that has to succeed. */
async function need(name, args, failure) {
  const code = await tl.tool(tl.which(name, true)).arg(args).execAsync({ ignoreReturnCode: true });
  if (code !== 0) throw new Error(failure);
}

/** The pinned gowoa: of the tool cache, or fetched. Both are held against the table, each time. */
async function fetched() {
  const target = targetOfMachine();
  const pins = fs.readFileSync(path.join(__dirname, 'pins'), 'utf8');
  const pin = readPins(pins, tl.getInput('version') || '', target);
  const windows = process.platform === 'win32';
  const name = windows ? 'gowoa.exe' : 'gowoa';
  const temp = tl.getVariable('Agent.TempDirectory') || os.tmpdir();
  const tools = tl.getVariable('Agent.ToolsDirectory') || temp;
  const kept = path.join(tools, 'gowoa', pin.version, target);
  const program = path.join(kept, name);
  if (!fs.existsSync(program)) {
    const archive = `gowoa-${pin.version}-${target}.${windows ? 'zip' : 'tar.gz'}`;
    const given = tl.getInput('downloadBaseUrl');
    const base = (given || `https://github.com/${pin.repository}/releases/download`).replace(/\/+$/, '');
    const url = `${base}/v${pin.version}/${archive}`;
    const work = fs.mkdtempSync(path.join(temp, 'gowoa-'));
    const file = path.join(work, archive);
    // curl and tar are part of every system that has an agent, know the proxy of the machine, and add no package.
    // The flags are those of scripts/action/action.sh: it ends where nobody answers and where nothing comes.
    const curl = [
      '--fail', '--silent', '--show-error', '--location', '--proto', '=https,http', '--tlsv1.2',
      '--connect-timeout', '20', '--speed-limit', '1024', '--speed-time', '30', '--max-time', '600',
      '--retry', '3', '--retry-connrefused', '--retry-max-time', '600',
    ];
    await need('curl', [...curl, '--output', file, '--', url], `cannot fetch ${url}; the lines above say why`);
    checkSum(file, pin.archive);
    await need('tar', ['-xf', file, '-C', work, name], `${archive} holds no ${name}`);
    checkSum(path.join(work, name), pin.binary);
    fs.mkdirSync(kept, { recursive: true });
    const part = `${program}.${process.pid}`;
    fs.copyFileSync(path.join(work, name), part);
    fs.renameSync(part, program);
  }
  checkSum(program, pin.binary);
  return program;
}

/** The command line that the inputs ask for. */
function commandLine(reports) {
  const mode = tl.getInput('mode') || 'check';
  const line = [mode, `--report-dir=${reports}`, '--annotations=azure'];
  const options = { workingDirectory: '--directory', config: '--config', failOn: '--fail-on', expect: '--expect' };
  for (const [input, option] of Object.entries(options)) {
    const value = tl.getInput(input);
    if (value) line.push(`${option}=${value}`);
  }
  if (tl.getBoolInput('allModules')) line.push('--all-modules');
  return [...line, ...lines('args'), '--', ...lines(mode === 'inspect' ? 'files' : 'packages')];
}

/** What the report says: pass, fail or incomplete; nothing where there is none. */
function verdictOf(reports) {
  try {
    const { verdict } = JSON.parse(fs.readFileSync(path.join(reports, 'report.json'), 'utf8'));
    return ['pass', 'fail', 'incomplete'].includes(verdict) ? verdict : '';
  } catch {
    return '';
  }
}

/** Shows the reports, whatever the answer: outputs, the Tests tab, the Scans tab. */
function show(reports, program, code, verdict) {
  const files = { jsonFile: 'report.json', junitFile: 'junit.xml', sarifFile: 'report.sarif', htmlFile: 'report.html' };
  for (const [output, name] of Object.entries(files)) {
    const file = path.join(reports, name);
    tl.setVariable(output, fs.existsSync(file) ? file : '', false, true);
  }
  tl.setVariable('result', verdict, false, true);
  tl.setVariable('exitCode', String(code), false, true);
  tl.setVariable('gowoaPath', program, false, true);
  if (!tl.getBoolInput('publish')) return;
  const junit = path.join(reports, 'junit.xml');
  if (fs.existsSync(junit)) {
    const about = { type: 'JUnit', runTitle: 'gowoa', mergeResults: 'false', publishRunAttachments: 'true' };
    tl.command('results.publish', { ...about, resultFiles: junit, failTaskOnFailedTests: 'false' }, '');
  }
  const sarif = path.join(reports, 'report.sarif');
  if (fs.existsSync(sarif)) {
    // A name of its own: jobs share the artifact.
    const own = path.join(reports, `gowoa-${path.basename(reports)}.sarif`);
    fs.copyFileSync(sarif, own);
    tl.uploadArtifact('CodeAnalysisLogs', own, 'CodeAnalysisLogs');
  }
}

async function run() {
  try {
    const given = tl.getInput('gowoaPath');
    if (given && !fs.existsSync(given)) throw new Error(`gowoaPath: ${given} is not there`);
    const program = given || (await fetched());
    const temp = tl.getVariable('Agent.TempDirectory') || os.tmpdir();
    const reports = tl.getInput('reportDir') || path.join(temp, `gowoa-${crypto.randomUUID()}`);
    const code = await tl.tool(program).arg(commandLine(reports)).execAsync({ ignoreReturnCode: true });
    const verdict = verdictOf(reports);
    show(reports, program, code, verdict);
    // A program that said nothing is no pass.
    if (code === PASS && verdict === 'pass') {
      tl.setResult(tl.TaskResult.Succeeded, 'gowoa: pass');
    } else if (code === FINDINGS) {
      tl.setResult(tl.TaskResult.Failed, 'gowoa: there are findings; see the log, the summary and the Tests tab');
    } else {
      tl.setResult(tl.TaskResult.Failed, 'gowoa gave no answer; see the log');
    }
  } catch (error) {
    tl.setResult(tl.TaskResult.Failed, `gowoa: ${error.message}`);
  }
}

run();
