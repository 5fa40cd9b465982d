'use strict';
// What the files of the extension say of it is the same everywhere: its version, its inputs, its outputs.
// Run from the root of the repository.
const assert = require("assert"), fs = require("fs");
const task = JSON.parse(fs.readFileSync("azure/task/task.json", "utf8"));
const { Major, Minor, Patch } = task.version;
const versions = ["azure/task/package.json", "azure/vss-extension.json"].map((file) => JSON.parse(fs.readFileSync(file)).version);
for (const version of versions) assert.strictEqual(version, `${Major}.${Minor}.${Patch}`);
const readme = fs.readFileSync("azure/README.md", "utf8");
const rows = [...readme.matchAll(/^\| (\w+) \|(.*?)\|/gm)].map((found) => [found[1], found[2].trim()]).slice(1);
assert.deepStrictEqual(rows, task.inputs.map((input) => [input.name, input.defaultValue]));
for (const one of task.outputVariables) assert.ok(readme.includes(`gowoa.${one.name}`), one.name);
const code = fs.readFileSync("azure/task/index.js", "utf8");
for (const input of task.inputs) assert.ok(new RegExp(`[' ]${input.name}[':]`).test(code), `${input.name} is not read`);
console.log('ok    task.json, package.json, vss-extension.json and README agree');
