'use strict';
// Runs the task once, as an agent would, with what MOCK (JSON: script, inputs) says. A process of its own for each run:
// the task ends with the process.
const { TaskMockRunner } = require('azure-pipelines-task-lib/mock-run');

const { script, inputs } = JSON.parse(process.env.MOCK);
const runner = new TaskMockRunner(script);
for (const [name, value] of Object.entries(inputs)) runner.setInput(name, value);
// The library itself is not mocked: it is what speaks to the agent, and a real program is started.
runner.run(true);
