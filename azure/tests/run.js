'use strict';
// The task against a gowoa of our own making: node azure/tests/run.js, with azure-pipelines-task-lib in NODE_PATH.
// scripts/azure.sh calls it.
const assert = require('assert');
const { spawn, spawnSync } = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'gowoa-task-'));
const sum = (file) => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** A gowoa that keeps its arguments, makes reports if asked, and ends as it is told. */
const FAKE = `#!/bin/sh
printf '%s\\n' "$@" >"$FAKE_ARGUMENTS"
for word in "$@"; do case "$word" in --report-dir=*) reports="\${word#--report-dir=}" ;; esac; done
if [ "$FAKE_REPORTS" = yes ]; then
  mkdir -p "$reports"
  echo "{\\"verdict\\": \\"$FAKE_VERDICT\\"}" >"$reports/report.json"
  for name in junit.xml report.sarif report.html; do echo "$name" >"$reports/$name"; done
fi
exit "$FAKE_CODE"
`;

/** Runs the task in a directory of its own; what it printed, and what gowoa was given. */
function run({ inputs = {}, code = 0, reports = 'yes', verdict = 'pass', pins = '', tools }) {
  const dir = fs.mkdtempSync(path.join(root, 'case-'));
  fs.copyFileSync(path.join(__dirname, '../task/index.js'), path.join(dir, 'index.js'));
  fs.writeFileSync(path.join(dir, 'pins'), pins);
  const script = path.join(dir, 'index.js');
  const given = path.join(dir, 'arguments');
  const env = {
    PATH: process.env.PATH,
    NODE_PATH: process.env.NODE_PATH,
    AGENT_TEMPDIRECTORY: dir,
    AGENT_TOOLSDIRECTORY: tools || path.join(dir, 'tools'),
    FAKE_ARGUMENTS: given,
    FAKE_CODE: String(code),
    FAKE_REPORTS: reports,
    FAKE_VERDICT: verdict,
    MOCK: JSON.stringify({ script, inputs: { publish: 'true', ...inputs } }),
  };
  // Not spawnSync: the server of releases is in this process.
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(__dirname, 'mock-run.js')], { env });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (out += data));
    child.on('close', () => {
      const words = fs.existsSync(given) ? fs.readFileSync(given, 'utf8').slice(0, -1).split('\n') : null;
      resolve({ out, words, result: /##vso\[task\.complete result=(\w+);/.exec(out)?.[1] });
    });
  });
}

const binary = path.join(root, 'gowoa');
fs.writeFileSync(binary, FAKE, { mode: 0o755 });

const tests = {
  async 'a pass is one, and its reports are shown'() {
    const { out, words, result } = await run({ inputs: { gowoaPath: binary, packages: './a\n\n./b\r\n' } });
    assert.strictEqual(result, 'Succeeded', out);
    assert.strictEqual(words[0], 'check');
    assert.ok(words.includes('--annotations=azure'), words);
    assert.deepStrictEqual(words.slice(-3), ['--', './a', './b']);
    assert.match(out, /##vso\[results\.publish type=JUnit;.*resultFiles=.*junit\.xml;/);
    assert.match(out, /##vso\[artifact\.upload containerfolder=CodeAnalysisLogs;artifactname=CodeAnalysisLogs;\].*\.sarif/);
    assert.match(out, /##vso\[task\.setvariable variable=exitCode;isOutput=true;issecret=false;\]0/);
  },
  async 'findings, no answer, and a program that said nothing fail'() {
    const ends = [[1, 'yes', 'fail'], [2, 'yes', 'incomplete'], [2, 'no', ''], [0, 'no', ''], [101, 'no', ''], [0, 'yes', 'fail']];
    for (const [code, reports, verdict] of ends) {
      const { out, result } = await run({ inputs: { gowoaPath: binary }, code, reports, verdict });
      assert.strictEqual(result, 'Failed', `${code} ${reports}: ${out}`);
      assert.ok(out.includes(`variable=result;isOutput=true;issecret=false;]${verdict}`), out);
    }
  },
  async 'inputs arrive as they are, and no shell sees them'() {
    const hostile = [
      './cmd/b; echo pwned $(id)', '`id`', '"quoted" \'words\'', '%TEMP% %0A', 'a\\', '-flag', '*', ' leading', '${x}',
    ];
    const inputs = { gowoaPath: binary, mode: 'inspect', files: hostile.join('\n'), failOn: 'note; id', args: '--a b' };
    const { out, words, result } = await run({ inputs });
    assert.strictEqual(result, 'Succeeded', out);
    assert.deepStrictEqual(words.slice(-hostile.length), hostile);
    assert.ok(words.includes('--fail-on=note; id') && words.includes('--a b'), words);
  },
  async 'nothing is published where that was not asked for'() {
    const { out } = await run({ inputs: { gowoaPath: binary, publish: 'false' } });
    assert.doesNotMatch(out, /results\.publish|artifact\.upload/);
  },
  async 'without a pin nothing is fetched'() {
    const { out, result, words } = await run({ pins: '# nothing\n' });
    assert.strictEqual(result, 'Failed');
    assert.match(out, /no gowoa release for .* is pinned/);
    assert.strictEqual(words, null);
  },
  async 'a release is fetched, held against the table, kept, and held against it again'() {
    const target = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-musl`;
    const archive = path.join(root, `gowoa-1.2.3-${target}.tar.gz`);
    const packed = spawnSync('tar', ['-czf', archive, '-C', root, 'gowoa']);
    assert.strictEqual(packed.status, 0);
    const asked = [];
    const server = http.createServer((request, response) => {
      asked.push(request.url);
      response.end(fs.readFileSync(archive));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    try {
      const inputs = { downloadBaseUrl: `http://127.0.0.1:${server.address().port}/mirror/` };
      const line = (of, program) => `repository o/n\n1.2.3 ${target} ${of} ${program}\n1.2.2 ${target} 0 0\n`;
      const pins = line(sum(archive), sum(binary));
      const tools = path.join(root, 'tools');
      const first = await run({ inputs, pins, tools });
      assert.strictEqual(first.result, 'Succeeded', first.out);
      assert.deepStrictEqual(asked, [`/mirror/v1.2.3/gowoa-1.2.3-${target}.tar.gz`]);
      const again = await run({ inputs, pins, tools });
      assert.strictEqual(again.result, 'Succeeded', again.out);
      assert.strictEqual(asked.length, 1, 'it was kept');
      fs.appendFileSync(path.join(tools, 'gowoa/1.2.3', target, 'gowoa'), '# changed\n');
      const changed = await run({ inputs, pins, tools });
      assert.strictEqual(changed.result, 'Failed');
      assert.strictEqual(changed.words, null, 'it was not run');
      for (const wrong of [line('0'.repeat(64), sum(binary)), line(sum(archive), '0'.repeat(64))]) {
        const refused = await run({ inputs, pins: wrong });
        assert.strictEqual(refused.result, 'Failed');
        assert.match(refused.out, /is not the pinned one/);
        assert.strictEqual(refused.words, null, 'it was not run');
      }
    } finally {
      server.close();
    }
  },
};

(async () => {
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok    ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n${error.stack}`);
    }
  }
  fs.rmSync(root, { recursive: true, force: true });
  process.exit(failed ? 1 : 0);
})();
